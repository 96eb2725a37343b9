"""Clients that cost little themselves: plain connections that stay open, one for each thread."""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 600


@dataclass(frozen=True)
class Answer:
    """Of one request; ``first`` is when the first byte came, in seconds like ``seconds``."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    first: float
    seconds: float

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One connection to a server, with headers that go with each request."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self.host = urlsplit(url).netloc
        self.headers = dict(headers)
        self.link = http.client.HTTPConnection(self.host, timeout=TIMEOUT)

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request, once more where the server has closed the idle connection."""
        data = None if body is None else json.dumps(body).encode()
        sent = {**self.headers, **(headers or {})}
        if data is not None:
            sent["Content-Type"] = "application/json"
        began = time.perf_counter()
        try:
            self.link.request(method, path, data, sent)
            answer = self.link.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.link.close()
            self.link.request(method, path, data, sent)
            answer = self.link.getresponse()
        start = answer.read(1)
        first = time.perf_counter() - began
        whole = start + answer.read()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, whole, first, time.perf_counter() - began)

    def get(self, path: str, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", path, headers=named)


Job = Callable[[Client], Answer]


@dataclass(frozen=True)
class Load:
    """What many clients were answered, and how long all of it took."""

    answers: Sequence[Answer]
    seconds: float

    def rate(self, *wanted: int) -> float:
        return sum(answer.status in wanted for answer in self.answers) / self.seconds

    def errors(self, *wanted: int) -> int:
        return sum(answer.status not in wanted for answer in self.answers)

    def p99(self) -> float:
        """Return the time under which 99 of 100 answers came, in milliseconds."""
        times = sorted(answer.seconds for answer in self.answers)
        return times[min(len(times) - 1, len(times) * 99 // 100)] * 1000


def closed_loop(clients: Sequence[Client], jobs: Iterator[Job], seconds: float) -> Load:
    """Let each client do one job after another until the time is over or no job is left."""
    lock, ends = threading.Lock(), time.perf_counter() + seconds

    def work(client: Client, found: list[Answer]) -> None:
        while time.perf_counter() < ends:
            with lock:
                job = next(jobs, None)
            if job is None:
                return
            found.append(job(client))

    return _together(clients, work)


def open_loop(clients: Sequence[Client], jobs: Sequence[Job], rate: float) -> Load:
    """Begin ``rate`` jobs a second, whatever becomes of those before.

    An answer's time counts from when its job was due: one that had to wait for a client waited.
    """
    numbers, began = itertools.count(), time.perf_counter() + 0.1

    def work(client: Client, found: list[Answer]) -> None:
        while (number := next(numbers)) < len(jobs):
            due = began + number / rate
            time.sleep(max(0, due - time.perf_counter()))
            late = time.perf_counter() - due
            answer = jobs[number](client)
            found.append(
                Answer(
                    answer.status,
                    answer.headers,
                    answer.body,
                    late + answer.first,
                    late + answer.seconds,
                )
            )

    return _together(clients, work)


def _together(clients: Sequence[Client], work: Callable[[Client, list[Answer]], None]) -> Load:
    found: list[list[Answer]] = [[] for _client in clients]
    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(clients, found, strict=True)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load([answer for own in found for answer in own], time.perf_counter() - began)
