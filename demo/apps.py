"""The demo: installed only where DEBUG is on (config.settings)."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
