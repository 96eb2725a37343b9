"""Addresses of the totals."""

from django.urls import path

from reports.rollup.api import Totals

api_urlpatterns = [
    path("totals/", Totals.as_view(), name="api-totals"),
]
