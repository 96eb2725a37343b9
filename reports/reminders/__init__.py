"""Who has not reported, who is reminded of it and when, and who is to know."""
