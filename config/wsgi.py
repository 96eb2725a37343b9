"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Before whoever asked has gone away.
os.environ.setdefault("STATEMENT_TIMEOUT", "20s")

application = get_wsgi_application()
