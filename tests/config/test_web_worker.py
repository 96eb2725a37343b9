"""The web server, really run: slow senders hold no thread, and health stands behind no work."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from waitress.adjustments import Adjustments

from config.web_worker import MOST_UNFINISHED, TimedParser, let_go
from tests.portal import NO_TLS, REPOSITORY, until

HALF_A_HEADER = b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "
HALF_A_BODY = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\na=1"
STUCK = b"GET /stuck HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module", name="server")
def running_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """Yield the port of one worker with four threads, and its log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    log = tmp_path_factory.mktemp("web") / "log"
    words = ["gunicorn", "tests.config.slow_application:application"]
    words += ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"]
    words += ["--worker-class", "config.web_worker.WebWorker", "--no-control-socket"]
    words += ["--access-logfile", "-", "--graceful-timeout", "1"]
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=REPOSITORY, stdout=output, stderr=output
        )
        until(lambda: _answers(port), 30)
        yield port, log
        process.terminate()
        assert process.wait(10) == 0


def _answers(port: int) -> bool:
    try:
        return _health(port) < 5
    except httpx.TransportError:
        return False


def _health(port: int) -> float:
    began = time.monotonic()
    httpx.get(f"http://127.0.0.1:{port}/healthz", verify=NO_TLS, timeout=5).raise_for_status()
    return time.monotonic() - began


def _open(stack: ExitStack, port: int, beginning: bytes) -> socket.socket:
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
    connection.sendall(beginning)
    return connection


@pytest.mark.parametrize("beginning", [HALF_A_HEADER, HALF_A_BODY, b""])
def test_sixty_slow_senders_keep_nobody_waiting(server: tuple[int, Path], beginning: bytes) -> None:
    port, _log = server
    with ExitStack() as stack:
        slow = [_open(stack, port, beginning) for _number in range(60)]
        for _time in range(3):
            for connection in slow:
                connection.sendall(b"a" if beginning else b"")
            assert _health(port) < 0.5
        url = f"http://127.0.0.1:{port}/"
        answer = httpx.post(url, content=b"abc", verify=NO_TLS, timeout=5)
        assert answer.text == "127.0.0.1 3"


def test_health_stands_behind_no_request_that_is_stuck(server: tuple[int, Path]) -> None:
    port, _log = server
    with ExitStack() as stack:
        for _number in range(6):
            _open(stack, port, STUCK)
        assert max(_health(port) for _time in range(5)) < 0.5


def test_a_header_without_end_is_refused(server: tuple[int, Path]) -> None:
    port, _log = server
    with ExitStack() as stack:
        connection = _open(stack, port, HALF_A_HEADER + b"a" * 20_000 + b"\r\n\r\n")
        assert b" 431 " in connection.recv(100)


def test_the_access_log_names_no_secret(server: tuple[int, Path]) -> None:
    port, log = server
    url = f"http://127.0.0.1:{port}/invitations/GeHeim-123/?q=0912345678"
    httpx.get(url, verify=NO_TLS, timeout=20)
    until(lambda: "/invitations/.../" in log.read_text(), 5)
    assert "GeHeim" not in log.read_text()
    assert "0912345678" not in log.read_text()


def _channel(begun: float, *, header: bool = False, length: int = 0) -> Any:
    """Return what the server knows of a sender who began so many seconds ago."""
    parser = TimedParser(Adjustments())
    parser.began, parser.headers_finished = time.monotonic() - begun, header
    parser.content_length = length
    return SimpleNamespace(
        requests=[],
        request=parser,
        will_close=False,
        last_activity=time.time(),
        # Of one moment for all: they are put in order by it.
        creation_time=-begun,
    )


def _let_go(channels: list[Any]) -> list[bool]:
    let_go(channels)
    return [one.will_close for one in channels]


def test_who_takes_too_long_is_let_go() -> None:
    channels = [
        _channel(5),
        _channel(11),
        _channel(19, header=True, length=1000),
        _channel(25, header=True, length=1000),
        # A large file on a bad line.
        _channel(600, header=True, length=10_000_000),
    ]
    assert _let_go(channels) == [False, True, False, True, False]


def test_of_too_many_the_oldest_are_let_go() -> None:
    channels = [_channel(number / 1000) for number in range(MOST_UNFINISHED + 3)]
    assert _let_go(channels) == [False] * MOST_UNFINISHED + [True] * 3
