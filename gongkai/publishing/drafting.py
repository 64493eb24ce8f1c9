"""Files of a draft: a Word document becomes a draft, attachments and pictures come and go."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final

from django.db import transaction

from gongkai.core import blobs, facts
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, Refusal
from gongkai.core.models import Blob, Fact
from gongkai.organisations.access import Member, require_role, require_visible
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.publishing import services
from gongkai.publishing.content import blobs_in, content_of
from gongkai.publishing.enums import GENRES
from gongkai.publishing.guards import guard_of
from gongkai.publishing.importing.problems import ImportProblem
from gongkai.publishing.importing.word import import_docx
from gongkai.publishing.models import Item, ItemKind
from gongkai.publishing.uploads import Purpose, Upload, check_upload, picture_size

MAX_ATTACHMENTS: Final = 50
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f<>:\"|?*]")


@dataclass(frozen=True, slots=True)
class WordDraft:
    """What a Word document says: content for the form, and what the editor must check."""

    content: Mapping[str, Any]
    warnings: tuple[str, ...] = field(default=())


def clean_filename(name: str) -> str:
    """The bare name of an uploaded file, safe to store and to offer for download."""
    bare = PurePosixPath(name.replace("\\", "/")).name
    bare = _UNPRINTABLE.sub("", bare).strip(" .")
    stem, dot, extension = bare.rpartition(".")
    return f"{stem[:100]}{dot}{extension[:10]}" if stem else bare[:100] or "文件"


def _genre_of(title: str) -> str:
    return next((genre for genre in GENRES if title.rstrip("）)").endswith(genre)), "")


def _read_word(
    *, kind: ItemKind, filename: str, data: bytes, now: datetime
) -> tuple[WordDraft, list[Blob]]:
    name = clean_filename(filename)
    check_upload(Upload(name, data), purpose=Purpose.DRAFT, field="word", today=day_of(now))
    try:
        document = import_docx(data, filename=name)
    except ImportProblem as problem:
        raise InvalidInput({"word": [problem.message]}, rule="导入 Word") from problem
    warnings = list(document.warnings)
    content: dict[str, Any] = {"body": document.html}
    title = document.title or ""
    if not title:
        title = name.rpartition(".")[0] or name
        warnings.insert(0, "文档里没有认出标题，暂用文件名作标题，请改正。")
    content["title"] = title[:300]
    if document.doc_no and kind.doc_no == "none":
        warnings.append(f"{kind.name}没有发文字号，文中的“{document.doc_no}”没有填入。")
    elif document.doc_no:
        content["doc_no"] = document.doc_no
    if document.formed_on:
        content["formed_on"] = document.formed_on.isoformat()
    if document.addressees:
        content["addressees"] = document.addressees.rstrip("：:")[:300]
    genre = _genre_of(title)
    if genre:
        content["genre"] = genre
    if document.attachments_named:
        names = "、".join(f"《{part}》" for part in document.attachments_named)
        warnings.append(f"正文提到附件{names}，附件不会随正文导入，请在“附件”里逐个上传。")
    pictures = [
        blobs.store(image.data, content_type=image.content_type, now=now)
        for image in document.images
    ]
    return WordDraft(content, tuple(warnings)), pictures


def item_from_word(
    *, unit: Unit, kind: ItemKind, filename: str, data: bytes, member: Member, now: datetime
) -> tuple[Item, tuple[str, ...]]:
    """Start a draft from a Word document; returns it with what the editor must check.

    Only an editor of the unit. Raises PermissionRefused, and InvalidInput (field ``word``) when
    the file cannot be read; a document number that is taken is left out and reported instead.
    """
    require_role(member, unit, Role.EDITOR, act="起草和修改信息")
    draft, pictures = _read_word(kind=kind, filename=filename, data=data, now=now)
    warnings = list(draft.warnings)
    content = dict(draft.content)
    with transaction.atomic():
        try:
            with transaction.atomic():
                item = services.item_create(
                    unit=unit, kind=kind, content=content, member=member, now=now
                )
        except InvalidInput as refused:
            if "doc_no" not in refused.fields:
                raise
            warnings.append(f"发文字号没有填入：{refused.fields['doc_no'][0]}")
            content["doc_no"] = ""
            item = services.item_create(
                unit=unit, kind=kind, content=content, member=member, now=now
            )
        for blob in pictures:
            _record("publishing.file.added", item, member, now, blob, use="picture")
    return item, tuple(warnings)


def word_into_draft(
    *, item_id: int | str, filename: str, data: bytes, member: Member, now: datetime
) -> WordDraft:
    """Read a Word document for a draft that exists. The text is returned, not saved yet; its
    pictures are kept, so that the form can show them."""
    item = _editable(item_id, member)
    draft, pictures = _read_word(kind=item.kind, filename=filename, data=data, now=now)
    with transaction.atomic():
        for blob in pictures:
            _record("publishing.file.added", item, member, now, blob, use="picture")
    return draft


def _editable(item_id: int | str, member: Member) -> Item:
    with transaction.atomic():
        item = services.lock_item(item_id)
    require_visible(member, item.unit)
    require_role(member, item.unit, Role.EDITOR, act="起草和修改信息")
    return item


def _record(
    action: str, item: Item, member: Member, now: datetime, blob: Blob, **details: Any
) -> None:
    if guard_of(item.kind.key).fleeting:
        details.pop("filename", None)
    facts.record(
        action=action,
        subject=("item", item.pk),
        unit_id=item.unit_id,
        actor=member.actor,
        occurred_at=now,
        details={"sha256": blob.sha256, "size": blob.size, **details},
    )


def attachment_add(
    *,
    item_id: int | str,
    filename: str,
    data: bytes,
    member: Member,
    now: datetime,
    title: str = "",
) -> tuple[Item, tuple[str, ...]]:
    """Attach a file to the draft; like every edit it voids a running review.

    ``title`` is what readers see (the bare file name when empty). Returns the new draft and what
    a person should look at in the file. Raises NotVisible,
    PermissionRefused, and InvalidInput (field ``attachments``) for a file that may not be
    published: wrong or disguised type, too large, encrypted, dangerous content.
    """
    name = clean_filename(filename)
    item = _editable(item_id, member)
    contact = services.working_copy(item).contact
    checked = check_upload(
        Upload(name, data),
        purpose=Purpose.ATTACHMENT,
        field="attachments",
        today=day_of(now),
        allow_phones=[contact] if contact else (),
    )
    with transaction.atomic():
        row = services.lock_item(item.pk)
        before = list(content_of(services.working_copy(row))["attachments"])
        if len(before) >= MAX_ATTACHMENTS:
            raise InvalidInput(
                {"attachments": [f"一条信息最多 {MAX_ATTACHMENTS} 个附件，请合并后再上传。"]}
            )
        blob = blobs.store(data, content_type=checked.content_type, now=now)
        if any(entry["sha256"] == blob.sha256 for entry in before):
            raise InvalidInput({"attachments": [f"“{name}”和已有的附件内容相同，没有重复上传。"]})
        entry = {
            "title": (title.strip() or name.rpartition(".")[0] or name)[:120],
            "filename": name,
            "sha256": blob.sha256,
            "size": blob.size,
            "content_type": checked.content_type,
            **picture_size(data),
        }
        copy = services.item_edit(
            item_id=row.pk, content={"attachments": [*before, entry]}, member=member, now=now
        )
        _record("publishing.file.added", row, member, now, blob, use="attachment", filename=name)
    return copy, checked.warnings


def attachment_remove(*, item_id: int | str, sha256: str, member: Member, now: datetime) -> Item:
    """Take an attachment off the draft; what was published with it keeps it on record.

    Raises NotVisible, PermissionRefused, and Refusal when the draft has no such attachment.
    """
    item = _editable(item_id, member)
    with transaction.atomic():
        row = services.lock_item(item.pk)
        before = list(content_of(services.working_copy(row))["attachments"])
        kept = [entry for entry in before if entry["sha256"] != sha256]
        if len(kept) == len(before):
            raise Refusal("附件", "这个附件已经不在草稿里。", "请刷新页面查看最新状态。")
        copy = services.item_edit(
            item_id=row.pk, content={"attachments": kept}, member=member, now=now
        )
        _record(
            "publishing.file.removed",
            row,
            member,
            now,
            Blob(sha256=sha256, size=next(e["size"] for e in before if e["sha256"] == sha256)),
            use="attachment",
            filename=next(e["filename"] for e in before if e["sha256"] == sha256),
        )
    return copy


def picture_add(
    *, item_id: int | str, filename: str, data: bytes, member: Member, now: datetime
) -> str:
    """Keep a picture for the body and return its SHA-256; the body then says ``blob:<sha256>``.

    The draft changes only when the body that names the picture is saved. Raises NotVisible,
    PermissionRefused, InvalidInput (field ``picture``).
    """
    item = _editable(item_id, member)
    name = clean_filename(filename)
    checked = check_upload(
        Upload(name, data), purpose=Purpose.PICTURE, field="picture", today=day_of(now)
    )
    with transaction.atomic():
        blob = blobs.store(data, content_type=checked.content_type, now=now)
        _record("publishing.file.added", item, member, now, blob, use="picture", filename=name)
    return blob.sha256


def picture_of(item: Item, sha: str) -> Blob | None:
    """A picture an editor of this item may see while writing: named by the draft, or uploaded
    for it and not saved yet. ``sha`` is the beginning of the digest, 16 characters or more."""
    if len(sha) < 16:
        return None
    named = [s for s in blobs_in(content_of(services.working_copy(item))) if s.startswith(sha)]
    if not named:
        rows = Fact.objects.filter(
            subject_kind="item",
            subject_id=str(item.pk),
            action="publishing.file.added",
            details__use="picture",
        ).values_list("details__sha256", flat=True)
        named = [s for s in rows if s.startswith(sha)]
    if not named:
        return None
    blob = Blob.objects.filter(pk=named[0]).first()
    return blob if blob and blob.content_type.startswith("image/") else None
