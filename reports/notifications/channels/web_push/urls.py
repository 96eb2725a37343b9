"""Addresses to which a browser says that it shows notices."""

from django.urls import path

from reports.notifications.channels.web_push import views

urlpatterns = [
    path("phone/", views.phone, name="phone"),
    path("phone/off/", views.phone_off, name="phone-off"),
]
