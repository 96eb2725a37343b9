"""No word of one province, or of its levels, is in a text, a file or a drawing of the portal.

Whatever is said goes through the catalogue or stands as a text in the code; what comes out is
followed for a province without districts in ``tests/test_two_levels.py``.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings

BASE = Path(settings.BASE_DIR)
# What 34 provinces do not have in common: names, a campaign, and kinds of units that ended in 2025.
FOREIGN = re.compile(
    r"Nam Định|VNeID|Đề án 06|Giao Thủy|Giao Tiến|Trực Ninh|Hồng Thuận"
    r"|\b[Hh]uyện\b|\b[Qq]uận\b|[Tt]hị trấn|[Tt]hị xã|\b[Hh]uyện Đoàn"
)
# What people type is read in every word that they use, and a file from before 2025 has its kinds.
READERS = (
    "campaign/services/import_units.py",
    "campaign/setup/",
    "core/vietnamese.py",
    "reports/chat/parser/",
    "reports/digests/poster/tags.py",
    "reports/official/columns.py",
    "reports/official/unit_names.py",
    "reports/spreadsheet/columns.py",
    "volunteers/teams/resources/column_aliases.py",
)
APPS = ("accounts", "backups", "campaign", "core", "privacy", "reports", "volunteers")


def test_no_text_of_the_catalogue_names_one_province_or_its_levels() -> None:
    with (BASE / "locale" / "en" / "LC_MESSAGES" / "django.po").open() as file:
        messages = list(read_po(file, locale="en"))
    texts = [str(message.id) for message in messages]
    assert len(texts) > 3000
    assert [text for text in texts if FOREIGN.search(text)] == []


def _texts(tree: ast.AST) -> Iterator[str]:
    """Yield what a file may say: its strings, but those that explain it."""
    explained = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in explained:
            yield text


def test_no_text_template_or_script_in_the_code_names_one_province_or_its_levels() -> None:
    found: list[tuple[str, str]] = []
    for app in APPS:
        for path in (BASE / app).rglob("*.py"):
            name = path.relative_to(BASE).as_posix()
            if "migrations" not in path.parts and not name.startswith(READERS):
                texts = _texts(ast.parse(path.read_text()))
                found += [(name, text[:60]) for text in texts if FOREIGN.search(text)]
    for pattern in ("templates/**/*.*", "static/**/*.*", "reports/**/templates/**/*.*"):
        for path in BASE.glob(pattern):
            if path.suffix in (".html", ".js", ".svg", ".txt", ".css"):
                words = FOREIGN.search(
                    re.sub(r"\{%? ?comment.*?endcomment %\}", "", path.read_text())
                )
                found += [(path.name, words[0])] if words else []
    assert found == []
