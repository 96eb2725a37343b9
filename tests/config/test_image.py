"""What the image holds, and that it is built and answers where nothing can be written."""

import os
from pathlib import Path

from tests.config.image import UID, Image, copied
from tests.portal import REPOSITORY

SERVE = """
import os
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
    print("nothing can be written by", os.getuid())
unwanted = {"demo", "devserver", "bench", "tests", "supervisor"} & set(sys.modules)
assert not unwanted, unwanted
"""


def test_what_is_copied_is_not_ignored() -> None:
    sent = {
        line[1:]
        for line in (REPOSITORY / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert set(copied()) | {"requirements.lock"} == sent
    assert not {"demo", "devserver", "tests", "bench"} & sent


def test_image_is_built_and_serves_without_writing(image: Image, tmp_path: Path) -> None:
    given = {
        "SECRET_KEY": "container" * 7 + "!0aZ",
        "LOG_KEY": "A" * 43 + "=",
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": "postgres://127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PORTAL_URL": "https://localhost",
    }
    check = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    assert "no issues" in image.run(check, given, tmp_path / "own")
    served = image.run(["-c", SERVE, "/healthz", "/sign-in/"], given, tmp_path / "own")
    # No database is there, and the page that says so is.
    assert "/healthz 503" in served
    assert "/sign-in/ 200 OK" in served
    assert f"nothing can be written by {UID if os.getuid() == 0 else os.getuid()}" in served
