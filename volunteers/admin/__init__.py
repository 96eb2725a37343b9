"""Pages of the admin for this app."""

from volunteers.admin.people import MembershipAdmin, TeamAdmin, VolunteerAdmin

__all__ = ["MembershipAdmin", "TeamAdmin", "VolunteerAdmin"]
