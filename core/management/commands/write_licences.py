"""``manage.py write_licences`` writes docs/licences.md from what is installed."""

import re
from importlib import metadata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

PAGE, LOCK = settings.BASE_DIR / "docs" / "licences.md", settings.BASE_DIR / "requirements.lock"
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)(.*)$", re.M)
HEAD = """# Licences of what is installed

The portal's own code is under the [MIT licence](../LICENSE). What it runs with comes from packages
at install time, as requirements.lock pins them, each under its own licence as the package itself
says; none of them is in this repository, and none is changed. Those under LGPL or MPL are used as
libraries, whose source is where the package comes from.
Written by `manage.py write_licences`; `--check` says whether it still holds.

| package | version | licence |
| --- | --- | --- |
"""


class Command(BaseCommand):
    help = "Writes the licences of the packages that are installed."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true", help="say whether the page holds")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        page = HEAD + "".join(
            f"| {name} | {version} | {licence_of(name)} |\n"
            # What other systems than this one need stands there with a condition.
            for name, version, condition in PINNED.findall(LOCK.read_text())
            if ";" not in condition
        )
        if not check:
            PAGE.write_text(page)
        elif not PAGE.exists() or PAGE.read_text() != page:
            raise CommandError("docs/licences.md is old: manage.py write_licences")


def licence_of(name: str) -> str:
    """Return what the package says: an SPDX expression, else its classifiers, else its words."""
    about: Any = metadata.metadata(name)
    if expression := about.get("License-Expression"):
        return str(expression)
    classifiers = [
        one.rpartition("::")[2].strip()
        for one in about.get_all("Classifier") or []
        if one.startswith("License ::") and not one.endswith("OSI Approved")
    ]
    first_line = (about.get("License") or "").strip().partition("\n")[0]
    return "; ".join(classifiers) or first_line or "see the package"
