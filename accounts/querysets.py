"""Which accounts a user may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import UserManager

from core.querysets import ScopedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class UserQuerySet(ScopedQuerySet["User"]):
    def visible_to(self, user: User | Any) -> Self:
        """Province staff see all users, everybody else only themselves."""
        return self if user.is_staff else self.filter(pk=user.pk)


class PortalUserManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's manager (``create_user``) with our queryset's methods."""
