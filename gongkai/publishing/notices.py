"""What publishing tells people of. Called in the transaction of what happened."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from gongkai.messaging.audience import holders, people, supervisors_of
from gongkai.messaging.registry import register_notice_kind
from gongkai.messaging.services import notify
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.publishing.enums import ENDED, Visibility, WithdrawCategory
from gongkai.publishing.models import Item
from gongkai.review.enums import CaseStatus
from gongkai.review.models import ReviewCase

RELEASED = "publishing.released"
ENDED_BY = "publishing.ended_by"
WITHDRAWN = "publishing.withdrawn"


def register() -> None:
    """Declare the kinds; called from the app's ``ready()``."""
    register_notice_kind(RELEASED, "送审的信息已经公开")
    register_notice_kind(ENDED_BY, "公开的文件被新文件废止或代替")
    register_notice_kind(WITHDRAWN, "已公开的信息被撤回", urgent=True)


def released(*, item: Item, case: ReviewCase, first: bool, member: Member, now: datetime) -> None:
    """It is public now, so its title may be said everywhere: the writers hear of it."""
    notify(
        kind=RELEASED,
        to=people(*case.authors, case.submitted_by_id),
        title=f"{'已公开' if first else '更正已公开'}：{item.title}",
        url=reverse("publishing-desk:item", args=[item.pk]),
        key=f"{item.pk}:{item.version}",
        subject=("item", item.pk),
        skip=member.actor.user_id,
        now=now,
    )


def withdrawn(*, item: Item, member: Member, now: datetime) -> None:
    """It was taken down: who submitted it, the unit's editors and the office above hear of it.

    The title may be what had to go, so it is not mailed.
    """
    cases = ReviewCase.objects.filter(
        subject_kind="item", subject_id=str(item.pk), status=CaseStatus.RELEASED
    ).order_by("-id")
    submitter = cases.values_list("submitted_by_id", flat=True).first()
    notify(
        kind=WITHDRAWN,
        to=people(submitter) | holders(item.unit, Role.EDITOR) | supervisors_of(item.unit),
        title=f"{item.unit.short_name}一条已公开的信息被撤回",
        body=f"《{item.title}》{WithdrawCategory(item.withdraw_category).label}：{item.withdraw_reason}",
        url=reverse("publishing-desk:item", args=[item.pk]),
        key=f"{item.pk}:{item.version}",
        subject=("item", item.pk),
        skip=member.actor.user_id,
        now=now,
    )


_END_WORDS = {"repeals": "废止", "supersedes": "代替"}


def ended_by(*, item: Item, links: Sequence[tuple[str, int]], now: datetime) -> None:
    """A new document repeals or replaces others: their editors mark them so by a correction."""
    wanted = {pk: relation for relation, pk in links if relation in _END_WORDS}
    rows = Item.objects.filter(pk__in=wanted, visibility=Visibility.PUBLIC).exclude(
        validity__in=ENDED
    )
    for old in rows.only("pk", "title", "unit_id"):
        word = _END_WORDS[wanted[old.pk]]
        notify(
            kind=ENDED_BY,
            to=holders(old.unit_id, Role.EDITOR),
            title=f"《{old.title}》已被新文件{word}，请更正有效性",
            body=f"《{item.title}》写明{word}这份文件。请把它的有效性改为“已废止”，送审后更正发布。",
            url=reverse("items:edit", args=[old.pk]),
            key=f"{old.pk}:{item.pk}",
            subject=("item", old.pk),
            now=now,
        )
