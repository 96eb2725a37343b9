"""Who does what, where, and for how long."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.models.branches import Branch
from campaign.models.units import Unit
from campaign.permissions import role_choices
from campaign.querysets import AppointmentQuerySet
from core.models import TimestampedModel


class Appointment(TimestampedModel):
    """A role of a user in one branch or one unit. No appointment, no data."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="appointments",
        verbose_name=_("tài khoản"),
    )
    role = models.CharField(_("vai trò"), max_length=20, choices=role_choices)
    branch = models.ForeignKey(
        Branch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name=_("cơ sở Đoàn"),
    )
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name=_("địa bàn"),
    )
    starts_on = models.DateField(_("từ ngày"))
    ends_on = models.DateField(_("đến hết ngày"), null=True, blank=True)
    # Given to somebody who has a password already and has not said yet that it is right: who
    # gave it is no superior yet, and sets no new password.
    awaits_owner = models.BooleanField(default=False, editable=False)
    # Who asked for an appointment that a second person has to confirm: not in force until then.
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("người đề nghị"),
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("người xác nhận"),
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("phân công")
        verbose_name_plural = _("phân công")
        ordering = ("-starts_on", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(branch=None, unit__isnull=False) | Q(branch__isnull=False, unit=None),
                name="appointment_in_a_branch_or_a_unit",
                violation_error_message=_("Chọn một cơ sở Đoàn hoặc một địa bàn."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="appointment_ends_after_it_begins",
                violation_error_message=_("Ngày kết thúc phải sau ngày bắt đầu."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} · {self.place}"

    @property
    def place(self) -> Branch | Unit | None:
        """The branch or the unit in which it is held."""
        return self.branch or self.unit
