"""Refuses a form of too many parts before it is taken apart: each costs as much as a page of text.

Forms without a file come as one text (``DATA_UPLOAD_MAX_NUMBER_FIELDS``); one with a file has a
handful of fields.
"""

from io import BytesIO
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser

MOST_PARTS = 300


class FewPartsHandler(FileUploadHandler):
    """Comes before the handlers that keep a file, which are the only ones to be asked then."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> Any:
        """Count the parts, then let Django take the form apart."""
        sent = input_data.read(content_length)
        if sent.count(b"--" + boundary) > MOST_PARTS:
            raise TooManyFieldsSent
        request: Any = self.request
        others = [handler for handler in request.upload_handlers if handler is not self]
        return MultiPartParser(META, BytesIO(sent), others, encoding).parse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
