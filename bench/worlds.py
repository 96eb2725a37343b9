"""The two portals that are measured, demo and nation, each with an anchor beside it."""

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bench.clients import Client
from bench.results import HOME, ROOT
from devserver import servers, supervision
from devserver.servers import processes
from tests.portal import Portal, free_port, until

CAMPAIGN = "de-an-06-2023"
BASE = f"/c/{CAMPAIGN}"
# The nation's reports end the day before: on this day everybody is still to report.
NATION_DAY = "2023-06-30"
NATIONAL = """
from accounts.models import User
from campaign.models import Appointment, Campaign, Unit
named = {"full_name": "Bench", "is_demo": True}
user, _is_new = User.objects.update_or_create(username="bench", defaults=named)
if not user.appointments.exists():
    tops = Unit.objects.filter(parent=None)
    known = Appointment.objects.filter(user__username="tinhdoan")
    role, begins = known.values_list("role", "starts_on")[0]
    Appointment.objects.bulk_create(
        Appointment(user=user, role=role, unit=top, starts_on=begins) for top in tops)
"""
# What a load left behind on its day goes again, so that the next begins where this one did.
FORGET = """
    SET session_replication_role = replica;
    DELETE FROM reports_revision v USING reports_dailyreport r
    WHERE r.id = v.report_id AND r.date = '{day}' AND r.branch_id IN (
        SELECT id FROM campaign_branch WHERE code LIKE 'XD-N%');
    WITH gone AS (
        DELETE FROM reports_dailyreport WHERE date = '{day}' AND branch_id IN (
            SELECT id FROM campaign_branch WHERE code LIKE 'XD-N%')
        RETURNING campaign_id, branch_id, unit_id, date)
    INSERT INTO campaign_dirtyday (campaign_id, branch_id, unit_id, date, since)
    SELECT campaign_id, branch_id, unit_id, date, now() FROM gone;
"""


@dataclass
class Anchor:
    """A bare Django under the same server, with a database of its own beside the portal's."""

    portal: Portal
    pages: Path
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def put(self, name: str, content: bytes) -> str:
        """Let the anchor answer with it; return its address."""
        (self.pages / name).write_bytes(content)
        return f"/pages/{name}/"

    def visitor(self) -> Client:
        return Client(self.url, self.headers)

    def api(self) -> Client:
        return Client(self.url, {"Authorization": f"Token {self.token}"})


@dataclass
class World:
    portal: Portal
    anchor: Anchor

    def visitor(self, username: str) -> Client:
        """Return the browser of somebody who has signed in."""
        return Client(self.portal.url, {"Cookie": f"sessionid={self.portal.session(username)}"})

    def api(self, username: str) -> Client:
        bearer = f"Bearer {self.portal.token(username)}"
        return Client(self.portal.url, {"Authorization": bearer})

    def processes(self) -> dict[int, str]:
        """Return what runs for the portal, by number, with its command line.

        Neither the second worker, which is the tests' alone, nor the anchor's server. A backend
        of PostgreSQL is known by its parent.
        """
        portal, lines, parents = self.portal, {}, {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError):
                    stat = (entry / "stat").read_text()
                    pid = int(entry.name)
                    parents[pid] = int(stat[stat.rindex(")") + 2 :].split()[1])
                    lines[pid] = " ".join(processes.command_line(pid))
        marks = (supervision.mark(portal.home), str(portal.home), portal.layout.digest)
        own = {
            pid
            for pid, line in lines.items()
            if any(mark in line for mark in marks)
            and not any(word in line for word in ("second@", "django.core.wsgi"))
            and pid != os.getpid()
        }
        return {
            pid: line
            for pid, line in lines.items()
            if pid in own or (line.startswith("postgres:") and parents[pid] in own)
        }

    def settle(self, seconds: float = 600) -> None:
        """Wait until no day is left to be summed up."""
        until(lambda: self.portal.dirty() == 0, seconds, 0.01)


KINDS = {"postgres": "database", "beat": "workers", "celery": "workers", "gunicorn": "web"}


def work_done(running: World) -> dict[str, float]:
    """Return the seconds of a processor that each kind of process has used so far."""
    tick = os.sysconf("SC_CLK_TCK")
    found: dict[str, float] = defaultdict(float)
    for pid, line in running.processes().items():
        with suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text()
            # Its own, and that of its children that have ended: a backend may go meanwhile.
            spent = sum(map(int, stat[stat.rindex(")") + 2 :].split()[11:15]))
            kind = next((kind for word, kind in KINDS.items() if word in line), "other")
            found[kind] += spent / tick
    return found


class NationPortal(Portal):
    """The demo's campaign with a whole country in it; its home stays for the next run."""

    day = NATION_DAY

    def start(self) -> None:
        """Begin where the last run stopped, or make the country."""
        supervision.stop_all(self.home)
        servers.start(self.home)
        self.run("-m", "devserver", "--prepare", str(time.time()))
        self._make_country()
        self.manage("shell", "--no-imports", "--command", NATIONAL)
        self.end_commands()
        with self._environment():
            supervision.launch(self.home, self._configuration())
        self.wait_healthy()
        self.forget_the_day()

    def _make_country(self) -> None:
        """Make it as the owner of the database, whom alone it lets silence triggers."""
        with self._environment():
            as_owner = {"DATABASE_URL": self.layout.addresses.owner_url, "STATEMENT_TIMEOUT": "0"}
            words = [sys.executable, "manage.py", "make_load", "--nation"]
            subprocess.run(words, cwd=ROOT, env={**os.environ, **as_owner}, check=True)

    def forget_the_day(self) -> None:
        with psycopg.connect(self.layout.addresses.owner_url, autocommit=True) as link:
            link.execute(FORGET.format(day=self.day).encode())
        until(lambda: self.dirty() == 0, 600)

    def remove(self) -> None:
        """Stop everything, and leave what took minutes to make."""
        self.end_commands()
        supervision.stop_all(self.home)
        servers.stop(self.home)


@contextmanager
def world(name: str) -> Iterator[World]:
    """Run ``demo`` or ``nation`` with its anchor for the block."""
    portal = NationPortal(HOME / name) if name == "nation" else Portal(HOME / name)
    try:
        portal.start()
        with anchor(portal) as beside:
            yield World(portal, beside)
    finally:
        portal.remove()


@contextmanager
def anchor(portal: Portal) -> Iterator[Anchor]:
    pages = HOME / "pages"
    pages.mkdir(parents=True, exist_ok=True)
    owner = portal.layout.addresses.owner_url
    with psycopg.connect(owner, autocommit=True) as link:
        if not link.execute("SELECT FROM pg_database WHERE datname = 'anchor'").rowcount:
            link.execute("CREATE DATABASE anchor")
        if not link.execute("SELECT FROM pg_roles WHERE rolname = 'anchor'").rowcount:
            link.execute("CREATE ROLE anchor LOGIN SUPERUSER")
    port = free_port()
    given = {
        **os.environ,
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "bench.anchor.settings",
        "ANCHOR_DATABASE_URL": owner.replace("/portal?", "/anchor?"),
        "ANCHOR_PAGES": str(pages),
    }
    prepared = _run(["-m", "bench.anchor.prepare"], given)
    facts = json.loads(prepared)
    (web,) = (one for one in supervision.programs(portal.home, port) if one.name == "web")
    application = "django.core.wsgi:get_wsgi_application()"
    words = [application, *web.arguments[2:], "--log-level", "error"]
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", *words], cwd=ROOT, env=given)
    found = Anchor(portal, pages, f"http://127.0.0.1:{port}")
    found.token = facts["token"]
    found.headers = {"Cookie": f"sessionid={facts['session']}"}
    try:
        found.put("nothing", b"nothing")
        until(lambda: _answers(found), 30)
        yield found
    finally:
        processes.end([server.pid], patience=10)
        server.wait()


def _answers(anchor: Anchor) -> bool:
    try:
        return anchor.visitor().get("/pages/nothing/").status == 200
    except OSError:
        return False


def _run(words: Sequence[str], given: dict[str, Any]) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=given, capture_output=True, text=True, check=True
    )
    return done.stdout
