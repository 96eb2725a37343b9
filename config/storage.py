"""How static files are kept."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


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

    def create_compressor(self, **kwargs: Any) -> Any:
        """Return whitenoise's compressor without Brotli."""
        return super().create_compressor(use_brotli=False, **kwargs)

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the hashed address in a demo too: it is what real phones would fetch."""
        address: str = super().url(name, force=True)
        return address
