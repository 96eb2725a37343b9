"""`make run`: from a fresh clone to a working portal, and everything stopped together."""
