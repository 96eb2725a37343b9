"""How static files are kept and served."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from rjsmin import jsmin
from whitenoise.compress import Compressor
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Our own; what packages bring is as small as they made it.
OURS = ("campaign/", "core/", "privacy/", "reports/", "volunteers/", "channels/")
# How a module names another one; Django itself leaves them alone unless told otherwise.
MODULE_IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]


# What only the readers of a style sheet need: comments, indentation and most ends of lines.
STYLE_PADDING = re.compile(r"/\*.*?\*/\s*|(?<=[{};,])\n\s*|^\s+", re.DOTALL | re.MULTILINE)


def _minify(name: str, text: str) -> str:
    return jsmin(text) if name.endswith(".js") else STYLE_PADDING.sub("", text)


def _is_ours(name: str) -> bool:
    return name.startswith(OURS) and name.endswith((".js", ".css"))


class _Minified:
    """A folder of source files that reads ours without comments and indentation."""

    def __init__(self, source: Any) -> None:
        self.source = source

    def __getattr__(self, name: str) -> Any:
        return getattr(self.source, name)

    def open(self, path: str) -> Any:
        with self.source.open(path) as file:
            text = file.read().decode()
        return ContentFile(_minify(path, text).encode(), name=path)


class _Compressor(Compressor):  # type: ignore[misc]
    """Compresses with gzip, and our own with Brotli too, a tenth smaller.

    Over the admin's files Brotli would take half a minute.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(use_brotli=False, **given)
        self.of_ours = Compressor(**given)

    def compress(self, path: str) -> list[str]:
        """Compress one file, and return the names of what came of it."""
        name = Path(path).relative_to(settings.STATIC_ROOT).as_posix()
        done: list[str] = self.of_ours.compress(path) if _is_ours(name) else super().compress(path)
        return done


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names, so that a phone fetches each file once; compressed.

    Our own modules name each other by their hashed names too; those that come with packages may
    name files that are not there.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((f"{folder}*.js", MODULE_IMPORTS) for folder in OURS),
    )

    def post_process(self, paths: Any, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Hash and compress the files, ours without what only their readers need."""
        minified = {
            name: (_Minified(source) if _is_ours(name) else source, path)
            for name, (source, path) in paths.items()
        }
        yield from super().post_process(minified, dry_run, **options)

    def create_compressor(self, **kwargs: Any) -> Any:
        return _Compressor(**kwargs)

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the hashed address in a demo too: it is what real phones would fetch."""
        address: str = super().url(name, force=True)
        return address


NOSNIFF = ("X-Content-Type-Options", "nosniff")


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serves files with no header that they can do without.

    With a score of files the day on which each was made, which its tag says too, is almost a
    kilobyte of a phone's first page.
    """

    def add_mime_headers(self, headers: Any, path: str, url: str) -> None:
        """Leave the charset out where the page that asks brings its own: UTF-8, as all of ours."""
        super().add_mime_headers(headers, path, url)
        if path.endswith((".js", ".css")):
            headers["Content-Type"] = headers["Content-Type"].partition(";")[0]

    def get_static_file(self, *args: Any, **given: Any) -> Any:
        file = super().get_static_file(*args, **given)
        file.alternatives = [
            (encoding, path, [*(one for one in headers if one[0] != "Last-Modified"), NOSNIFF])
            for encoding, path, headers in file.alternatives
        ]
        return file
