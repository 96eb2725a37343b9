"""The address to which a person wants letters."""

from accounts.models import User


def set_email(*, actor: User, address: str) -> None:
    """Store the address for reminders; blank to get none by e-mail."""
    actor.email = address
    actor.save(update_fields=["email"])
