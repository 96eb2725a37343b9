"""Two sources side by side, and what is said of each difference."""

import csv
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import here, lead_to, page_campaign
from campaign.models import Campaign, Level, Unit
from campaign.permissions import Permission
from campaign.scopes import may_set_up, scope_of
from campaign.selectors import IndicatorSet, indicators_of
from core.formula_guard import guarded
from reports.dashboards.charts import DayPoint, trend
from reports.exports.models import ExportKind, ReportMap
from reports.exports.services import recorded
from reports.reconciliation.asking import levels_below, question_of_page
from reports.reconciliation.chart import lines
from reports.reconciliation.classes import DifferenceClass
from reports.reconciliation.forms import RemarkForm, ToleranceForm
from reports.reconciliation.lines import Line, Reconciliation
from reports.reconciliation.models import DifferenceRemark, DifferenceState
from reports.reconciliation.selectors import (
    Question,
    people_of,
    reconciliation,
    stands_today,
    tolerance_of,
    unit_days,
)
from reports.reconciliation.services import (
    RemarkedMeanwhile,
    RemarkInput,
    remark_difference,
    require_reconciler,
    set_tolerance,
)
from reports.reconciliation.words import CLASSES, TONES, class_words

BOM = "\ufeff"
PAGE = 250
MOST_WORK = 8
MEANWHILE = "meanwhile"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reconciliation_page(request: HttpRequest) -> HttpResponse:
    """Show where the two sources stand; the province sets the tolerance here."""
    require_reconciler(request.user)
    campaign = page_campaign(request)
    form = None
    if request.method == "POST":
        form = ToleranceForm(request.POST)
        if form.is_valid():
            set_tolerance(actor=request.user, campaign=campaign, **form.cleaned_data)
            messages.success(request, _("Đã lưu dung sai. Các chênh lệch được xếp lại theo đó."))
            return lead_to(request, "reconciliation")
    if _has_ended(request):
        return redirect(here(request, map=""))
    asked = question_of_page(request.user, campaign, request.GET)
    require_reconciler(request.user, asked.top)
    indicators = indicators_of(campaign)
    found = reconciliation(request.user, asked)
    code = _measure(request, found)
    kind = request.GET.get("class", "")
    if kind and kind not in CLASSES:
        raise Http404
    shown = [line for line in found.lines if not kind or _is_of(line, kind)]
    if request.GET.get("format") == "csv":
        return _file(request, asked, found, shown, indicators)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    tolerance = tolerance_of(campaign)
    context = {
        "campaign": campaign,
        "asked": asked,
        "found": found,
        "code": code,
        "kind": kind,
        "kinds": _kinds(found),
        "levels": [(level, Level(level).label) for level in levels_below(campaign, asked.top)],
        "sums": found.sums(code) if code else (0, 0),
        "rows": [_row(line, code, indicators) for line in page],
        "page": page,
        "work": [_row(line, code, indicators) for line in found.worklist[:MOST_WORK]],
        "trend": _trend(found),
        "is_of_a_day": asked.first == asked.last,
        "may_set_up": may_set_up(request.user),
        "may_hand_in": scope_of(request.user).may(Permission.OFFICIAL_FIGURES),
        "form": form
        or ToleranceForm(
            initial={
                "percent": round(float(tolerance.percent), 1),
                "accounts": tolerance.accounts,
            }
        ),
    }
    status = 400 if form is not None else 200
    return render(request, "reports/reconciliation/reconciliation.html", context, status=status)


def _measure(request: HttpRequest, found: Reconciliation) -> str:
    """Return the code of the indicator whose figures are shown: the headline if it is published."""
    codes = [indicator.code for indicator in found.indicators]
    asked = request.GET.get("indicator", "")
    if asked in codes:
        return asked
    marked = (one.code for one in found.indicators if one.is_headline)
    return next(marked, codes[0] if codes else "")


def _is_of(line: Line, kind: str) -> bool:
    return line.kind == kind or any(part.kind == kind for part in line.parts)


def _has_ended(request: HttpRequest) -> bool:
    """Whether today's map is asked for by somebody whose units have all ended."""
    return request.GET.get("map") == "now" and not stands_today(request.user)


def _kinds(found: Reconciliation) -> list[dict[str, Any]]:
    return [
        {"of": one, "label": CLASSES[one.kind], "tone": TONES.get(one.kind, "named")}
        for one in found.of_classes
    ]


def _row(line: Line, code: str, indicators: IndicatorSet) -> dict[str, Any]:
    figures = line.figures(code)
    difference = figures.difference if figures else None
    ours = (figures.ours if figures else None) or 0
    return {
        "line": line,
        "unit": line.unit,
        "reported": line.reported.get(code),
        "approved": line.approved.get(code),
        "theirs": figures.theirs if figures else None,
        "difference": difference,
        "share": 100 * difference / ours if difference is not None and ours else None,
        "words": class_words(line, indicators),
        "tone": TONES.get(line.kind, "named") if line.kind else "",
        "state": DifferenceState(line.latest.state).label if line.latest else "",
    }


def _trend(found: Reconciliation) -> Any:
    points = [DayPoint(day, size, None) for day, size in found.sizes]
    return trend(points, is_state=True) if len(points) > 1 else None


def _file(
    request: HttpRequest,
    asked: Question,
    found: Reconciliation,
    shown: list[Line],
    indicators: IndicatorSet,
) -> HttpResponse:
    """Answer with the lines of the page (UTF-8 with BOM, CRLF, formula-safe), and record it."""
    answer = HttpResponse(BOM, content_type="text/csv; charset=utf-8")
    codes = [indicator.code for indicator in found.indicators]
    table = csv.writer(answer, lineterminator="\r\n")
    sides = ("reported", "approved", "official", "difference")
    columns = [f"{code}_{side}" for code in codes for side in sides]
    table.writerow(
        ["code", "name", "day", *columns, "class", "words", "explained", "unexplained", "state"]
    )
    for line in shown:
        unit = line.unit
        cells: list[Any] = [unit.code if unit else "", unit.name if unit else ""]
        cells.append(line.day or "")
        for code in codes:
            figures = line.figures(code)
            cells += [line.reported.get(code), line.approved.get(code)]
            cells += [figures.theirs, figures.difference] if figures else [None, None]
        cells += [line.kind or "", class_words(line, indicators)]
        cells += [line.explained + line.by_remark, line.unexplained]
        cells.append(line.latest.state if line.latest else "")
        table.writerow([guarded(cell) for cell in cells])
    if request.method == "GET":
        user: Any = request.user
        recorded(
            answer,
            rows=len(shown),
            actor=user,
            campaign=asked.campaign,
            first=asked.first,
            last=asked.last,
            basis=asked.basis,
            map=ReportMap.NOW if asked.of_today else ReportMap.THEN,
            kind=ExportKind.RECONCILIATION,
            asked={"unit": asked.top.code, "level": asked.level},
        )
    return answer


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def difference_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show one unit's two sources, and take what somebody says of their difference."""
    require_reconciler(request.user)
    campaign = page_campaign(request)
    if _has_ended(request):
        return redirect(here(request, map=""))
    asked = question_of_page(request.user, campaign, request.GET, code)
    unit = asked.top
    require_reconciler(request.user, unit)
    indicators = indicators_of(campaign)
    found = reconciliation(request.user, asked)
    line = next((one for one in found.lines if one.unit == unit), None)
    if line is None:
        raise Http404
    remarks = list(
        DifferenceRemark.objects.visible_to(request.user)
        .filter(campaign=campaign, unit=unit)
        .select_related("author", "owner")
    )
    people = people_of(unit)
    form, status = _form(remarks, people), 200
    if request.method == "POST":
        form = RemarkForm(request.POST, people=people)
        if _remarked(request, form, campaign, unit, line):
            return lead_to(request, "difference", unit.code)
        status = 409 if form.has_error("seen", MEANWHILE) else 400
    measure = _measure(request, found)
    context = {
        "campaign": campaign,
        "unit": unit,
        "asked": asked,
        "found": found,
        "line": line,
        "row": _row(line, measure, indicators),
        "figures": [(one, _row(line, one.code, indicators)) for one in found.indicators],
        "parts": [_row(part, measure, indicators) for part in line.parts],
        "code": measure,
        "remarks": [
            (remark, CLASSES[DifferenceClass(remark.kind)] if remark.kind else "")
            for remark in reversed(remarks)
        ],
        "form": form,
        "chart": _chart(asked, indicators, measure, found),
    }
    return render(request, "reports/reconciliation/difference.html", context, status=status)


def _form(remarks: list[DifferenceRemark], people: list[Any]) -> RemarkForm:
    last = remarks[-1] if remarks else None
    initial = {
        "seen": last.number if last else 0,
        "state": last.state if last else DifferenceState.ASKED,
        "owner": str(last.owner_id or "") if last else "",
    }
    return RemarkForm(initial=initial, people=people)


def _remarked(
    request: HttpRequest, form: RemarkForm, campaign: Campaign, unit: Unit, line: Line
) -> bool:
    """Take what was typed; what cannot stand is an error of the form."""
    if not form.is_valid():
        return False
    given = RemarkInput(**form.cleaned_data)
    try:
        remark_difference(actor=request.user, campaign=campaign, unit=unit, line=line, given=given)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    except RemarkedMeanwhile as error:
        # What the other one wrote is on the page now: whoever sends again has seen it.
        typed: QueryDict = request.POST.copy()
        typed["seen"] = str(error.latest.number)
        form.data = typed
        text = _("Vừa có người ghi trước. Đọc ghi chú mới nhất ở dưới rồi gửi lại.")
        form.add_error("seen", ValidationError(text, code=MEANWHILE))
        return False
    messages.success(request, _("Đã ghi."))
    return True


def _chart(asked: Question, indicators: IndicatorSet, code: str, found: Reconciliation) -> Any:
    if not code or asked.of_today:
        return None
    of = unit_days(asked, indicators, code, found.first)
    return lines(of.days, of.ours, of.theirs) if any(of.theirs) else None
