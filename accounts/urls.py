"""Addresses of this app."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("account/", views.account, name="account"),
    path("invitations/<str:secret>/", views.accept_invitation, name="invitation"),
]
