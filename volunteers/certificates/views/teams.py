"""Certificates of a whole team in one file, and who signs them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaign.addresses import lead_to, page_campaign
from campaign.permissions import Permission
from campaign.scopes import scope_of
from volunteers.certificates.forms import SignatoryForm
from volunteers.certificates.models import Signatory
from volunteers.certificates.selectors import certificates_of_team
from volunteers.certificates.services import issue_for_team, set_signatory
from volunteers.certificates.views.certificate_file import pdf_of
from volunteers.teams.models import Team
from volunteers.teams.selectors import find_team
from volunteers.teams.services import may_run


def _own_team(user: Any, team_id: int) -> Team:
    """Return a team that the user runs: 404, or 403."""
    team = find_team(user, team_id)
    if not may_run(user, branch=team.branch, unit=team.unit):
        raise PermissionDenied
    return team


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def team_certificates(request: HttpRequest, team_id: int) -> HttpResponse:
    """Show who has hours and which certificates there are; make the missing ones."""
    user: Any = request.user
    team, campaign = _own_team(user, team_id), page_campaign(request)
    if request.method == "POST":
        made = issue_for_team(actor=user, team=team, campaign=campaign)
        text = ngettext("Tệp có %(n)s tờ giấy.", "Tệp có %(n)s tờ giấy.", len(made))
        messages.success(request, text % {"n": len(made)})
        return lead_to(request, "team-certificates", team.pk)
    certificates = certificates_of_team(team, campaign)
    context = {
        "team": team,
        "campaign": campaign,
        "certificates": certificates,
        "missing": sum(paper.is_missing for paper in certificates),
        "stored": sum(paper.certificate is not None for paper in certificates),
        "signatory": Signatory.objects.filter(campaign=campaign).first(),
        "may_set_up": scope_of(user).may(Permission.SET_UP),
    }
    return render(request, "volunteers/certificates/team.html", context)


@login_required
@never_cache
@require_safe
def team_certificates_file(request: HttpRequest, team_id: int) -> HttpResponse:
    """Hand out the certificates that the members have, the newest of each, in one file."""
    team, campaign = _own_team(request.user, team_id), page_campaign(request)
    certificates = [
        p.certificate for p in certificates_of_team(team, campaign) if p.certificate is not None
    ]
    if not certificates:
        raise Http404
    return pdf_of(request, certificates, f"to-{team.pk}")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def signatory(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    campaign = page_campaign(request)
    if not scope_of(user).may(Permission.SET_UP):
        raise PermissionDenied
    known = Signatory.objects.filter(campaign=campaign).first()
    given = {"title": known.title, "full_name": known.full_name} if known else {}
    form = SignatoryForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        set_signatory(actor=user, campaign=campaign, **form.cleaned_data)
        messages.success(request, _("Đã lưu người ký. Giấy lập từ nay in tên này."))
        return lead_to(request, "signatory")
    context = {"form": form, "campaign": campaign}
    return render(request, "volunteers/certificates/signatory.html", context)
