"""Addresses of the report page and of what a phone keeps of it."""

from django.urls import path

from reports.entry.api import OfflineSnapshotView
from reports.entry.views import pwa, reconcile, report

urlpatterns = [
    path("queue/", pwa.phone_reports, name="phone-reports"),
    path("queue/ticket/", pwa.queue_ticket, name="queue-ticket"),
    path("shell/<slug:name>/<slug:language>/", pwa.shell, name="shell"),
    path("sw.js", pwa.service_worker, name="service-worker"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
]

campaign_urlpatterns = [
    path("report/", report.report, name="report"),
    path("report/<uuid:report_id>/", report.receipt, name="receipt"),
    path("report/<uuid:report_id>/sessions/", reconcile.reconcile, name="reconcile"),
    path("sessions/<int:session_id>/counted/", reconcile.session_counted, name="session-counted"),
]

api_urlpatterns = [
    path("report-book/", OfflineSnapshotView.as_view(), name="api-report-book"),
]
