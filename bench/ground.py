"""What is imported first: a home of one's own, and Django, as the tests have them."""

import os

import django

import tests.plugin  # noqa: F401  takes a home and sets what config.settings reads

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
