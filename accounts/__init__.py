"""Users, sign-in, invitations, tokens, and the scoping primitive."""
