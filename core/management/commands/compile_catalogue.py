"""``manage.py compile_catalogue`` makes the .mo files that Django reads from the .po files.

Django's own ``compilemessages`` needs GNU gettext on the machine; Babel is a package.
"""

import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


def _compile(source: Path, target: Path) -> None:
    """Write one catalogue; it appears under its name only when it is whole."""
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parents[1].name, abort_invalid=True)
    broken = [str(m.id) for m in catalogue for _error in m.check()]
    if broken:
        raise CommandError(f"{source}: placeholders differ in: " + "; ".join(broken))
    unfinished = target.with_suffix(f".{os.getpid()}")
    with unfinished.open("wb") as file:
        write_mo(file, catalogue)
    unfinished.replace(target)


class Command(BaseCommand):
    """Compile the catalogues that are newer than what was compiled from them."""

    help = "Compile locale/*/LC_MESSAGES/*.po"
    # It runs before anything else works, in `make run` and in the tests.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile; nothing to do is the usual case and takes no time."""
        compiled = 0
        for folder in map(Path, settings.LOCALE_PATHS):
            for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
                target = source.with_suffix(".mo")
                if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                    continue
                _compile(source, target)
                compiled += 1
        self.stdout.write(f"Catalogues: {compiled} compiled.")
