"""The demo of the last release, and that this edition takes it over."""
