"""Units: territories in a tree, with the dates between which they exist."""

import datetime as dt
import re
from contextlib import suppress

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.models.base import Node
from campaign.models.dated import Dated
from campaign.querysets import BoundaryQuerySet, UnitQuerySet
from campaign.validity import Validity
from core.models import TimestampedModel


class Level(models.TextChoices):
    # What a province calls them is the kind of its units.
    PROVINCE = "province", _("Cấp tỉnh")
    DISTRICT = "district", _("Giữa tỉnh và xã")
    COMMUNE = "commune", _("Cấp xã")
    HAMLET = "hamlet", _("Dưới xã")


class Unit(Dated, Node):
    """An administrative unit: a territory with dates of validity.

    A code is used again for other units after a merger: (code, valid_from) is the identity.
    ``valid_to`` is the first day on which the unit no longer exists.
    """

    code = models.CharField(_("mã"), max_length=12)
    kind = models.CharField(_("loại"), max_length=20)
    level = models.CharField(_("cấp"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("trực thuộc"),
    )
    # An office's: what residents are shown.
    contact = models.CharField(_("liên hệ cho người dân"), max_length=200, blank=True, default="")
    valid_from = models.DateField(_("có hiệu lực từ"))
    valid_to = models.DateField(_("hết hiệu lực từ"), null=True, blank=True)

    dated = ("name",)
    validity = Validity("valid_from", "valid_to")
    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("địa bàn")
        verbose_name_plural = _("địa bàn")
        ordering = ("path",)
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="unit_identity"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="unit_ends_after_it_begins",
            ),
        ]

    @staticmethod
    def of_key(key: str) -> Q:
        """Return the condition that a unit bears a code, or is the one of a ``key``."""
        code, begins = key[:-11], key[-10:]
        if re.fullmatch(r"\d{4}-\d\d-\d\d", begins) and key[-11:-10] == "-":
            with suppress(ValueError):
                return Q(code=code, valid_from=dt.date.fromisoformat(begins))
        return Q(code=key)

    @property
    def key(self) -> str:
        """What it is called by in addresses: its code, with its first day once it has ended."""
        return f"{self.code}-{self.valid_from}" if self.has_ended else self.code

    def at_level(self, level: str) -> "Unit | None":
        """Return the unit itself or the one above it of that level; None where there is none."""
        node: Unit | None = self
        while node is not None and node.level != level:
            node = node.parent
        return node

    @property
    def area(self) -> "Unit":
        """The unit within which teams go round: its district, or its commune where there is none.

        Of what lies above communes it is the unit itself.
        """
        return self.at_level(Level.DISTRICT) or self.at_level(Level.COMMUNE) or self


class Boundary(TimestampedModel):
    """A schematic boundary of a unit, for maps; it has no legal force."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="boundary")
    # Thousandths of a degree east and north, with longitude shortened to the latitude of
    # the province, as SVG path data: whole numbers keep a map of 226 communes at 40 kB.
    path = models.TextField()
    west = models.IntegerField()
    east = models.IntegerField()
    north = models.IntegerField()
    south = models.IntegerField()
    source = models.CharField(max_length=200)

    objects = BoundaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ranh giới minh họa")
        verbose_name_plural = _("ranh giới minh họa")

    def __str__(self) -> str:
        return str(self.unit)
