"""Addresses of the end of a campaign."""

from django.urls import path

from reports.deletion import views

urlpatterns = [path("campaigns/deleted/", views.deleted, name="deleted-campaigns")]

campaign_urlpatterns = [path("delete/", views.delete, name="campaign-delete")]
