"""Addresses of tables of one's own making."""

from django.urls import path

from reports.explore.api import ExploreView
from reports.explore.views import explore_page

campaign_urlpatterns = [path("explore/", explore_page, name="explore")]

api_urlpatterns = [path("explore/", ExploreView.as_view(), name="api-explore")]
