"""Addresses of daily counts by file."""

from django.urls import path

from reports.spreadsheet import views

campaign_urlpatterns = [
    path("report/files/", views.counts_files, name="counts-files"),
    path("report/files/template/", views.template, name="counts-template"),
    path("report/files/<uuid:file_id>/", views.counts_file, name="counts-file"),
    path("report/files/<uuid:file_id>/marked/", views.marked, name="counts-marked"),
]

# What in an address belongs to one campaign.
finders = {"file_id": views.campaign_of_file}
