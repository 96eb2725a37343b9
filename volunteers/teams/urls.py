"""Addresses of teams and their members."""

from django.urls import path

from volunteers.teams import api
from volunteers.teams.views import files, teams

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
]

api_urlpatterns = [
    path("teams/", api.TeamList.as_view(), name="api-teams"),
]
