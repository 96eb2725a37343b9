"""Reads of this app. Dashboard, API and CSV all go through them: one number everywhere."""
