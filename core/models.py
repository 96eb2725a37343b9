"""What the models of all apps share."""

import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from core.log.models import Leaf, Remark, SignedHead, Tile
from core.querysets import MachineQuerySet

__all__ = (
    "Change",
    "Heartbeat",
    "Leaf",
    "PendingUpload",
    "Portal",
    "Remark",
    "SignedHead",
    "Tile",
    "TimestampedModel",
)


# As much as the bar of a desk shows in one line.
NAME_LENGTH = 40


class TimestampedModel(models.Model):
    """Knows when it last changed; pages use it to tell whether they are still true."""

    updated_at = models.DateTimeField(_("sửa lần cuối"), auto_now=True)

    class Meta:
        abstract = True


class Heartbeat(models.Model):
    """When a job last ran, and whether all was well with what it looked at."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    message = models.TextField(blank=True)
    is_fine = models.BooleanField(default=True)

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("nhịp chạy")
        verbose_name_plural = _("nhịp chạy")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"


class Change(models.Model):
    """That something changed which pages of a campaign and a unit show: see ``core.changes``.

    Zero means all campaigns, all units. ``value`` is random: what is summed up to a tag.
    """

    campaign_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    value = models.BigIntegerField(
        db_default=models.Func(
            Cast(RandomUUID(), models.TextField()),
            models.Value(0),
            function="hashtextextended",
            output_field=models.BigIntegerField(),
        )
    )

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("thay đổi")
        verbose_name_plural = _("các thay đổi")
        indexes = [models.Index(fields=["campaign_id", "unit_id"], name="change_by_page")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.unit_id}"


class Portal(TimestampedModel):
    """What this portal is called and whom to ask; one row, or none where nobody has said.

    ``core.portal`` is its only reader and writer.
    """

    name = models.CharField(_("tên cổng"), max_length=NAME_LENGTH)
    contact = models.CharField(_("liên hệ khi cần giúp"), max_length=200, blank=True, default="")
    # A square PNG of 512 pixels; empty for the star.
    emblem = models.BinaryField(_("biểu trưng"), default=b"", blank=True)
    # Names the emblem in its address, so that browsers may hold it for good.
    emblem_mark = models.CharField(max_length=12, default="", blank=True, editable=False)

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("cổng")
        verbose_name_plural = _("cổng")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_portal")]

    def __str__(self) -> str:
        return self.name


class KindWord(TimestampedModel):
    """What the province calls a kind of branch, team, meeting point or reason, or one of its own.

    ``core.kinds`` is its only reader and writer.
    """

    of = models.CharField(_("là loại của"), max_length=20, editable=False)
    code = models.CharField(_("mã"), max_length=20, editable=False)
    name = models.CharField(_("tên"), max_length=60)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=60, blank=True, default="")
    order = models.PositiveSmallIntegerField(_("thứ tự"), default=0)
    is_offered = models.BooleanField(_("có trong danh sách chọn"), default=True)

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("loại")
        verbose_name_plural = _("các loại")
        constraints = [models.UniqueConstraint(fields=["of", "code"], name="kind_identity")]

    def __str__(self) -> str:
        return self.name


class PendingUpload(models.Model):
    """A file between its preview and the confirmation: sealed, and for an hour at most.

    ``core.importing.pending_upload`` is its only reader and writer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    data = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("tệp chờ xác nhận")
        verbose_name_plural = _("tệp chờ xác nhận")

    def __str__(self) -> str:
        return str(self.id)
