"""The list of everything a site held when it was closed, kept as a file that anybody may check."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from gongkai.catalogue.models import Placement, PublicSite
from gongkai.catalogue.sites.enums import State
from gongkai.core import blobs
from gongkai.core.cells import safe_cell
from gongkai.core.clock import SHANGHAI

CONTENT_TYPE = "text/csv"
FILE_NAME = "guidang-qingdan.csv"
_HEAD = ("网址", "标题", "单位", "公开时间", "内容摘要（SHA-256）")
_BATCH = 1000

# Of one kind of record: the digest of what is public, by id.
_DIGESTS: dict[str, Callable[[Iterable[int]], Mapping[int, str]]] = {}


def register_digests(kind: str, of: Callable[[Iterable[int]], Mapping[int, str]]) -> None:
    """A content room says how to look up the digests of its public records."""
    _DIGESTS[kind] = of


def _lines(site: PublicSite) -> Iterable[tuple[str, ...]]:
    rows = Placement.objects.filter(column__site=site, section=None)
    seen: set[tuple[str, int]] = set()
    batch: list[Placement] = []
    for row in rows.order_by("published_at", "pk").iterator(chunk_size=_BATCH):
        if (row.subject_kind, row.subject_id) in seen:
            continue
        seen.add((row.subject_kind, row.subject_id))
        batch.append(row)
        if len(batch) == _BATCH:
            yield from _told(batch)
            batch = []
    yield from _told(batch)


def _told(rows: list[Placement]) -> Iterable[tuple[str, ...]]:
    digests: dict[tuple[str, int], str] = {}
    for kind, of in _DIGESTS.items():
        ids = [row.subject_id for row in rows if row.subject_kind == kind]
        digests |= {(kind, pk): digest for pk, digest in of(ids).items()}
    for row in rows:
        yield (
            str(row.card.get("path", "")),
            safe_cell(str(row.card.get("title", ""))),
            safe_cell(str(row.card.get("unit", ""))),
            row.published_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
            digests.get((row.subject_kind, row.subject_id), ""),
        )


def manifest(site: PublicSite, *, now: datetime) -> dict[str, Any]:
    """Store the manifest of a site as it is now; returns its digest, size and number of records."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    count = 0
    for line in _lines(site):
        writer.writerow(line)
        count += 1
    data = b"\xef\xbb\xbf" + out.getvalue().encode()
    blob = blobs.store(data, content_type=CONTENT_TYPE, now=now)
    return {"sha256": blob.sha256, "size": blob.size, "count": count, "made_at": now.isoformat()}


def gate(request: HttpRequest, record: str, sha: str) -> blobs.Grant | None:
    """The manifest of a closed site is for everybody."""
    site = PublicSite.objects.filter(key=record[:50], state=State.CLOSED).first()
    digest = str(site.archive_manifest.get("sha256", "")) if site else ""
    if not digest or not digest.startswith(sha):
        return None
    return blobs.Grant(digest, FILE_NAME, CONTENT_TYPE, public=True)
