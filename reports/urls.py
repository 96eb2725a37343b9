"""Addresses of this app's pages and endpoints."""

from django.urls import path

from reports.api.reports import DailyReports
from reports.api.totals import Totals
from reports.views import branches, dashboard, exports, health, public, report

urlpatterns = [
    path("", dashboard.start, name="start"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("units/<code:code>/", dashboard.unit_detail, name="unit"),
    path("branches/<code:code>/", branches.branch_detail, name="branch"),
    path("report/", report.report, name="report"),
    path("report/<uuid:report_id>/", report.receipt, name="receipt"),
    path("public/", public.public, name="public"),
    path("public/requests/", public.public_requests, name="public-requests"),
    path("public/requests/<uuid:request_id>/", public.public_request, name="public-request"),
    path("exports/", exports.exports, name="exports"),
    path("exports/police.csv", exports.police_csv, name="police-csv"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]

api_urlpatterns = [
    path("daily-reports/", DailyReports.as_view(), name="api-daily-reports"),
    path("totals/", Totals.as_view(), name="api-totals"),
]
