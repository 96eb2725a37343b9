"""Addresses of this app's pages and endpoints."""

from django.urls import URLPattern, path

from volunteers.certificates import views as volunteers
from volunteers.help_requests import views as requests
from volunteers.sessions.api import presence as api_presence
from volunteers.sessions.api import sessions as api_sessions
from volunteers.sessions.selectors.get_or_404 import campaign_of_request, campaign_of_session
from volunteers.sessions.views import calendars, closing, planning, presence, sessions
from volunteers.statistics import api as api_figures
from volunteers.teams import api as api_teams
from volunteers.teams.views import files, teams

urlpatterns = [
    path("me/<str:secret>/", volunteers.own_page, name="volunteer-own"),
    path("me/<str:secret>/certificate.pdf", volunteers.own_certificate, name="certificate"),
    path("verify/<str:code>/", volunteers.certificate_verify, name="certificate-verify"),
    path("join/<str:key>/", presence.join, name="session-join"),
    path("here/<str:token>/", presence.here, name="session-here"),
    path("calendar/<str:secret>.ics", calendars.calendar_feed, name="calendar-feed"),
]

# Below ``c/SLUG/``; the same without it leads on: see ``campaign.routing``.
campaign_urlpatterns = [
    path("teams/", teams.team_list, name="teams"),
    path("teams/new/", teams.team_new, name="team-new"),
    path("teams/import/", files.teams_import, name="teams-import"),
    path("teams/export/", files.teams_export, name="teams-export"),
    path("teams/<int:team_id>/", teams.team_detail, name="team"),
    path("teams/<int:team_id>/edit/", teams.team_edit, name="team-edit"),
    path("teams/<int:team_id>/members/new/", teams.member_new, name="member-new"),
    path("teams/<int:team_id>/members/<int:member_id>/", teams.member_edit, name="member"),
    path(
        "teams/<int:team_id>/members/<int:member_id>/invite/",
        teams.invite_leader,
        name="leader-invite",
    ),
    path("volunteers/<int:volunteer_id>/", volunteers.volunteer_detail, name="volunteer"),
    path(
        "volunteers/<int:volunteer_id>/certificates/<str:code>.pdf",
        volunteers.volunteer_certificate,
        name="volunteer-certificate",
    ),
    path("sessions/", sessions.session_list, name="sessions"),
    path("sessions/new/", planning.session_new, name="session-new"),
    path("sessions/<int:session_id>/", sessions.session_detail, name="session"),
    path("sessions/<int:session_id>/edit/", planning.session_edit, name="session-edit"),
    path("sessions/<int:session_id>/cancel/", planning.session_cancel, name="session-cancel"),
    path("sessions/<int:session_id>/people/", presence.session_people, name="session-people"),
    path("sessions/<int:session_id>/qr/", presence.session_qr, name="session-qr"),
    path("sessions/<int:session_id>/close/", closing.session_close, name="session-close"),
    path("calendar/", calendars.calendar_link, name="calendar"),
    path("requests/", requests.request_list, name="requests"),
    path("requests/<uuid:request_id>/", requests.request_detail, name="request"),
]

# What in an address belongs to one campaign.
finders = {"session_id": campaign_of_session, "request_id": campaign_of_request}

api_urlpatterns: list[URLPattern] = [
    path("figures/", api_figures.FiguresOf.as_view(), name="api-figures"),
    path("teams/", api_teams.TeamList.as_view(), name="api-teams"),
    path("sessions/", api_sessions.Sessions.as_view(), name="api-sessions"),
    path("sessions/<int:session_id>/", api_sessions.OneSession.as_view(), name="api-session"),
    path(
        "sessions/<int:session_id>/checkins/",
        api_presence.Checkins.as_view(),
        name="api-checkins",
    ),
    path("sessions/<int:session_id>/close/", api_presence.Close.as_view(), name="api-close"),
]
