"""``manage.py check_words`` refuses names that are no words of the field (docs/architecture.md)."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# A dialect of our own once: each of these meant several things, or nothing to a newcomer.
BANNED = frozenset(
    """
    apart beat board book books door doors forces heard held kept kick kicks papers place places
    said standing standings told touch touched touching way ways yardstick yardsticks
    """.split()  # noqa: SIM905 - read as a line, not as a list of thirty strings
)
# Celery's own word for its scheduler; a support session's place and its state, as the API names
# them, and the name that Django gives to the check of a field.
ALLOWED = frozenset(
    {"beat", "beat_schedule", "place", "place_kind", "clean_place", "PlaceKind", "UNDER_WAY"}
)
# A key of the API, which its clients know by this name.
ALLOWED_IN = frozenset({"reports/daily/api/revisions.py:door"})


def _words(name: str) -> set[str]:
    """Split ``snake_case``, ``kebab-case`` and ``camelCase``."""
    return set(re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().replace("-", "_").split("_"))


def _python_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            # A test's name is a sentence.
            if not node.name.startswith("test_"):
                yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.lineno, node.asname


def _names(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and name of everything that the file, or its own name, declares."""
    yield 0, path.stem
    if "migrations" in path.parts:
        return
    if path.suffix == ".py":
        yield from _python_names(ast.parse(path.read_text()))


class Command(BaseCommand):
    help = "Refuse names that are no words of the field"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises ``CommandError`` with a line for each name."""
        listed = subprocess.run(
            ["git", "ls-files"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
        )
        found = [
            f"{name}:{line}: {word}"
            for name in listed.stdout.splitlines()
            if (settings.BASE_DIR / name).is_file()
            for line, word in _names(settings.BASE_DIR / name)
            if _words(word) & BANNED and word not in ALLOWED and f"{name}:{word}" not in ALLOWED_IN
        ]
        if found:
            raise CommandError("\n".join(["Words that are not the field's:", *found]))
        self.stdout.write("Names are the field's words.")
