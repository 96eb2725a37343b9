"""Addresses of volunteers' own pages and certificates."""

from django.urls import path

from volunteers.certificates import views

urlpatterns = [
    path("me/<str:secret>/", views.own_page, name="volunteer-own"),
    path("me/<str:secret>/<slug:slug>.pdf", views.own_certificate, name="certificate"),
    path("verify/<str:code>/", views.certificate_verify, name="certificate-verify"),
]

campaign_urlpatterns = [
    path("volunteers/<int:volunteer_id>/", views.volunteer_detail, name="volunteer"),
    path(
        "volunteers/<int:volunteer_id>/certificates/<str:code>.pdf",
        views.volunteer_certificate,
        name="volunteer-certificate",
    ),
]
