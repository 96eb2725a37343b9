"""The admin of this app, and what the admin of all apps shares."""

from accounts.admin.users import UserAdmin

__all__ = ["UserAdmin"]
