"""Addresses of the police files."""

from django.urls import path

from reports.police.api import ExportChanges, Exports
from reports.police.views.changes import export_changes, export_changes_file
from reports.police.views.figures import figure_proof_file, figures
from reports.police.views.files import export_detail, export_proof, exports, police_csv
from reports.police.views.nightly import nightly_csv
from reports.police.views.verification import verify_export

# Beside campaigns: a code says by itself of which one it is.
urlpatterns = [
    path("f/", figures, name="figures"),
    path("f/<str:text>/", figures, name="figure"),
    path("f/<str:text>/proof.txt", figure_proof_file, name="figure-proof"),
]
campaign_urlpatterns = [
    path("exports/", exports, name="exports"),
    path("exports/verify/", verify_export, name="export-verify"),
    path("exports/<int:export_id>/", export_detail, name="export"),
    path("exports/<int:export_id>/proof.zip", export_proof, name="export-proof"),
    path("exports/<int:export_id>/changes/", export_changes, name="export-changes"),
    path("exports/<int:export_id>/changes.csv", export_changes_file, name="export-changes-file"),
    path("exports/nightly.csv", nightly_csv, name="export-nightly"),
    path("exports/police.csv", police_csv, name="police-csv"),
]
api_urlpatterns = [
    path("exports/", Exports.as_view(), name="api-exports"),
    path("exports/<int:export_id>/changes/", ExportChanges.as_view(), name="api-export-changes"),
]
