"""Addresses of the desk."""

from django.urls import path

from reports.desk.api import TasksView
from reports.desk.views import desk_page

campaign_urlpatterns = [path("desk/", desk_page, name="desk")]

api_urlpatterns = [path("tasks/", TasksView.as_view(), name="api-tasks")]
