"""The files of published items: marking them by SHA-256, telling them again, taking them along.

Marks are written by the timer from released versions; a version that the timer has not reached is
looked at directly, so that a file can be checked at once.
"""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Exists, OuterRef

from gongkai.core.blobs import path_of
from gongkai.core.clock import SHANGHAI
from gongkai.core.models import Blob
from gongkai.profiles.models import FileMark, FileMarkRun
from gongkai.profiles.rules_files import (
    CURRENT,
    WITHDRAWN,
    Known,
    distinct,
    safe_name,
    state_of,
    text_file,
)
from gongkai.profiles.sheet import Sink
from gongkai.publishing.content import blobs_in
from gongkai.publishing.enums import TITLE_SEALED, ChangeKind, Visibility, WithdrawCategory
from gongkai.publishing.importing.clean import plain_text
from gongkai.publishing.models import Item, ItemVersion
from gongkai.publishing.placing import item_path

JOB = "profiles.file_marks"
AT_ONCE = 500
"""Versions marked by one run of the timer."""
LATE = 1000
"""A transaction may commit a lower number late: so many before the last one are looked at again."""
MOST_SHOWN = 20
MOST_FILES = 100
MOST_BYTES = 200 * 2**20
"""What may be taken along in one archive; more is fetched file by file."""
CHUNK = 64 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)


def version_text(version: ItemVersion) -> bytes:
    """The plain-text file of a version; needs ``item__unit``."""
    content = version.content
    try:
        formed = date.fromisoformat(str(content.get("formed_on") or ""))
    except ValueError:
        formed = None
    return text_file(
        title=str(content.get("title") or version.item.title),
        unit=version.item.unit.full_name,
        doc_no=str(content.get("doc_no") or ""),
        index_no=version.item.index_no,
        formed_on=formed,
        released_at=version.released_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        version=version.number,
        text=plain_text(str(content.get("body") or "")),
    )


def _marks(version: ItemVersion) -> list[FileMark]:
    """One mark for the text and one for each file of a version."""
    names = {
        entry["sha256"]: str(entry.get("filename") or "")
        for entry in version.content.get("attachments") or []
    }
    text = hashlib.sha256(version_text(version)).hexdigest()
    return [
        FileMark(version=version, sha256=text, filename="正文.txt", is_text=True),
        *(
            FileMark(version=version, sha256=sha, filename=names.get(sha, "")[:255])
            for sha in sorted(blobs_in(version.content))
        ),
    ]


def forget(item_id: int) -> None:
    """The file names of an item whose content is deleted for good; that there was a file stays."""
    FileMark.objects.filter(version__item=item_id, is_text=False).update(filename="（已删除）")


def mark_versions(moment: datetime, *, limit: int = AT_ONCE) -> int:
    """Timer job: mark the files of the next released versions; returns how many versions.

    Idempotent; ``moment`` is not used, what was released is marked whenever it is seen.
    """
    with transaction.atomic():
        run, _ = FileMarkRun.objects.select_for_update().get_or_create(pk=1)
        marked = FileMark.objects.filter(version=OuterRef("pk"))
        rows = list(
            ItemVersion.objects.filter(~Exists(marked), pk__gt=run.last_version - LATE)
            .select_related("item__unit")
            .order_by("pk")[:limit]
        )
        if not rows:
            return 0
        FileMark.objects.bulk_create(
            [mark for version in rows for mark in _marks(version)], ignore_conflicts=True
        )
        run.last_version = max(run.last_version, rows[-1].pk)
        run.save(update_fields=["last_version"])
    return len(rows)


def _found(sha: str) -> list[FileMark]:
    rows = list(
        FileMark.objects.filter(sha256=sha)
        .select_related("version__item__unit")
        .order_by("-version__released_at")[: MOST_SHOWN * 5]
    )
    last = FileMarkRun.objects.values_list("last_version", flat=True).first() or 0
    marked = FileMark.objects.filter(version=OuterRef("pk"))
    tail = (
        ItemVersion.objects.filter(~Exists(marked), pk__gt=last)
        .select_related("item__unit")
        .order_by("-pk")[:50]
    )
    return rows + [mark for version in tail for mark in _marks(version) if mark.sha256 == sha]


def public_known(sha: str) -> list[Known]:
    """What published files have this SHA-256, the newest first, one entry for each item; empty
    when no file that was ever published here has it. Three queries.

    Of an item that was withdrawn for privacy or secrecy nothing but that is said.
    """
    by_item: dict[int, list[FileMark]] = {}
    for mark in _found(sha):
        item = mark.version.item
        if item.visibility in (Visibility.PUBLIC, Visibility.WITHDRAWN):
            by_item.setdefault(item.pk, []).append(mark)
    shown = dict(list(by_item.items())[:MOST_SHOWN])
    versions: dict[tuple[int, int], ItemVersion] = {
        (row.item_id, row.number): row
        for row in ItemVersion.objects.filter(item__in=list(shown)).defer("content")
    }
    return [_known(marks, versions) for marks in shown.values()]


def _known(marks: list[FileMark], versions: dict[tuple[int, int], ItemVersion]) -> Known:
    mark = max(marks, key=lambda m: m.version.number)
    item, number = mark.version.item, mark.version.number
    public = item.visibility == Visibility.PUBLIC
    state = state_of(
        public=public, in_newest=number == item.version, sealed=mark.version.sealed
    )  # fmt: skip
    following = versions.get((item.pk, number + 1))
    hidden = state == WITHDRAWN and item.withdraw_category in TITLE_SEALED
    why = ""
    if state == WITHDRAWN and item.withdraw_category:
        why = str(WithdrawCategory(item.withdraw_category).label)
    elif state != CURRENT and following is not None and following.change_kind:
        why = str(ChangeKind(following.change_kind).label)
    return Known(
        state=state,
        title="" if hidden else item.title,
        unit="" if hidden else item.unit.full_name,
        path="" if hidden else item_path(item.pk),
        filename="" if hidden or mark.version.sealed else mark.filename,
        is_text=mark.is_text,
        version=number,
        newest=item.version,
        published_at=mark.version.released_at,
        replaced_at=following.released_at if following else None,
        withdrawn_at=item.withdrawn_at if not public else None,
        why=why,
        validity=item.current_validity if state == CURRENT else "",
    )


# --- one item as an archive -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its name, its digest and where its bytes come from."""

    name: str
    sha256: str
    size: int
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """Everything of one public item; ``too_large`` = more than one archive may hold."""

    title: str
    members: tuple[Member, ...]

    @property
    def size(self) -> int:
        """Bytes of all members."""
        return sum(member.size for member in self.members)

    @property
    def too_large(self) -> bool:
        """Whether it must be fetched file by file."""
        return self.size > MOST_BYTES or len(self.members) > MOST_FILES


def public_parcel(item: Item) -> Parcel | None:
    """What an archive of a public item holds: the text, the attachments, the pictures of the text;
    None when it is not public or a file is lost. Two queries."""
    if item.visibility != Visibility.PUBLIC:
        return None
    version = (
        ItemVersion.objects.select_related("item__unit")
        .filter(item=item, number=item.version, sealed=False)
        .first()
    )
    if version is None:
        return None
    attached = version.content.get("attachments") or []
    inside = blobs_in(version.content) - {entry["sha256"] for entry in attached}
    blobs = Blob.objects.in_bulk([*(entry["sha256"] for entry in attached), *inside])
    wanted = [(f"附件/{safe_name(str(e['filename']))}", e["sha256"]) for e in attached]
    for sha in sorted(inside):
        kind = blobs[sha].content_type.partition("/")[2] if sha in blobs else ""
        wanted.append((f"图片/{sha[:12]}.{kind if kind.isalnum() else 'bin'}", sha))
    storage = storages["blobs"]
    if any(sha not in blobs or not storage.exists(path_of(sha)) for _, sha in wanted):
        return None
    text = version_text(version)
    names = distinct([name for name, _ in wanted])
    return Parcel(
        item.title,
        (
            Member("正文.txt", hashlib.sha256(text).hexdigest(), len(text), text),
            *(
                Member(name, sha, blobs[sha].size)
                for name, (_, sha) in zip(names, wanted, strict=True)
            ),
        ),
    )


def manifest(members: Iterable[Member]) -> bytes:
    """The list of an archive's files as ``sha256sum --check`` reads it."""
    return "".join(f"{m.sha256}  {m.name}\n" for m in members).encode()


def zip_chunks(parcel: Parcel) -> Iterator[bytes]:
    """The archive piece by piece; holds one piece of one file in memory. The same item gives the
    same bytes."""
    sink = Sink()
    archive: Any = zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED)  # type: ignore[call-overload]
    listed = manifest(parcel.members)
    listing = Member("SHA256SUMS.txt", "", len(listed), listed)
    for member in (listing, *parcel.members):
        with archive.open(zipfile.ZipInfo(member.name, _EPOCH), "w") as out:
            if member.data is not None:
                out.write(member.data)
            else:
                with storages["blobs"].open(path_of(member.sha256), "rb") as handle:
                    while piece := handle.read(CHUNK):
                        out.write(piece)
                        yield sink.take()
        yield sink.take()
    archive.close()
    yield sink.take()
