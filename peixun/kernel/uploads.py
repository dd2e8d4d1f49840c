"""Uploads that are too large are refused before they are stored anywhere."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

ROOM_FOR_FIELDS = 1024 * 1024


class LimitUploads(FileUploadHandler):
    """Stands first among the upload handlers and looks at what the request declares."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Refuse a request that declares more than the limit. Raises RequestDataTooBig, which is answered with 400."""
        if content_length > settings.UPLOAD_LIMIT + ROOM_FOR_FIELDS:
            raise RequestDataTooBig("the upload is larger than UPLOAD_LIMIT")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass everything on to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
        return
