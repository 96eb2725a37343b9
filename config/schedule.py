"""What is done when: beat's own application, which loads neither Django nor the portal.

It knows tasks by their names alone.
"""

import logging
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import after_setup_logger

from config.environment import BROKER
from core.masking import mask_handlers

# A fixup would load Django, wherever the environment names its settings.
app = Celery("schedule", fixups=[])
app.conf.update(BROKER)


@after_setup_logger.connect
def mask_logs(logger: logging.Logger, **_more: Any) -> None:
    mask_handlers(logger)


app.conf.beat_schedule = {
    # An expired message is dropped unread: after an outage one sweep is due, not a thousand.
    "sweep-dirty-days": {
        "task": "reports.drain",
        "schedule": 2.0,
        "options": {"expires": 10},
    },
    # What stands in a unit that has ended since midnight goes over to the one that follows.
    "begin-the-day": {"task": "reports.begin_day", "schedule": crontab(hour=0, minute=0)},
    "make-nightly-files": {
        "task": "reports.nightly_files",
        "schedule": crontab(hour=0, minute=20),
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
    "announce-heads": {
        "task": "reports.announce_heads",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    # Where ours is higher than the police's for days: each morning, and soon after new figures.
    "find-higher": {
        "task": "reports.find_higher",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "find-higher-daily": {
        "task": "reports.find_higher_daily",
        "schedule": crontab(hour=7, minute=10),
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
