"""What the machine finds in an item's content before a person reads it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gongkai.core import blobs
from gongkai.publishing.importing.clean import plain_text
from gongkai.publishing.models import ItemKind
from gongkai.publishing.rules import FIELD_LABELS
from gongkai.publishing.rules_facts import pattern_warnings
from gongkai.publishing.rules_screening import profile_findings
from gongkai.screening.files import FileInput
from gongkai.screening.findings import Finding, Report, Severity, report_of
from gongkai.screening.inspection import inspect

_DIGEST = re.compile("[0-9a-f]{64}")


def inspect_content(
    content: Mapping[str, Any], kind: ItemKind | None = None, *, words: str | None = None
) -> Report:
    """Screen the texts and the names of attached files, and what the kind's screening profile
    adds; attachments' content was screened when they were added. The numbers that the content
    gives as office telephones are allowed. ``kind`` is looked up when it is not handed in; ``words`` is the
    body's plain text, for a caller that has it already."""
    facts = content.get("facts") or {}
    if kind is None and facts:
        kind = ItemKind.objects.filter(key=content.get("kind")).first()
    texts = {
        "title": content.get("title") or "",
        "summary": content.get("summary") or "",
        "body": plain_text(content.get("body") or "") if words is None else words,
        "attachments": "\n".join(
            f"{entry.get('title', '')} {entry['filename']}"
            for entry in content.get("attachments") or []
        ),
        "facts": "\n".join(strings_of(facts)),
    }
    report = inspect(texts, allow_phones=_phones(content, kind), labels=FIELD_LABELS)
    if kind is None:
        return report
    more = profile_findings(kind.screening, texts, content, FIELD_LABELS)
    for field, label, hint in pattern_warnings(kind.schema, facts):
        message, remedy = f"“{label}”的写法请核对：{hint}。", "写法确实不同的可以保留。"
        more.append(Finding("unusual_form", Severity.WARN, field, "", "", message, remedy))
    return report_of([*report.findings, *more]) if more else report


def strings_of(value: Any) -> Iterator[str]:
    """Every text anywhere in the facts: in tables and lists too."""
    if isinstance(value, str):
        # The digest of a chosen file is no text, and looks like all kinds of numbers.
        if not _DIGEST.fullmatch(value):
            yield value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from strings_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings_of(part)


def _phones(content: Mapping[str, Any], kind: ItemKind | None) -> list[str]:
    facts = content.get("facts") or {}
    names = {f["name"] for f in kind.schema if f["type"] == "phone"} if kind else {"phone"}
    return [str(p) for p in (content.get("contact"), *(facts.get(n) for n in names)) if p]


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
