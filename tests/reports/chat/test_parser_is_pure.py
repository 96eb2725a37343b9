"""The reader of messages could be a package of its own: it needs no Django."""

import subprocess
import sys

from django.conf import settings

READ = """
import sys

class NoDjango:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("django", "rest_framework", "config", "campaign"):
            raise ImportError(f"{name} is not for the reader")

sys.meta_path.insert(0, NoDjango())
import datetime as dt
from reports.chat.parser.lexicon import Lexicon
from reports.chat.parser.parsing import parse
day = dt.date(2023, 6, 20)
lexicon = Lexicon(known_units=(), indicators=(), first_day=day, last_day=day, today=day)
answers = parse("Giao Tiến: 036203001234", lexicon, day)
print(answers[0].status, answers[0].questions[0])
"""


def test_reader_works_without_django_and_settings() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=settings.BASE_DIR,
        env={"PATH": "", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Xóa khỏi tin" in done.stdout
