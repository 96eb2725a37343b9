"""Units, branches, campaigns, indicators, baselines, targets and appointments."""
