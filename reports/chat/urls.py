"""Addresses of pasted messages."""

from django.urls import path

from reports.chat import views
from reports.chat.api import PastedMessages

campaign_urlpatterns = [
    path("report/paste/", views.paste, name="paste"),
]

api_urlpatterns = [
    path("pasted-messages/", PastedMessages.as_view(), name="api-pasted-messages"),
]
