"""``manage.py extract_catalogue`` brings the English catalogue up to the texts of the code.

Texts are written in Vietnamese, so Vietnamese needs no catalogue. Django's ``makemessages``
needs GNU gettext on the machine; Babel reads the same calls without it.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

APPS = ("accounts", "backups", "campaign", "config", "core", "privacy", "reports", "volunteers")
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
LOCALE = "en"
# Without the dates that Babel writes: a file changes when a text does.
HEADER = b"""\
# The portal in English. The texts are written in Vietnamese.
msgid ""
msgstr ""
"Language: en\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""

Key = tuple[Any, str | None]


def _sources() -> Iterator[tuple[Path, bytes]]:
    """Yield every file with texts, templates turned into the calls that they stand for."""
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_bytes()
    for folder in (settings.BASE_DIR / "templates", *(settings.BASE_DIR / app for app in APPS)):
        for path in sorted((*folder.rglob("*.html"), *folder.rglob("*.svg"))):
            # Inside brackets Python does not mind how the lines of a template are indented.
            yield path, f"({templatize(path.read_text())}\n)".encode()


def _template() -> Catalog:
    """Return what the code says, without line numbers: they would change with every edit."""
    found = Catalog()
    for path, source in _sources():
        place = path.relative_to(settings.BASE_DIR).as_posix()
        messages = extract("python", BytesIO(source), keywords=KEYWORDS)
        for _line, message, _comments, context in messages:
            found.add(message, locations=[(place, 0)], context=context)
    return found


def _keys(catalogue: Iterable[Any]) -> dict[Key, Any]:
    return {(m.id, m.context): m for m in catalogue if m.id}


def _is_translated(message: Any) -> bool:
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(texts) and not message.fuzzy


class Command(BaseCommand):
    """Merge the texts of the code into locale/en, or say what is missing there."""

    help = "Update locale/en/LC_MESSAGES/django.po from the code and the templates"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail unless all is translated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.LOCALE_PATHS[0]) / LOCALE / "LC_MESSAGES" / "django.po"
        catalogue = Catalog(locale=LOCALE)
        if path.exists():
            with path.open("rb") as file:
                catalogue = read_po(file, locale=LOCALE)
        found = _template()
        if options["check"]:
            self._check(found, catalogue)
            return
        catalogue.update(found, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        text = BytesIO()
        write_po(
            text, catalogue, width=100, sort_output=True, include_lineno=False, omit_header=True
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(HEADER + text.getvalue())
        empty = sum(not _is_translated(m) for m in catalogue if m.id)
        self.stdout.write(f"{len(catalogue)} messages, {empty} without English.")

    def _check(self, found: Catalog, catalogue: Catalog) -> None:
        wording, known = _keys(found), _keys(catalogue)
        wrong = [f"missing: {id_}" for id_, context in wording if (id_, context) not in known]
        wrong += [f"obsolete: {id_}" for id_, context in known if (id_, context) not in wording]
        wrong += [
            f"untranslated: {message.id}"
            for key, message in known.items()
            if key in wording and not _is_translated(message)
        ]
        for line in wrong:
            self.stdout.write(line)
        if wrong:
            raise CommandError(f"{len(wrong)} messages to mend in locale/{LOCALE}.")
        self.stdout.write(f"{len(wording)} messages, all in English.")
