"""Teams and their members: a list with counts, and people for those who run them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views import already_in, invitation_card
from campaign.addresses import lead_to
from campaign.scopes import scope_of
from core import clock
from volunteers.errors import InvalidInput, NotNow
from volunteers.teams.forms import MemberForm, TeamForm
from volunteers.teams.models import Membership, Team, team_kinds
from volunteers.teams.selectors import find_team, members_of, named, totals_of, with_counts
from volunteers.teams.services import invite_leader as invite
from volunteers.teams.services import may_run, runs_teams, save_member, save_team

PAGE = 50


@login_required
@never_cache
@require_safe
def team_list(request: HttpRequest) -> HttpResponse:
    if not scope_of(request.user).roles:
        raise Http404
    day = clock.today()
    q = request.GET.get("q", "").strip()
    kind = request.GET.get("kind", "")
    is_gone = "gone" in request.GET
    teams = Team.objects.visible_to(request.user).select_related("unit")
    gone = teams.exclude(Team.validity.on(day))
    teams = gone if is_gone else teams.on(day)
    if kind in dict(team_kinds()):
        teams = teams.filter(kind=kind)
    found = named(teams, q) if q else teams
    listed = with_counts(found, day).order_by("unit__sort_key", "sort_key", "pk")
    context = {
        "page_obj": Paginator(listed, PAGE).get_page(request.GET.get("page")),
        "totals": totals_of(found, day),
        "q": q,
        "kind": kind,
        "kinds": list(team_kinds()),
        "is_gone": is_gone,
        "has_gone": gone.exists(),
        "runs_teams": runs_teams(request.user),
    }
    return render(request, "volunteers/teams/team_list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def team_new(request: HttpRequest) -> HttpResponse:
    actor: Any = request.user
    if not scope_of(actor).roles:
        raise Http404
    if not runs_teams(actor):
        raise PermissionDenied
    return _team_form(request, None)


def _team_form(request: HttpRequest, team: Team | None) -> HttpResponse:
    actor: Any = request.user
    form = TeamForm(actor, team, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_team(actor=actor, team=team, **form.cleaned_data)
        except InvalidInput as error:
            error.assign_to(form)
        else:
            is_new = team is None
            text = _("Đã lập tổ. Thêm thành viên ở đây.") if is_new else _("Đã lưu.")
            messages.success(request, text)
            return lead_to(request, "member-new" if is_new else "team", saved.pk)
    return render(request, "volunteers/teams/team_form.html", {"form": form, "team": team})


@login_required
@never_cache
@require_safe
def team_detail(request: HttpRequest, team_id: int) -> HttpResponse:
    """Show a team: its people to those who may see them, counts to everybody else."""
    team, day = find_team(request.user, team_id), clock.today()
    sees = Team.objects.with_people_for(request.user).filter(pk=team.pk).exists()
    members = members_of(team, request.user) if sees else []
    context = {
        "team": team,
        "counts": totals_of(Team.objects.visible_to(request.user).filter(pk=team.pk), day),
        "sees_people": sees,
        "may_edit": may_run(request.user, branch=team.branch, unit=team.unit),
        "members": [m for m in members if not m.has_ended_by(day)],
        "former": [m for m in members if m.has_ended_by(day)],
    }
    return render(request, "volunteers/teams/team_detail.html", context)


def _own_team(user: Any, team_id: int) -> Team:
    """Return a team that the user runs: 404, or 403."""
    team = find_team(user, team_id)
    if not may_run(user, branch=team.branch, unit=team.unit):
        raise PermissionDenied
    return team


def _own_member(user: Any, team: Team, member_id: int) -> Membership:
    """Return a member of a team, or 404."""
    members = Membership.objects.visible_to(user).filter(team=team)
    member = members.select_related("volunteer__user").filter(pk=member_id).or_404()
    member.team = team
    return member


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def team_edit(request: HttpRequest, team_id: int) -> HttpResponse:
    return _team_form(request, _own_team(request.user, team_id))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def member_new(request: HttpRequest, team_id: int) -> HttpResponse:
    """Add a member; the form is open again for the next."""
    actor: Any = request.user
    team = _own_team(actor, team_id)
    form = MemberForm(request.POST or None, is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            member = save_member(actor=actor, team=team, member=None, **form.cleaned_data)
        except InvalidInput as error:
            error.assign_to(form)
        else:
            messages.success(request, _("Đã thêm %(name)s.") % {"name": member.volunteer})
            return lead_to(request, "member-new", team.pk)
    counts = totals_of(Team.objects.visible_to(actor).filter(pk=team.pk), clock.today())
    context = {"form": form, "team": team, "member": None, "counts": counts}
    return render(request, "volunteers/teams/member_form.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def member_edit(request: HttpRequest, team_id: int, member_id: int) -> HttpResponse:
    actor: Any = request.user
    team = _own_team(actor, team_id)
    member = _own_member(actor, team, member_id)
    person = member.volunteer
    initial = {
        **{name: getattr(member, name) for name in ("role", "joined_on", "left_on")},
        **{n: getattr(person, n) for n in ("full_name", "phone", "affiliation", "birth_year")},
    }
    form = MemberForm(request.POST or None, is_new=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save_member(actor=actor, team=team, member=member, **form.cleaned_data)
        except InvalidInput as error:
            error.assign_to(form)
        else:
            messages.success(request, _("Đã lưu."))
            return lead_to(request, "team", team.pk)
    context = {"form": form, "team": team, "member": member, "shown": initial["full_name"]}
    return render(request, "volunteers/teams/member_form.html", context)


@login_required
@never_cache
@require_POST
def invite_leader(request: HttpRequest, team_id: int, member_id: int) -> HttpResponse:
    """Give a leader or deputy an account: appoint, and show the link and its QR code."""
    actor: Any = request.user
    team = _own_team(actor, team_id)
    member = _own_member(actor, team, member_id)
    try:
        user, secret = invite(actor=actor, member=member)
    except NotNow as error:
        messages.error(request, str(error))
        return lead_to(request, "team", team.pk)
    if secret is None:
        messages.success(request, already_in(user))
        return lead_to(request, "team", team.pk)
    context = {"team": team, **invitation_card(request, user, secret)}
    return render(request, "volunteers/teams/team_invitation.html", context)
