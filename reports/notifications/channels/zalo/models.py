"""Whose chat is whose."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.querysets import OwnQuerySet


class ZaloLink(models.Model):
    """A user's chat with the Zalo bot; ``code`` is what the user sends it to be known."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="zalo_link"
    )
    code = models.CharField(max_length=12, unique=True)
    chat_id = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    # When the last message went either way; None while the code has not come.
    used_at = models.DateTimeField(null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("kết nối Zalo")
        verbose_name_plural = _("kết nối Zalo")
