"""Random campaigns, and the rules of docs/counting.md against which the portal is held."""
