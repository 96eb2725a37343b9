"""Files in and out of this app."""

from volunteers.teams.resources.members import MembershipResource

__all__ = ["MembershipResource"]
