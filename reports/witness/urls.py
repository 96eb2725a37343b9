"""Addresses of the log's heads, for everybody."""

from django.urls import path

from reports.witness import views

urlpatterns = [
    path("log/", views.log, name="log"),
    path("log/<day:day>.zip", views.day_package, name="log-package"),
]
