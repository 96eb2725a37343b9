"""How the web server reads: one loop takes whole requests in, and only then does a thread work.

A gunicorn worker, so that gunicorn starts, watches and stops it; the reading is waitress's, whose
loop holds a thousand slow senders without a thread for any of them. Decision 5 has the figures.
"""

import logging
import os
import time
from collections.abc import Iterable
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from config.access_log import logged
from config.forks import share_memory
from core.masking import mask_handlers

# A header comes in one piece, or in two. A body may take its time, at the rate of a bad line.
HEADER_SECONDS = 10
BODY_SECONDS, BODY_RATE = 20, 8 * 1024
# An answer that nobody fetches, a kept connection on which nobody asks.
IDLE_SECONDS = 15
MOST_HEADER = 16 * 1024
# A file of ten million bytes, and the form around it.
MOST_BODY = 11 * 1024 * 1024
# Open files are a thousand where nobody raises it. Beyond the first figure the oldest that are not
# whole yet are let go, beyond the second nobody is let in for a second.
MOST_UNFINISHED, MOST_CONNECTIONS = 400, 800
HEALTH, HEALTH_THREADS = frozenset({"/healthz", "/readyz"}), 2


class TimedParser(HTTPRequestParser):  # type: ignore[misc]
    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.began = time.monotonic()

    @property
    def ends(self) -> float:
        """When it must have come in whole."""
        if not self.headers_finished:
            return self.began + HEADER_SECONDS
        length: int = self.content_length
        return self.began + BODY_SECONDS + length / BODY_RATE


class TimedChannel(HTTPChannel):  # type: ignore[misc]
    parser_class = TimedParser


class Dispatcher:
    """Threads for work, and others for those who ask whether all is well.

    They never stand behind work that is stuck: a portal that is busy is not dead.
    """

    def __init__(self, threads: int) -> None:
        self.work, self.health = ThreadedTaskDispatcher(), ThreadedTaskDispatcher()
        # It would log a line for each request that has to wait a moment.
        self.work.queue_logger = self.health.queue_logger = logging.getLogger("waitress.silent")
        self.work.queue_logger.setLevel(logging.ERROR)
        self.work.set_thread_count(threads)
        self.health.set_thread_count(HEALTH_THREADS)

    def add_task(self, channel: TimedChannel) -> None:
        is_health = channel.requests[0].path in HEALTH
        (self.health if is_health else self.work).add_task(channel)

    def shutdown(self) -> None:
        for threads in (self.work, self.health):
            threads.shutdown(timeout=1)


class TimedServer(TcpWSGIServer):  # type: ignore[misc]
    channel_class = TimedChannel

    def maintenance(self, now: float) -> None:
        """Let go of whoever takes too long, once a second."""
        super().maintenance(now)
        let_go(self.active_channels.values())


def let_go(channels: Iterable[TimedChannel]) -> None:
    """Close the connections whose request is late, and of too many the oldest."""
    moment = time.monotonic()
    unfinished = [one for one in channels if not one.requests]
    for channel in unfinished:
        if channel.request is not None and moment > channel.request.ends:
            channel.will_close = True
    oldest = sorted(unfinished, key=lambda one: one.creation_time)
    for channel in oldest[: max(0, len(oldest) - MOST_UNFINISHED)]:
        channel.will_close = True


class WebWorker(Worker):  # type: ignore[misc]
    """``--worker-class config.web_worker.WebWorker``; ``--threads`` are those for work."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Be made in the process that forks, and before it does."""
        super().__init__(*given, **named)
        share_memory()

    def run(self) -> None:
        """Serve until told to stop, then finish what is in hand."""
        mask_handlers(self.log.error_log)
        mask_handlers(self.log.access_log)
        self.map: dict[int, Any] = {}
        dispatcher = Dispatcher(self.cfg.threads)
        application = logged(self.wsgi, self.log.access_log) if self.cfg.accesslog else self.wsgi
        self.servers = [
            TimedServer(
                application,
                self.map,
                _sock=listener.sock,
                dispatcher=dispatcher,
                adj=_adjustments(),
                bind_socket=False,
                sockinfo=(listener.sock.family, listener.sock.type, 0, listener.getsockname()),
            )
            for listener in self.sockets
        ]
        while self.alive and self.ppid == os.getppid():
            self._turn()
        for server in self.servers:
            server.accepting = False
            server.close()
        ends = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < ends and any(
            one.requests or one.total_outbufs_len
            for server in self.servers
            for one in server.active_channels.values()
        ):
            self._turn()
        dispatcher.shutdown()

    def _turn(self) -> None:
        self.notify()
        wasyncore.loop(timeout=1, use_poll=True, map=self.map, count=1)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop, and wake the loop up for it."""
        super().handle_exit(sig, frame)
        for server in getattr(self, "servers", []):
            server.pull_trigger()


def _adjustments() -> Adjustments:
    return Adjustments(
        ident=None,
        # Django reads them, where a proxy is said to stand before us (HTTPS).
        clear_untrusted_proxy_headers=False,
        max_request_header_size=MOST_HEADER,
        max_request_body_size=MOST_BODY,
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=1,
        log_socket_errors=False,
    )
