"""Addresses of volunteers' own pages and certificates."""

from django.urls import path

from volunteers.certificates.views import own_page_codes, teams, volunteers

urlpatterns = [
    path("me/", own_page_codes.own_page_code, name="own-page"),
    path("me/<str:secret>/", volunteers.own_page, name="volunteer-own"),
    path("me/<str:secret>/<slug:slug>.pdf", volunteers.own_certificate, name="certificate"),
    path("verify/<str:code>/", volunteers.certificate_verify, name="certificate-verify"),
]

campaign_urlpatterns = [
    path("certificates/signatory/", teams.signatory, name="signatory"),
    path("teams/<int:team_id>/certificates/", teams.team_certificates, name="team-certificates"),
    path(
        "teams/<int:team_id>/certificates.pdf",
        teams.team_certificates_file,
        name="team-certificates-file",
    ),
    path("volunteers/<int:volunteer_id>/", volunteers.volunteer_detail, name="volunteer"),
    path(
        "volunteers/<int:volunteer_id>/certificates/<str:code>.pdf",
        volunteers.volunteer_certificate,
        name="volunteer-certificate",
    ),
]
