"""Plans and results for those who lead; what one has to check, and the entry of a recount."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import lead_to, page_campaign
from campaign.count_fields import CountRow, assign_errors, read_counts, summary
from campaign.permissions import Permission
from campaign.scopes import scope_of
from campaign.selectors import indicators_of
from core import clock
from reports.checks.forms import USUAL, OutcomeForm, PlanForm
from reports.checks.models import Check, CheckerKind, CheckOutcome, CheckPlan
from reports.checks.querysets import may_see_results
from reports.checks.results_file import results_file
from reports.checks.selectors import checks_of, decided_areas, results_of
from reports.checks.services.outcomes import (
    OutcomeConflict,
    OutcomeInput,
    asked_codes,
    record_outcome,
)
from reports.checks.services.planning import close_plan, make_plan, reassign
from reports.checks.verdict import decision_table
from reports.exports.models import ExportKind
from reports.exports.services import recorded
from volunteers.errors import InvalidInput, NotNow


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def checks(request: HttpRequest) -> HttpResponse:
    """Show what a plan has shown, the last one by default; the province makes and ends plans."""
    user: Any = request.user
    scope, campaign = scope_of(user), page_campaign(request)
    if not may_see_results(scope) and scope.roles:
        return lead_to(request, "my-checks")
    _may_read(user)
    may_plan, form = scope.may(Permission.SET_UP), None
    if request.method == "POST":
        if not may_plan:
            raise PermissionDenied
        if "close" in request.POST:
            close_plan(actor=user, plan=_plan(request, request.POST.get("close", "")))
            messages.success(request, _("Đã kết thúc đợt kiểm tra."))
            return lead_to(request, "checks")
        form = PlanForm(campaign, request.POST)
        if form.is_valid():
            try:
                made = make_plan(actor=user, campaign=campaign, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                text = _("Đã bốc ngẫu nhiên %(n)s lượt kiểm tra.")
                messages.success(request, text % {"n": made.checks.count()})
                return lead_to(request, "checks")
    plans = list(CheckPlan.objects.visible_to(user).filter(campaign=campaign).defer("frame"))
    plan = _chosen(request, plans)
    initial = {
        "first_day": campaign.starts_on,
        "per_area": USUAL,
        "asked": CheckerKind.NEIGHBOUR,
    }
    context = {
        "plans": plans,
        "plan": plan,
        "results": results_of(user, plan, campaign) if plan else None,
        "form": form or (PlanForm(campaign, initial=initial) if may_plan else None),
        "table": decision_table(),
        "may_plan": may_plan,
        "open": _open(user, plan) if may_plan and plan else [],
        "own": Check.objects.open().filter(checker_id=user.pk, campaign=campaign).count(),
    }
    return render(request, "reports/checks/checks.html", context)


@login_required
@never_cache
@require_safe
def results_csv(request: HttpRequest) -> HttpResponse:
    """Send what the plans have shown, one line for each area and plan."""
    _may_read(request.user)
    campaign = page_campaign(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    plans = CheckPlan.objects.visible_to(request.user).filter(campaign=campaign).defer("frame")
    results = [results_of(request.user, plan, campaign) for plan in plans]
    _record(request, answer, ExportKind.CHECKS, rows=results_file(answer, results))
    return answer


@login_required
@never_cache
@require_safe
def frame_csv(request: HttpRequest, number: int) -> HttpResponse:
    """Send what a plan that is over was drawn from: whoever draws again draws the same."""
    _may_read(request.user)
    campaign = page_campaign(request)
    plans = CheckPlan.objects.visible_to(request.user).exclude(closed_at=None)
    plan = plans.filter(campaign=campaign, number=number).or_404()
    answer = HttpResponse(plan.frame, content_type="text/csv; charset=utf-8")
    rows = plan.frame.count("\n") - 1
    _record(request, answer, ExportKind.FRAME, rows=rows, asked={"plan": number})
    return answer


def _record(
    request: HttpRequest,
    answer: HttpResponse,
    kind: str,
    *,
    rows: int,
    asked: dict[str, Any] | None = None,
) -> None:
    user: Any = request.user
    campaign = page_campaign(request)
    if request.method == "GET":
        recorded(
            answer,
            rows=rows,
            actor=user,
            campaign=campaign,
            first=campaign.starts_on,
            last=min(clock.today(), campaign.ends_on),
            basis="reported",
            kind=kind,
            asked=asked,
        )


@login_required
@never_cache
@require_safe
def my_checks(request: HttpRequest) -> HttpResponse:
    if not scope_of(request.user).roles:
        raise Http404
    campaign = page_campaign(request)
    own = checks_of(request.user, campaign)
    decided = decided_areas(own, indicators_of(campaign))
    waiting = [c for c in own if not c.version and not c.plan.is_closed]
    needed = [c for c in waiting if (c.plan_id, c.area) not in decided]
    context = {
        "needed": needed,
        "spare": [c for c in waiting if c not in needed],
        "done": [c for c in own if c.version],
    }
    return render(request, "reports/checks/my_checks.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Take in one recount; the checker is not shown what was reported."""
    user: Any = request.user
    campaign = page_campaign(request)
    rows = Check.objects.visible_to(user).filter(campaign=campaign, pk=check_id)
    found = rows.select_related("plan", "campaign", "branch__home_unit", "unit").or_404()
    found.branch, found.unit = found.branch.on(found.date), found.unit.on(found.date)
    last = found.outcomes.order_by("-version").first()
    indicators = indicators_of(campaign)
    known = {i.code: i for i in indicators.all}
    lines = [CountRow(known[code]) for code in asked_codes(found, indicators)]
    is_own = found.checker_id == user.pk
    form, status, conflict = OutcomeForm.blank(found.version), 200, None
    if request.method == "POST":
        if "reassign" in request.POST:
            return _reassign(request, found)
        if not is_own:
            raise PermissionDenied
        form = OutcomeForm(request.POST)
        read_counts(request.POST, lines)
        if form.is_valid() and not any(line.error for line in lines):
            try:
                record_outcome(actor=user, entry=_entry(found, form, lines))
            except InvalidInput as error:
                assign_errors(error.errors, form, lines)
            except OutcomeConflict as error:
                status, conflict = 409, error.current
                fresh = {"base_version": str(conflict.version)} if conflict else {}
                form = OutcomeForm({**dict(form.data.items()), **fresh})
                form.add_error(None, str(error))
            except NotNow as error:
                form.add_error(None, str(error))
                status = 409
            else:
                messages.success(request, _("Đã nhận kết quả kiểm tra. Cảm ơn đồng chí."))
                return lead_to(request, "my-checks")
    context = {
        "check": found,
        "is_own": is_own,
        "form": form,
        "rows": lines,
        "errors": summary(lines, form),
        "last": last,
        "last_rows": _counted(last, known) if last else [],
        "reported": [] if is_own else _reported(found, lines),
    }
    return render(request, "reports/checks/check.html", context, status=status)


def _reassign(request: HttpRequest, found: Check) -> HttpResponse:
    actor: Any = request.user
    try:
        chosen = reassign(actor=actor, check=found)
    except NotNow as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Đã giao cho %(name)s.") % {"name": chosen})
    return lead_to(request, "check", found.pk)


def _entry(found: Check, form: OutcomeForm, lines: list[CountRow]) -> OutcomeInput:
    typed = form.cleaned_data
    return OutcomeInput(
        id=typed["outcome_id"],
        check=found.pk,
        how=typed["how"],
        counts={line.indicator.code: line.count for line in lines if line.count is not None},
        obstacle=typed["obstacle"],
        remark=typed["remark"],
        base_version=typed["base_version"],
    )


def _counted(outcome: CheckOutcome, known: dict[str, Any]) -> list[tuple[Any, int]]:
    return [(known[code], value) for code, value in outcome.counts.items() if code in known]


def _reported(found: Check, lines: list[CountRow]) -> list[tuple[Any, int]]:
    return [(line.indicator, found.reported[line.indicator.code]) for line in lines]


def _open(user: Any, plan: CheckPlan) -> list[Check]:
    rows = Check.objects.visible_to(user).open().filter(plan=plan)
    return list(rows.select_related("branch", "unit").order_by("branch__sort_key", "date"))


def _may_read(user: Any) -> None:
    scope = scope_of(user)
    if not may_see_results(scope):
        raise PermissionDenied if scope.roles else Http404


def _plan(request: HttpRequest, number: str) -> CheckPlan:
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        raise Http404
    plans = CheckPlan.objects.visible_to(request.user)
    return plans.filter(campaign=page_campaign(request), number=int(number)).or_404()


def _chosen(request: HttpRequest, plans: list[CheckPlan]) -> CheckPlan | None:
    asked = request.GET.get("plan", "")
    if not asked:
        return plans[0] if plans else None
    found = next((plan for plan in plans if str(plan.number) == asked), None)
    if found is None:
        raise Http404
    return found
