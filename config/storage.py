"""How static files are kept."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
AROUND = re.compile(r"\s*([{};,])\s*")
AFTER_NAME = re.compile(r":\s+")


def cssmin(text: str) -> str:
    """Return a style sheet of ours without comments and indentation.

    A space before a colon stays: within a layer, minifiers take ``.heat :is(th, td)`` for a
    property and a value, and the rule for another one.
    """
    text = AROUND.sub(r"\1", COMMENT.sub("", text))
    return re.sub(r"\s+", " ", AFTER_NAME.sub(":", text)).replace(";}", "}").strip()


# Our own; what packages bring is as small as they made it.
LEAN = {"css/": cssmin, "js/": jsmin}


class _Lean:
    """A place of source files that reads one of ours without its comments and indentation."""

    def __init__(self, source: Any) -> None:
        self.source = source

    def __getattr__(self, name: str) -> Any:
        """Do all else as the place itself does."""
        return getattr(self.source, name)

    def open(self, path: str) -> Any:
        """Return the file as a phone needs it."""
        with self.source.open(path) as file:
            text = file.read().decode()
        minify = next(made for folder, made in LEAN.items() if path.startswith(folder))
        return ContentFile(minify(text).encode(), name=path)


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names, so that a phone fetches each file once; compressed with gzip.

    Without Brotli, which takes half a minute over the admin's files to save one or two
    kilobytes on ours. Our own modules name each other by their hashed names too; those that
    come with packages may name files that are not there.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )

    def post_process(self, paths: Any, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Hash and compress the files, ours without what only their readers need."""
        lean = {
            name: (_Lean(source) if name.startswith(tuple(LEAN)) else source, path)
            for name, (source, path) in paths.items()
        }
        yield from super().post_process(lean, dry_run, **options)

    def create_compressor(self, **kwargs: Any) -> Any:
        """Return whitenoise's compressor without Brotli."""
        return super().create_compressor(use_brotli=False, **kwargs)

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the hashed address in a demo too: it is what real phones would fetch."""
        address: str = super().url(name, force=True)
        return address
