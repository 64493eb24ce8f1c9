"""What the machine finds in an item's content before a person reads it."""

from collections.abc import Mapping
from typing import Any

from gongkai.core import blobs
from gongkai.publishing.importing.clean import plain_text
from gongkai.publishing.rules import FIELD_LABELS
from gongkai.screening.files import FileInput
from gongkai.screening.findings import Finding, Report
from gongkai.screening.inspection import inspect


def inspect_content(content: Mapping[str, Any]) -> Report:
    """Screen the texts and the names of attached files; attachments' content was screened when
    they were added. The unit's own contact number is allowed."""
    facts = content.get("facts") or {}
    texts = {
        "title": content.get("title") or "",
        "summary": content.get("summary") or "",
        "body": plain_text(content.get("body") or ""),
        "attachments": "\n".join(
            f"{entry.get('title', '')} {entry['filename']}"
            for entry in content.get("attachments") or []
        ),
        "facts": "\n".join(v for v in facts.values() if isinstance(v, str)),
    }
    phones = [str(p) for p in (content.get("contact"), facts.get("phone")) if p]
    return inspect(texts, allow_phones=phones, labels=FIELD_LABELS)


def inspect_files(content: Mapping[str, Any]) -> list[Finding]:
    """Look into the attached files again, so that a reviewer reads what the editor was told.

    A file that the storage has lost is left to the page, which cannot open it either.
    """
    files = []
    for entry in content.get("attachments") or []:
        try:
            files.append(FileInput(entry["filename"], blobs.read(entry["sha256"])))
        except FileNotFoundError:
            continue
    return list(inspect({}, files, labels=FIELD_LABELS).findings)
