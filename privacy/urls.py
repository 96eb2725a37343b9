"""Addresses of this app."""

from django.urls import path

from privacy import views

# Below ``c/SLUG/``; the same without it leads on: see ``campaign.routing``.
campaign_urlpatterns = [
    path("personal-data/", views.overview, name="personal-data"),
    path("personal-data/new/", views.enter, name="subject-request-new"),
    path("personal-data/<int:request_id>/", views.detail, name="subject-request"),
    path("reads/", views.reads, name="reads"),
]
