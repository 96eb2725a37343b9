"""The scoping primitive: which of its rows a user may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.http import Http404

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that knows which of its rows a user may see.

    Every model of ours uses a subclass. Views and viewsets read through ``visible_to``
    only, so that a row outside one's scope does not exist (404).
    """

    def visible_to(self, user: AbstractBaseUser | Any) -> Self:
        """Return the rows that ``user`` may see; each subclass says which."""
        raise NotImplementedError(f"{type(self).__name__} does not say who may see its rows.")

    def or_404(self) -> M:
        """Return the first row; raise ``Http404`` where there is none."""
        found = self.first()
        if found is None:
            raise Http404
        return found


def scoped(user: Any, rows: Any) -> Any:
    """Return the rows in the user's scope; a superuser's is everything."""
    return rows if user.is_superuser else rows.visible_to(user)


class OwnQuerySet(ScopedQuerySet[M]):
    """Rows that belong to one user (``user_id``) and are seen by nobody else."""

    def visible_to(self, user: AbstractBaseUser | Any) -> Self:
        return self.filter(user_id=user.pk)


class MachineQuerySet(ScopedQuerySet[M]):
    def visible_to(self, user: Any) -> Self:
        return self.none()
