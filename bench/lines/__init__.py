"""The lines of the table, by subject: each module gives its measurements in ``MEASUREMENTS``."""
