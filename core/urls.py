"""Addresses of what belongs to the portal itself."""

from django.urls import path

from core import views

urlpatterns = [
    path("emblem/<slug:mark>/<slug:purpose>-<int:size>.png", views.emblem, name="emblem"),
]
