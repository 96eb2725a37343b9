"""Files of daily counts on their way in, and what the columns that people draw mean."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign
from core.querysets import MachineQuerySet, OwnQuerySet


class State(models.TextChoices):
    """Where a file is; the first two are work for a worker."""

    READ = "read", _("đang đọc")
    SEND = "send", _("đang ghi")
    ASKED = "asked", _("chờ trả lời")
    CHECKED = "checked", _("chờ xác nhận")
    TAKEN = "taken", _("đã ghi")
    REFUSED = "refused", _("không đọc được")


WORK = (State.READ, State.SEND)


class CountsFile(models.Model):
    """A file of one user: sent, read, asked about, checked, and taken in whole or not at all.

    ``answers`` are to what its reader asks, ``choices`` what the user chose of what it would do,
    ``result`` what its page shows, in the user's ``language``. ``begun_at`` is when a worker took
    it. The file itself waits as all do (``core.importing.pending_upload``) and is gone after an
    hour; what was done with it is told for some days.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    upload = models.UUIDField(default=uuid.uuid4, editable=False)
    language = models.CharField(max_length=5)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READ)
    answers = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)
    begun_at = models.DateTimeField(null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("tệp số liệu")
        verbose_name_plural = _("tệp số liệu")
        indexes = [
            models.Index(
                fields=["made_at"],
                condition=models.Q(state__in=[State.READ, State.SEND]),
                name="counts_file_to_work_off",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_work(self) -> bool:
        return self.state in WORK


class ColumnMeaning(models.Model):
    """What a heading means in the files of a campaign, as somebody once said.

    ``header`` is the heading as ``drawn_tables.key_of`` writes it, ``meaning`` the code of an
    indicator or one of the other meanings of ``columns``.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    header = models.CharField(max_length=100)
    meaning = models.CharField(max_length=50)

    objects = MachineQuerySet.as_manager()

    class Meta:
        verbose_name = _("nghĩa của cột")
        verbose_name_plural = _("nghĩa của cột")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "header"], name="one_meaning_a_header")
        ]

    def __str__(self) -> str:
        return f"{self.header}: {self.meaning}"
