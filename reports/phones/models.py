"""The state of a phone: when it last asked, and what waited on it then."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.querysets import OwnQuerySet


class PhoneState(models.Model):
    """What one phone of a user said of itself when it last asked the server.

    ``key`` is a digest of a random number that the phone made; it opens nothing. ``waiting`` and
    ``refused`` count the user's reports on the phone, not what is in them.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="phones"
    )
    key = models.CharField(max_length=64)
    version = models.CharField(max_length=12, blank=True)
    is_latest = models.BooleanField()
    waiting = models.PositiveSmallIntegerField()
    refused = models.PositiveSmallIntegerField()
    seen_at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("máy báo cáo")
        verbose_name_plural = _("máy báo cáo")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="phone_of_a_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.seen_at:%d/%m/%Y %H:%M}"
