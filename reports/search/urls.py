"""Addresses of search."""

from django.urls import path

from reports.search.api import SearchView
from reports.search.views import search

campaign_urlpatterns = [path("search/", search, name="search")]
api_urlpatterns = [path("search/", SearchView.as_view(), name="api-search")]
