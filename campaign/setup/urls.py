"""Addresses of setting up."""

from django.urls import path

from campaign.boundaries import views as boundaries
from campaign.setup import views

# With a campaign and without one.
both_urlpatterns = [path("setup/", views.guide, name="setup")]

urlpatterns = [
    *both_urlpatterns,
    path("setup/portal/", views.set_up_portal, name="setup-portal"),
    path("setup/units/", views.set_up_units, name="setup-units"),
    path("setup/units/by-hand/", views.set_up_by_hand, name="setup-by-hand"),
    path("setup/boundaries/", boundaries.boundary_changes, name="setup-boundaries"),
    path("setup/boundaries/<int:pk>/", boundaries.boundary_change, name="setup-boundary-change"),
    path("setup/branches/", views.set_up_branches, name="setup-branches"),
    path("setup/people/", views.set_up_people, name="setup-people"),
    path("setup/invitations/", views.invitations, name="setup-invitations"),
    path("setup/campaign/", views.set_up_campaign, name="setup-campaign"),
]
