"""Reports that are approved, returned and locked, and the history of it."""
