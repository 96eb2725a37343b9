"""The measurements; they use what the tests use, so they stand on the same ground."""

import os

import django

import tests.plugin  # noqa: F401  takes a home and sets what config.settings reads

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
