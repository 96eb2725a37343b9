"""Addresses of this app's pages and endpoints."""

from django.urls import path

from config import health
from reports.chat import views as pasting
from reports.chat.api import PastedMessages
from reports.daily.api.grants import Grants
from reports.daily.api.reports import DailyReports
from reports.daily.api.reviews import Reviews
from reports.daily.api.revisions import Revisions
from reports.daily.get_or_404 import campaign_of_report
from reports.daily.views import history, open_day, review
from reports.dashboards.api import CompletenessView
from reports.dashboards.views import branches, completeness, dashboard, progress
from reports.digests import urls as digests
from reports.entry.api import ReportBook
from reports.entry.views import pwa, report
from reports.notifications import urls as notifications
from reports.police import views as exports
from reports.public import views as public
from reports.reminders import urls as reminders
from reports.rollup.api import Totals

# With a campaign and without one.
both_urlpatterns = [path("", dashboard.start, name="start")]

urlpatterns = [
    *both_urlpatterns,
    path("queue/ticket/", pwa.queue_ticket, name="queue-ticket"),
    path("shell/<slug:name>/<slug:language>/", pwa.shell, name="shell"),
    path("sw.js", pwa.service_worker, name="service-worker"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
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
    path("branches/<code:code>/open-day/", open_day.open_day, name="open-day"),
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
