"""The digest of a day: its figures, its text, its poster, and who is told of it."""
