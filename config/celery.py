"""The Celery application and the whole beat schedule.

The broker only makes things quicker. Every job finds its work in the database, so that a
lost, doubled or late message changes nothing (see docs/architecture.md).
"""

import logging
import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import after_setup_logger, after_setup_task_logger, task_prerun
from django.db import close_old_connections

from core.masking import mask_handlers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "core",
        "backups",
        "core.log",
        "privacy",
        "reports.conversation",
        "reports.daily",
        "reports.digests",
        "reports.notifications",
        "reports.reminders",
        "reports.rollup",
        "reports.spreadsheet",
    ]
)


@after_setup_logger.connect
@after_setup_task_logger.connect
def mask_logs(logger: logging.Logger, **_more: Any) -> None:
    """Mask what Celery writes through handlers of its own."""
    mask_handlers(logger)


# Of Valkey's queues that of 0 is emptied first.
app.conf.task_default_priority = 6

# Celery closes the connection to the database before and after each task; to connect anew takes
# longer than most tasks. Django's own rule decides: too old, or no longer usable.
app.conf["CELERY_DB_REUSE_MAX"] = 10_000


@task_prerun.connect
def keep_connection(**_more: Any) -> None:
    close_old_connections()


# By a worker of its own where the portal's own may not read and make what it takes.
app.conf.task_routes = {"backups.nightly": {"queue": "backups"}}

app.conf.beat_schedule = {
    # An expired message is dropped unread: after an outage one sweep is due, not a thousand.
    "sweep-dirty-days": {
        "task": "reports.drain",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "back-up": {"task": "backups.nightly", "schedule": crontab(hour=1, minute=30)},
    "add-partitions": {"task": "reports.add_partitions", "schedule": crontab(hour=1, minute=15)},
    "verify-totals": {"task": "reports.verify", "schedule": crontab(hour=2, minute=30)},
    # A week of a campaign each time; all had their turn after some hours.
    "verify-part": {
        "task": "reports.verify_part",
        "schedule": 120.0,
        "options": {"expires": 110},
    },
    "number-the-log": {"task": "core.sequence", "schedule": 1.0, "options": {"expires": 5}},
    "verify-history": {"task": "core.verify_history", "schedule": crontab(hour=2, minute=45)},
    "lock-closed-days": {
        "task": "reports.lock_closed",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    # Everything whose time is over, by one table (core.retention).
    "personal-data-ends": {"task": "privacy.purge", "schedule": crontab(hour=3, minute=0)},
    "remind-who-has-not-reported": {
        "task": "reports.remind",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "announce-the-digest": {
        "task": "reports.digest",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "deliver-notices": {
        "task": "reports.deliver",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "read-files-of-counts": {
        "task": "reports.counts_files",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    "forget-uploaded-files": {
        "task": "core.forget_uploads",
        "schedule": 240.0,
        "options": {"expires": 230},
    },
    "fold-changes": {"task": "core.fold_changes", "schedule": 5.0, "options": {"expires": 5}},
    # Asks only where a channel is set up, as Zalo is where there is a bot.
    "answer-messages": {
        "task": "reports.answer_messages",
        "schedule": 2.0,
        # Somebody waits for it, and for nothing else that waits with it.
        "options": {"expires": 4, "priority": 0},
    },
}
