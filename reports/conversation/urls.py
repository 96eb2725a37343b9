"""The address of webhooks."""

from django.urls import path

from reports.conversation import views

urlpatterns = [
    path("messages/<slug:channel>/", views.webhook, name="messages"),
]
