"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.template import engines
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Before whoever asked has gone away.
os.environ.setdefault("STATEMENT_TIMEOUT", "20s")

application = get_wsgi_application()
# All that the first request would load, so that the processes share it (gunicorn --preload).
get_resolver().url_patterns  # noqa: B018
engines.all()
