"""Reports on paper: day sheets to print, and the page on which a desk types them in."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import page_campaign, path_of
from campaign.models import Branch, Campaign
from campaign.selectors import branches_run_during, indicators_of
from core import clock
from core.form_fields import parse_day
from core.lazy_module import lazy_module
from reports.paper.rows import TAKEN, branches_on_paper, refusal_of, rows_of, take_row

if TYPE_CHECKING:
    from reports.paper import day_sheet
else:
    day_sheet = lazy_module("reports.paper.day_sheet")

# As many rows as a district has, and more than anybody types at one sitting.
PAGE = 100
# A province has 226 communes: two seconds and a megabyte.
MOST_SHEETS = 600


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest) -> HttpResponse:
    """Show the rows of a day, or take in what was typed; of ``row`` alone answer with it."""
    campaign = page_campaign(request)
    _require_right(request.user, campaign)
    try:
        day = _day(request, campaign)
    except ValidationError as error:
        return _page(request, campaign, _usual(campaign), error=error.messages[0])
    return _page(request, campaign, day)


def _page(
    request: HttpRequest, campaign: Campaign, day: dt.date, *, error: str = ""
) -> HttpResponse:
    branches = branches_on_paper(request.user, campaign, day)
    indicators = indicators_of(campaign).on(day)
    page = Paginator(branches, PAGE).get_page(_page_of(request, branches))
    shown = list(page.object_list)
    is_sent = request.method == "POST" and not error
    if is_sent and "row" in request.POST:
        shown = [branch for branch in branches if str(branch.pk) == request.POST["row"]]
        if not shown:
            raise Http404
    rows = rows_of(campaign, shown, indicators, day)
    actor: Any = request.user
    if is_sent:
        for row in rows:
            row.read(request.POST)
            take_row(actor=actor, row=row)
    context: dict[str, Any] = {"campaign": campaign, "day": day, "indicators": indicators}
    if is_sent and "row" in request.POST:
        return render(request, "reports/paper/_row.html", {**context, "row": rows[0]})
    wanted = request.GET.get("row", "")
    context |= {
        "page_obj": page,
        "rows": rows,
        "error": error,
        "has": sum(row.existing is not None for row in rows),
        "taken": sum(row.state == TAKEN for row in rows),
        "to_see": sum(row.state not in ("", TAKEN) for row in rows),
        "was_sent": is_sent,
        "refusal": refusal_of(rows),
        "first": next(
            (
                row.day.branch.pk
                for row in rows
                if (row.day.branch.code == wanted if wanted else row.existing is None)
            ),
            None,
        ),
        "several": len(branches) > 1,
        "has_sheets": bool(branches),
    }
    return render(request, "reports/paper/paper.html", context, status=400 if error else 200)


@login_required
@never_cache
@require_safe
def day_sheets(request: HttpRequest) -> HttpResponse:
    """Send the sheets of a day, or with ``blank`` of any day, as one PDF."""
    campaign = page_campaign(request)
    _require_right(request.user, campaign)
    try:
        day = _day(request, campaign)
    except ValidationError as error:
        return _page(request, campaign, _usual(campaign), error=error.messages[0])
    branches = branches_on_paper(request.user, campaign, day)
    if "branch" in request.GET:
        branches = [b for b in branches if b.code == request.GET["branch"]]
    if not branches:
        text = _("Không có đơn vị nào phải báo cáo hằng ngày để in phiếu.")
        return _page(request, campaign, day, error=text)
    if len(branches) > MOST_SHEETS:
        text = _("Nhiều đơn vị quá: mỗi lần in được %(most)s phiếu. Nhờ cấp dưới tự in.")
        return _page(request, campaign, day, error=text % {"most": MOST_SHEETS})
    prefetch_related_objects(branches, "home_unit__parent")
    root = request.build_absolute_uri("/").rstrip("/")
    named = None if "blank" in request.GET else day
    sheets = (_sheet(campaign, branch, named, root) for branch in branches)
    with translation.override("vi"):
        names = [indicator.name for indicator in indicators_of(campaign).on(day).entered]
        pdf = day_sheet.draw_sheets(campaign.name, names, sheets)
    response = HttpResponse(pdf, content_type="application/pdf")
    name = "phieu-trong" if named is None else f"phieu-{day.isoformat()}"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _sheet(
    campaign: Campaign, branch: Branch, day: dt.date | None, root: str
) -> "day_sheet.DaySheet":
    asked = {"branch": branch.code, "date": day}
    return day_sheet.DaySheet(
        name=branch.name,
        above=", ".join(unit.name for unit in (branch.home_unit, branch.home_unit.parent) if unit),
        code=branch.code,
        day=day,
        url=root + path_of(campaign, "report", **asked),
        address=root.partition("://")[2] + path_of(None, "report", **asked),
    )


def _require_right(user: Any, campaign: Campaign) -> None:
    if not branches_run_during(user, campaign.starts_on, campaign.shown_day):
        raise PermissionDenied


def _usual(campaign: Campaign) -> dt.date:
    return min(max(clock.today(), campaign.starts_on), campaign.ends_on)


def _day(request: HttpRequest, campaign: Campaign) -> dt.date:
    """Return the day that is asked for, by default today; ``ValidationError`` if it is none."""
    typed = request.POST.get("date", request.GET.get("date", "")).strip()
    if not typed:
        return _usual(campaign)
    day = parse_day(typed)
    if not campaign.starts_on <= day <= campaign.ends_on:
        text = _("Chiến dịch diễn ra từ %(first)s đến %(last)s. Chọn một ngày trong khoảng đó.")
        days = {"first": f"{campaign.starts_on:%d/%m/%Y}", "last": f"{campaign.ends_on:%d/%m/%Y}"}
        raise ValidationError(text % days)
    return day


def _page_of(request: HttpRequest, branches: list[Branch]) -> str | int:
    """Return the page asked for, or that of the row asked for."""
    wanted = request.GET.get("row", "").strip()
    for number, branch in enumerate(branches):
        if wanted and branch.code == wanted:
            return number // PAGE + 1
    return request.GET.get("page", "1")
