"""Addresses of a trial: the branches' outside the campaign, which is the province's own."""

from django.urls import path

from reports.trial import staff_view, views

urlpatterns = [
    path("trial/<slug:slug>/", views.trial_report, name="trial-report"),
    path("trial/<slug:slug>/<code:code>/receipt/", views.trial_receipt, name="trial-receipt"),
]

campaign_urlpatterns = [path("trial/", staff_view.trial, name="trial")]
