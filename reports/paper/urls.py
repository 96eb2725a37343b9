"""Addresses of reports on paper: the sheets, and the page on which they are typed in."""

from django.urls import path

from reports.paper import views

campaign_urlpatterns = [
    path("report/paper/", views.paper, name="paper"),
    path("report/paper/sheets/", views.day_sheets, name="day-sheets"),
]
