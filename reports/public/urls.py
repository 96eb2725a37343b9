"""Addresses of the residents' pages."""

from django.urls import path

from reports.public import calendars, views

urlpatterns = [
    path("public/", views.public, name="public"),
    path("public/requests/", views.public_requests, name="public-requests"),
    path("public/requests/find/", views.find_request, name="public-find"),
    path("public/points/<int:session_id>.ics", calendars.point, name="public-point"),
    path("public/points/<code:code>/points.ics", calendars.points, name="public-points"),
    path("public/requests/<uuid:key>/", views.public_request, name="public-request"),
]
