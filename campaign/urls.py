"""Addresses of this app's pages and endpoints."""

from django.urls import path

from campaign import api, state_views, views
from campaign.settings_pages import urls as settings_pages
from campaign.setup import urls as setup
from core import converters  # noqa: F401 - registers <code:…>

both_urlpatterns = setup.both_urlpatterns

urlpatterns = [
    *setup.urlpatterns,
    *settings_pages.urlpatterns,
    path("campaigns/", views.campaign_list, name="campaigns"),
    path("appointments/<int:appointment_id>/take/", views.take_appointment, name="take"),
]

# Below ``c/SLUG/``; the same without it leads on: see ``campaign.routing``.
campaign_urlpatterns = [
    *settings_pages.campaign_urlpatterns,
    path("units/", views.unit_list, name="units"),
    path("branches/", views.branch_list, name="branches"),
    path("branches/<code:code>/invite/", views.invite, name="invite"),
    path("branches/<code:code>/invite/<int:user_id>/", views.invite_again, name="invite-again"),
    path("state/", state_views.campaign_state, name="campaign-state"),
    path("taking-part/", state_views.taking_part, name="taking-part"),
    path("targets/", views.targets, name="targets"),
]

api_urlpatterns = [
    path("units/", api.UnitList.as_view(), name="api-units"),
    path("branches/", api.BranchList.as_view(), name="api-branches"),
    path("campaigns/", api.CampaignList.as_view(), name="api-campaigns"),
    path("indicators/", api.IndicatorList.as_view(), name="api-indicators"),
]
