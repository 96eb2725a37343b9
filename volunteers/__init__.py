"""Teams, support sessions and help requests."""
