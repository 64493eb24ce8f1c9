"""Deleting the content of an item for good, where a rule says how long it may be kept.

Everything else in this room keeps what was public. This keeps only that there was something: the
row with its number, who released and who deleted it, and the sealed facts with their digests.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from wagtail.models import Revision

from gongkai.catalogue import services as catalogue
from gongkai.core import blobs, facts, outbox
from gongkai.core.models import Blob, Fact, OutboxMessage
from gongkai.filetexts import services as filetexts
from gongkai.messaging.models import Message
from gongkai.organisations.access import Member
from gongkai.publishing import duties, events
from gongkai.publishing.content import blobs_in, content_of
from gongkai.publishing.enums import Status, Visibility, WithdrawCategory
from gongkai.publishing.guards import guard_of
from gongkai.publishing.models import Item, ItemLink, ItemVersion, NumberClaim
from gongkai.publishing.services import lock_item, working_copy
from gongkai.review import purging as reviews
from gongkai.review import services as review

DROP = "publishing.blob"
Forget = Callable[[int], Iterable[str] | None]
_FORGETTERS: dict[str, Forget] = {}


def register_forgetter(name: str, forget: Forget) -> None:
    """A room that copied words of an item (a title in a list of its own) says how it forgets them;
    called with the item's id in the purging transaction. It returns the digests of the files that
    it made from those words, if any: they go with the item's own."""
    _FORGETTERS[name] = forget


def register() -> None:
    """Hooks of this module, called once from ``apps.ready()``."""
    outbox.register_handler(DROP, "删除期满的文件", drop_blob)
    blobs.register_use("publishing", in_use)


def in_use(sha256: str) -> bool:
    """Whether any item, draft or version still names a file."""
    named = Q(attachments__icontains=sha256) | Q(body__contains=sha256)
    return (
        Item.objects.filter(named | Q(facts__icontains=sha256)).exists()
        or ItemVersion.objects.filter(content__icontains=sha256).exists()
        or Revision.objects.filter(content__icontains=sha256).exists()
    )


def drop_blob(message: OutboxMessage, now: datetime) -> None:
    """Delete a file once nothing names it any more; safe to repeat."""
    blobs.drop(message.subject_id)


def _files_of(row: Item) -> set[str]:
    """Every file that was ever part of the item, the unused uploads included."""
    found = set(blobs_in(content_of(working_copy(row))))
    for content in ItemVersion.objects.filter(item=row).values_list("content", flat=True):
        found |= blobs_in(content)
    uploads = Fact.objects.filter(
        subject_kind="item", subject_id=str(row.pk), action="publishing.file.added"
    )
    found |= {str(sha) for sha in uploads.values_list("details__sha256", flat=True) if sha}
    return found & set(Blob.objects.filter(pk__in=found).values_list("pk", flat=True))


def item_purge(*, item_id: int, reason: str, member: Member, now: datetime) -> Item:
    """Delete what an item said: row, versions, drafts, what reviewers read, notices, links, files.

    Called by the timer of a room whose rule ends the keeping; there is no screen for it. What
    stays is a tombstone without a title, and a fact. Files go from the outbox, unless another
    record uses them. Raises NotVisible when there is no such item.
    """
    with transaction.atomic():
        row = lock_item(item_id)
        files = _files_of(row)
        digests = list(
            ItemVersion.objects.filter(item=row).order_by("number").values_list("digest", flat=True)
        )
        review.void_active(kind="item", subject_id=str(row.pk), member=member, now=now)
        was_public = row.visibility == Visibility.PUBLIC
        placements = catalogue.remove(kind="item", record_id=row.pk) if was_public else 0
        if was_public:
            duties.withdrawn(row, now=now)
            guard_of(row.kind.key).withdrawn(row, now=now)
        _scrub(row, reason, now)
        ItemVersion.objects.filter(item=row).update(content={}, change_note="", sealed=True)
        Revision.objects.for_instance(row).delete()
        ItemLink.objects.filter(Q(source=row) | Q(target=row)).delete()
        NumberClaim.objects.filter(item=row).delete()
        reviews.forget(kind="item", subject_id=str(row.pk))
        Message.objects.filter(subject_kind="item", subject_id=str(row.pk)).delete()
        filetexts.subject_forget(subject=("item", row.pk))
        for forget in _FORGETTERS.values():
            files |= set(forget(row.pk) or ())
        for sha256 in sorted(files):
            outbox.enqueue(kind=DROP, subject=("blob", sha256), key=f"{row.pk}:{sha256}", now=now)
        facts.record(
            action="publishing.item.purged",
            subject=("item", row.pk),
            unit_id=row.unit_id,
            actor=member.actor,
            occurred_at=now,
            details={
                "reason": reason,
                "digests": digests,
                "files": sorted(files),
                "placements": placements,
            },
        )
        events.announce(event=events.WITHDRAWN, item_id=row.pk, version=row.version, now=now)
    return row


def _scrub(row: Item, reason: str, now: datetime) -> None:
    """Empty the row; it keeps its unit, kind, dates of release and numbers."""
    for name in ("summary", "body", "doc_no", "genre", "addressees", "source", "contact",
                 "change_kind", "change_note"):  # fmt: skip
        setattr(row, name, "")
    for name in ("joint_units", "keywords", "topics", "attachments", "entries"):
        setattr(row, name, [])
    row.title = f"（已删除的{row.kind.name}）"
    row.facts = {}
    row.theme = row.latest_revision = row.live_revision = None
    row.live = row.has_unpublished_changes = False
    row.status = Status.SETTLED
    if row.published_at is not None:
        row.visibility = Visibility.WITHDRAWN
        row.withdrawn_at = row.withdrawn_at or now
        row.withdraw_category = WithdrawCategory.PRIVACY
        row.withdraw_reason = reason[:300]
    row.updated_at = now
    row.save()
