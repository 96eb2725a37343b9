"""Where and when people help, who took part, and what came of it."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.models import Branch, Campaign, Unit
from campaign.models.counts import CountsField, counts_constraint
from core import clock
from core.kinds import Choice, Kinds
from core.models import TimestampedModel
from core.personal_fields import PersonalField
from volunteers.sessions.querysets import (
    CalendarLinkQuerySet,
    DeclineQuerySet,
    ParticipationQuerySet,
    SeriesQuerySet,
    SessionQuerySet,
    WalkInQuerySet,
)
from volunteers.teams.models import Team, Volunteer


class PlaceKind(models.TextChoices):
    CULTURE_HOUSE = "culture_house", _("Nhà văn hóa")
    MARKET = "market", _("Chợ")
    COMMITTEE = "committee", _("Trụ sở UBND")
    SCHOOL = "school", _("Trường học")
    WORKPLACE = "workplace", _("Cơ quan, doanh nghiệp")
    MOBILE = "mobile", _("Điểm lưu động")
    HOME_VISITS = "home_visits", _("Đến từng nhà")
    TELEPHONE = "telephone", _("Qua điện thoại")
    MEETING = "meeting", _("Sinh hoạt, hội họp")


POINT_KINDS = Kinds("place", _("Loại điểm"), PlaceKind)


def point_kinds() -> Iterable[Choice]:
    """Return all kinds; a migration names this function, and no kind."""
    return POINT_KINDS.choices()


class State(models.TextChoices):
    PLANNED = "planned", _("Sắp diễn ra")
    UNDER_WAY = "under_way", _("Đang diễn ra")
    CLOSED = "closed", _("Đã kết thúc")
    CANCELLED = "cancelled", _("Đã hủy")


class Series(TimestampedModel):
    """Sessions that repeat: ``rule`` is an RFC 5545 RRULE without its beginning."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(_("lặp lại"), max_length=200)
    starts_on = models.DateField(_("từ ngày"))
    ends_on = models.DateField(_("đến hết ngày"))

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("chuỗi buổi")
        verbose_name_plural = _("chuỗi buổi")

    def __str__(self) -> str:
        return f"{self.branch} {self.rule}"


class SupportSession(TimestampedModel):
    """A support session on one local day; times are local.

    The host ``branch`` counts it, once, in ``unit``: ``counts`` are its outcome by indicator.
    ``headcount`` are people who took part without being on the list, ``participations`` all
    who took part, both None until it is closed. ``version`` goes up with each change.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(
        Branch,
        on_delete=models.PROTECT,
        related_name="sessions",
        verbose_name=_("đơn vị chủ trì"),
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("xã, phường")
    )
    place_kind = models.CharField(_("loại điểm"), max_length=20, choices=point_kinds)
    place = models.CharField(_("tên điểm hỗ trợ"), max_length=200)
    date = models.DateField(_("ngày"))
    begins_at = models.TimeField(_("bắt đầu"))
    ends_at = models.TimeField(_("kết thúc"))
    teams = models.ManyToManyField(
        Team, blank=True, related_name="sessions", verbose_name=_("các tổ")
    )
    partners = models.ManyToManyField(
        Branch, blank=True, related_name="joined_sessions", verbose_name=_("đơn vị phối hợp")
    )
    planned_volunteers = models.PositiveIntegerField(_("số người dự kiến"), null=True, blank=True)
    # Who signs up beyond it waits for a free place; blank is no limit.
    capacity = models.PositiveIntegerField(_("nhận nhiều nhất"), null=True, blank=True)
    note = models.TextField(_("ghi chú"), blank=True)
    series = models.ForeignKey(
        Series, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions"
    )
    # Of a series, but changed by itself: a change of the series asks before it changes this one.
    stands_alone = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    cancel_reason = models.TextField(_("lý do hủy"), blank=True)
    counts = CountsField()
    headcount = models.PositiveIntegerField(_("người không ghi tên"), null=True, blank=True)
    participations = models.PositiveIntegerField(_("lượt tham gia"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # In the link with which members sign up; it opens nothing but this session.
    join_key = models.CharField(max_length=32, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    # When day, hours or place last became others, or it was called off: whoever signed up before
    # has to be told.
    moved_at = models.DateTimeField(null=True)

    # Of branches that take part beside the host: read by ``with_helpers``, else not there.
    partner_ids: list[int]
    team_branch_ids: list[int]

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("buổi hỗ trợ")
        verbose_name_plural = _("buổi hỗ trợ")
        ordering = ("date", "begins_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")), name="session_ends_after_it_begins"
            ),
            counts_constraint("counts", "session_holds_counts"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="session_state_known"),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED)
                | Q(participations__isnull=False, headcount__isnull=False),
                name="closed_session_is_counted",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CANCELLED) | (~Q(cancel_reason="") & Q(counts={})),
                name="cancelled_session_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "unit", "date"], name="session_by_unit"),
            models.Index(fields=["campaign", "branch", "date"], name="session_by_branch"),
            models.Index(fields=["campaign", "date"], name="session_by_day"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it has neither ended nor been cancelled."""
        return self.state in (State.PLANNED, State.UNDER_WAY)

    @property
    def has_begun(self) -> bool:
        return clock.now() >= clock.at(self.date, self.begins_at)

    @property
    def has_ended(self) -> bool:
        """Whether its hours are over, closed or not."""
        return clock.now() >= clock.at(self.date, self.ends_at)

    @property
    def takes_sign_ups(self) -> bool:
        return self.is_open and not self.has_ended

    def overlaps(self, other: "SupportSession") -> bool:
        """Whether nobody can be at both; a cancelled one keeps nobody."""
        return (
            self.pk != other.pk
            and State.CANCELLED not in (self.state, other.state)
            and self.date == other.date
            and self.begins_at < other.ends_at
            and other.begins_at < self.ends_at
        )

    def __str__(self) -> str:
        return f"{self.place}, {self.begins_at:%H:%M} {self.date:%d/%m/%Y}"


class Participation(TimestampedModel):
    """A volunteer at a session (lượt): put down, and checked in once at the place.

    Who was put down and is not checked in when the session is closed did not come.
    ``checkin_id`` is the id that the client made for the check-in. ``informed_at`` is when the
    person last knew how the session stands: said yes, was sent a notice, or is marked as told.
    """

    session = models.ForeignKey(SupportSession, on_delete=models.CASCADE, related_name="attendance")
    volunteer = models.ForeignKey(
        Volunteer, on_delete=models.PROTECT, related_name="participations"
    )
    is_own_choice = models.BooleanField(default=False)
    # Day and hours to which the person said yes; moved since, they are asked once more.
    agreed_date = models.DateField(null=True)
    agreed_begins_at = models.TimeField(null=True)
    agreed_ends_at = models.TimeField(null=True)
    informed_at = models.DateTimeField(null=True)
    # Signed up when all places were taken; the one who waits longest moves up first.
    waiting_since = models.DateTimeField(null=True)
    moved_up_at = models.DateTimeField(null=True)
    checkin_id = models.UUIDField(null=True, unique=True)
    checked_in_at = models.DateTimeField(null=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("lượt tham gia")
        verbose_name_plural = _("lượt tham gia")
        ordering = ("volunteer__sort_key", "pk")
        constraints = [
            models.UniqueConstraint(fields=["session", "volunteer"], name="participation_identity"),
            models.CheckConstraint(
                condition=Q(waiting_since=None) | Q(checked_in_at=None),
                name="who_is_there_does_not_wait",
            ),
        ]

    def is_to_be_asked(self, session: SupportSession) -> bool:
        """Whether it was said for another day or other hours than the session has now."""
        agreed = (self.agreed_date, self.agreed_begins_at, self.agreed_ends_at)
        is_as_agreed = agreed == (session.date, session.begins_at, session.ends_at)
        return self.agreed_date is not None and self.checked_in_at is None and not is_as_agreed

    def knows_of(self, session: SupportSession) -> bool:
        """Whether they know how the session stands, and that they have moved up."""
        news = [at for at in (session.moved_at, self.moved_up_at) if at is not None]
        return not news or (self.informed_at is not None and self.informed_at >= max(news))


class Decline(models.Model):
    """Somebody who was on the list of a session and said not to come."""

    session = models.ForeignKey(SupportSession, on_delete=models.CASCADE, related_name="declines")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="declines")
    at = models.DateTimeField()

    objects = DeclineQuerySet.as_manager()

    class Meta:
        verbose_name = _("lời báo không đi được")
        verbose_name_plural = _("lời báo không đi được")
        constraints = [
            models.UniqueConstraint(fields=["session", "volunteer"], name="decline_identity"),
        ]


class WalkIn(models.Model):
    """Somebody who came and is in no team of the session: waits for the leader's yes.

    Counted nowhere until then; confirmed they are a volunteer who has taken part, and the row goes.
    """

    session = models.ForeignKey(SupportSession, on_delete=models.CASCADE, related_name="walk_ins")
    full_name = PersonalField(_("họ và tên"), max_length=150)
    phone = PersonalField(_("số điện thoại"), max_length=10, is_number=True)
    arrived_at = models.DateTimeField()

    objects = WalkInQuerySet.as_manager()

    class Meta:
        verbose_name = _("người mới chờ xác nhận")
        verbose_name_plural = _("người mới chờ xác nhận")
        ordering = ("arrived_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["session", "phone"], name="walk_in_identity"),
        ]


class CalendarLink(models.Model):
    """A user's calendar feed; it shows what the user may see at the moment of reading."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_links"
    )
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = CalendarLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("đường link lịch")
        verbose_name_plural = _("đường link lịch")
