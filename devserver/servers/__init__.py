"""PostgreSQL and Valkey for one folder, so that a fresh clone needs Python and nothing else.

Both servers belong to a *home*, the folder that holds their data and logs. They listen on
Unix sockets that their owner alone can reach, never on TCP. Starting adopts servers that
already run and puts right what a SIGKILL or a power cut left behind; stopping what does
not run does nothing. Neither server is needed in production, where DATABASE_URL and
REDIS_URL name others.
"""

from contextlib import suppress
from pathlib import Path

from devserver.servers import postgres, valkey
from devserver.servers.paths import Addresses, EngineError, Layout, locked

__all__ = ["Addresses", "EngineError", "Layout", "addresses", "remove", "start", "stop"]


def addresses(home: Path) -> Addresses:
    """Return where the servers of `home` answer, or would answer if they ran."""
    return Layout.of(home).addresses


# The parameters carry the names of the servers, which hide the modules of the same names.
def start(home: Path, *, postgres: bool = True, valkey: bool = True) -> Addresses:
    """Start or adopt the servers of `home`; both answer when this returns.

    Raises EngineError, whose message ends with the last lines of the server's log.
    """
    layout = Layout.of(home)
    with locked(layout):
        if postgres:
            _start_postgres(layout)
        if valkey:
            _start_valkey(layout)
    return layout.addresses


def stop(home: Path) -> bool:
    """Stop the servers of `home`, Valkey first; tell whether any ran."""
    layout = Layout.of(home)
    if not layout.home.is_dir():
        return False
    with locked(layout):
        stopped = [valkey.stop(layout), postgres.stop(layout)]
        for folder in (layout.valkey_sockets, layout.postgres_sockets):
            # Only an empty one goes: it is ours, and nobody listens in it.
            with suppress(OSError):
                folder.rmdir()
    return any(stopped)


def remove(home: Path) -> None:
    """Stop the servers of `home` and delete all they hold: data, logs and sockets."""
    stop(home)
    layout = Layout.of(home)
    valkey.remove(layout)
    postgres.remove(layout)


_start_postgres = postgres.start
_start_valkey = valkey.start
