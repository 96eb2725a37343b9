"""Whose telephone answers us by SMS."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.personal_fields import PersonalField
from core.querysets import OwnQuerySet


class SmsNumber(models.Model):
    """A user's own telephone, once a code that was sent there has come back.

    It counts while it is the number of the account. ``digest`` is that of the code, blank once
    it was used or guessed at too often.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sms_number"
    )
    number = PersonalField(max_length=10, is_number=True)
    digest = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)
    # When the last message went either way; None while the code has not come back.
    used_at = models.DateTimeField(null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("số nhận SMS")
        verbose_name_plural = _("số nhận SMS")
