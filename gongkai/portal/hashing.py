"""Reading an uploaded file for its SHA-256 alone: piece by piece, nothing of it is kept."""

import hashlib
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

MOST_BYTES = 100 * 2**20
"""What the server reads; larger files are checked in the browser or by their digest."""


class HashHandler(FileUploadHandler):
    """Takes the digest of the first file of a form; raises nothing, says what came of it.

    ``digest`` is empty when no file came; ``too_large`` that it was not read to its end.
    """

    def __init__(self, *, most: int = MOST_BYTES) -> None:
        super().__init__()
        self.most = most
        self.count = 0
        self.digest = ""
        self.filename = ""
        self.too_large = False
        self._hash = hashlib.sha256()
        self._files = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins; only the first one is read."""
        super().new_file(*args, **kwargs)
        self._files += 1

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Add a piece; nothing is handed on to other handlers."""
        if self._files > 1:
            return
        self.count += len(raw_data)
        if self.count > self.most:
            self.too_large = True
            raise StopUpload(connection_reset=False)
        self._hash.update(raw_data)

    def file_complete(self, file_size: int) -> None:
        """The digest of the first file."""
        if self._files == 1 and not self.too_large:
            self.digest = self._hash.hexdigest()
            self.filename = str(self.file_name or "")
