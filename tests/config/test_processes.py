"""What each process loads: it costs memory as long as the process lives."""

import subprocess
import sys

from config import celery, schedule
from tests.portal import REPOSITORY

LOADED = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def loaded(statement: str) -> set[str]:
    """Return the packages that a process has loaded after the statement."""
    words = [sys.executable, "-W", "ignore", "-c", f"{statement}\n{LOADED}"]
    done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_beat_loads_nothing_of_the_portal() -> None:
    found = loaded(
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n"
        "from config.schedule import app; app.finalize(); app.conf.beat_schedule"
    )
    assert "celery" in found
    assert not {"psycopg", "rest_framework", "campaign", "reports"} & found


def test_beat_sends_as_the_portal_does() -> None:
    keys = ("broker_url", "task_default_priority", "task_routes", "timezone", "task_serializer")
    assert [schedule.app.conf[key] for key in keys] == [celery.app.conf[key] for key in keys]


def test_all_that_beat_sends_is_a_task() -> None:
    celery.app.loader.import_default_modules()
    named = {entry["task"] for entry in schedule.app.conf.beat_schedule.values()}
    assert named - set(celery.app.tasks) == set()


def test_what_draws_papers_and_calls_phones_is_loaded_when_it_is_wanted() -> None:
    found = loaded("import config.wsgi")
    assert "rest_framework" in found
    assert not {"fpdf", "fontTools", "resvg_py", "icalendar", "pywebpush", "aiohttp"} & found
