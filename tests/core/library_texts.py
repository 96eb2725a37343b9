"""Finds what Django and the libraries say, and what of it nobody put into Vietnamese."""

import ast
import importlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.extract import extract
from django.utils import translation
from django.utils.translation.template import templatize

LIBRARIES = (
    "django.core",
    "django.forms",
    "django.db.models",
    "django.utils",
    "django.views",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django_filters",
    "import_export",
    "rest_framework",
)
PLAIN, NUMBERED = {"_", "gettext", "gettext_lazy", "gettext_noop"}, {"ngettext", "ngettext_lazy"}
IN_CONTEXT, BOTH = {"pgettext", "pgettext_lazy"}, {"npgettext", "npgettext_lazy"}
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(PLAIN),
    **dict.fromkeys(NUMBERED, (1, 2)),
    **dict.fromkeys(IN_CONTEXT, ((1, "c"), 2)),
    **dict.fromkeys(BOTH, ((1, "c"), 2, 3)),
}
# Django's page for a project that has no addresses.
UNSEEN = "default_urlconf.html"
# The same in both languages.
SAME = {"Email", "Humanize", "%(class_name)s %(instance)s", "IPv4", "IPv6"}
GAP = re.compile(r"%\(\w+\)[sdr]|%[sd]|\{\w*(?::\w+)?\}")


@dataclass(frozen=True)
class LibraryText:
    """One text of a library: its one form or its two, and its context."""

    ids: tuple[str, ...]
    context: str | None

    def __str__(self) -> str:
        """Return the text as it is shown to somebody who reads Vietnamese."""
        with translation.override("vi"):
            if len(self.ids) > 1:
                one, more = self.ids
                return (
                    translation.npgettext(self.context, one, more, 2)
                    if self.context
                    else translation.ngettext(one, more, 2)
                )
            return (
                translation.pgettext(self.context, self.ids[0])
                if self.context
                else translation.gettext(self.ids[0])
            )

    @property
    def has_words(self) -> bool:
        """Whether there is more to it than gaps and marks."""
        return re.search(r"[^\W\d_]{2}", GAP.sub("", self.ids[0])) is not None

    @property
    def is_english(self) -> bool:
        return self.has_words and str(self) in self.ids and not SAME & set(self.ids)


def texts() -> set[LibraryText]:
    """Return every text that the libraries hand to gettext."""
    return {text for name in LIBRARIES for path in _files(name) for text in _texts(path)}


def _files(name: str) -> Iterator[Path]:
    root = Path(str(importlib.import_module(name).__file__)).parent
    for path in root.rglob("*"):
        if path.suffix in (".py", ".html", ".txt") and not {"tests", "locale"} & set(path.parts):
            yield path


def _texts(path: Path) -> Iterator[LibraryText]:
    source = path.read_text()
    if path.suffix == ".py":
        if "gettext" in source:
            for call in ast.walk(ast.parse(source)):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                    yield from _of_call(call.func.id, call.args)
    elif "{% load i18n" in source and path.name != UNSEEN:
        code = f"({templatize(source)}\n)".encode()
        for _line, ids, _notes, context in extract("python", BytesIO(code), keywords=KEYWORDS):
            yield LibraryText(ids if isinstance(ids, tuple) else (ids,), context)


def _of_call(name: str, arguments: Iterable[ast.expr]) -> Iterator[LibraryText]:
    given = [a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    context = given.pop(0) if name in IN_CONTEXT | BOTH and given else None
    wanted = 2 if name in NUMBERED | BOTH else 1
    if name in KEYWORDS and len(given) >= wanted:
        yield LibraryText(tuple(given[:wanted]), context)
