"""The steps between running engines and a running portal; all are safe to repeat.

They run in one process of their own, which ends: its memory and its database connections
end with it.
"""

import os
import sys
import traceback

import django
from django.core.management import CommandError, call_command
from django.db import OperationalError

from devserver.console import Clock, say

# What is said, and the words of the command.
Step = tuple[str, list[str]]

STEPS: list[Step] = [
    ("Cập nhật cơ sở dữ liệu", ["migrate", "--noinput"]),
    ("Biên dịch bản dịch", ["compile_catalogue"]),
    ("Tạo phông chữ", ["build_assets"]),
    ("Gom và nén tệp giao diện", ["collect_assets"]),
    (
        "Nạp đơn vị hành chính Nam Định 2023",
        ["load_units", "data/units_2023.csv", "--valid-from", "2023-01-01"],
    ),
]
DEMO_STEPS: list[Step] = [("Tạo chiến dịch mẫu", ["seed_demo"])]


def prepare(started: float, *, demo: bool) -> int:
    """Run every step; return the exit code. `demo` says whether DEBUG is on."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    clock = Clock(started)
    clock.step("Nạp ứng dụng")
    django.setup()
    for what, command in STEPS + (DEMO_STEPS if demo else []):
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
