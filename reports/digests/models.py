"""What was said of a day, kept as it was said."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign, Unit
from reports.digests.changes import Since
from reports.digests.querysets import PublicationQuerySet


class PublishedAs(models.TextChoices):
    """In which form a digest left the portal."""

    TEXT = "text", _("Bản chữ")
    POSTER = "poster", _("Ảnh")


class Publication(models.Model):
    """A digest as it left the portal: copied, shared, sent, downloaded. Rows are only added.

    ``figures`` are those behind the words: see ``reports.digests.publications.figures_of``.
    ``sha256`` is of the text, or of the bytes of the poster. ``as_of`` is up to when reports were
    in them; without an ``actor`` the portal sent it by itself. The same content is kept once of
    everybody.
    """

    kind = models.CharField(max_length=8, choices=PublishedAs.choices)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    basis = models.CharField(max_length=10, default="reported")
    text = models.TextField()
    figures = models.JSONField()
    sha256 = models.CharField(max_length=64)
    as_of = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    published_at = models.DateTimeField()

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("bản đã công bố")
        verbose_name_plural = _("bản đã công bố")
        ordering = ("-published_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit", "day", "kind", "actor", "sha256"],
                nulls_distinct=False,
                name="publication_identity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.day:%d/%m/%Y}"

    @property
    def since(self) -> Since:
        """From where on what changed is not in the figures."""
        return Since(self.figures["seq"], self.as_of)
