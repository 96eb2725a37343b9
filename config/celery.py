"""The Celery application; what it does when stands in config/schedule.py.

The broker only makes things quicker. Every job finds its work in the database, so that a
lost, doubled or late message changes nothing (see docs/architecture.md).
"""

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import (
    after_setup_logger,
    after_setup_task_logger,
    task_prerun,
    worker_before_create_process,
)
from django.db import close_old_connections

from config.environment import BROKER
from config.forks import share_memory
from core.masking import mask_handlers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(BROKER)
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
        "reports.police",
        "reports.reconciliation",
        "reports.reminders",
        "reports.rollup",
        "reports.spreadsheet",
        "reports.witness",
    ]
)


@after_setup_logger.connect
@after_setup_task_logger.connect
def mask_logs(logger: logging.Logger, **_more: Any) -> None:
    """Mask what Celery writes through handlers of its own."""
    mask_handlers(logger)


# Celery closes the connection to the database before and after each task; to connect anew takes
# longer than most tasks. Django's own rule decides: too old, or no longer usable.
app.conf["CELERY_DB_REUSE_MAX"] = 10_000


@task_prerun.connect
def keep_connection(**_more: Any) -> None:
    close_old_connections()


@worker_before_create_process.connect
def share_with_children(**_more: Any) -> None:
    share_memory()
