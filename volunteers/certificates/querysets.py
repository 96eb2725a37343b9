"""Who may see which link and certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models

from campaign.scopes import scope_of
from core.querysets import ScopedQuerySet
from volunteers.teams.querysets import people_run_by

M = TypeVar("M", bound=models.Model)

if TYPE_CHECKING:
    # Named in the base classes below, where ruff does not look.
    from volunteers.certificates.models import (
        Certificate,  # noqa: F401
        OwnPageCode,  # noqa: F401
        Signatory,  # noqa: F401
        VolunteerLink,  # noqa: F401
    )


class OfVolunteerQuerySet(ScopedQuerySet[M]):
    def visible_to(self, user: Any) -> Self:
        run = self.model._default_manager.filter(people_run_by(user, "volunteer__"))
        return self.filter(pk__in=run.values("pk"))


class SignatoryQuerySet(ScopedQuerySet["Signatory"]):
    def visible_to(self, user: Any) -> Self:
        """Return all: the name is printed for everybody."""
        return self if scope_of(user).roles else self.none()


class VolunteerLinkQuerySet(OfVolunteerQuerySet["VolunteerLink"]):
    pass


class OwnPageCodeQuerySet(OfVolunteerQuerySet["OwnPageCode"]):
    pass


class CertificateQuerySet(OfVolunteerQuerySet["Certificate"]):
    pass
