"""A table of one's own making, drawn in several ways, as a page and as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from rest_framework import serializers

from campaign.addresses import address_only, here, link, page_campaign, reading
from campaign.models import Campaign, Level, Unit
from campaign.page_tags import PageState, tagged
from campaign.scopes import scope_of
from campaign.selectors import indicators_of, top_unit, visible_ancestors
from core import clock
from core.page_cache import cached
from reports.explore.asking import NAMES, VIEWS, ExploreQuery, given, levels_below, question_of
from reports.explore.axes import AXES, BRANCH, family
from reports.explore.drawing import draw_map, drawn
from reports.explore.files import file_of
from reports.explore.measures import MEASURES
from reports.explore.records import record
from reports.explore.table import Question, Row, Table, explore
from reports.exports.models import CONTENT_TYPES
from reports.rollup.totals import BASES, as_of

PAGE = 100


@login_required
@tagged()
@require_safe
def explore_page(request: HttpRequest) -> HttpResponse:
    """Show the table that the address asks for; what has no meaning is said, and stays typed.

    The figures are drawn once for all who may see the same.
    """
    if request.GET.get("format"):
        return _file(request)
    campaign, user = page_campaign(request), request.user
    typed = given(request.GET)
    if typed.get("view", "table") not in VIEWS:
        raise Http404
    known: Any = request
    state: PageState = known.page_state
    scope = scope_of(user)
    seen = (sorted(scope.unit_paths), sorted(scope.branch_paths), sorted(scope.lead_unit_paths))
    made_from = (campaign.pk, here(request), sorted(typed.items()), get_language(), seen)

    problems, question, result = {}, None, None
    try:
        question = question_of(user, campaign, _checked(typed))
        draw = partial(_drawn, request, typed, question)
        result = cached(made_from, (state.tag, state.reports, clock.today()), draw)
    except serializers.ValidationError as error:
        detail: Any = error.detail
        problems = {name: [str(text) for text in texts] for name, texts in detail.items()}
    except ValidationError as error:
        problems = {"rows": error.messages}
    context = {
        "campaign": campaign,
        "as_of": state.as_of,
        "problems": problems,
        "view": typed.get("view", "table"),
        "result": result,
        **_form(user, campaign, typed, question),
    }
    return render(request, "reports/explore/explore.html", context, status=400 if problems else 200)


def _file(request: HttpRequest) -> HttpResponse:
    """Send the table as a file; what has no meaning is said by the page."""
    known: Any = request
    # Each file that goes out has a record: none comes out of a browser's store.
    known.page_tag = ""
    campaign, typed = page_campaign(request), given(request.GET)
    kind = typed["format"]
    if kind not in CONTENT_TYPES:
        raise Http404
    moment = as_of(campaign)
    try:
        table = explore(request.user, question_of(request.user, campaign, _checked(typed)))
    except (serializers.ValidationError, ValidationError):
        return redirect(_address(request, typed))
    answer = HttpResponse(file_of(table, kind, moment), content_type=CONTENT_TYPES[kind])
    record(answer, request.user, table, kind)
    return answer


def _drawn(request: HttpRequest, typed: dict[str, str], question: Question) -> SafeString:
    shown = _shown(request, typed, explore(request.user, question))
    context = {"request": address_only(request, *NAMES), **shown}
    return render_to_string("reports/explore/_result.html", context)


def _checked(typed: Mapping[str, str]) -> dict[str, Any]:
    query = ExploreQuery(data=typed)
    query.is_valid(raise_exception=True)
    checked: dict[str, Any] = query.validated_data
    return checked


def _form(
    user: Any, campaign: Campaign, typed: Mapping[str, str], question: Question | None
) -> dict[str, Any]:
    """Return what the form offers and what stands in it."""
    top = question.top if question is not None else top_unit(user, campaign)
    levels = levels_below(user, campaign, top)
    asked = (typed.get("rows"), typed.get("columns"))
    offered = [
        (name, label)
        for name, label in AXES.items()
        if name not in Level.values or name in levels or name in asked
    ]
    chosen = {
        "rows": next(iter(levels), BRANCH),
        "measure": "value",
        "basis": "reported",
        "from": f"{campaign.starts_on}",
        "to": f"{max(campaign.shown_day, campaign.starts_on)}",
        **typed,
    }
    return {
        "unit": top,
        "crumbs": visible_ancestors(user, top),
        "axes": offered,
        "measures": MEASURES.values(),
        "indicators": indicators_of(campaign).all,
        "bases": BASES,
        "chosen": chosen,
        # What no day can be made of stays as it was typed.
        "unreadable": [name for name in ("from", "to", "than") if not _is_day(chosen.get(name))],
        "is_filtered": any(name in typed for name in ("names", "at_least", "at_most", "than")),
    }


def _is_day(text: str | None) -> bool:
    try:
        return not text or parse_date(text) is not None
    except ValueError:
        return False


def _shown(request: HttpRequest, typed: dict[str, str], table: Table) -> dict[str, Any]:
    """Return the page of rows that is asked for, with where each leads."""
    page = Paginator(table.rows, PAGE).get_page(typed.get("page"))
    asked = table.question
    levels = levels_below(request.user, asked.campaign, asked.top)
    on_map = draw_map(table) if typed.get("view") == "map" else None
    return {
        "table": table,
        "asked": asked,
        "view": typed.get("view", "table"),
        "views": VIEWS.items(),
        "page": page,
        "rows": [
            (one, _deeper(request, typed, asked, one.row, levels)) for one in drawn(table, page)
        ],
        "heads": [(one, _order(request, typed, one.key)) for one in table.columns],
        "by_name": _order(request, typed, "name"),
        "by_total": _order(request, typed, "total"),
        "last_column": table.columns[-1] if table.columns else None,
        "feet": [row for row in (table.rest, table.shown, table.total) if row is not None],
        "map": on_map[0] if on_map else None,
        "scale": on_map[1] if on_map else None,
        "row_axis": AXES[asked.rows],
    }


def _address(request: HttpRequest, typed: Mapping[str, str], **changed: str) -> str:
    words = {**reading(request), **typed, "page": "", "format": "", **changed}
    query = urlencode({name: value for name, value in words.items() if value})
    return f"{request.path}?{query}" if query else request.path


@dataclass(frozen=True)
class Order:
    """Where the heading of a column leads, and how the rows stand by it now, as ARIA has it."""

    address: str
    now: str


def _order(request: HttpRequest, typed: Mapping[str, str], key: str) -> Order:
    """Lead to the largest first, of names to the first, and from there the other way round."""
    first, other = (key, f"-{key}") if key == "name" else (f"-{key}", key)
    sort = typed.get("sort", "")
    now = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
    return Order(_address(request, typed, sort=other if sort == first else first), now)


def _deeper(
    request: HttpRequest, typed: dict[str, str], asked: Question, row: Row, levels: list[str]
) -> str:
    """Return where a row leads: what it is made of; ``levels`` are those below the top."""
    entry, plain = row.entry, {"names": "", "at_least": "", "at_most": "", "sort": ""}
    if isinstance(entry.node, Unit):
        depth = Level.values.index(entry.node.level)
        lower = next((one for one in levels if Level.values.index(one) > depth), BRANCH)
        if asked.measure.of_units and lower == BRANCH:
            return link(request, "unit", entry.node.code)
        return _address(request, typed, unit=entry.node.code, rows=lower, **plain)
    if entry.node is not None:
        return link(request, "branch", entry.node.code)
    if entry.indicator is not None:
        rows = "week" if family(asked.columns) == "node" else next(iter(levels), BRANCH)
        return _address(request, typed, indicator=entry.indicator.code, rows=rows, **plain)
    if entry.period is not None and asked.rows in ("week", "month", "phase"):
        days = {"from": f"{entry.period.first}", "to": f"{entry.period.last}"}
        return _address(request, typed, rows="day", **plain, **days)
    return ""
