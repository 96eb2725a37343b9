"""The portal's own pages for what is set: campaign, phases, indicators, units, branches."""
