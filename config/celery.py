"""The Celery application and the whole beat schedule.

The broker only makes things quicker. Every job finds its work in the database, so that a
lost, doubled or late message changes nothing (see docs/architecture.md).
"""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # An expired message is dropped unread: after an outage one sweep is due, not a thousand.
    "sweep-stale-days": {
        "task": "reports.drain",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "verify-totals": {"task": "reports.verify", "schedule": crontab(hour=2, minute=30)},
    "purge-expired-sign-ins": {
        "task": "accounts.purge_expired",
        "schedule": crontab(hour=3, minute=0),
    },
    "forget-who-asked-for-help": {
        "task": "volunteers.purge_requests",
        "schedule": crontab(hour=3, minute=15),
    },
}
