"""Messages that wait for their answer, and what a conversation waits for."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.personal_fields import PersonalField
from core.querysets import OwnQuerySet


class ReceivedMessage(models.Model):
    """A message by its channel and number, so that one that comes twice is answered once.

    ``address``, ``text`` and ``answer`` are blank once it is closed. ``text`` holds no citizen's
    and no telephone number: they are blotted out before it is kept. ``user`` is None for who is
    not known. ``is_lost`` says that the answer could not be sent.
    """

    channel = models.CharField(max_length=40)
    number = models.CharField(max_length=100)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    address = PersonalField(max_length=100, blank=True, is_number=True)
    is_group = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    is_lost = models.BooleanField(default=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("tin nhắn đến")
        verbose_name_plural = _("tin nhắn đến")
        constraints = [
            models.UniqueConstraint(fields=["channel", "number"], name="message_comes_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="message_waiting",
                condition=models.Q(closed_at__isnull=True),
            ),
        ]


class Conversation(models.Model):
    """What one person is asked in one chat: ``pending`` as ``dialogue.Pending``, {} for nothing.

    ``chat`` is blank for the person's own, else the address of a group.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=40)
    chat = models.CharField(max_length=100, blank=True)
    pending = models.JSONField(default=dict)
    expires_at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("cuộc trò chuyện")
        verbose_name_plural = _("cuộc trò chuyện")
        constraints = [
            models.UniqueConstraint(fields=["user", "channel", "chat"], name="one_conversation"),
        ]
