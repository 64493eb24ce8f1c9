"""What may be uploaded to a draft: told by content, limited in size, screened before it is kept."""

import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings

from gongkai.core.errors import InvalidInput
from gongkai.screening.files import FileInput, inspect_file
from gongkai.screening.filetypes import POLICIES, FilePolicy, FileType, Purpose, sniff
from gongkai.screening.findings import Finding, Severity
from gongkai.screening.rules import TextOptions

__all__ = ["CheckedUpload", "Purpose", "Upload", "check_upload"]

CONTENT_TYPES: Final = {
    FileType.PDF: "application/pdf",
    FileType.OFD: "application/ofd",
    FileType.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileType.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileType.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    FileType.DOC: "application/msword",
    FileType.XLS: "application/vnd.ms-excel",
    FileType.PNG: "image/png",
    FileType.JPEG: "image/jpeg",
    FileType.GIF: "image/gif",
    FileType.WEBP: "image/webp",
    FileType.MP4: "video/mp4",
    FileType.WEBM: "video/webm",
    FileType.VTT: "text/vtt; charset=utf-8",
    FileType.TXT: "text/plain; charset=utf-8",
    FileType.CSV: "text/csv; charset=utf-8",
}


# A document that becomes text is judged as text when it is submitted, so only its wrapping counts.
_WRAPPING: Final = frozenset(
    {"file_name", "file_too_large", "file_type_refused", "file_type_mismatch"}
)
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in: its clean name and its content."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """The content type under which the file may be kept, and what a person should look at."""

    content_type: str
    warnings: tuple[str, ...]


def check_upload(
    upload: Upload,
    *,
    purpose: Purpose,
    field: str,
    today: date,
    allow_phones: Collection[str] = (),
) -> CheckedUpload:
    """Inspect a file for its purpose.

    ``allow_phones`` are the unit's published numbers, ``today`` bounds birth dates. Raises
    InvalidInput on ``field``, naming the file, what is wrong with it and what to do.
    """
    findings = inspect_file(
        FileInput(upload.name, upload.data, purpose, field),
        TextOptions(allow_phones=frozenset(allow_phones), not_after=today),
        policies={purpose: _policy(purpose)},
    )
    if purpose is Purpose.DRAFT:
        findings = [f for f in findings if f.code in _WRAPPING]
    blocking = [f for f in findings if f.severity is Severity.BLOCK]
    if blocking:
        raise InvalidInput({field: _sentences(blocking)}, rule="上传检查")
    kind = sniff(upload.data, upload.name)
    warnings = [f for f in findings if f.severity is Severity.WARN]
    return CheckedUpload(
        CONTENT_TYPES.get(kind, "application/octet-stream"), tuple(_sentences(warnings))
    )


def picture_size(data: bytes) -> dict[str, int]:
    """Width and height of a picture in pixels, so that a page can keep its place free; nothing
    for other files."""
    if sniff(data, "") not in (FileType.PNG, FileType.JPEG):
        return {}
    from PIL import Image  # heavy, and only uploads of pictures need it

    try:
        with Image.open(io.BytesIO(data)) as picture:
            return {"width": picture.width, "height": picture.height}
    except (OSError, ValueError, Image.DecompressionBombError):
        return {}


def _policy(purpose: Purpose) -> FilePolicy:
    """The purpose's policy, within what this installation takes at all (GONGKAI_UPLOAD_LIMIT)."""
    policy = POLICIES[purpose]
    return FilePolicy(policy.allowed, min(policy.max_bytes, settings.UPLOAD_LIMIT))


def _sentences(findings: list[Finding]) -> list[str]:
    found = list(dict.fromkeys(f.sentence for f in findings))
    more = len(found) - _SHOWN
    return found[:_SHOWN] + ([f"还有 {more} 处同样需要处理。"] if more > 0 else [])
