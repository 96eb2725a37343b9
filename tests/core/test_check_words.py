"""Names are the field's words, in Python, scripts, styles and the names of files."""

import subprocess
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

REFUSED = {
    "class ReportBook: ...": "ReportBook",
    "def find(kept): ...": "kept",
    "told = 1": "told",
    "import os as door": "door",
    'context = {"board": 1}': "board",
}
REFUSED_IN_TEMPLATES = {
    "{% with forces=one.two %}": "forces",
    '{% include "a.html" with p=1 board=dashboard %}': "board",
    "{% blocktranslate trimmed with said=text|upper %}": "said",
    "{% firstof one two as place_kept %}": "place_kept",
    "{% for day, told in days %}": "told",
}
REFUSED_IN_SCRIPTS = {
    "function askBook() {}": "askBook",
    "class Book {}": "Book",
    "export const said = 1;": "said",
    "let place;": "place",
    "for (const [way, time] of rows) go(way);": "way",
    "const { name, \n  words: said } = row;": "said",
    "function draw(one, { book }) {}": "book",
    "rows.map((told) => told.name);": "told",
    "rows.map(told => told.name);": "told",
    "const kinds = {\n  take(standing) {\n  },\n};": "standing",
    "const kinds = {\n  keepBook() {\n  },\n};": "keepBook",
    "const kinds = { heard: (one) => one };": "heard",
    'import * as books from "./a.js";': "books",
}
REFUSED_IN_STYLES = {
    ".card .said > p { color: red; }": "said",
    "@media print {\n  .a,\n  .kept-page { color: red; }\n}": "kept-page",
    ":root { --touch: 48px; }": "--touch",
}
PASSED = {
    "a.py": "place = beat = 1\ndef test_what_was_said(): ...\n# said\n",
    "migrations/0001_initial.py": "kept = 1",
    "a.js": """// The place that was said, kept => told.
/* let said; */ const url = "https://book.vn/"; // class of a book
const { said: text, kept: [first] } = answer.place;
row.told = read("kept", { book: 1 });
if (kept) { go(); }
""",
    "templates/a.html": "{% if board.told %}{{ said }} as kept{% endif %} {% for one in books %}",
    "a.css": "/* .said { } */ .card { place-items: center; touch-action: none; width: .5em; }",
    "static/volunteers/sessions/sessions.css": ".state.under_way { color: red; }",
}


@pytest.fixture
def tree(tmp_path: Path, settings: LazySettings) -> Path:
    """Return a repository that has nothing yet."""
    settings.BASE_DIR = tmp_path
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    return tmp_path


def check(tree: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    subprocess.run(["git", "-C", tree, "add", "."], check=True)
    call_command("check_words")


@pytest.mark.parametrize(
    ("file", "text", "name"),
    [
        *(("a.py", *case) for case in REFUSED.items()),
        *(("a.js", *case) for case in REFUSED_IN_SCRIPTS.items()),
        *(("a.css", *case) for case in REFUSED_IN_STYLES.items()),
        *(("a.html", *case) for case in REFUSED_IN_TEMPLATES.items()),
        ("reports/chat/a.py", "sign = 1", "sign"),
        ("templates/report_book.html", "", "report_book"),
    ],
)
def test_banned_word_is_found(tree: Path, file: str, text: str, name: str) -> None:
    with pytest.raises(CommandError, match=rf"{file}:\d+: {name}$"):
        check(tree, {file: text})


def test_allowed_names_pass(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(tree, PASSED)
    assert capsys.readouterr().out == "Names are the field's words.\n"


def test_line_is_that_of_the_name(tree: Path) -> None:
    with pytest.raises(CommandError, match=r"a\.js:4: said$"):
        check(tree, {"a.js": "/* one\ntwo */\n// three\nlet said;"})
