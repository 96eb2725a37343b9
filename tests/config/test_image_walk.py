"""Two web hosts, a worker and a beat of the image; what people write, they write on both in turn.

Each is another user's, may write nothing but a /tmp of its own, and shares only the database and
the broker with the others. The tests' are the clock, the passwords' hashes, and that nobody is
asked for a second factor.
"""

import re
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.test import Client

from accounts.models import User
from core.importing.admin import FilesAdmin
from core.models import PendingUpload
from reports.daily.models import DailyReport
from tests.config.image import Image, served, service
from tests.conftest import TODAY, World
from tests.factories import make_user
from tests.importing import address, as_csv
from tests.portal import NO_TLS, until
from tests.test_matrix import ROLES, ROUTES, locations
from volunteers.teams.models import Team

__all__ = ["locations"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SETTINGS = f"""
import datetime
from config.settings import *
PORTAL_TODAY = datetime.date.fromisoformat("{TODAY}")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECOND_FACTOR = False
"""
CSRF = "c" * 32
# A new row of each table that comes in by file, in the order in which they need one another.
NEW_ROWS = {
    "Unit": ("code,name,kind,parent_code,valid_from", "14199,Xã Giao An,xã,365,2023-01-01"),
    "Branch": ("code,name,kind,parent_code,home_unit", "TH-365,Trường,school,HD-365,365"),
    "User": ("username,full_name,phone", "moi,Trần Thị Mới,0912000111"),
    "Appointment": ("user,role,branch,starts_on", "moi,Bí thư,XD-14158,2023-04-01"),
    "Campaign": (
        "slug,name,starts_on,ends_on",
        "44-ngay,44 ngày đêm,2023-07-01,2023-08-13",
    ),
    "Indicator": ("campaign,code,label", "44-ngay,qr,Hộ dùng QR"),
    "Phase": ("campaign,name,starts_on,ends_on", "44-ngay,Cao điểm,2023-07-10,2023-07-16"),
    "Target": ("campaign,unit,indicator,value", "44-ngay,36,qr,1000"),
    "Baseline": ("slug,name,as_of,source", "dan-so-2023,Dân số,2023-04-01,Sở"),
    "BaselineFigure": ("baseline,unit,value", "dan-so-2023,365,166000"),
    "Membership": ("team,kind,unit,full_name", "Tổ xóm 7,community,14158,Lê Văn Ba"),
}


@contextmanager
def reached_by_tcp(path: str) -> Iterator[int]:
    """Let a socket of the engines, which their owner alone can enter, be reached by a port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    here, _from = server.accept()
                    there = socket.socket(socket.AF_UNIX)
                    there.connect(path)
                    for one, other in ((here, there), (there, here)):
                        threading.Thread(target=pump, args=(one, other), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def hosts(image: Image, world: World, tmp_path: Path) -> Iterator[list[str]]:
    """Start the portal as docker-compose.yml does; return where its two web hosts answer."""
    image.aside.joinpath("moved_clock.py").write_text(SETTINGS)
    database = connection.settings_dict
    postgres = f"{connection.get_connection_params()['host']}/.s.PGSQL.5432"
    assert Path(postgres).is_socket()
    broker = settings.REDIS_URL.removeprefix("unix://")
    with reached_by_tcp(postgres) as database_port, reached_by_tcp(broker) as broker_port:
        where = f"{database['USER']}@127.0.0.1:{database_port}/{database['NAME']}"
        given = {
            "DJANGO_SETTINGS_MODULE": "moved_clock",
            # What this process signs, the hosts know for theirs.
            "SECRET_KEY": settings.SECRET_KEY,
            "LOG_KEY": settings.LOG_KEY,
            "ALLOWED_HOSTS": "localhost",
            "DATABASE_URL": f"postgres://{where}",
            # Nothing that other tests have asked for.
            "REDIS_URL": f"redis://127.0.0.1:{broker_port}/7",
            "PORTAL_URL": "https://localhost",
            "VAPID_PRIVATE_KEY": settings.VAPID_PRIVATE_KEY,
            # Nothing goes out to a push service.
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "LOG_LEVEL": "WARNING",
        }
        ports = [free_port(), free_port()]
        serve = ["-m", *served(), "--workers", "1", "--access-logfile", "/dev/null"]
        commands = {
            **{
                f"web{port}": [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in serve]
                for port in ports
            },
            "worker": ["-m", *service("worker"), "--concurrency", "1"],
            "beat": ["-m", *service("beat")],
        }
        started = [image.start(words, given, tmp_path / name) for name, words in commands.items()]
        try:
            urls = [f"http://127.0.0.1:{port}" for port in ports]
            for url in urls:
                until(lambda url=url: is_ready(url), 90, every=0.5)  # type: ignore[misc]
            yield urls
            assert [process.poll() for process in started] == [None] * len(started)
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(30)


def is_ready(url: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/readyz", headers=HEADERS, verify=NO_TLS).status_code == 200
    return False


HEADERS = {"Host": "localhost", "X-Forwarded-Proto": "https", "Referer": "https://localhost/"}


class Visitor:
    """Somebody whom a proxy leads to one host and the other in turn."""

    def __init__(self, hosts: list[str], user: User | None) -> None:
        self.hosts, self.turn = hosts, 0
        self.cookies = {"csrftoken": CSRF}
        if user is not None:
            client = Client()
            backend = "accounts.backends.NameOrPhoneBackend"
            client.force_login(User.objects.get(pk=user.pk), backend=backend)
            self.cookies["sessionid"] = client.cookies["sessionid"].value

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        self.turn += 1
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = httpx.request(
            method,
            self.hosts[self.turn % 2] + path,
            headers={**HEADERS, "Cookie": cookies, "X-CSRFToken": CSRF},
            verify=NO_TLS,
            timeout=20,
            **given,
        )
        assert answer.status_code < 500, (path, answer.text[-500:])
        return answer

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, data: Any = None, **given: Any) -> httpx.Response:
        return self.ask("POST", path, data=data, **given)


def test_people_write_on_both_hosts(
    hosts: list[str], world: World, locations: dict[str, Any]
) -> None:
    file_of_counts(Visitor(hosts, world.lead))
    teams_by_file(Visitor(hosts, world.owner))
    settings_by_file(Visitor(hosts, make_user(is_staff=True, is_superuser=True)))
    # And every write of the portal's own table: what a secretary may not, the province does.
    writes = {name: route.post.split() for name, route in ROUTES.items() if route.post}
    owner, staff = (ROLES.index(role) for role in ("owner", "staff"))
    above = {name: of[staff] for name, of in writes.items() if of[owner] in ("403", "404")}
    assert walked(hosts, world.staff, above, locations) == above
    own = {name: of[owner] for name, of in writes.items()}
    assert walked(hosts, world.owner, own, locations) == own


def walked(
    hosts: list[str], user: User, names: Iterable[str], locations: dict[str, Any]
) -> dict[str, str]:
    """Send what the table sends; return the answers in its words."""
    answers = {}
    for name in names:
        route, visitor = ROUTES[name], Visitor(hosts, user)
        body = {"json": route.sent} if route.as_json else {"data": route.sent}
        answers[name] = outcome(visitor.post(route.url.format(**locations), **body))
    return answers


def outcome(answer: httpx.Response) -> str:
    is_login = answer.headers.get("Location", "").startswith("/sign-in/")
    return "login" if is_login else str(answer.status_code)


def file_of_counts(lead: Visitor) -> None:
    """Send a file on one host, have it read by the worker, confirm it on the other."""
    head = ["Mã đơn vị", "Đơn vị", "Ngày", "Cài VNeID"]
    data = as_csv(head, ["XD-14158", "", TODAY.isoformat(), "5"])
    before = PendingUpload.objects.count()
    sent = lead.post("/c/de-an-06-2023/report/files/", files={"import_file": ("so.csv", data)})
    page = sent.headers["Location"]
    until(lambda: 'name="confirm"' in lead.get(page).text, 30, every=0.3)
    assert lead.post(page, {"confirm": "1"}).status_code == 302
    until(lambda: DailyReport.objects.filter(branch__code="XD-14158").exists(), 30)
    assert PendingUpload.objects.count() == before


def teams_by_file(owner: Visitor) -> None:
    page = "/c/de-an-06-2023/teams/import/"
    head = ["Tên tổ", "Mã xã", "Họ và tên", "Số điện thoại"]
    row = ["Tổ công nghệ số xóm 9", "14173", "Nguyễn Văn An", "0911222333"]
    taken_in(owner, page, as_csv(head, row))
    assert Team.objects.filter(name="Tổ công nghệ số xóm 9").exists()


def settings_by_file(root: Visitor) -> None:
    """Take every table of the admin out as a file, and a new row of it in."""
    tables = {m.__name__: m for m, of in admin.site._registry.items() if isinstance(of, FilesAdmin)}
    assert tables.keys() == NEW_ROWS.keys()
    for name, (head, row) in NEW_ROWS.items():
        page = address(tables[name], "export")
        assert root.post(page, {"format": "1"}).status_code == 200
        data = as_csv(head.split(","), row.split(","))
        done = taken_in(
            root, address(tables[name], "import"), data, address(tables[name], "process_import")
        )
        assert done == address(tables[name], "changelist")


def taken_in(visitor: Visitor, page: str, data: bytes, confirm: str = "") -> str:
    """Preview a file on one host and confirm it on the other; return where that leads."""
    preview = visitor.post(page, files={"import_file": ("tep.csv", data)})
    found = re.search(r'name="token" value="([^"]+)"', preview.text)
    assert found, (page, re.sub(r"<[^>]+>|\s+", " ", preview.text)[-1500:])
    form = {"token": found[1], "settings_reason": "đợt nhập"}
    taken = visitor.post(confirm or page, form)
    assert taken.status_code == 302, (page, re.sub(r"<[^>]+>|\s+", " ", taken.text)[-1500:])
    return taken.headers["Location"]
