"""The trial of a draft: reports that are checked as real ones are, and count nowhere."""
