"""Pages of the admin for this app."""

from volunteers.teams.admin import MembershipAdmin, TeamAdmin, VolunteerAdmin

__all__ = ["MembershipAdmin", "TeamAdmin", "VolunteerAdmin"]
