"""Boundaries that change: two lists of units compared, confirmed line by line, written at once."""
