"""The address of a branch's plan."""

from django.urls import path

from reports.plans import views

campaign_urlpatterns = [
    path("branches/<code:code>/plan/", views.branch_plan_page, name="branch-plan"),
]
