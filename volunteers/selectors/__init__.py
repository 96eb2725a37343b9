"""Reads of this app that join tables or follow rules."""
