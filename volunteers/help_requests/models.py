"""Residents who ask for help at home or by telephone."""

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaign.models import Campaign, Unit
from campaign.models.counts import CountsField, counts_constraint
from core.kinds import Choice, Kinds
from core.models import TimestampedModel
from core.personal_fields import PersonalField
from core.receipt_numbers import number_of
from volunteers.help_requests.querysets import HelpRequestQuerySet
from volunteers.sessions.models import SupportSession
from volunteers.teams.models import Team


class RequestType(models.TextChoices):
    """How the resident wants to be helped."""

    VISIT = "visit", _("Đến nhà giúp tôi")
    CALL = "call", _("Gọi điện cho tôi")


class RequestReason(models.TextChoices):
    """Why the resident cannot come to a support point."""

    ELDERLY = "elderly", _("Người cao tuổi, khó đi lại")
    ILL = "ill", _("Ốm đau, khuyết tật")
    AWAY = "away", _("Đi làm, đi học xa nhà")


HELP_REASONS = Kinds("reason", _("Lý do nhờ giúp"), RequestReason, longest=10)


def help_reasons() -> Iterable[Choice]:
    """Return all reasons; a migration names this function, and no reason."""
    return HELP_REASONS.choices()


class HelpState(models.TextChoices):
    NEW = "new", _("Mới")
    ASSIGNED = "assigned", _("Đã giao tổ")
    DONE = "done", _("Đã giúp xong")
    CANNOT = "cannot", _("Không giúp được")


OPEN_STATES = (HelpState.NEW, HelpState.ASSIGNED)


class HelpRequest(TimestampedModel):
    """One resident's request, in the commune where they live.

    Name, phone, hamlet and note are personal: seen by those who handle the request, and
    blanked by ``services.help.purge_requests`` some days after it was closed, or at once when the
    resident withdraws it. What remains is the count. ``counts`` are the outcome by
    indicator as it was written down; it counts as that of ``session`` does (docs/counting.md
    C26), and is corrected there. ``id`` stands in the
    addresses of staff; ``key`` is the resident's alone: its address takes the request back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="help_requests")
    wish = models.CharField(_("muốn được giúp"), max_length=10, choices=RequestType.choices)
    reason = models.CharField(_("lý do"), max_length=10, choices=help_reasons)
    name = PersonalField(_("họ và tên"), max_length=150, blank=True)
    phone = PersonalField(
        _("số điện thoại"), max_length=11, blank=True, db_index=True, is_number=True
    )
    hamlet = models.CharField(_("xóm, thôn, tổ dân phố"), max_length=200, blank=True)
    note = models.TextField(_("ghi chú"), blank=True)
    consented_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=HelpState.choices, default=HelpState.NEW)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, related_name="help_requests"
    )
    assigned_at = models.DateTimeField(null=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    counts = CountsField()
    # In which the outcome counts for its day; None where it counts nowhere by itself.
    session = models.ForeignKey(
        SupportSession, on_delete=models.PROTECT, null=True, related_name="help_requests"
    )
    # Why it could not be done; written by staff, without personal data.
    outcome_note = models.TextField(blank=True)
    is_withdrawn = models.BooleanField(default=False)
    purged_at = models.DateTimeField(null=True)

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("yêu cầu hỗ trợ")
        verbose_name_plural = _("yêu cầu hỗ trợ")
        ordering = ("due_on", "asked_at", "pk")
        constraints = [
            counts_constraint("counts", "help_holds_counts"),
            models.CheckConstraint(
                condition=Q(state__in=HelpState.values), name="help_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, closed_at=None)
                | Q(state__in=(HelpState.DONE, HelpState.CANNOT), closed_at__isnull=False),
                name="closed_help_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(purged_at=None) | Q(name="", phone="", hamlet="", note=""),
                name="purged_help_is_blank",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "unit", "state"], name="help_by_unit"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number on the receipt, short enough to be read out on the telephone."""
        return number_of(self.id)
