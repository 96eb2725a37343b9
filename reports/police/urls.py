"""Addresses of the police files."""

from django.urls import path

from reports.police import views

campaign_urlpatterns = [
    path("exports/", views.exports, name="exports"),
    path("exports/<int:export_id>/", views.export_detail, name="export"),
    path("exports/<int:export_id>/proof.zip", views.export_proof, name="export-proof"),
    path("exports/police.csv", views.police_csv, name="police-csv"),
]
