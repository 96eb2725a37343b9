"""``manage.py collect_assets``: collectstatic, but only when there is something to collect."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Hashes and compresses the static files again after a change, and else does nothing.

    Collecting some hundred files takes seconds that nobody wants to wait for at every start.
    """

    help = "Collect, hash and compress static files if any has changed since."

    def handle(self, *args: Any, **options: Any) -> None:
        manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
        if manifest.exists() and max(_changes()) < manifest.stat().st_mtime:
            return
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)


def _changes() -> Iterator[float]:
    """Yield when our files, and the list of packages that bring theirs, were last changed."""
    lock = settings.BASE_DIR / "requirements.lock"
    yield lock.stat().st_mtime
    homes = (Path(app.path) for app in apps.get_app_configs())
    ours = (path / "static" for path in homes if path.is_relative_to(settings.BASE_DIR))
    for folder in (*map(Path, settings.STATICFILES_DIRS), *ours):
        yield from (path.stat().st_mtime for path in folder.rglob("*"))
