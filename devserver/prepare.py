"""The steps between running engines and a running portal; all are safe to repeat.

They run in a process of their own, which ends: its memory and its database connections end with it.
What needs no database is done beside the rest, by a process forked from it.
"""

import os
import sys
import traceback
from multiprocessing import get_context
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader

from devserver.console import Clock, say

OUR_APPS = ("core", "accounts", "campaign", "volunteers", "reports")
OTHER_EDITION = """\
Dữ liệu trong {home} do ấn bản khác tạo ra ({unknown}…), ấn bản này không dùng tiếp được.
  Bắt đầu lại, xóa dữ liệu mẫu cũ:        make clean && make run
  Giữ dữ liệu cũ, chạy ở thư mục khác:    PORTAL_VAR=var-moi make run"""

# What is said, and the words of the command.
Step = tuple[str, list[str]]

# Need no database: done beside the others, in a process of their own.
FILE_STEPS: list[Step] = [
    ("Biên dịch bản dịch", ["compile_catalogue"]),
    ("Tạo phông chữ", ["build_assets"]),
    ("Gom và nén tệp giao diện", ["collect_assets"]),
]
STEPS: list[Step] = [
    ("Cập nhật cơ sở dữ liệu", ["migrate", "--noinput"]),
]
DEMO_STEPS: list[Step] = [
    (
        "Nạp đơn vị hành chính Nam Định 2023",
        # What people have changed since is theirs: a start loads a first time, or nothing.
        ["load_units", "data/units_2023.csv", "--valid-from", "2023-01-01", "--once"],
    ),
    ("Tạo chiến dịch mẫu", ["seed_demo"]),
]


def unknown_migrations() -> list[str]:
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    unknown = set(loader.applied_migrations) - set(loader.disk_migrations)
    return sorted(f"{app}.{name}" for app, name in unknown if app in OUR_APPS)


def prepare(started: float, *, demo: bool) -> int:
    """Run every step; return the exit code. `demo` says whether the portal begins with it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    clock = Clock(started)
    clock.step("Nạp ứng dụng")
    steps = STEPS + (DEMO_STEPS if demo else [])
    # Here the owner works; what runs afterwards signs in as a role that owns nothing.
    portal, owner = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_OWNER_URL")
    if portal and owner and owner != portal:
        os.environ["DATABASE_URL"] = owner
        role = urlsplit(portal).username or ""
        steps = [STEPS[0], ("Cấp quyền trong cơ sở dữ liệu", ["grant_rights", role]), *steps[1:]]
    django.setup()
    try:
        if unknown := unknown_migrations():
            say(OTHER_EDITION.format(home=settings.VAR_DIR, unknown=", ".join(unknown[:3])))
            return 1
    except OperationalError as error:
        say(f"Không dùng được cơ sở dữ liệu: {error}")
        return 1
    files = get_context("fork").Process(target=_exit_with, args=(FILE_STEPS, clock))
    files.start()
    code = _take(steps, clock)
    try:
        files.join()
    except KeyboardInterrupt:
        return 1
    return code or files.exitcode or 0


def _exit_with(steps: list[Step], clock: Clock) -> None:
    sys.exit(_take(steps, clock))


def _take(steps: list[Step], clock: Clock) -> int:
    """Take the steps in turn; return 1 with the first that cannot be taken."""
    for what, command in steps:
        clock.step(what)
        try:
            call_command(*command, verbosity=0)
        except KeyboardInterrupt:
            return 1
        except OperationalError as error:
            say(f"Không dùng được cơ sở dữ liệu: {error}")
            return 1
        except CommandError as error:
            say(f"{command[0]}: {error}")
            return 1
        except Exception:  # a defect of ours: whoever reports it needs the whole of it
            traceback.print_exc(file=sys.stderr)
            return 1
    return 0
