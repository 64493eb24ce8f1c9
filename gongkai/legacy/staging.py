"""The stored form of a candidate, and the digests that the batch stands on."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from gongkai.core.facts import canonical_json, sha256_text
from gongkai.legacy.candidate import Candidate
from gongkai.legacy.models import StagedItem
from gongkai.publishing.models import ItemVersion


def staged_row(run_id: int, candidate: Candidate) -> StagedItem:
    """The row to save; its digest covers everything that release would make of it."""
    row = StagedItem(
        run_id=run_id,
        row=candidate.row,
        title=candidate.title,
        unit_id=candidate.unit_id,
        kind=candidate.kind,
        original_on=candidate.original_on,
        content=canonical_json(candidate.content),
        source_key=candidate.source_key,
        near_key=candidate.near_key,
        text_key=candidate.text_key,
        url_key=candidate.url_key,
        name_key=candidate.name_key,
        doc_no=candidate.doc_no,
        index_no=candidate.index_no,
        urls=candidate.urls,
        targets=candidate.targets,
        has_links=candidate.has_links,
        findings=candidate.findings,
    )
    row.digest = digest_of(row)
    return row


def digest_of(row: StagedItem) -> str:
    """SHA-256 of the content with what else becomes public or decides where it stands."""
    rest = [
        row.unit_id, row.kind, row.original_on.isoformat(), row.index_no, row.urls, row.targets,
    ]  # fmt: skip
    return sha256_text(f"{row.content}\n{canonical_json(rest)}")


def content_of(row: StagedItem) -> dict[str, Any]:
    """The content as plain values; once it is public, what its first version holds."""
    if not row.content and row.item_id:
        released = ItemVersion.objects.filter(item_id=row.item_id, number=1)
        found: dict[str, Any] = released.values_list("content", flat=True).get()
        return found
    parsed: dict[str, Any] = json.loads(row.content)
    return parsed


def manifest_of(digests: Iterable[tuple[int, str]]) -> str:
    """The digest of a batch: SHA-256 over ``row digest`` lines in the order of rows."""
    total = hashlib.sha256()
    for row, digest in digests:
        total.update(f"{row} {digest}\n".encode())
    return total.hexdigest()


def manifest_of_run(run_id: int) -> str:
    """The manifest as the staged rows are now; memory stays flat."""
    rows = StagedItem.objects.filter(run_id=run_id).order_by("row").values_list("row", "digest")
    return manifest_of(rows.iterator(chunk_size=5000))


def names_file(sha256: str) -> bool:
    """Whether a staged row names a file."""
    return StagedItem.objects.filter(content__contains=sha256).exists()
