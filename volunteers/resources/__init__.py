"""Files in and out of this app."""

from volunteers.resources.members import MembershipResource

__all__ = ["MembershipResource"]
