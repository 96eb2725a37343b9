"""Who changed what totals and expectations rest on, and why."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.querysets import SettingsChangeQuerySet


class SettingsChange(models.Model):
    """One act that moved totals or expectations. Rows are only ever added.

    ``moves`` lists what was changed, in words, as ``campaign.services.settings_change.Move``.
    """

    # Blank where a command did it.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("người đổi"),
    )
    changed_at = models.DateTimeField(_("lúc"))
    # The day from which what is dated holds; blank where nothing is.
    since = models.DateField(_("có hiệu lực từ"), null=True)
    reason = models.TextField(_("lý do"))
    moves = models.JSONField(_("đã đổi"), default=list)

    objects = SettingsChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("lần đổi thiết lập")
        verbose_name_plural = _("các lần đổi thiết lập")
        ordering = ("-changed_at", "-pk")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="settings_change_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.changed_at:%d/%m/%Y %H:%M} {self.reason[:60]}"
