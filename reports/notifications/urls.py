"""Addresses of the channels, and of signing out, which each of them hears of."""

from importlib import import_module

from django.urls import include, path
from django.utils.module_loading import module_has_submodule

from reports.notifications.channels import installed
from reports.notifications.views import SignOut

urlpatterns = [
    path("sign-out/", SignOut.as_view(), name="sign-out"),
    *(
        path("reminders/", include(f"{name}.urls"))
        for name in installed()
        if module_has_submodule(import_module(name), "urls")
    ),
]
