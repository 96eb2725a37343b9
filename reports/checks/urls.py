"""Addresses of checks by sample."""

from django.urls import path

from reports.checks import views
from reports.checks.api import Checks
from reports.checks.selectors import campaign_of_check

campaign_urlpatterns = [
    path("checks/", views.checks, name="checks"),
    path("checks/mine/", views.my_checks, name="my-checks"),
    path("checks/results.csv", views.results_csv, name="check-results"),
    path("checks/<int:number>/frame.csv", views.frame_csv, name="check-frame"),
    path("checks/<uuid:check_id>/", views.check, name="check"),
]

api_urlpatterns = [path("checks/", Checks.as_view(), name="api-checks")]

finders = {"check_id": campaign_of_check}
