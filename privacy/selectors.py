"""What is kept of one person, and who read how much of other people."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.personal_fields import key_of
from core.templatetags.formatting import day as day_words
from core.vietnamese import fold
from privacy.models import Deletion, PersonalDataRead, SubjectRequest
from privacy.page_names import page_name
from privacy.services.erasure import OWN_ROWS
from privacy.services.requests import is_in_use
from reports.daily.models import Revision
from volunteers.help_requests.models import HelpRequest
from volunteers.sessions.models import WalkIn
from volunteers.teams.models import Volunteer

MONTH = dt.timedelta(days=30)
# The most reads that are listed one by one; the rest is a number.
READS_LISTED = 30


@dataclass
class Holding:
    """One row that is kept of a person, with all that hangs on it.

    ``is_sure`` is whether it was found by the telephone number; by the name alone it may be
    somebody else of the same name. ``sections`` are headings with their lines.
    """

    row: Any
    kind: str
    is_sure: bool
    title: str
    sections: list[tuple[str, list[str]]] = field(default_factory=list)
    # What the person is given and whoever hands it over need not read.
    only_in_copy: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def key(self) -> str:
        return key_of(self.row)

    @property
    def is_in_use(self) -> bool:
        return is_in_use(self.row)


def holdings_of(request: SubjectRequest) -> list[Holding]:
    """Return what is kept of the person whom an open request names.

    Who asked for help is found by the number only: the province sees no requesters, and a name
    alone would open other people's requests to it.
    """
    volunteers, users = _volunteers(request), _users(request)
    for user in [u for u, is_sure in users.items() if is_sure]:
        if own := Volunteer.objects.filter(user=user).first():
            volunteers[own] = True
    for own in [v for v, is_sure in volunteers.items() if is_sure]:
        if own.user is not None:
            users[own.user] = True
    asked = HelpRequest.objects.none()
    if request.phone:
        asked = HelpRequest.objects.filter(phone=request.phone, purged_at=None)
    found = [
        *(_of_volunteer(row, is_sure) for row, is_sure in volunteers.items()),
        *(_of_user(row, is_sure) for row, is_sure in users.items()),
        *(_of_requester(row) for row in asked.select_related("unit", "campaign")),
        *(_of_walk_in(row) for row in _walk_ins(request)),
    ]
    return sorted(found, key=lambda holding: not holding.is_sure)


def _volunteers(request: SubjectRequest) -> dict[Volunteer, bool]:
    rows = Volunteer.objects.select_related("user")
    same = rows.filter(fold=fold(request.name)) if request.name else rows.none()
    sure = rows.filter(phone=request.phone) if request.phone else rows.none()
    return {**dict.fromkeys(same, False), **dict.fromkeys(sure, True)}


def _users(request: SubjectRequest) -> dict[User, bool]:
    wanted = fold(request.name)
    names = User.objects.exclude(full_name="").values_list("pk", "full_name")
    same = {pk for pk, name in names if fold(name) == wanted} if wanted else set()
    by_number = Q(phone=request.phone) | Q(username=request.phone)
    sure = User.objects.filter(by_number) if request.phone else User.objects.none()
    return {
        **dict.fromkeys(User.objects.filter(pk__in=same), False),
        **dict.fromkeys(sure, True),
    }


def _of_volunteer(row: Volunteer, is_sure: bool) -> Holding:
    memberships = row.memberships.select_related("team__unit").order_by("pk")
    attended = row.participations.select_related("session__unit").order_by("-session__date", "pk")
    about = [row.full_name, row.phone or "", row.get_affiliation_display()]
    if row.birth_year:
        about.append(_("sinh năm %(year)s") % {"year": row.birth_year})
    sections = [
        (_("Thông tin"), about),
        (
            _("Tổ"),
            [f"{m.team} ({m.team.unit}), {m.get_role_display()}{_until(m)}" for m in memberships],
        ),
        (_("Lượt tham gia"), [_participation(one) for one in attended]),
        (
            _("Giấy chứng nhận"),
            [
                f"{one.code}, {day_words(one.issued_on)}, {one.participations} {_('lượt')}"
                for one in row.certificates.order_by("issued_on", "pk")
            ],
        ),
        (_("Đường link riêng"), _counted(row.links.count())),
        (_("Ai đã xem"), _reads_of(row)),
    ]
    return Holding(row, _("Tình nguyện viên"), is_sure, row.full_name, _filled(sections))


def _day_of(moment: dt.datetime) -> str:
    return day_words(timezone.localdate(moment))


def _until(membership: Any) -> str:
    if membership.left_on is None:
        return ""
    return " " + _("đến %(day)s") % {"day": day_words(membership.left_on)}


def _participation(one: Any) -> str:
    session = one.session
    came = _("có mặt") if one.checked_in_at else _("có trong danh sách")
    return f"{day_words(session.date)}, {session.place}, {session.unit}: {came}"


def _of_user(row: User, is_sure: bool) -> Holding:
    appointments = row.appointments.select_related("branch", "unit").order_by("starts_on", "pk")
    about = [row.username, row.full_name, row.phone or "", row.email]
    about.append(_("lập ngày %(day)s") % {"day": _day_of(row.date_joined)})
    if row.last_login:
        about.append(_("đăng nhập lần cuối %(day)s") % {"day": _day_of(row.last_login)})
    sections = [
        (_("Thông tin"), about),
        (
            _("Phân công"),
            [
                f"{one.get_role_display()}, {one.branch or one.unit}: "
                f"{day_words(one.starts_on)} – {day_words(one.ends_on) if one.ends_on else '…'}"
                for one in appointments
            ],
        ),
        *(
            (str(model._meta.verbose_name), _counted(model.objects.filter(user=row).count()))
            for model in OWN_ROWS
        ),
        (_("Lời mời"), _counted(row.invitations.count())),
        (_("Khóa API"), _counted(row.api_tokens.count())),
        (_("Lần gửi báo cáo"), _counted(Revision.objects.filter(actor=row).count())),
        (
            _("Lần xem thông tin người khác"),
            _counted(PersonalDataRead.objects.filter(reader=row).count()),
        ),
        (_("Ai đã xem"), _reads_of(row)),
    ]
    title = row.full_name or row.username
    return Holding(row, _("Tài khoản"), is_sure, title, _filled(sections))


def _of_requester(row: HelpRequest) -> Holding:
    own = [row.name, row.phone, row.hamlet, row.note]
    sections = [
        (
            _("Yêu cầu hỗ trợ"),
            [f"{row.number}, {row.unit}, {_day_of(row.asked_at)}: {row.get_state_display()}"],
        ),
        (_("Ai đã xem"), _reads_of(row)),
    ]
    return Holding(
        row,
        _("Người nhờ hỗ trợ"),
        True,
        row.number,
        _filled(sections),
        _filled([(_("Thông tin"), own)]),
    )


def _walk_ins(request: SubjectRequest) -> Iterable[WalkIn]:
    rows = WalkIn.objects.select_related("session__unit")
    return rows.filter(phone=request.phone) if request.phone else rows.none()


def _of_walk_in(row: WalkIn) -> Holding:
    sections = [
        (_("Thông tin"), [row.full_name, row.phone]),
        (_("Lượt tham gia"), [f"{row.session}, {row.session.unit}"]),
        (_("Ai đã xem"), _reads_of(row)),
    ]
    return Holding(row, _("Người mới chờ xác nhận"), True, row.full_name, _filled(sections))


def _reads_of(row: Any) -> list[str]:
    """Return when a person's data was read and where; the reader's name is another's data."""
    reads = PersonalDataRead.objects.filter(people__contains=[key_of(row)])
    listed = [
        f"{timezone.localtime(one.at):%H:%M %d/%m/%Y}, {page_name(one.page)}"
        for one in reads.order_by("-at")[:READS_LISTED]
    ]
    more = reads.count() - len(listed)
    return [*listed, _("và %(count)s lần trước đó") % {"count": more}] if more else listed


def _counted(count: int) -> list[str]:
    return [str(count)] if count else []


def _filled(sections: list[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    written = [(heading, [line for line in lines if line]) for heading, lines in sections]
    return [(heading, lines) for heading, lines in written if lines]


def as_text(holdings: Iterable[Holding]) -> str:
    """Return what is kept as a plain text to hand over."""
    lines = [
        _("DỮ LIỆU CÁ NHÂN ĐANG LƯU TRÊN TIÊN PHONG 06"),
        _("Lập lúc %(time)s") % {"time": f"{clock.now():%H:%M %d/%m/%Y}"},
    ]
    for holding in holdings:
        lines += ["", f"{holding.kind.upper()}: {holding.title}"]
        for heading, entries in (*holding.only_in_copy, *holding.sections):
            lines += ["", f"{heading}:", *(f"- {entry}" for entry in entries)]
    return "\n".join(lines) + "\n"


# Reads


@dataclass(frozen=True)
class Reader:
    """How much somebody read of others in the last thirty days; ``user`` None is a link."""

    user: User | None
    pages: int
    people: int
    numbers: int


def readers_of(reads: Any) -> list[Reader]:
    """Return who read most of the last thirty days, of reads that the user may see."""
    recent = reads.filter(at__gte=clock.now() - MONTH)
    rows = list(
        recent.order_by()
        .values("reader")
        .annotate(pages=Count("pk"), people=Sum("size"), numbers_read=Sum("numbers"))
        .order_by(F("numbers_read").desc(), F("people").desc(), "reader")[:10]
    )
    users = User.objects.in_bulk([row["reader"] for row in rows if row["reader"]])
    return [
        Reader(users.get(row["reader"]), row["pages"], row["people"], row["numbers_read"])
        for row in rows
    ]


def recent_deletions() -> list[Deletion]:
    """Return what ended in the last thirty nights."""
    since = clock.today() - MONTH
    return list(Deletion.objects.filter(day__gte=since).order_by("-day", "code"))
