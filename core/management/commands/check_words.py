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
# Words of one folder's old dialect that mean something elsewhere.
BANNED_IN = {"reports/chat/": frozenset({"scan", "scans", "sign", "signs"})}
# Celery's own word for its scheduler; a support session's place and its state, as the API names
# them, and the name that Django gives to the check of a field.
ALLOWED = frozenset(
    {"beat", "beat_schedule", "place", "place_kind", "clean_place", "PlaceKind", "UNDER_WAY"}
)
# A key of the API, which its clients know by this name; a state's value, by which it is coloured.
ALLOWED_IN = frozenset(
    {
        "reports/daily/api/revisions.py:door",
        "static/volunteers/sessions/sessions.css:under_way",
    }
)

# What a template names: `with name=`, `as name`, `for name in`.
_TEMPLATE_NAMES = (
    re.compile(r"{%\s*(?:with|include|blocktranslate)\b[^%]*%}"),
    re.compile(r"{%[^%]*\bas\s+(\w+)[^%]*%}"),
    re.compile(r"{%\s*for\s+([\w, ]+?)\s+in\b"),
)
_TEMPLATE_VALUE = re.compile(r"\b(\w+)=")

# Read by patterns and not by a parser: enough for scripts and styles that are written plainly.
_SCRIPT_COMMENT = re.compile(r"/\*.*?\*/|(?<![^\s;{}])//[^\n]*", re.DOTALL)
_SCRIPT_NAMES = (
    re.compile(r"\b(?:function|class|as)\s+([\w$]+)"),
    re.compile(r"\b(?:const|let|var)\s+([\w$]+|\{[^{}]*\}|\[[^\[\]]*\])"),
    # Parameters: of a function, of an arrow function, of a method with its name.
    re.compile(r"\bfunction\s*[\w$]*\s*\(([^()]*)\)"),
    re.compile(r"(\([^()]*\)|[\w$]+)\s*=>"),
    re.compile(
        r"^\s*((?!(?:if|for|while|switch)\b)(?:async\s+)?[\w$]+\s*\([^()]*\))\s*\{", re.MULTILINE
    ),
    # A property that holds a function.
    re.compile(r"([\w$]+)(?=:\s*(?:async\s*)?(?:\([^()]*\)|[\w$]+)\s*=>)"),
)
# In a pattern, what stands before a colon is the key of somebody else's object.
_IDENTIFIER = re.compile(r"(?<![\w$.])[A-Za-z_$][\w$]*+(?!\s*:)")
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STYLE_NAME = re.compile(r"\.(-?[A-Za-z_][\w-]*)(?=[^{};]*\{)|(--[\w-]+)(?=\s*:)")


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
        elif isinstance(node, ast.Dict):
            # Keys are names too: of what a template shows, of what a sentence holds.
            for key in node.keys:
                if isinstance(key, ast.Constant) and str(key.value).isidentifier():
                    yield key.lineno, str(key.value)


def _line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _without(comment: re.Pattern[str], text: str) -> str:
    return comment.sub(lambda found: "\n" * found[0].count("\n"), text)


def _script_names(text: str) -> Iterator[tuple[int, str]]:
    text = _without(_SCRIPT_COMMENT, text)
    for pattern in _SCRIPT_NAMES:
        for declared in pattern.finditer(text):
            for name in _IDENTIFIER.findall(declared[1]):
                yield _line_of(text, declared.start(1)), name


def _style_names(text: str) -> Iterator[tuple[int, str]]:
    text = _without(_STYLE_COMMENT, text)
    for found in _STYLE_NAME.finditer(text):
        yield _line_of(text, found.start()), found[1] or found[2]


def _template_names(text: str) -> Iterator[tuple[int, str]]:
    values, *others = _TEMPLATE_NAMES
    for tag in values.finditer(text):
        for name in _TEMPLATE_VALUE.findall(tag[0]):
            yield _line_of(text, tag.start()), name
    for pattern in others:
        for found in pattern.finditer(text):
            for name in re.findall(r"\w+", found[1]):
                yield _line_of(text, found.start()), name


def _names(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and name of everything that the file, or its own name, declares."""
    yield 0, path.stem
    if "migrations" in path.parts:
        return
    if path.suffix == ".py":
        yield from _python_names(ast.parse(path.read_text()))
    elif path.suffix == ".js":
        yield from _script_names(path.read_text())
    elif path.suffix == ".css":
        yield from _style_names(path.read_text())
    elif path.suffix == ".html":
        yield from _template_names(path.read_text())


def _is_refused(path: str, name: str) -> bool:
    """Scripts and styles have no names that others gave them, but for those in ``ALLOWED_IN``."""
    banned = BANNED.union(*(words for top, words in BANNED_IN.items() if path.startswith(top)))
    if not _words(name) & banned or f"{path}:{name}" in ALLOWED_IN:
        return False
    return path.endswith((".js", ".css")) or name not in ALLOWED


class Command(BaseCommand):
    help = "Refuse names that are no words of the field"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises ``CommandError`` with a line for each name."""
        listed = subprocess.run(
            ["git", "ls-files"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
        )
        found = [
            f"{path}:{line}: {name}"
            for path in listed.stdout.splitlines()
            if (settings.BASE_DIR / path).is_file()
            for line, name in sorted(set(_names(settings.BASE_DIR / path)))
            if _is_refused(path, name)
        ]
        if found:
            raise CommandError("\n".join(["Words that are not the field's:", *found]))
        self.stdout.write("Names are the field's words.")
