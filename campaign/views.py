"""Pages of this app: units and branches, invitations, targets."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.views import already_in, invitation_card
from campaign.addresses import lead_to, page_campaign, path_of
from campaign.forms import InviteForm, ShareForm
from campaign.models import Appointment, Branch, Campaign, Unit
from campaign.permissions import Permission
from campaign.scopes import may_set_up, scope_of
from campaign.selectors import find_branch, top_unit
from campaign.services.appointments import invite_secretary, reinvite, take
from campaign.services.settings_change import ReasonWanted
from campaign.services.targets import plan_shares, save_shares, targets_on
from campaign.states import CampaignState
from campaign.trials import open_trials
from core import clock

PAGE = 50


@login_required
@never_cache
@require_safe
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Choose a campaign: those that run first, what is archived only where it is asked for."""
    if not scope_of(request.user).roles:
        if may_set_up(request.user):
            return redirect("setup")
        raise Http404
    found = list(Campaign.objects.visible_to(request.user).current_first())
    listed = [one for one in found if one.state != CampaignState.ARCHIVED]
    shown = found if "archived" in request.GET or not listed else listed
    context = {
        "choices": [(campaign, path_of(campaign, "start")) for campaign in shown],
        "trials": open_trials(request.user),
        "has_archived": len(shown) < len(found),
    }
    return render(request, "campaign/choose_campaign.html", context)


@login_required
@never_cache
@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    campaign = page_campaign(request)
    units = Unit.objects.visible_to(request.user).on(campaign.shown_day)
    shown = {"page_name": "unit", "title": pgettext("nhiều", "Địa bàn"), "kind_label": _("Cấp")}
    return _list(request, units.select_related("parent"), shown)


@login_required
@never_cache
@require_safe
def branch_list(request: HttpRequest) -> HttpResponse:
    if not scope_of(request.user).roles:
        raise Http404
    branches = Branch.objects.visible_to(request.user).on(clock.today())
    shown = {"page_name": "branch", "title": _("Cơ sở Đoàn"), "kind_label": _("Loại")}
    return _list(request, branches.select_related("parent", "home_unit"), shown)


def _list(request: HttpRequest, nodes: Any, shown: dict[str, Any]) -> HttpResponse:
    """Show a page of nodes, those that match ``q`` first and best first."""
    q = request.GET.get("q", "").strip()
    found = nodes.search(q) if q else nodes.order_by("depth", "sort_key", "pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "campaign/node_list.html", {**shown, "page_obj": page, "q": q})


def _led_branch(user: Any, code: str) -> Branch:
    """Return a branch that the user may appoint people in: 404, or 403."""
    branch = find_branch(user, code)
    if not scope_of(user).may_invite_in(branch):
        raise PermissionDenied
    return branch


def appointments_in(branch: Branch) -> list[Appointment]:
    owned = Appointment.objects.on(clock.today()).filter(branch=branch)
    return list(owned.select_related("user").order_by("role", "user__full_name"))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, code: str) -> HttpResponse:
    """Invite a secretary to a branch: appoint, and show the link and its QR code."""
    branch = _led_branch(request.user, code)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor: Any = request.user
        try:
            user, secret = invite_secretary(actor=actor, branch=branch, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        except PermissionDenied:
            form.add_error("phone", _("Người này còn giữ việc khác. Nhờ Đoàn cấp tỉnh mời."))
        else:
            return _card(request, branch, user, secret) if secret else _known(request, branch, user)
    return render(request, "campaign/invite.html", {"branch": branch, "form": form})


@login_required
@never_cache
@require_POST
def invite_again(request: HttpRequest, code: str, user_id: int) -> HttpResponse:
    branch = _led_branch(request.user, code)
    owned = Appointment.objects.on(clock.today()).filter(branch=branch, user_id=user_id)
    appointment = owned.select_related("user").or_404()
    actor: Any = request.user
    try:
        secret = reinvite(actor=actor, user=appointment.user, branch=branch)
    except PermissionDenied:
        text = _("Không tạo được đường link: %(name)s còn giữ việc khác, hoặc chưa bấm nhận việc.")
        messages.error(request, text % {"name": appointment.user})
        return lead_to(request, "branch", branch.code)
    return _card(request, branch, appointment.user, secret)


def _known(request: HttpRequest, branch: Branch, user: User) -> HttpResponse:
    messages.success(request, already_in(user))
    return lead_to(request, "branch", branch.code)


@login_required
@never_cache
@require_POST
def take_appointment(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Say yes to an appointment that somebody has given one."""
    actor: Any = request.user
    take(actor=actor, appointment_id=appointment_id)
    messages.success(request, _("Đã nhận việc."))
    return redirect("account")


def _card(request: HttpRequest, branch: Branch, user: User, secret: str) -> HttpResponse:
    context = {"branch": branch, **invitation_card(request, user, secret)}
    return render(request, "campaign/invitation_card.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def targets(request: HttpRequest) -> HttpResponse:
    """Share a target out: preview it, then save it."""
    if not scope_of(request.user).roles:
        raise Http404
    if not scope_of(request.user).may(Permission.SET_UP):
        raise PermissionDenied
    campaign = page_campaign(request)
    initial = {
        "unit": top_unit(request.user, campaign).code,
        "due_on": campaign.ends_on,
        "since": max(clock.today(), campaign.starts_on),
        "indicator": next((i.code for i in campaign.indicators.filter(is_headline=True)), ""),
    }
    form = ShareForm(request.user, campaign, request.POST or None, initial=initial)
    shares = None
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        plan = {"campaign": campaign, "total": asked["total"], "baseline": asked["baseline"]}
        try:
            shares = plan_shares(top=asked["unit"], day=asked["since"], **plan)
            before = targets_on(
                asked["since"],
                campaign=campaign,
                indicator=asked["indicator"],
                units=[share.unit for share in shares],
            )
            shares = [replace(share, before=before.get(share.unit.pk)) for share in shares]
            if "save" in request.POST:
                actor: Any = request.user
                count = save_shares(
                    actor=actor,
                    indicator=asked["indicator"],
                    top=asked["unit"],
                    due_on=asked["due_on"],
                    since=asked["since"],
                    reason=request.POST.get("reason", ""),
                    **plan,
                )
                messages.success(request, _("Đã lưu chỉ tiêu của %(n)s địa bàn.") % {"n": count})
                return lead_to(request, "dashboard")
        except ReasonWanted:
            form.add_error(None, _("Chỉ tiêu đang dùng sẽ đổi: ghi lý do rồi lưu."))
        except ValidationError as error:
            form.add_error("baseline", error)
    shown = {"form": form, "shares": shares, "reason": request.POST.get("reason", "")}
    return render(request, "campaign/targets.html", {**shown, "campaign": campaign})
