"""Who has reported and who has not: grid, and the list of the silent."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaign.addresses import address_only, here, lead_to, page_campaign, path_of
from campaign.count_validation import check_day
from campaign.models import Campaign, Unit
from campaign.page_tags import tagged
from campaign.permissions import Permission
from campaign.querysets import below
from campaign.reporting_window import rules_on
from campaign.scopes import scope_of
from campaign.selectors import find_unit, there_first, units_shown
from core import clock
from core.page_cache import cached
from reports.dashboards.selectors.action_items import NonReportingBranch
from reports.dashboards.selectors.completeness import CompletenessCell, completeness
from reports.dashboards.selectors.completeness_grid import (
    ORDERS,
    appeal_of,
    contacts_of,
    grid_rows,
    non_reporting_text,
)
from reports.rollup.selectors import tag_with_reports

DAYS = 14


@login_required
@tagged()
@require_safe
def completeness_detail(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show a unit's last two weeks; a secretary is led to the own progress."""
    user: Any = request.user
    campaign = page_campaign(request)
    scope = scope_of(user)
    led = units_shown(user, campaign).filter(below(scope.lead_unit_paths))
    shown = campaign.shown_day
    unit = (led.bearing(code, shown) if code else there_first(led, campaign)).first()
    if unit is None:
        find_unit(user, campaign, code)
        if scope.may(Permission.REPORT):
            return lead_to(request, "own-progress")
        raise PermissionDenied
    order = request.GET.get("order", "worst")
    if order not in ORDERS:
        raise Http404
    last = _last(campaign, unit)
    day = _day(campaign, request.GET.get("to"), last)
    context = {
        "campaign": campaign,
        "unit": unit.on(day) if day else unit,
        "order": order,
        "day": day,
    }
    if day is not None:
        context |= _found(request, campaign, unit, day, last, order)
    ids = [int(pk) for pk in unit.path.split(".")[:-2]]
    context["crumbs"] = led.filter(pk__in=ids).order_by("depth")
    return render(request, "reports/dashboards/completeness.html", context)


@dataclass(frozen=True)
class _Weeks:
    """Two weeks of a unit, the same for all who may see it: the last day, and all of them drawn."""

    cell: CompletenessCell
    silent: list[NonReportingBranch]
    children: list[Unit]
    grid: SafeString


def _weeks(
    request: HttpRequest, campaign: Campaign, unit: Unit, day: dt.date, order: str
) -> _Weeks:
    found = completeness(campaign=campaign, node=unit, first=_first(campaign, day), last=day)
    below = unit.children.during(_first(campaign, day), day).order_by("sort_key")
    children = [child.on(day) for child in below]
    rows = grid_rows(unit, children, found, order)
    context = {
        "request": address_only(request),
        "days": found.days,
        "day": day,
        "order": order,
        "rows": rows,
        "over": found.cell(unit.path, found.days),
    }
    template = "reports/dashboards/_completeness_grid.html"
    return _Weeks(
        cell=found.cell(unit.path, (day,)),
        silent=found.silent(unit.path, day),
        children=children,
        grid=render_to_string(template, context) if rows else SafeString(),
    )


def _found(
    request: HttpRequest, campaign: Campaign, unit: Unit, day: dt.date, last: dt.date, order: str
) -> dict[str, Any]:
    """Return what there is to show of the two weeks that end on ``day``."""
    weeks = cached(
        ("completeness", campaign.pk, unit.pk, day, order, here(request), get_language()),
        (tag_with_reports(campaign, unit.pk), clock.today()),
        lambda: _weeks(request, campaign, unit, day, order),
    )
    rules, now, today = rules_on(campaign, day), clock.now(), clock.today()
    is_ahead = now < rules.opens_at
    silent = [] if is_ahead else weeks.silent
    first = _first(campaign, day)
    is_open, is_closed = now < rules.due_at, now > rules.closes_at
    appeal = appeal_of(rules.due_at, is_open=is_open, is_closed=is_closed)
    path = path_of(campaign, "report", date=day if day < today else None)
    link = request.build_absolute_uri(path)
    return {
        "grid": weeks.grid,
        "cell": weeks.cell,
        # Names and numbers to call are the reader's own, and each reading of them is recorded.
        "calls": contacts_of(silent, scope_of(request.user), today),
        "text": non_reporting_text(day, weeks.children, silent, appeal=appeal, link=link),
        "rules": rules,
        "is_ahead": is_ahead,
        "is_closed": is_closed,
        "is_open": is_open,
        "earlier": first - dt.timedelta(days=1) if first > campaign.starts_on else None,
        "later": min(day + dt.timedelta(days=DAYS), last) if day < last else None,
    }


def _first(campaign: Campaign, day: dt.date) -> dt.date:
    return max(day - dt.timedelta(days=DAYS - 1), campaign.starts_on)


def _last(campaign: Campaign, unit: Unit) -> dt.date:
    """Return the last day of a unit in a campaign that has come."""
    last = min(clock.today(), campaign.ends_on)
    return min(last, unit.valid_to - dt.timedelta(days=1)) if unit.valid_to else last


def _day(campaign: Campaign, asked: str | None, last: dt.date) -> dt.date | None:
    """Return the last day to show, by default ``last``; None before the campaign begins.

    404 for what is no day, or not one of the campaign that has come.
    """
    if asked is None:
        return last if last >= campaign.starts_on else None
    try:
        day = parse_date(asked)
        if day is None:
            raise Http404
        check_day(campaign, day, clock.today())
    except (ValueError, ValidationError) as error:
        raise Http404 from error
    return day
