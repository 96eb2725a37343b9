"""Who helps: volunteers, and the teams they form."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.models import Branch, Unit
from campaign.validity import Validity, ValidityModel
from core.kinds import Choice, Kinds
from core.models import TimestampedModel
from core.personal_fields import PersonalField
from volunteers.teams.querysets import (
    TEAM_VALIDITY,
    MembershipQuerySet,
    TeamQuerySet,
    VolunteerQuerySet,
)


class Affiliation(models.TextChoices):
    """The organisation that a volunteer belongs to."""

    YOUTH_UNION = "youth_union", _("Đoàn viên, thanh niên")
    WOMENS_UNION = "womens_union", _("Hội viên Phụ nữ")
    POLICE = "police", _("Công an")
    NONE = "none", _("Không thuộc đoàn thể nào")


class TeamKind(models.TextChoices):
    COMMUNITY = "community", _("Tổ công nghệ số cộng đồng")
    ADVISORY = "advisory", _("Tổ tư vấn")
    MOBILE = "mobile", _("Nhóm lưu động")
    TASK_FORCE = "task_force", _("Tổ xung kích")


TEAM_KINDS = Kinds("team", _("Loại tổ"), TeamKind)


def team_kinds() -> Iterable[Choice]:
    """Return all kinds; a migration names this function, and no kind."""
    return TEAM_KINDS.choices()


class MemberRole(models.TextChoices):
    LEADER = "leader", _("Tổ trưởng")
    DEPUTY = "deputy", _("Tổ phó")
    MEMBER = "member", _("Thành viên")


class Volunteer(TimestampedModel):
    """A person who helps. The telephone number is seen by those who run the team only.

    ``fold`` and ``sort_key`` are made from the name by ``services.people``.
    """

    full_name = PersonalField(_("họ và tên"), max_length=150)
    fold = models.CharField(max_length=150, editable=False, default="", db_index=True)
    sort_key = models.CharField(max_length=600, editable=False, default="")
    phone = PersonalField(
        _("số điện thoại"), max_length=10, unique=True, null=True, blank=True, is_number=True
    )
    affiliation = models.CharField(
        _("thuộc đoàn thể"),
        max_length=20,
        choices=Affiliation.choices,
        default=Affiliation.YOUTH_UNION,
    )
    birth_year = models.PositiveSmallIntegerField(_("năm sinh"), null=True, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="volunteer",
        verbose_name=_("tài khoản"),
    )

    objects = VolunteerQuerySet.as_manager()

    class Meta:
        verbose_name = _("tình nguyện viên")
        verbose_name_plural = _("tình nguyện viên")
        ordering = ("sort_key", "pk")

    def __str__(self) -> str:
        name: str = self.full_name
        return name


class Team(ValidityModel, TimestampedModel):
    """A team of a branch, at work in a unit. ``dissolved_on`` is the first day without it."""

    name = models.CharField(_("tên tổ"), max_length=200)
    fold = models.CharField(max_length=200, editable=False, default="", db_index=True)
    sort_key = models.CharField(max_length=700, editable=False, default="")
    kind = models.CharField(
        _("loại tổ"), max_length=20, choices=team_kinds, default=TeamKind.COMMUNITY
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="teams", verbose_name=_("địa bàn")
    )
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="teams", verbose_name=_("cơ sở Đoàn")
    )
    founded_on = models.DateField(_("thành lập"), null=True, blank=True)
    dissolved_on = models.DateField(_("giải thể từ"), null=True, blank=True)

    validity = TEAM_VALIDITY
    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("tổ")
        verbose_name_plural = _("tổ")
        ordering = ("sort_key", "pk")
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="team_identity"),
            models.CheckConstraint(
                condition=Q(dissolved_on=None)
                | Q(founded_on=None)
                | Q(dissolved_on__gt=F("founded_on")),
                name="team_ends_after_it_begins",
                violation_error_message=_("Ngày giải thể phải sau ngày thành lập."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(ValidityModel, TimestampedModel):
    """A volunteer in a team. ``left_on`` is the first day on which it no longer holds."""

    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("tổ")
    )
    volunteer = models.ForeignKey(
        Volunteer,
        on_delete=models.PROTECT,
        related_name="memberships",
        verbose_name=_("tình nguyện viên"),
    )
    role = models.CharField(
        _("vai trò"), max_length=10, choices=MemberRole.choices, default=MemberRole.MEMBER
    )
    joined_on = models.DateField(_("tham gia từ"), null=True, blank=True)
    left_on = models.DateField(_("thôi từ"), null=True, blank=True)

    validity = Validity("joined_on", "left_on")
    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("thành viên tổ")
        verbose_name_plural = _("thành viên tổ")
        ordering = ("team", "volunteer__sort_key", "pk")
        constraints = [
            models.UniqueConstraint(fields=["team", "volunteer"], name="membership_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer} · {self.team}"
