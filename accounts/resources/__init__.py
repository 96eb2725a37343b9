"""Files in and out of this app, and what the files of all apps share."""

from accounts.resources.users import UserResource

__all__ = ["UserResource"]
