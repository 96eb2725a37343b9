"""Wakes a worker after a commit, without the request ever waiting for the broker."""

import logging
import threading
import time

from celery import current_app

logger = logging.getLogger(__name__)
# Reports that come close together are summed up together: to make a hundred days anew takes
# little longer than to make one. The first of them waits for nobody. In seconds.
PAUSE = 0.1
_wanted = threading.Event()
_starting = threading.Lock()
_thread: threading.Thread | None = None


def enqueue_rollup() -> None:
    """Ask for a roll-up soon; returns at once.

    Publishing to a broker that is frozen takes seconds and to one that is gone raises. Both
    happen in a thread of this process. Many calls become one message; one that is lost is
    made good by the sweep within seconds.
    """
    global _thread
    _wanted.set()
    with _starting:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_publish_forever, name="enqueue-rollup", daemon=True)
            _thread.start()


def _publish_forever() -> None:
    while _wanted.wait():
        _wanted.clear()
        try:
            current_app.send_task("reports.drain", expires=10)
        except Exception as error:
            logger.warning("No roll-up asked for, the sweep will do it: %s", error)
        time.sleep(PAUSE)
