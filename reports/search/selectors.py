"""What a few words find: whatever the reader may see anyway, and where it stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign.models import Appointment, Branch, Campaign
from campaign.selectors import units_shown
from core import clock
from core.folded import Folded
from core.form_fields import parse_day
from core.personal_fields import FORGOTTEN_NAME
from core.receipt_numbers import read_number
from core.templatetags.formatting import day as written
from core.text_gate import normal
from core.validators import normalise_phone
from core.vietnamese import fold
from reports.daily.models import DailyReport
from reports.exports.codes import read_code, shown
from reports.exports.models import FigureCode
from reports.search import pages
from volunteers.help_requests.finding import requests_called
from volunteers.sessions.models import SupportSession
from volunteers.teams.models import Team, Volunteer

# Of each kind so many are shown; letters of a search, and how many it takes to find anything.
MOST, LONGEST, SHORTEST = 6, 100, 2

# The address of a page of the campaign that is read, by name and arguments.
Address = Callable[..., str]


@dataclass(frozen=True)
class Found:
    """One thing; ``about`` tells namesakes apart."""

    kind: str
    title: str
    about: str
    url: str


def kinds() -> dict[str, str]:
    """Return what is found, by kind, in the order in which it is shown."""
    return {
        "page": _("Trang"),
        "receipt": _("Báo cáo"),
        "request": _("Yêu cầu hỗ trợ"),
        "figure": _("Mã tra số"),
        "digest": _("Báo cáo nhanh"),
        "unit": _("Địa bàn"),
        "branch": _("Cơ sở Đoàn"),
        "person": _("Người"),
        "team": _("Tổ"),
        "session": _("Buổi hỗ trợ"),
    }


def read_text(typed: str) -> str:
    """Return what is searched for, blank where nothing was typed.

    Raises ``ValidationError`` where it is too short or too long.
    """
    text = " ".join(normal("NFC", typed[: 4 * LONGEST]).split())
    if len(text) > LONGEST or len(typed) > 4 * LONGEST:
        raise ValidationError(
            _("Tìm tối đa %(n)s chữ. Bớt lại, ví dụ chỉ ghi tên xã.") % {"n": LONGEST}
        )
    if text and len(fold(text)) < SHORTEST:
        raise ValidationError(_("Gõ ít nhất hai chữ cái hoặc chữ số."))
    return text


def find(user: Any, campaign: Campaign, text: str, address: Address) -> list[Found]:
    """Return what bears the text, by kind, the best of each first: at most ``MOST`` of each.

    A fixed number of queries. Everything is asked through who may see it.
    """
    found: dict[str, list[Found]] = {kind: [] for kind in kinds()}
    if text:
        for one in _all(user, campaign, text, address):
            found[one.kind].append(one)
    return [one for of_kind in found.values() for one in of_kind[:MOST]]


def _all(user: Any, campaign: Campaign, text: str, address: Address) -> Iterator[Found]:
    words = fold(text)
    yield from _pages(user, words, address)
    yield from _numbered(user, campaign, text, address)
    yield from _days(user, campaign, text, address)
    units = units_shown(user, campaign).search(text).select_related("parent")[:MOST]
    for unit in units:
        above = unit.parent.name if unit.parent else ""
        yield Found("unit", unit.name, _joined(above, unit.key), address("unit", unit.key))
    branches = Branch.objects.visible_to(user).during(campaign.starts_on, campaign.shown_day)
    for branch in branches.search(text).select_related("parent")[:MOST]:
        above = branch.parent.name if branch.parent else ""
        yield Found(
            "branch", branch.name, _joined(above, branch.code), address("branch", branch.code)
        )
    yield from _people(user, text, address)
    teams = Team.objects.visible_to(user).on(clock.today()).search(text)
    for team in teams.select_related("unit").order_by("sort_key", "pk")[:MOST]:
        yield Found("team", team.name, team.unit.name, address("team", team.pk))
    sessions = (
        SupportSession.objects.visible_to(user)
        .existing()
        .filter(campaign=campaign)
        .alias(bare=Folded("place"))
        .filter(bare__contains=words)
        .select_related("unit")
        .order_by("-date", "-begins_at", "pk")
    )
    for session in sessions[:MOST]:
        when = f"{session.begins_at:%H:%M} {written(session.date)}"
        yield Found(
            "session", session.place, _joined(when, session.unit.name),
            address("session", session.pk),
        )  # fmt: skip


def _pages(user: Any, words: str, address: Address) -> Iterator[Found]:
    inside = [(title, address(name)) for name, title in pages.offered(user, pages.PAGES)]
    outside = [(title, reverse(name)) for name, title in pages.offered(user, pages.OUTSIDE)]
    for title, url in inside + outside:
        if words in fold(title):
            yield Found("page", title, "", url)


def _numbered(user: Any, campaign: Campaign, text: str, address: Address) -> Iterator[Found]:
    """Find what has a number or a code that people read out: receipts, requests, figures."""
    if number := read_number(text):
        reports = DailyReport.objects.visible_to(user).filter(campaign=campaign)
        for report in reports.numbered(number).select_related("branch")[:MOST]:
            yield Found(
                "receipt", report.number, _joined(report.branch.name, written(report.date)),
                address("receipt", report.pk),
            )  # fmt: skip
    asked = requests_called(user, text).filter(campaign=campaign).order_by("-pk")
    for request in asked.select_related("unit")[:MOST]:
        yield Found("request", request.number, request.unit.name, address("request", request.pk))
    if code := read_code(text):
        for figure in (
            FigureCode.objects.visible_to(user).filter(code=code).select_related("campaign")
        ):
            about = _joined(figure.campaign.name, written(figure.day))
            yield Found("figure", shown(code), about, reverse("figure", args=[code]))


def _days(user: Any, campaign: Campaign, text: str, address: Address) -> Iterator[Found]:
    """Find the digest of a day, by the reader's highest unit."""
    last = min(clock.today(), campaign.ends_on)
    for year in {campaign.starts_on.year, last.year}:
        try:
            day = parse_day(text, year)
        except ValidationError:
            return
        unit = units_shown(user, campaign).on(day).order_by("depth", "pk").first()
        if unit is not None and campaign.starts_on <= day <= last:
            yield Found("digest", written(day), unit.name, address("digest", unit.code, day))
            return


def _people(user: Any, text: str, address: Address) -> Iterator[Found]:
    """Find by name or number who holds a post or is in a team, of those whom the reader sees."""
    words, number = fold(text), _telephone(text)
    posts = Appointment.objects.visible_to(user).on(clock.today())
    named = posts.alias(bare=Folded("user__full_name")).filter(
        Q(user__phone=number) if number else Q(bare__contains=words)
    )
    named = named.exclude(user__full_name=FORGOTTEN_NAME)
    shown_posts = list(named.select_related("user", "branch", "unit").order_by("user", "pk")[:MOST])
    for post in shown_posts:
        node: Any = post.branch or post.unit
        name = "branch" if post.branch else "unit"
        yield Found(
            "person", post.user.full_name, _joined(post.get_role_display(), node.name),
            address(name, node.code),
        )  # fmt: skip
    people = Volunteer.objects.visible_to(user).filter(
        Q(phone=number) if number else Q(fold__contains=words)
    )
    people = people.exclude(full_name=FORGOTTEN_NAME)
    # A name that is read is recorded, so no more are than are shown.
    for person in people.order_by("sort_key", "pk")[: MOST - len(shown_posts)]:
        yield Found(
            "person", person.full_name, _("Tình nguyện viên"), address("volunteer", person.pk)
        )


def _telephone(text: str) -> str:
    try:
        return normalise_phone(text, or_landline=True)
    except ValidationError:
        return ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
