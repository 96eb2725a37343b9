"""Addresses of the residents' pages."""

from django.urls import path

from reports.public import views

urlpatterns = [
    path("public/", views.public, name="public"),
    path("public/requests/", views.public_requests, name="public-requests"),
    path("public/requests/<uuid:key>/", views.public_request, name="public-request"),
]
