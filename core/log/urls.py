"""Addresses of the log, under ``api/v1/``."""

from django.urls import path

from core.log import api

api_urlpatterns = [
    path("log/checkpoint", api.Checkpoint.as_view(), name="api-log-checkpoint"),
    path("log/consistency", api.Consistency.as_view(), name="api-log-consistency"),
    path("log/key", api.Key.as_view(), name="api-log-key"),
    path("log/proof", api.Proof.as_view(), name="api-log-proof"),
    path("log/tile/<str:level>/<path:place>", api.Tiles.as_view(), name="api-log-tile"),
]
