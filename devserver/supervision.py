"""Web, worker and beat under supervisor: what is killed comes back, what is stopped stays so.

Every process carries a word of its home on its command line (an interpreter option that
Python ignores), and by that word alone it is known as ours: no pid file goes stale.
"""

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from devserver.servers import processes
from devserver.servers.paths import Layout

PROGRAM = """
[program:{name}]
command={command}
directory={directory}
autorestart=true
startsecs=2
startretries=30
stopsignal=TERM
stopasgroup={stop_as_group}
killasgroup=true
stopwaitsecs=10
redirect_stderr=true
stdout_logfile=log/{name}.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=1
"""

SUPERVISOR = """
[supervisord]
nodaemon=true
silent=true
; Paths are relative to the home, where it is started: it would expand a % in them twice.
logfile=log/supervisor.log
logfile_maxbytes=5MB
logfile_backups=1
pidfile=supervisord.pid
{user}

; One group: all of it stops at the same time.
[group:portal]
programs={names}
"""


@dataclass(frozen=True)
class Program:
    """One program to keep alive: a Python module and its arguments."""

    name: str
    arguments: list[str]
    # Celery's children must not be told to stop: they would drop the task in hand.
    stop_as_group: bool = True


def programs(home: Path, port: int) -> list[Program]:
    web = [
        *("gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "config.web_worker.WebWorker", "--workers", "2", "--threads", "4"),
        *("--timeout", "60", "--graceful-timeout", "5", "--worker-tmp-dir", str(home)),
        # Its control socket would lie outside the home, and two portals would share it.
        "--no-control-socket",
        # Loaded once, for both processes.
        "--preload",
    ]
    worker = [
        *("celery", "--quiet", "-A", "config", "worker", "--concurrency", "2"),
        *("--loglevel", "INFO", "-n", "worker@%h", "--queues", "celery,backups"),
    ]
    beat = [
        *("celery", "--quiet", "-A", "config.schedule", "beat"),
        *("--schedule", str(home / "beat-schedule"), "--pidfile="),
    ]
    found = [Program("web", web), Program("worker", worker, False), Program("beat", beat)]
    if os.environ.get("ZALO_STANDIN"):
        zalo = ["devserver.zalo_standin", os.environ["ZALO_STANDIN"], os.environ["ZALO_BOT_TOKEN"]]
        found.append(Program("zalo", zalo))
    return found


def mark(home: Path) -> str:
    return f"tienphong06={Layout.of(home).digest}"


def python(home: Path) -> list[str]:
    """Return how Python is called for this home, so that the process is known as ours."""
    # Celery's warning about root is for servers; `make run` is for one person's machine.
    quiet = "ignore:You're running the worker with superuser privileges"
    return [sys.executable, "-W", quiet, "-X", mark(home)]


def write_configuration(home: Path, directory: Path, port: int) -> Path:
    running = programs(home, port)
    text = SUPERVISOR.format(
        names=",".join(program.name for program in running),
        # Supervisor warns root unless root is named.
        user="user=root" if os.geteuid() == 0 else "",
    )
    for program in running:
        text += PROGRAM.format(
            name=program.name,
            command=_escaped(shlex.join([*python(home), "-m", *program.arguments])),
            directory=_escaped(directory),
            stop_as_group=str(program.stop_as_group).lower(),
        )
    path = home / "supervisord.conf"
    path.write_text(text)
    return path


def launch(home: Path, configuration: Path) -> "subprocess.Popen[bytes]":
    """Start supervisor in a session of its own: the terminal's Ctrl-C is the runner's."""
    return subprocess.Popen(
        [*python(home), "-m", "supervisor.supervisord", "--configuration", str(configuration)],
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def stop_all(home: Path) -> int:
    """Stop supervisor and what it runs, or what is left of them; return how many there were."""
    found = processes.with_argument(mark(home))
    managers = [p for p in found if "supervisor.supervisord" in processes.command_line(p)]
    # Supervisor first: it stops the others in good order, and would restart what we stop.
    processes.end(managers, patience=20)
    processes.end(processes.with_argument(mark(home)), patience=10)
    return len(found)


def log_path(home: Path, name: str) -> Path:
    return home / "log" / f"{name}.log"


def _escaped(value: Path | str) -> str:
    # Supervisor expands %(…)s in its configuration.
    return str(value).replace("%", "%%")
