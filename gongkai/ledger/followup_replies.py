"""What a unit answers to a follow-up (督办), and what it points to as proof."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gongkai.core import blobs
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput
from gongkai.ledger import followup_notices as notices
from gongkai.ledger.enums import EvidenceKind
from gongkai.ledger.followups import locked, move, record
from gongkai.ledger.models import FollowUp, FollowUpProof, FollowUpReply
from gongkai.ledger.proofs import address_problem, file_problems, own_items
from gongkai.organisations.access import Member, require_role
from gongkai.organisations.enums import Role
from gongkai.publishing.enums import Visibility

MOST_FILES = 5


def require_replier(member: Member, row: FollowUp) -> None:
    """The unit's editors answer; those of the head unit may, when it got a copy."""
    if row.head is not None and member.holds(Role.EDITOR, row.head):
        return
    require_role(member, row.unit, Role.EDITOR, act="回复督办")


def followup_reply(
    *,
    followup_id: int,
    text: str,
    member: Member,
    now: datetime,
    items: Sequence[int] = (),
    url: str = "",
    url_title: str = "",
    files: Sequence[tuple[str, bytes]] = (),
) -> FollowUpReply:
    """Answer a follow-up, with published items, an address and files as proof.

    Files are screened like any upload and told by their content. Raises InvalidInput naming the
    field; nothing is kept then.
    """
    with transaction.atomic():
        # Nothing of a stranger's is read or kept; asked again below, under the lock that writes.
        row = locked(followup_id, member)
        require_replier(member, row)
        move(row, "reply")
    errors: dict[str, list[str]] = {}
    if not text.strip():
        errors["text"] = ["请写明办理情况。"]
    url = url.strip()
    if url and (problem := address_problem(url)):
        errors["url"] = [problem]
    if url and not url_title.strip():
        errors["url_title"] = ["请填写网页标题。"]
    if len(files) > MOST_FILES:
        errors["attachments"] = [f"一次最多附 {MOST_FILES} 个文件。"]
    elif files and (stops := file_problems(files)):
        errors["attachments"] = stops
    known = {i.pk: i for i in own_items(row.unit).filter(pk__in=items)}
    if any(i not in known or known[i].visibility != Visibility.PUBLIC for i in items):
        errors["items"] = ["所选信息里有的现在没有公开，请重新选择。"]
    if errors:
        raise InvalidInput(errors, rule="回复督办")
    kept = [
        (name, blobs.store(data, content_type="application/octet-stream", now=now))
        for name, data in files
    ]
    with transaction.atomic():
        row = locked(followup_id, member)
        require_replier(member, row)
        status = move(row, "reply")
        reply = FollowUpReply.objects.create(
            followup=row, unit=row.unit, text=text.strip(), by_id=member.actor.user_id, at=now,
            due=row.reply_due,
        )  # fmt: skip
        proofs = [
            FollowUpProof(reply=reply, kind=EvidenceKind.ITEM, item_id=i, title=known[i].title)
            for i in dict.fromkeys(items)
        ]
        if url:
            title = url_title.strip()[:300]
            proofs.append(FollowUpProof(reply=reply, kind=EvidenceKind.URL, url=url, title=title))
        proofs += [
            FollowUpProof(reply=reply, kind=EvidenceKind.FILE, blob=blob, title=name[:300])
            for name, blob in kept
        ]
        FollowUpProof.objects.bulk_create(proofs)
        row.status = status
        row.save(update_fields=["status"])
        record(
            row, "replied", member, now, reply=reply.pk, due=row.reply_due,
            late=day_of(now) > row.reply_due, proofs=len(proofs),
        )  # fmt: skip
        notices.replied(row, reply, member, now)
    return reply
