"""The plan of a branch until its target is due."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import lead_to, page_campaign
from campaign.models import Branch, Campaign
from campaign.selectors import find_branch
from core.vietnamese import sort_key
from reports.plans import services
from reports.plans.forms import AssumptionForm, DraftForm
from reports.plans.hamlets import WIDE
from reports.plans.models import SessionDraft
from reports.plans.readiness import readiness_of
from reports.plans.selectors import branch_plan
from volunteers.errors import InvalidInput, NotNow

MOST_LISTED = 5
ON_DRAFTS = ("accept", "move", "drop", "back")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def branch_plan_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the target needs, and the sessions that would bring it, to be accepted."""
    user: Any = request.user
    campaign, branch = page_campaign(request), find_branch(request.user, code)
    services.require_planner(user, branch)
    if branch.last_day is not None:
        return lead_to(request, "branch", branch.code)
    act, wrong, assumptions = request.POST.get("act", ""), None, None
    if request.method == "POST":
        if act == "assume":
            assumptions = _assume(request, campaign, branch)
            is_done = assumptions is None
        elif act in ON_DRAFTS:
            wrong = _on_draft(request, campaign, branch, act)
            is_done = wrong is None
        else:
            is_done = _on_all(request, campaign, branch, act)
        if is_done:
            return lead_to(request, "branch-plan", branch.code)
    plan = branch_plan(campaign, branch)
    lines = [(draft, _form_of(draft, wrong)) for draft in plan.drafts]
    if wrong is not None and all(form is not wrong for _draft, form in lines):
        messages.error(request, services.GONE)
        wrong = None
    context = {
        "campaign": campaign,
        "branch": branch,
        "plan": plan,
        "is_wide": branch.home_unit.level in WIDE,
        "lines": lines,
        "wrong": wrong,
        "assumptions": assumptions or AssumptionForm(branch=branch, row=plan.rates.assumption),
        "met": sorted({session.place for session in plan.rates.own.sessions}, key=sort_key),
        "readiness": readiness_of(campaign, branch),
    }
    return render(request, "reports/plans/branch_plan.html", context)


def _form_of(draft: SessionDraft, wrong: DraftForm | None) -> DraftForm:
    ids = f"draft{draft.pk}_%s"
    if wrong is not None and wrong.auto_id == ids:
        return wrong
    initial = {name: getattr(draft, name) for name in ("place", "date", "begins_at", "ends_at")}
    return DraftForm(initial=initial, auto_id=ids)


def _on_draft(
    request: HttpRequest, campaign: Campaign, branch: Branch, act: str
) -> DraftForm | None:
    """Do what was asked with one draft; return its form where what was typed cannot stand."""
    asked = request.POST.get("draft", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 18):
        raise Http404
    user: Any = request.user
    call = {"actor": user, "campaign": campaign, "branch": branch, "draft_id": int(asked)}
    form = DraftForm(request.POST, auto_id=f"draft{asked}_%s")
    try:
        if act in ("drop", "back"):
            services.drop_draft(**call, is_back=act == "back")
            text = _("Đã bỏ buổi này.") if act == "drop" else _("Đã lấy lại buổi này.")
        elif not form.is_valid():
            return form
        elif act == "accept":
            session = services.accept_draft(**call, change=form.change)
            text = _("Đã lập buổi %(when)s tại %(place)s.") % {
                "when": f"{session.begins_at:%H:%M} {session.date:%d/%m}",
                "place": session.place,
            }
        else:
            services.move_draft(**call, change=form.change)
            text = _("Đã sửa buổi đề xuất.")
    except InvalidInput as error:
        error.assign_to(form)
        return form
    except NotNow as error:
        messages.error(request, str(error))
        if act in ("accept", "move") and form.is_valid():
            # What was typed is not lost: it can be read here.
            typed = SessionDraft(**{n: v for n, v in form.cleaned_data.items() if n != "seen"})
            messages.info(request, _("Trang của bạn ghi: %(what)s.") % {"what": typed})
    else:
        messages.success(request, text)
    return None


def _on_all(request: HttpRequest, campaign: Campaign, branch: Branch, act: str) -> bool:
    """Draft anew, or accept all drafts; what is neither is not found."""
    user: Any = request.user
    call = {"actor": user, "campaign": campaign, "branch": branch}
    if act == "draft":
        try:
            number = services.draft_sessions(**call)
        except NotNow as error:
            messages.error(request, str(error))
            return True
        if number:
            text = ngettext("Có %(n)s buổi đề xuất.", "Có %(n)s buổi đề xuất.", number)
            messages.success(request, text % {"n": number})
        else:
            messages.info(request, _("Không còn ngày trống để đề xuất thêm buổi."))
    elif act == "accept_all":
        number, problems = services.accept_all(**call)
        text = ngettext("Đã lập %(n)s buổi.", "Đã lập %(n)s buổi.", number)
        messages.success(request, text % {"n": number})
        for problem in problems[:MOST_LISTED]:
            messages.warning(request, problem)
    else:
        raise Http404
    return True


def _assume(request: HttpRequest, campaign: Campaign, branch: Branch) -> AssumptionForm | None:
    user: Any = request.user
    form = AssumptionForm(request.POST, branch=branch, row=None)
    if not form.is_valid():
        return form
    try:
        services.assume(actor=user, campaign=campaign, branch=branch, **form.cleaned_data)
    except InvalidInput as error:
        error.assign_to(form)
        return form
    messages.success(request, _("Đã lưu. Kế hoạch tính lại theo số mới."))
    return None
