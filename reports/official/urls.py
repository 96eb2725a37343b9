"""Addresses of what the police published."""

from django.urls import path

from reports.official import api, typed_views, views

campaign_urlpatterns = [
    path("official-figures/", views.official_figures, name="official-figures"),
    path("official-figures/typed/", typed_views.official_typed, name="official-typed"),
    path("official-figures/<int:file_id>/", views.official_file, name="official-file"),
    path(
        "official-figures/<int:file_id>/file/",
        views.official_file_content,
        name="official-file-content",
    ),
]

api_urlpatterns = [
    path("official-figures/", api.OfficialFigures.as_view(), name="api-official-figures"),
]
