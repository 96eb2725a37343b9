"""The desk: one queue of what needs a hand, and what was done about it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaign.addresses import lead_to, link, page_campaign
from campaign.models import Campaign
from reports.desk.models import FollowUpAction, TaskKind
from reports.desk.selectors import DeskLine, desk, may_chase
from reports.desk.services import find_task, follow_up, remind_of
from reports.reminders.words import nudged_in_words

PAGE = 50


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk_page(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    campaign = page_campaign(request)
    if not may_chase(user):
        raise PermissionDenied
    if request.method == "POST":
        return _act(request, user, campaign)
    kind = request.GET.get("kind", "")
    if kind and kind not in TaskKind.values:
        raise Http404
    found = desk(user, campaign, request.build_absolute_uri)
    shown = [line for line in found.lines if not kind or line.task.kind == kind]
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    context = {
        "campaign": campaign,
        "desk": found,
        "kind": kind,
        "kinds": [(TaskKind(one), n) for one, n in found.counts],
        "page": page,
        "lines": [(line, _address(request, line)) for line in page],
        "snoozed": [(line, _address(request, line)) for line in found.snoozed],
        "effect": [(FollowUpAction(name).label, n) for name, n in found.effect.by_action.items()],
    }
    return render(request, "reports/desk/desk.html", context)


def _address(request: HttpRequest, line: DeskLine) -> str:
    name, *named = line.task.address
    return link(request, name, *named)


def _act(request: HttpRequest, user: Any, campaign: Campaign) -> HttpResponse:
    """Do what a button asks for, and lead back to where it stands."""
    action, key = request.POST.get("action", ""), request.POST.get("task", "")
    back = lead_to(request, "desk", kind=request.GET.get("kind", ""))
    try:
        task = find_task(user, campaign, key)
    except Http404:
        messages.info(request, _("Việc này vừa xong, không còn trong danh sách."))
        return back
    try:
        if action == "remind":
            done = remind_of(actor=user, campaign=campaign, task=task)
            level = messages.SUCCESS if done.branches else messages.WARNING
            messages.add_message(request, level, nudged_in_words(done))
        else:
            step = follow_up(
                actor=user,
                campaign=campaign,
                task=task,
                action=action,
                text=request.POST.get("text", ""),
            )
            words = {"action": step.get_action_display(), "title": task.title}
            messages.success(request, _("Đã ghi: %(action)s, %(title)s.") % words)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return back
