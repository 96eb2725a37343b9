"""Addresses of the dashboards."""

from django.urls import path

from reports.dashboards.api import CompletenessView
from reports.dashboards.views import (
    branches,
    completeness,
    dashboard,
    not_reached,
    progress,
    todays_map,
    unit_people,
    wall,
)

# With a campaign and without one.
both_urlpatterns = [path("", dashboard.start, name="start")]

campaign_urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("wall/", wall.wall, name="wall"),
    path("wall/<code:code>/", wall.wall, name="wall-unit"),
    path("dashboard/today/", todays_map.todays_map, name="todays-map"),
    path("dashboard/today/<code:code>/", todays_map.todays_map, name="todays-map-unit"),
    path("units/<code:code>/", dashboard.unit_detail, name="unit"),
    path("units/<code:code>/people/", unit_people.unit_people, name="unit-people"),
    path("not-reached/", not_reached.not_reached_detail, name="not-reached"),
    path("not-reached/<code:code>/", not_reached.not_reached_detail, name="not-reached-unit"),
    path("branches/<code:code>/", branches.branch_detail, name="branch"),
    path("report/progress/", progress.own_progress, name="own-progress"),
    path("completeness/", completeness.completeness_detail, name="completeness"),
    path("completeness/<code:code>/", completeness.completeness_detail, name="completeness-unit"),
]

api_urlpatterns = [
    path("completeness/", CompletenessView.as_view(), name="api-completeness"),
]
