"""Who is told what, by which way: the outbox of reminders, summaries and digests."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Branch, Campaign, Unit
from core.querysets import OwnQuerySet


class NoticeKind(models.TextChoices):
    """What a notice is about."""

    BEFORE = "before", _("Sắp đến hạn, chưa báo cáo")
    AFTER = "after", _("Quá hạn, chưa báo cáo")
    SUMMARY = "summary", _("Danh sách chưa báo cáo")
    RETURNED = "returned", _("Báo cáo cần sửa")
    DIGEST = "digest", _("Bản tin ngày")
    TEST = "test", _("Gửi thử")


class Way(models.TextChoices):
    """The channel a notice goes by."""

    WEB_PUSH = "webpush", _("Thông báo trên điện thoại")
    EMAIL = "email", _("Thư điện tử")
    ZALO = "zalo", _("Zalo")


class Notice(models.Model):
    """One message to one person by one way; the unique key makes it one however often asked.

    ``about`` tells notices of one kind and day apart: a report's id and version, or blank.
    ``settled_at`` is when it went out or became needless, ``failed`` why it could not.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=NoticeKind.choices)
    way = models.CharField(max_length=8, choices=Way.choices)
    day = models.DateField()
    about = models.CharField(max_length=60, blank=True)
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, related_name="+")
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    sent = models.BooleanField(default=False)
    failed = models.CharField(max_length=300, blank=True)

    objects: models.Manager["Notice"] = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("lời nhắc")
        verbose_name_plural = _("lời nhắc")
        ordering = ("-due_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "campaign", "kind", "way", "day", "about"],
                name="one_notice_by_each_way",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="notice_waiting",
                condition=models.Q(settled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.kind} {self.day:%d/%m/%Y}"


class PushSubscription(models.Model):
    """A browser that shows notices of its user."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions"
    )
    endpoint = models.URLField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=200)
    auth = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("máy nhận thông báo")
        verbose_name_plural = _("máy nhận thông báo")


class ZaloLink(models.Model):
    """A user's chat with the Zalo bot; ``code`` is what the user sends it to be known."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="zalo_link"
    )
    code = models.CharField(max_length=12, unique=True)
    chat_id = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("liên kết Zalo")
        verbose_name_plural = _("liên kết Zalo")
