"""What is kept about personal data itself: reads, requests of those it is about, deletions."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.personal_fields import PersonalField
from privacy.querysets import DeletionQuerySet, ReadQuerySet, SubjectRequestQuerySet


class PersonalDataRead(models.Model):
    """One page, file or answer of the API that showed names or numbers of other people.

    ``people`` are rows by ``core.personal_fields.key_of``, ``numbers`` how many of them with a
    telephone number. ``reader`` is None where a link was opened that needs no sign-in. Each is a
    leaf of the log; all that ever changes is that somebody who is forgotten leaves ``people``.
    """

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    page = models.CharField(max_length=100)
    # Blank where the address is a secret. Never with its query, which holds what was searched.
    path = models.CharField(max_length=300)
    people = ArrayField(models.CharField(max_length=60))
    size = models.PositiveIntegerField()
    numbers = models.PositiveIntegerField()

    objects = ReadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lượt xem thông tin")
        verbose_name_plural = _("lượt xem thông tin")
        indexes = [
            models.Index(fields=["at"], name="read_by_time"),
            models.Index(fields=["reader", "at"], name="read_by_reader"),
            GinIndex(fields=["people"], name="read_by_person"),
        ]


class RequestKind(models.TextChoices):
    COPY = "copy", _("Xem, nhận bản sao")
    DELETE = "delete", _("Xóa dữ liệu")


class Outcome(models.TextChoices):
    GIVEN = "given", _("Đã giao bản sao")
    DELETED = "deleted", _("Đã xóa")
    NOTHING = "nothing", _("Không giữ dữ liệu nào")
    UNPROVEN = "unproven", _("Không xác minh được người yêu cầu")


class SubjectRequest(models.Model):
    """Somebody wants to see, or to have deleted, what is kept of them.

    The name and the number serve to find it, and go when the request is closed: what stays is
    that it was answered, when, and how many rows were deleted.
    """

    kind = models.CharField(_("người đó muốn"), max_length=10, choices=RequestKind.choices)
    name = PersonalField(_("họ và tên"), max_length=150, blank=True)
    phone = PersonalField(_("số điện thoại"), max_length=11, blank=True, is_number=True)
    received_on = models.DateField(_("ngày nhận"))
    due_on = models.DateField(_("hạn trả lời"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    # How many rows of each kind were deleted or made nameless.
    deleted = models.JSONField(default=dict)

    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("yêu cầu về dữ liệu cá nhân")
        verbose_name_plural = _("yêu cầu về dữ liệu cá nhân")
        ordering = ("due_on", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="")
                | (Q(closed_at__isnull=False, name="", phone="") & ~Q(outcome="")),
                name="answered_request_names_nobody",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Deletion(models.Model):
    """How many rows of a kind ended on a day (``core.retention``)."""

    day = models.DateField()
    code = models.CharField(max_length=40)
    count = models.PositiveIntegerField()

    objects = DeletionQuerySet.as_manager()

    class Meta:
        verbose_name = _("lần xóa theo thời hạn")
        verbose_name_plural = _("lần xóa theo thời hạn")
        ordering = ("-day", "code")
        constraints = [
            models.UniqueConstraint(fields=["day", "code"], name="deletion_identity"),
        ]
