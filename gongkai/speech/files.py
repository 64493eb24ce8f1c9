"""The gate of recordings: everybody, while the version that was read is public; then nobody."""

from django.http import HttpRequest

from gongkai.core.blobs import Grant
from gongkai.speech.selectors import of_public, recording_name


def recording_gate(request: HttpRequest, record: str, sha: str) -> Grant | None:
    """Leave to hear the recording of an item."""
    if not (record.isascii() and record.isdigit()) or len(record) > 18 or len(sha) < 16:
        return None
    found = of_public(int(record))
    if found is None or not found.blob_id.startswith(sha):
        return None
    return Grant(
        sha256=found.blob_id,
        filename=recording_name(found),
        content_type=found.blob.content_type,
        inline=True,
        public=True,
    )
