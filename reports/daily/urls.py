"""Addresses of daily reports: review, history, days opened again."""

from django.urls import path

from reports.daily.api.batch import DailyReportsBatch
from reports.daily.api.grants import Grants
from reports.daily.api.report_sessions import ReportSessions
from reports.daily.api.reports import DailyReports
from reports.daily.api.reviews import Reviews
from reports.daily.api.revisions import Revisions
from reports.daily.selectors import campaign_of_report
from reports.daily.views import history, open_day, review, review_one, texts_file

campaign_urlpatterns = [
    path("branches/<code:code>/open-day/", open_day.open_day, name="open-day"),
    path("report/<uuid:report_id>/history/", history.report_history, name="report-history"),
    path("review/", review.review, name="review"),
    path("review/<uuid:report_id>/", review_one.review_one, name="review-report"),
    path("review/texts.csv", texts_file.report_texts, name="report-texts"),
]

api_urlpatterns = [
    path("daily-reports/", DailyReports.as_view(), name="api-daily-reports"),
    path("daily-reports/batch/", DailyReportsBatch.as_view(), name="api-daily-reports-batch"),
    path(
        "daily-reports/<uuid:report_id>/revisions/",
        Revisions.as_view(),
        name="api-revisions",
    ),
    path(
        "daily-reports/<uuid:report_id>/sessions/",
        ReportSessions.as_view(),
        name="api-report-sessions",
    ),
    path("reviews/", Reviews.as_view(), name="api-reviews"),
    path("grants/", Grants.as_view(), name="api-grants"),
]

# What in an address belongs to one campaign.
finders = {"report_id": campaign_of_report}
