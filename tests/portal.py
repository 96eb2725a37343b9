"""A portal that really runs, for tests of what only real processes can show.

It is what `make run` starts: the same engines, the same preparation, the same supervisor. It
differs in three things: its home is below the test home, so that it can be frozen, emptied
and restarted without another test noticing; there are two workers instead of one; and
supervisor has a door by which a test can stop a single program.
"""

import json
import logging
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from configparser import RawConfigParser
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from xmlrpc.client import ServerProxy

import httpx
import psycopg
import pytest
from redis import Redis
from supervisor.xmlrpc import SupervisorTransport

from devserver import servers, supervision
from devserver.servers import processes
from reports.rollup.trees import TREES
from tests.factories import PASSWORD
from tests.plugin import HOME
from tests.prepared_home import PreparedHome

REPOSITORY = Path(__file__).resolve().parent.parent
TODAY = "2023-06-20"
WORKERS = ("worker", "second")
# The portal speaks plain HTTP; to load the authorities of the world would take each client long.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
# The server closes a connection that was idle for two seconds; nobody may use it just then.
IDLE = httpx.Limits(keepalive_expiry=1)

# A line for each of thousands of requests would bury what a failing test has to say.
logging.getLogger("httpx").setLevel(logging.WARNING)

T = TypeVar("T")

# Every sum straight from reports and sessions, along `parent_id`: neither the way of the roll-up
# (level by level) nor that of verify (by paths). Days and totals to date are told apart by
# the date, which totals have none of; a row of nothing but zeros stands for no report.
DIFFERENCES = """
    WITH RECURSIVE up(node_id, above_id) AS (
        SELECT id, id FROM {node}
        UNION ALL
        SELECT up.node_id, n.parent_id FROM up JOIN {node} n ON n.id = up.above_id
        WHERE n.parent_id IS NOT NULL
    ), reports AS (
        SELECT r.*, status IN ('approved', 'locked') OR fallback_approved AS ok,
               CASE WHEN status = 'returned' THEN fallback_counts ELSE counts END AS counting
        FROM reports_dailyreport r
    ), said AS (
        SELECT campaign_id, branch_id, unit_id, date, key, value::bigint AS value,
               CASE WHEN ok THEN value::bigint END AS approved
        FROM reports, jsonb_each_text(counting)
        UNION ALL
        SELECT campaign_id, branch_id, unit_id, date, key, sum(value::bigint), NULL
        FROM volunteers_supportsession, jsonb_each_text(counts) WHERE state = 'closed'
        AND (campaign_id, branch_id, unit_id, date) NOT IN (
            SELECT campaign_id, branch_id, unit_id, date FROM reports WHERE counting IS NOT NULL)
        GROUP BY 1, 2, 3, 4, 5
    ), counted AS (
        SELECT s.campaign_id, up.above_id AS node_id, s.date, key, value, approved
        FROM said s JOIN up ON up.node_id = s.{column}
    ), heard AS (
        SELECT r.campaign_id, up.above_id AS node_id, r.date, b.id,
               bool_or(r.ok) AS ok
        FROM reports r
        JOIN campaign_branch b ON b.id = r.branch_id AND (b.reports_daily OR EXISTS (
            SELECT FROM volunteers_supportsession s WHERE s.campaign_id = r.campaign_id
            AND s.branch_id = b.id AND s.date = r.date AND s.state <> 'cancelled'))
            AND r.date >= coalesce(b.opened_on, r.date)
            AND r.date < coalesce(b.closed_on, 'infinity')
        JOIN up ON up.node_id = {expected}
        GROUP BY 1, 2, 3, 4
    ), truth AS (
        SELECT campaign_id, node_id, date, key, sum(value) AS reported,
               sum(approved) AS approved
        FROM counted
        GROUP BY GROUPING SETS ((1, 2, 3, 4), (1, 2, 4))
        UNION ALL
        SELECT campaign_id, node_id, date, 'reports', count(*), count(*) FILTER (WHERE ok)
        FROM heard GROUP BY GROUPING SETS ((1, 2, 3), (1, 2))
    ), rolled AS (
        SELECT campaign_id, node_id, date, reported, approved, received, received_approved
        FROM {day}
        UNION ALL
        SELECT campaign_id, node_id, NULL, reported, approved, received, received_approved
        FROM {total}
    ), kept AS (
        SELECT campaign_id, node_id, date, key, (reported ->> key)::numeric AS reported,
               (approved ->> key)::numeric AS approved
        FROM rolled CROSS JOIN LATERAL (
            SELECT jsonb_object_keys(reported) UNION SELECT jsonb_object_keys(approved)) k(key)
        UNION ALL
        SELECT campaign_id, node_id, date, 'reports', received, received_approved
        FROM rolled WHERE received > 0 OR received_approved > 0
    ), missing AS (TABLE truth EXCEPT TABLE kept), surplus AS (TABLE kept EXCEPT TABLE truth)
    SELECT '{node}', 'missing', missing.* FROM missing
    UNION ALL SELECT '{node}', 'surplus', surplus.* FROM surplus LIMIT 20
"""


SIGN_IN = """
from accounts.models import User
from django.test import Client
client = Client()
user = User.objects.get(username="{username}")
client.force_login(user, backend="accounts.backends.NameOrPhoneBackend")
print(client.cookies["sessionid"].value)
"""


def difference_statements() -> list[str]:
    """Return the statement for each tree that finds where totals differ from the reports."""
    return [DIFFERENCES.format(**vars(tree)) for tree in TREES]


def until(holds: Callable[[], T], seconds: float, every: float = 0.05) -> T:
    """Wait until ``holds()`` is true and return what it returned; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (found := holds()):
        assert time.monotonic() < deadline, f"not true within {seconds} s: {holds}"
        pause.wait(every)
    return found


class Portal:
    """Web, two workers and beat on engines of their own; ``url`` is where it answers."""

    day = TODAY

    def __init__(self, home: Path) -> None:
        self.home = home
        self.layout = servers.Layout.of(home)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._tokens: dict[str, str] = {}
        self._commands: subprocess.Popen[str] | None = None

    # Its life

    def start(self) -> None:
        """Prepare everything as `make run` does, start it and wait until a sweep has run."""
        self.remove()
        with self._environment():
            prepared = PreparedHome(self.home)
        if not prepared.take():
            servers.start(self.home)
            self.run("-m", "devserver", "--prepare", str(time.time()))
            servers.stop(self.home)
            prepared.store()
        servers.start(self.home)
        with self._environment():
            supervision.launch(self.home, self._configuration())
        self.wait_healthy()
        self.wait_swept(180)

    def remove(self) -> None:
        """Stop everything and delete what it left; also what a killed run left behind."""
        self.end_commands()
        if self.home.exists():
            self.thaw()
            supervision.stop_all(self.home)
            servers.remove(self.home)

    def is_healthy(self) -> bool:
        """Whether the web server answers and reaches its database."""
        try:
            return httpx.get(f"{self.url}/healthz", verify=NO_TLS, timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def wait_healthy(self) -> None:
        """Wait until the web server answers."""
        until(self.is_healthy, 180)

    def wait_swept(self, seconds: float) -> None:
        """Wait until beat, broker and worker have once more worked together."""
        # The row's version, not its time: the demo's clock jumps back at midnight.
        seen = "SELECT xmin::text FROM core_heartbeat WHERE name = 'drain'"
        before = self.rows(seen)
        until(lambda: self.rows(seen) != before, seconds)

    def run(self, *words: str) -> str:
        """Run Python with these words in the portal's environment; return what it printed."""
        with self._environment():
            done = subprocess.run(
                [sys.executable, *words],
                cwd=REPOSITORY,
                capture_output=True,
                text=True,
                check=False,
            )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def manage(self, *words: str) -> str:
        """Run a command of manage.py; return what it printed."""
        if self._commands is None or self._commands.poll() is not None:
            with self._environment():
                self._commands = subprocess.Popen(
                    [sys.executable, "-m", "tests.portal_commands"],
                    cwd=REPOSITORY,
                    env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
        assert self._commands.stdin is not None
        assert self._commands.stdout is not None
        self._commands.stdin.write(json.dumps(words) + "\n")
        self._commands.stdin.flush()
        answer = self._commands.stdout.readline()
        assert answer, f"{words}: {self._commands.wait()}"
        code, printed = json.loads(answer)
        assert code == 0, f"{words}: {printed}"
        return str(printed).strip()

    def end_commands(self) -> None:
        """End the process that does the commands."""
        if self._commands is not None:
            self._commands.terminate()
            self._commands.wait()
            self._commands = None

    # Faults

    def workers(self) -> list[int]:
        """Return the processes of all workers, main processes and children."""
        found = processes.with_argument(supervision.mark(self.home))
        return [pid for pid in found if "worker" in processes.command_line(pid)]

    def control(self, action: str, *programs: str) -> None:
        """Let supervisor ``stop`` or ``start`` programs; it returns when that is done."""
        transport = SupervisorTransport(None, None, f"unix://{self._control_socket}")
        with ServerProxy("http://127.0.0.1", transport=transport) as supervisor:
            for program in programs:
                getattr(supervisor.supervisor, f"{action}Process")(f"portal:{program}")

    def stop_valkey(self) -> None:
        """Stop the broker: connections are refused."""
        servers.valkey.stop(self.layout)

    def stop_postgres(self) -> None:
        """Stop the database."""
        servers.postgres.stop(self.layout)

    def start_engines(self) -> None:
        """Start what was stopped of broker and database."""
        servers.start(self.home)

    def freeze(self) -> None:
        """Let the broker hang: it takes connections and never answers."""
        self._signal_valkey(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen broker go on."""
        self._signal_valkey(signal.SIGCONT)

    def flush(self) -> None:
        """Empty the broker."""
        with Redis.from_url(self.layout.addresses.broker_url, socket_timeout=5) as redis:
            redis.flushall()

    # What it holds

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of one statement, or none for one that returns no rows."""
        with psycopg.connect(self.layout.addresses.owner_url, autocommit=True) as link:
            cursor = link.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def dirty(self) -> int:
        """Return how many days wait to be made again."""
        return int(self.rows("SELECT count(*) FROM campaign_dirtyday")[0][0])

    def differences(self) -> list[tuple[Any, ...]]:
        """Compare every total with SQL over the reports; return up to 20 differences a tree."""
        return [row for statement in difference_statements() for row in self.rows(statement)]

    def wait_settled(self, seconds: float) -> None:
        """Wait until no day is dirty, and see that every total equals the reports."""
        until(lambda: self.dirty() == 0, seconds)
        assert self.differences() == []

    # Its visitors

    def token(self, username: str) -> str:
        """Return a bearer token of a demo account."""
        if username not in self._tokens:
            self._tokens[username] = self.manage("api_token", username)
        return self._tokens[username]

    def client(self, path: str = "", **options: Any) -> httpx.Client:
        """Return a client of a stranger."""
        return httpx.Client(
            base_url=self.url + path, verify=NO_TLS, limits=IDLE, timeout=10, **options
        )

    def api(self, username: str) -> httpx.Client:
        """Return a client that acts as a demo account through the API."""
        headers = {"Authorization": f"Bearer {self.token(username)}"}
        return self.client("/api/v1/", headers=headers)

    def session(self, username: str) -> str:
        """Return the key of a session in which somebody has signed in.

        Whoever signs in on the page waits for the password to be hashed.
        """
        return self.manage("shell", "--no-imports", "--command", SIGN_IN.format(username=username))

    def visitor(self, username: str) -> httpx.Client:
        """Return a client that has signed in on the page."""
        client = self.client()
        client.get("/sign-in/")
        form = {"username": username, "password": PASSWORD}
        token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
        assert client.post("/sign-in/", data={**form, **token}).status_code == 302
        return client

    # Inside

    @contextmanager
    def _environment(self) -> Iterator[None]:
        """Let what is started in the block live where the portal lives."""
        addresses = self.layout.addresses
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
            for name, value in {
                "DEBUG": "1",
                "PORTAL_VAR": str(self.home),
                "PORTAL_TODAY": self.day,
                "DATABASE_URL": addresses.database_url,
                "DATABASE_OWNER_URL": addresses.owner_url,
                "REDIS_URL": addresses.broker_url,
            }.items():
                patch.setenv(name, value)
            yield

    def _configuration(self) -> Path:
        """Write supervisor's configuration: that of `make run`, a second worker and a door."""
        path = supervision.write_configuration(self.home, REPOSITORY, self.port)
        known = RawConfigParser()
        known.read(path)
        known["program:second"] = {
            name: value.replace("worker@", "second@").replace("log/worker", "log/second")
            for name, value in known["program:worker"].items()
        }
        known["group:portal"]["programs"] += ",second"
        known["unix_http_server"] = {"file": str(self._control_socket)}
        factory = "supervisor.rpcinterface:make_main_rpcinterface"
        known["rpcinterface:supervisor"] = {"supervisor.rpcinterface_factory": factory}
        with path.open("w") as file:
            known.write(file)
        return path

    @property
    def _control_socket(self) -> Path:
        return self.layout.valkey_sockets / "supervisor.sock"

    def _signal_valkey(self, sig: int) -> None:
        word = self.layout.addresses.broker_url.removeprefix("unix://")
        for pid in processes.with_argument(f"unixsocket:{word}"):
            processes.send(pid, sig)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


RUNNING = pytest.StashKey[Portal]()


@pytest.fixture(scope="session")
def portal(pytestconfig: pytest.Config) -> Portal:
    """The one portal of a test run, with the demo in it; tests leave it working.

    The folders that use it import this fixture, and would get one each by pytest's own ways.
    """
    if RUNNING not in pytestconfig.stash:
        pytestconfig.stash[RUNNING] = Portal(HOME / "portal")
        pytestconfig.add_cleanup(pytestconfig.stash[RUNNING].remove)
        pytestconfig.stash[RUNNING].start()
    return pytestconfig.stash[RUNNING]


FREE_DAYS = """
    SELECT d::date FROM generate_series('2023-04-01'::date, '2023-06-19', '1 day') d
    WHERE NOT EXISTS (
        SELECT FROM reports_dailyreport r JOIN campaign_branch b ON b.id = r.branch_id
        WHERE b.code = %s AND r.date = d) ORDER BY d
"""


def free_days(portal: Portal, branch: str) -> list[date]:
    """Return the days up to yesterday on which a branch has not reported."""
    return [day for (day,) in portal.rows(FREE_DAYS, branch)]
