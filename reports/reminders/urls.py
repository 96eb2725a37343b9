"""Address of the page of reminders."""

from django.urls import path

from reports.reminders import views

campaign_urlpatterns = [path("reminders/", views.reminders, name="reminders")]
