"""Addresses of this app."""

from django.urls import path

from accounts import views
from accounts.views import factor

# With a campaign and without one.
both_urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/keys/", views.account_keys, name="account-keys"),
    path("account/second-factor/", factor.account_factor, name="account-factor"),
]

urlpatterns = [
    *both_urlpatterns,
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("prove/", factor.prove, name="prove"),
    path("invitations/<str:secret>/", views.accept_invitation, name="invitation"),
]
