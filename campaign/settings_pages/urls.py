"""Addresses of the pages for what is set."""

from django.urls import path

from campaign.settings_pages import (
    appointment_views,
    baseline_views,
    files,
    kind_views,
    node_views,
    target_views,
    views,
)
from campaign.settings_pages.kinds import INDICATORS, PHASES

urlpatterns = [
    path("setup/units/list/", node_views.unit_list, name="setup-unit-list"),
    path("setup/units/file/", files.unit_file, name="setup-unit-file"),
    path("setup/branches/file/", files.branch_file, name="setup-branch-file"),
    path("setup/units/new/", node_views.unit, name="setup-unit-new"),
    path("setup/units/<int:pk>/", node_views.unit, name="setup-unit"),
    path("setup/branches/list/", node_views.branch_list, name="setup-branch-list"),
    path("setup/branches/new/", node_views.branch, name="setup-branch-new"),
    path("setup/branches/<int:pk>/", node_views.branch, name="setup-branch"),
    path("setup/people/list/", appointment_views.appointment_list, name="setup-appointments"),
    path("setup/people/new/", appointment_views.appoint, name="setup-appointment-new"),
    path("setup/people/<int:pk>/", appointment_views.appointment, name="setup-appointment"),
    path("setup/baselines/", baseline_views.baseline_list, name="setup-baselines"),
    path("setup/baselines/new/", baseline_views.baseline, name="setup-baseline-new"),
    path("setup/baselines/<int:pk>/", baseline_views.baseline, name="setup-baseline"),
    path(
        "setup/baselines/<int:baseline_pk>/figures/",
        baseline_views.figure_list,
        name="setup-figures",
    ),
    path(
        "setup/baselines/<int:baseline_pk>/figures/new/",
        baseline_views.figure,
        name="setup-figure-new",
    ),
    path(
        "setup/baselines/<int:baseline_pk>/figures/<int:pk>/",
        baseline_views.figure,
        name="setup-figure",
    ),
    path("setup/kinds/", kind_views.kind_list, name="setup-kinds"),
    path("setup/kinds/<slug:of>/new/", kind_views.kind, name="setup-kind-new"),
    path("setup/kinds/<slug:of>/<slug:code>/", kind_views.kind, name="setup-kind"),
    path("setup/changes/<int:change_id>/take-back/", views.take_change_back, name="take-back"),
]

# Below ``c/SLUG/``.
campaign_urlpatterns = [
    path("settings/", views.campaign_settings, name="campaign-settings"),
    path("settings/targets/", target_views.target_list, name="target-list"),
    path("settings/targets/new/", target_views.target, name="target-new"),
    path("settings/targets/<int:pk>/", target_views.target, name="target"),
    *(
        page
        for kind in (PHASES, INDICATORS)
        for page in (
            path(f"settings/{kind.many}/", views.parts, {"kind": kind}, name=kind.many),
            path(f"settings/{kind.many}/new/", views.part, {"kind": kind}, name=kind.new),
            path(f"settings/{kind.many}/<int:pk>/", views.part, {"kind": kind}, name=kind.one),
        )
    ),
]
