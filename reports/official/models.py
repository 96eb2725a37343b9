"""What the police published, as it was handed in; never added to what the portal counted."""

import gzip

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign, Indicator, Unit
from core.querysets import MachineQuerySet
from reports.official.querysets import OfficialFigureQuerySet, OfficialFileQuerySet


class FigureKind(models.TextChoices):
    DAILY = "daily", _("trong ngày")
    TO_DATE = "to_date", _("lũy kế")


class FileKind(models.TextChoices):
    DAILY = FigureKind.DAILY.value, FigureKind.DAILY.label
    TO_DATE = FigureKind.TO_DATE.value, FigureKind.TO_DATE.label
    BOTH = "both", _("trong ngày và lũy kế")


class Source(models.TextChoices):
    FILE = "file", _("tệp")
    TYPED = "typed", _("gõ tay")
    API = "api", _("API")


class MapOfUnits(models.TextChoices):
    """Which units a file means: those of each row's day, or those of today."""

    THEN = "then", _("Như khi đó")
    NOW = "now", _("Theo bản đồ hôm nay")


# Beside the levels of units: a file whose rows are of several.
MIXED = "mixed"


class OfficialFile(models.Model):
    """Figures that were handed in at once and taken; such a row is never changed.

    ``content`` is the file itself (gzip); what was typed or came as JSON has none. ``sha256`` is of
    its bytes, ``figures_sha256`` of what was read in it (``services.digest_of``), whatever stood
    before; ``written_sha256`` is the database's own hash of what it wrote and superseded, by which
    ``verify`` finds a figure that was altered. ``rows`` are those of the table, ``new`` and
    ``replaced`` figures; figures that stood as they are were not written again.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    source = models.CharField(max_length=5, choices=Source.choices)
    name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    figures_sha256 = models.CharField(max_length=64)
    written_sha256 = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    kind = models.CharField(max_length=7, choices=FileKind.choices)
    # A level of units, or MIXED.
    level = models.CharField(max_length=10)
    map = models.CharField(max_length=4, choices=MapOfUnits.choices, default=MapOfUnits.THEN)
    first_day = models.DateField()
    last_day = models.DateField()
    rows = models.PositiveIntegerField()
    figures = models.PositiveIntegerField()
    new = models.PositiveIntegerField()
    replaced = models.PositiveIntegerField()

    objects = OfficialFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("tệp số liệu Công an")
        verbose_name_plural = _("các tệp số liệu Công an")
        ordering = ("-pk",)
        indexes = [models.Index(fields=["campaign", "sha256"], name="official_file_by_content")]

    def __str__(self) -> str:
        return f"{self.name or self.get_source_display()} {self.received_at:%d/%m/%Y %H:%M}"

    @property
    def file(self) -> bytes:
        """The file as it was sent; empty where there was none."""
        return gzip.decompress(self.content) if self.content is not None else b""


class OfficialFigure(models.Model):
    """What the police published of one indicator for a unit on a day.

    Found by the index of the constraint; there are many rows, and each index costs as much as they.
    ``superseded_by`` is the later file that has another value; the earlier one stays.
    """

    id: int
    file = models.ForeignKey(OfficialFile, on_delete=models.PROTECT, related_name="written")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    kind = models.CharField(max_length=7, choices=FigureKind.choices)
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    value = models.PositiveIntegerField()
    superseded_by = models.ForeignKey(
        OfficialFile, on_delete=models.PROTECT, related_name="superseded", null=True
    )

    objects = OfficialFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("số liệu Công an")
        verbose_name_plural = _("số liệu Công an")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit", "day", "kind", "indicator"],
                condition=Q(superseded_by=None),
                name="one_official_figure_stands",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=FigureKind.values), name="official_figure_has_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day} {self.value}"


class OfficialColumn(models.Model):
    """What a heading means in the police's tables of a campaign, as somebody once said.

    ``header`` is as ``core.importing.drawn_tables.key_of`` writes it; ``meaning`` is one of
    ``reports.official.columns``.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    header = models.CharField(max_length=100)
    meaning = models.CharField(max_length=60)

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("nghĩa của cột trong tệp Công an")
        verbose_name_plural = _("nghĩa của cột trong tệp Công an")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "header"], name="one_meaning_an_official_header"
            )
        ]

    def __str__(self) -> str:
        return f"{self.header}: {self.meaning}"
