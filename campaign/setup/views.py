"""Pages on which a portal is set up."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import campaign_or_none
from campaign.models import Appointment, Campaign, Unit
from campaign.services.appointments import confirm
from campaign.setup.access import for_setup
from campaign.setup.branches import make_branches, units_without_branch
from campaign.setup.by_hand import save_typed
from campaign.setup.campaign_templates import begin_campaign, campaign_templates
from campaign.setup.forms import ByHandForm, CampaignForm, PortalForm, ProvinceForm
from campaign.setup.guide import steps
from campaign.setup.invitations import Outstanding, invite_all, uninvited
from campaign.setup.people import PeopleResource
from campaign.setup.territory import take_province
from core.clock import today
from core.importing.steps import through_page
from core.models import Portal
from core.portal import portal, save_portal


@for_setup
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    found = steps(request)
    following = next((step for step in found if not step.state.is_done), None)
    read = campaign_or_none(request)
    every = Campaign.objects.visible_to(request.user).order_by("-starts_on", "slug")
    campaigns = [read] if read else list(every)
    shown = {"steps": found, "following": following, "campaigns": campaigns}
    return render(request, "campaign/setup/guide.html", shown)


@for_setup
@require_http_methods(["GET", "POST"])
def set_up_portal(request: HttpRequest) -> HttpResponse:
    """Say what the portal is called, how it is recognised and whom its users ask."""
    row = Portal.objects.first() or Portal(pk=1, name=portal().name)
    form = PortalForm(request.POST or None, request.FILES or None, instance=row)
    if request.method == "POST" and form.is_valid():
        taken = form.cleaned_data
        picture = b"" if taken["without_picture"] else taken["picture"]
        save_portal(name=taken["name"], contact=taken["contact"], emblem=picture)
        messages.success(request, _("Đã lưu. Sau vài giây mọi trang đều hiện tên mới."))
        return redirect("setup")
    shown = {"form": form, "has_emblem": row.emblem_mark}
    return render(request, "campaign/setup/portal.html", shown)


@for_setup
@require_http_methods(["GET", "POST"])
def set_up_units(request: HttpRequest) -> HttpResponse:
    """Load the units of a province from a list that comes with the portal."""
    form = ProvinceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor: Any = request.user
        try:
            top = take_province(actor=actor, key=form.cleaned_data["province"])
        except ValidationError as error:
            form.add_error("province", error)
        else:
            messages.success(request, _("Đã nạp các địa bàn của %(name)s.") % {"name": top})
            return redirect("setup")
    tops = Unit.objects.filter(parent=None).order_by("path")
    return render(request, "campaign/setup/units.html", {"form": form, "tops": tops})


@for_setup
@require_http_methods(["GET", "POST"])
def set_up_by_hand(request: HttpRequest) -> HttpResponse:
    """Make a province and its units from what is typed."""
    form = ByHandForm(request.POST or None, initial={"valid_from": today().replace(month=1, day=1)})
    if request.method == "POST" and form.is_valid():
        actor: Any = request.user
        given = form.cleaned_data
        try:
            top = save_typed(
                actor=actor,
                top=given["top"],
                kind=given["top"].partition(" ")[0].lower()[:20],
                units=given["units"],
                valid_from=given["valid_from"],
            )
        except ValidationError as error:
            form.add_error("lines", error)
        else:
            messages.success(request, _("Đã nạp các địa bàn của %(name)s.") % {"name": top})
            return redirect("setup")
    shown = {"form": form, "has_units": Unit.objects.exists()}
    return render(request, "campaign/setup/by_hand.html", shown)


@for_setup
@require_http_methods(["GET", "POST"])
def set_up_branches(request: HttpRequest) -> HttpResponse:
    """Make a branch of the Youth Union in each unit that has none."""
    if request.method == "POST":
        actor: Any = request.user
        made = make_branches(actor=actor, reason=_("Lập từ danh sách địa bàn"))
        messages.success(request, _("Đã lập %(n)s cơ sở Đoàn.") % {"n": made})
        return redirect("setup")
    shown = {"missing": units_without_branch(), "has_units": Unit.objects.exists()}
    return render(request, "campaign/setup/branches.html", shown)


@for_setup
@require_http_methods(["GET", "POST"])
def set_up_people(request: HttpRequest) -> HttpResponse:
    """Take in who does what where, from a file: previewed, then all or nothing."""
    if request.method == "POST" and "confirm" in request.POST:
        return _confirm(request)
    waiting = Appointment.objects.visible_to(request.user).not_ended(today())
    waiting = waiting.exclude(proposed_by=None).select_related("user", "branch", "unit")
    return through_page(
        request,
        PeopleResource(user=request.user),
        page="campaign/setup/people.html",
        again=reverse("setup-people"),
        done=reverse("setup-invitations"),
        shown={"uninvited": len(uninvited()), "waiting": waiting},
    )


def _confirm(request: HttpRequest) -> HttpResponse:
    """Put in force what somebody else has asked for."""
    actor: Any = request.user
    asked = request.POST["confirm"]
    owned = Appointment.objects.visible_to(actor).filter(pk=int(asked) if asked.isdecimal() else 0)
    try:
        confirm(actor=actor, appointment=owned.or_404())
    except PermissionDenied:
        messages.error(request, _("Không chờ bạn xác nhận: người đề nghị không tự xác nhận được."))
    else:
        messages.success(request, _("Đã xác nhận."))
    return redirect("setup-people")


@for_setup
@require_http_methods(["GET", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """Make the invitations of all who have none yet, as a sheet to print and texts to copy."""
    actor: Any = request.user
    outstanding = Outstanding.ALL if "all" in request.POST else Outstanding.UNINVITED
    if request.method == "POST":
        cards = invite_all(actor=actor, who=outstanding, request=request)
        return render(request, "campaign/setup/invitation_sheet.html", {"cards": cards})
    shown = {
        "uninvited": len(uninvited()),
        "waiting": len(uninvited(Outstanding.ALL)),
    }
    return render(request, "campaign/setup/invitations.html", shown)


@for_setup
@require_http_methods(["GET", "POST"])
def set_up_campaign(request: HttpRequest) -> HttpResponse:
    """Begin a campaign by a template."""
    form = CampaignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            campaign = begin_campaign(**form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Đã lập chiến dịch %(name)s.") % {"name": campaign})
            return redirect("setup")
    shown = {"form": form, "templates": campaign_templates(), "has_units": Unit.objects.exists()}
    return render(request, "campaign/setup/campaign.html", shown)
