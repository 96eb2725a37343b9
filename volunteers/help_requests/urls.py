"""Addresses of help requests."""

from django.urls import path

from volunteers.help_requests import views
from volunteers.help_requests.selectors import campaign_of_request

campaign_urlpatterns = [
    path("requests/", views.request_list, name="requests"),
    path("requests/<uuid:request_id>/", views.request_detail, name="request"),
]

# What in an address belongs to one campaign.
finders = {"request_id": campaign_of_request}
