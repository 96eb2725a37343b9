"""Daily reports, roll-ups, dashboards and exports."""
