"""The scoping primitive, and the querysets of this app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib.auth.models import UserManager
from django.db import models

if TYPE_CHECKING:
    from accounts.models import User

M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that knows which of its rows a user may see.

    Every model of ours uses a subclass. Views and viewsets read through ``visible_to``
    only, so that a row outside one's scope does not exist (404).
    """

    def visible_to(self, user: User | Any) -> Self:
        """Return the rows that ``user`` may see; each subclass says which."""
        raise NotImplementedError(f"{type(self).__name__} does not say who may see its rows.")


class UserQuerySet(ScopedQuerySet["User"]):
    """Users."""

    def visible_to(self, user: User | Any) -> Self:
        """Province staff see all users, everybody else only themselves."""
        return self if user.is_staff else self.filter(pk=user.pk)


class OwnQuerySet(ScopedQuerySet[M]):
    """Rows that belong to one user and are seen by nobody else."""

    def visible_to(self, user: User | Any) -> Self:
        """Return what is the user's own."""
        return self.filter(user_id=user.pk)


class PortalUserManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's manager (``create_user``) with our queryset's methods."""
