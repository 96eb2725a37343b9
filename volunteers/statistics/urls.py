"""Addresses of the figures about teams, sessions and requests."""

from django.urls import path

from volunteers.statistics import api

api_urlpatterns = [
    path("figures/", api.StatisticsView.as_view(), name="api-figures"),
]
