"""Addresses of the digests."""

from django.urls import path

from reports.digests import views
from reports.digests.api import Digests

campaign_urlpatterns = [
    path("digests/", views.digests, name="digests"),
    path("digests/<code:code>/<day:day>/", views.digest_detail, name="digest"),
    path(
        "digests/<code:code>/<day:day>/published/", views.digest_published, name="digest-published"
    ),
    path("digests/<code:code>/<day:day>.png", views.digest_poster, name="digest-poster"),
]

api_urlpatterns = [
    path("digests/", Digests.as_view(), name="api-digests"),
]
