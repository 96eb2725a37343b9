"""Addresses of reconciliation. The one called “reconcile” is of a report and its sessions."""

from django.urls import path

from reports.reconciliation import views
from reports.reconciliation.api import ReconciliationView

campaign_urlpatterns = [
    path("reconcile/", views.reconciliation_page, name="reconciliation"),
    path("reconcile/<code:code>/", views.difference_page, name="difference"),
]

api_urlpatterns = [
    path("reconciliation/", ReconciliationView.as_view(), name="api-reconciliation"),
]
