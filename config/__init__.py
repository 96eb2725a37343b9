"""Settings, addresses and the schedule: the only place that knows every app."""
