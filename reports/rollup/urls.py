"""Addresses of the totals."""

from django.urls import path

from reports.rollup.api import TotalsView

api_urlpatterns = [
    path("totals/", TotalsView.as_view(), name="api-totals"),
]
