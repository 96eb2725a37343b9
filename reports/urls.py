"""Addresses of this app's pages and endpoints."""

from django.urls import path

from reports.api.book import ReportBook
from reports.api.completeness import CompletenessView
from reports.api.grants import Grants
from reports.api.pasting import PastedMessages
from reports.api.reports import DailyReports
from reports.api.reviews import Reviews
from reports.api.revisions import Revisions
from reports.api.totals import Totals
from reports.digests import urls as digests
from reports.notifications import urls as notifications
from reports.reminders import urls as reminders
from reports.selectors.reports import campaign_of_report
from reports.views import (
    branches,
    completeness,
    dashboard,
    exports,
    grants,
    health,
    history,
    offline,
    pasting,
    progress,
    public,
    report,
    review,
)

# With a campaign and without one.
both_urlpatterns = [path("", dashboard.start, name="start")]

urlpatterns = [
    *both_urlpatterns,
    path("queue/ticket/", offline.queue_ticket, name="queue-ticket"),
    path("shell/<slug:name>/<slug:language>/", offline.shell, name="shell"),
    path("sw.js", offline.service_worker, name="service-worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("public/", public.public, name="public"),
    path("public/requests/", public.public_requests, name="public-requests"),
    path("public/requests/<uuid:request_id>/", public.public_request, name="public-request"),
    *notifications.urlpatterns,
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]

# Below ``c/SLUG/``; the same without it leads on: see ``campaign.routing``.
campaign_urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("units/<code:code>/", dashboard.unit_detail, name="unit"),
    path("branches/<code:code>/", branches.branch_detail, name="branch"),
    path("branches/<code:code>/open-day/", grants.open_day, name="open-day"),
    path("report/", report.report, name="report"),
    path("report/paste/", pasting.paste, name="paste"),
    path("report/progress/", progress.own_progress, name="own-progress"),
    path("report/<uuid:report_id>/", report.receipt, name="receipt"),
    path("report/<uuid:report_id>/history/", history.report_history, name="report-history"),
    path("review/", review.review, name="review"),
    path("completeness/", completeness.completeness_detail, name="completeness"),
    path("completeness/<code:code>/", completeness.completeness_detail, name="completeness-unit"),
    *digests.campaign_urlpatterns,
    *reminders.campaign_urlpatterns,
    path("exports/", exports.exports, name="exports"),
    path("exports/police.csv", exports.police_csv, name="police-csv"),
]

# What in an address belongs to one campaign.
finders = {"report_id": campaign_of_report}

api_urlpatterns = [
    path("daily-reports/", DailyReports.as_view(), name="api-daily-reports"),
    path(
        "daily-reports/<uuid:report_id>/revisions/",
        Revisions.as_view(),
        name="api-revisions",
    ),
    path("reviews/", Reviews.as_view(), name="api-reviews"),
    path("grants/", Grants.as_view(), name="api-grants"),
    path("report-book/", ReportBook.as_view(), name="api-report-book"),
    path("completeness/", CompletenessView.as_view(), name="api-completeness"),
    *digests.api_urlpatterns,
    path("pasted-messages/", PastedMessages.as_view(), name="api-pasted-messages"),
    path("totals/", Totals.as_view(), name="api-totals"),
]
