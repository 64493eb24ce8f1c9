"""What dates and freshness reviews do to items, and giving up a draft nobody needs."""

import logging
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from gongkai.catalogue import services as catalogue
from gongkai.core import facts
from gongkai.core.clock import day_of
from gongkai.core.errors import Refusal
from gongkai.organisations.access import Member, require_role, require_visible
from gongkai.organisations.enums import Role
from gongkai.publishing import events
from gongkai.publishing.deadlines import validity_now
from gongkai.publishing.enums import ENDED, Validity, Visibility
from gongkai.publishing.guards import guard_of
from gongkai.publishing.models import Item
from gongkai.publishing.placing import record_of
from gongkai.publishing.rules_due import next_review
from gongkai.publishing.services import lock_item
from gongkai.review.models import ReviewCase

logger = logging.getLogger("gongkai.publishing")

BATCH = 500
ACTIONS = {
    Validity.LAPSED: ("publishing.item.lapsed", events.LAPSED),
    Validity.IN_FORCE: ("publishing.item.begun", events.BEGUN),
}


def _move(item_id: int, member: Member, now: datetime, to: Validity) -> bool:
    with transaction.atomic():
        row = lock_item(item_id)
        value = validity_now(row, day_of(now))
        if row.visibility != Visibility.PUBLIC or value == row.validity_now:
            return False
        if (value or row.validity) != to:
            return False
        before = row.current_validity
        Item.objects.filter(pk=row.pk).update(validity_now=value, updated_at=now)
        row.validity_now = value
        catalogue.place(record=record_of(row))
        action, event = ACTIONS[to]
        facts.record(
            action=action,
            subject=("item", row.pk),
            unit_id=row.unit_id,
            actor=member.actor,
            occurred_at=now,
            details={
                "from": before,
                "to": row.current_validity,
                "effective_on": row.effective_on.isoformat() if row.effective_on else "",
                "expires_on": row.expires_on.isoformat() if row.expires_on else "",
            },
        )
        events.announce(event=event, item_id=row.pk, version=row.version, now=now)
    return True


def item_lapse(*, item_id: int, member: Member, now: datetime) -> bool:
    """Mark a public item whose last day is over as 已失效; it stays public and findable.

    Its columns show it as such from then on. Safe to repeat; returns whether anything changed.
    """
    return _move(item_id, member, now, Validity.LAPSED)


def item_begin(*, item_id: int, member: Member, now: datetime) -> bool:
    """Mark a public item whose 施行日期 has come as 现行有效. Safe to repeat."""
    return _move(item_id, member, now, Validity.IN_FORCE)


def due_validity(*, member: Member, now: datetime) -> int:
    """Lapse and begin whatever a date has come for; returns how many changed.

    Each in its own transaction; one that fails is logged, and tried again at the next tick.
    """
    today = day_of(now)
    public = Item.objects.filter(visibility=Visibility.PUBLIC)
    over = public.filter(expires_on__lt=today).exclude(
        Q(validity__in=ENDED) | Q(validity_now=Validity.LAPSED)
    )
    begun = public.filter(effective_on__lte=today).filter(
        Q(validity_now=Validity.NOT_YET) | Q(validity_now="", validity=Validity.NOT_YET)
    )
    done = 0
    for rows, move in ((over, item_lapse), (begun, item_begin)):
        for pk in list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
            try:
                done += move(item_id=pk, member=member, now=now)
            except Exception:  # one bad record must not hold up all the others
                logger.exception("validity of item %s could not be brought up to date", pk)
    return done


def item_confirm(*, item_id: int | str, member: Member, now: datetime) -> date:
    """Record that an editor of the unit read the public information and found nothing to change.

    Returns the day of the next review. Raises NotVisible, PermissionRefused, and Refusal when the
    kind has no review, the item is not public, or a change of it is being written.
    """
    with transaction.atomic():
        row = lock_item(item_id)
        require_visible(member, row.unit)
        require_role(member, row.unit, Role.EDITOR, act="核对信息")
        days = row.kind.review_days
        if not days:
            raise Refusal("定期核对", f"“{row.kind.name}”不需要定期核对。", "不用办理。")
        if row.visibility != Visibility.PUBLIC:
            raise Refusal("定期核对", "这条信息现在没有公开。", "请先送审发布。")
        if row.has_unpublished_changes:
            raise Refusal(
                "定期核对",
                "这条信息有没有发布的修改，不能说“内容无变化”。",
                "请把修改送审发布；发布的当天就算核对过。",
            )
        today = day_of(now)
        following = next_review(today, days)
        if row.reviewed_on == today:
            return following
        Item.objects.filter(pk=row.pk).update(reviewed_on=today)
        facts.record(
            action="publishing.item.reviewed",
            subject=("item", row.pk),
            unit_id=row.unit_id,
            actor=member.actor,
            occurred_at=now,
            details={
                "digest": row.live_digest,
                "before": row.reviewed_on.isoformat() if row.reviewed_on else "",
                "next": following.isoformat(),
            },
        )
    return following


def draft_delete(*, item_id: int | str, member: Member, now: datetime) -> None:
    """Delete a draft that was never submitted nor released; its numbers can be used again.

    An editor of the unit. What happened stays on record. Raises Refusal for anything that was
    ever submitted: what reviewers read is kept.
    """
    with transaction.atomic():
        row = lock_item(item_id)
        require_visible(member, row.unit)
        require_role(member, row.unit, Role.EDITOR, act="删除草稿")
        if row.version or row.visibility != Visibility.HIDDEN:
            raise Refusal(
                "删除草稿",
                "这条信息公开过，不能删除。",
                "需要停止公开的，请在“已公开”里办理撤回。",
            )
        if ReviewCase.objects.filter(subject_kind="item", subject_id=str(row.pk)).exists():
            raise Refusal(
                "删除草稿",
                "这份稿件送审过，审核记录要保留，不能删除。",
                "不用的稿件留在原处即可，公众看不到。",
            )
        revision = row.latest_revision
        claims = list(row.claims.values_list("value", flat=True))
        fleeting = guard_of(row.kind.key).fleeting
        facts.record(
            # Of what is kept for a while only, no index may keep a word either.
            action="publishing.item.erased" if fleeting else "publishing.item.deleted",
            subject=("item", row.pk),
            unit_id=row.unit_id,
            actor=member.actor,
            occurred_at=now,
            details={
                "title": "" if fleeting else revision.object_str if revision else row.title,
                "kind": row.kind.key,
                "numbers": claims,
            },
        )
        row.claims.all().delete()
        # Wagtail deletes the revisions with the row.
        row.delete()
