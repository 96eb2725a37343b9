"""The phones that show notices."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.querysets import OwnQuerySet


class PushSubscription(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions"
    )
    endpoint = models.URLField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=200)
    auth = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    # When it last took a notice.
    used_at = models.DateTimeField(null=True)
    # Since when its service has refused every notice.
    refused_since = models.DateTimeField(null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("máy nhận thông báo")
        verbose_name_plural = _("máy nhận thông báo")
