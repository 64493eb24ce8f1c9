"""Which public versions wait for a target, and which no longer may go or stay there."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from gongkai.core.clock import at
from gongkai.core.models import OutboxMessage
from gongkai.deposits import rules
from gongkai.deposits.enums import LeftOut
from gongkai.deposits.models import DepositBatch, DepositRecall, DepositRow, DepositTarget
from gongkai.publishing.enums import Visibility, WithdrawCategory
from gongkai.publishing.models import Item, ItemVersion

_CHUNK = 1000


def follow(message: OutboxMessage, now: datetime) -> None:
    """After every release, correction and withdrawal; running it again changes nothing."""
    item_id = int(message.subject_id)
    with transaction.atomic():
        for target in DepositTarget.objects.filter(active=True).select_related("owner"):
            queue_versions(target=target, until=now, item_id=item_id)
        leave_out(item_ids=[item_id], now=now)


def queue_versions(*, target: DepositTarget, until: datetime, item_id: int | None = None) -> int:
    """Enter every public version of the target's area that it has no row for yet.

    ``until`` is the last moment of release that counts. Goes through the versions a thousand at a
    time, so that memory stays flat. Returns how many were entered.
    """
    rows = ItemVersion.objects.filter(
        item__unit__area_id=target.owner.area_id,
        released_at__lte=until,
        released_at__gte=_beginning(target),
    ).exclude(Exists(DepositRow.objects.filter(target=target, version=OuterRef("pk"))))
    if item_id is not None:
        rows = rows.filter(item_id=item_id)
    last, entered = 0, 0
    while True:
        chunk = list(
            rows.filter(pk__gt=last)
            .order_by("pk")
            .values_list(
                "pk", "item_id", "number", "digest", KT("content__title"), "item__index_no",
                "released_at",
            )[:_CHUNK]
        )  # fmt: skip
        if not chunk:
            return entered
        DepositRow.objects.bulk_create(
            [
                DepositRow(
                    target=target,
                    version_id=version_id,
                    item_id=item,
                    number=number,
                    digest=digest,
                    title=str(title or "")[:300],
                    index_no=index_no,
                    released_at=released_at,
                )
                for version_id, item, number, digest, title, index_no, released_at in chunk
            ],
            ignore_conflicts=True,
        )
        last, entered = chunk[-1][0], entered + len(chunk)


def _beginning(target: DepositTarget) -> datetime:
    return at(rules.month_of(target.since))


def _gone(now: datetime) -> Q:
    """Rows whose version the public may not read any more at a moment."""
    return Q(item__visibility=Visibility.WITHDRAWN, item__withdrawn_at__lte=now) | Q(
        version__sealed=True
    )


def leave_out(
    *, now: datetime, item_ids: Iterable[int] | None = None, batch: DepositBatch | None = None
) -> int:
    """Take versions that were withdrawn or sealed out of what is sent; returns how many.

    Before the dispatch they are left out with the reason; after it the target has to be told, so
    a recall is opened. Batches whose list changed get a new digest. Runs in the caller's
    transaction.
    """
    rows = DepositRow.objects.filter(_gone(now), left_out="", recall=None)
    if item_ids is not None:
        rows = rows.filter(item_id__in=list(item_ids))
    if batch is not None:
        rows = rows.filter(batch=batch)
    found = list(rows.select_related("item", "batch", "version"))
    changed: dict[int, DepositBatch] = {}
    for row in found:
        withdrawn = row.item.visibility == Visibility.WITHDRAWN
        reason = LeftOut.WITHDRAWN if withdrawn else LeftOut.SEALED
        if row.batch is not None and row.batch.sent_at is not None:
            DepositRecall.objects.create(
                row=row,
                reason=reason,
                detail=_detail(row.item, withdrawn),
                arisen_at=(row.item.withdrawn_at if withdrawn else None) or now,
            )
            continue
        row.left_out = reason
        row.save(update_fields=["left_out"])
        if row.batch is not None:
            changed[row.batch.pk] = row.batch
    for touched in changed.values():
        seal(touched)
    return len(found)


def _detail(item: Item, withdrawn: bool) -> str:
    if withdrawn and item.withdraw_category:
        return str(WithdrawCategory(item.withdraw_category).label)
    return "更正时封存了以前的版本"


def forget(item_id: int) -> None:
    """The titles copied from an item whose content is deleted for good."""
    DepositRow.objects.filter(item_id=item_id).update(title="（已删除）")


def sent_rows(batch: DepositBatch) -> QuerySet[DepositRow]:
    """What a batch hands over, in the order of its manifest."""
    return DepositRow.objects.filter(batch=batch, left_out="").order_by("released_at", "pk")


def seal(batch: DepositBatch) -> None:
    """Count a batch anew and write the digest of its list."""
    keys = sent_rows(batch).values_list("index_no", "number", "digest")
    batch.manifest_sha256 = rules.manifest_digest(keys.iterator(chunk_size=2000))
    batch.item_count = keys.count()
    batch.left_out_count = DepositRow.objects.filter(batch=batch).exclude(left_out="").count()
    batch.save(update_fields=["manifest_sha256", "item_count", "left_out_count"])
