"""Every write of deposits: targets, monthly batches, dispatch, receipt, recalls."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import TruncMonth

from gongkai.core import blobs, facts
from gongkai.core.clock import SHANGHAI, at, day_of, end_of_day
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.deposits import queueing, rules
from gongkai.deposits.enums import TargetKind
from gongkai.deposits.models import DepositBatch, DepositRecall, DepositRow, DepositTarget
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.publishing.uploads import Purpose, Upload, check_upload

RULE = "移送档案馆和图书馆（条例第二十五条）"


def require_keeper(member: Member, owner: Unit) -> None:
    """An operator, or a supervisor whose office reaches the area; NotVisible to strangers."""
    if member.holds_anywhere(Role.OPERATOR) or member.supervises(owner):
        return
    if not member.may_see(owner):
        raise NotVisible
    raise PermissionRefused(
        "岗位权限",
        "移送存档只能由运维人员，或者主管本区域的政务公开主管办理。",
        "请联系政务公开主管部门。",
    )


def _fact(action: str, batch: DepositBatch, member: Member, now: datetime, **details: Any) -> None:
    facts.record(
        action=action,
        subject=("deposit_batch", batch.pk),
        unit_id=batch.target.owner_id,
        actor=member.actor,
        occurred_at=now,
        details={
            "target": batch.target.name,
            "period": f"{batch.period:%Y-%m}",
            "items": batch.item_count,
            "manifest": batch.manifest_sha256,
            **details,
        },
    )


# --- targets -------------------------------------------------------------------------------------


def target_add(
    *,
    owner: Unit,
    kind: str,
    name: str,
    since: date,
    member: Member,
    now: datetime,
    contact: str = "",
) -> DepositTarget:
    """Enter an archive or library; what ``owner``'s area publishes from that month on goes there.

    Raises NotVisible, PermissionRefused, InvalidInput.
    """
    with transaction.atomic():
        require_keeper(member, owner)
        errors: dict[str, list[str]] = {}
        if kind not in TargetKind.values:
            errors["kind"] = ["请选择国家档案馆或者公共图书馆。"]
        if not name.strip():
            errors["name"] = ["请填写接收单位的名称。"]
        if DepositTarget.objects.filter(owner=owner, name=name.strip(), active=True).exists():
            errors["name"] = [f"“{name.strip()}”已经登记过了。"]
        if errors:
            raise InvalidInput(errors)
        target = DepositTarget.objects.create(
            owner=owner,
            kind=kind,
            name=name.strip()[:80],
            contact=contact.strip()[:120],
            since=rules.month_of(since),
        )
        queueing.queue_versions(target=target, until=now)
        facts.record(
            action="deposits.target.added",
            subject=("deposit_target", target.pk),
            unit_id=owner.pk,
            actor=member.actor,
            occurred_at=now,
            details={"name": target.name, "kind": kind, "since": f"{target.since:%Y-%m}"},
        )
    return target


def target_end(*, target_id: int, member: Member, now: datetime) -> DepositTarget:
    """Stop handing over to a target; its batches and receipts stay."""
    with transaction.atomic():
        target = _locked_target(target_id)
        require_keeper(member, target.owner)
        if not target.active:
            raise Refusal(RULE, f"{target.name}已经停用。")
        target.active = False
        target.save(update_fields=["active"])
        facts.record(
            action="deposits.target.ended",
            subject=("deposit_target", target.pk),
            unit_id=target.owner_id,
            actor=member.actor,
            occurred_at=now,
            details={"name": target.name},
        )
    return target


def _locked_target(target_id: int) -> DepositTarget:
    target = (
        DepositTarget.objects.select_for_update(of=("self",))
        .select_related("owner")
        .filter(pk=target_id)
        .first()
    )
    if target is None:
        raise NotVisible
    return target


# --- batches -------------------------------------------------------------------------------------


def batch_make(*, target_id: int, period: date, member: Member, now: datetime) -> DepositBatch:
    """Put together what a target is given for a month that is over; made once, then returned.

    Every public version goes to a target once: what was missed in an earlier month comes with
    this one. Versions withdrawn or sealed by ``now`` are left out and listed with the reason.
    Raises NotVisible, PermissionRefused, InvalidInput for a wrong month, and Refusal when there
    is nothing to hand over.
    """
    with transaction.atomic():
        target = _locked_target(target_id)
        require_keeper(member, target.owner)
        return _make(target, period, member, now)


def _make(target: DepositTarget, period: date, member: Member, now: datetime) -> DepositBatch:
    made = DepositBatch.objects.filter(target=target, period=period).first()
    if made is not None:
        return made
    if not target.active:
        raise Refusal(RULE, f"{target.name}已经停用，不再归集。", "请先登记新的接收单位。")
    problem = rules.period_problem(period, since=target.since, today=day_of(now))
    if problem:
        raise InvalidInput({"period": [problem]})
    last_day = rules.month_end(period)
    queueing.queue_versions(target=target, until=now)
    waiting = DepositRow.objects.filter(
        target=target, batch=None, released_at__lte=end_of_day(last_day)
    )
    if not waiting.exists():
        raise Refusal(
            RULE, f"{period.year} 年 {period.month} 月没有需要移送的信息。", "不需要归集这个月。"
        )
    batch = DepositBatch.objects.create(
        target=target, period=period, last_day=last_day, made_at=now
    )
    waiting.update(batch=batch)
    queueing.leave_out(batch=batch, now=now)
    queueing.seal(batch)
    _fact("deposits.batch.made", batch, member, now, left_out=batch.left_out_count)
    return batch


def batches_make_due(*, member: Member, now: datetime) -> int:
    """Put together every month that is over; the timer's job. Returns how many were made."""
    this_month = rules.month_of(day_of(now))
    made = 0
    months = (
        DepositRow.objects.filter(target__active=True, batch=None, released_at__lt=at(this_month))
        .annotate(month=TruncMonth("released_at", tzinfo=SHANGHAI))
        .order_by()
        .values_list("target_id", "month")
        .distinct()
    )
    waiting = {(target_id, day_of(month)) for target_id, month in months}
    for target_id, period in sorted(waiting, key=lambda pair: (pair[1], pair[0])):
        with transaction.atomic():
            target = _locked_target(target_id)
            if DepositBatch.objects.filter(target=target, period=period).exists():
                continue  # came late; goes with the next month
            _make(target, period, member, now)
            made += 1
    return made


def _locked_batch(batch_id: int, member: Member) -> DepositBatch:
    batch = (
        DepositBatch.objects.select_for_update(of=("self",))
        .select_related("target__owner")
        .filter(pk=batch_id)
        .first()
    )
    if batch is None:
        raise NotVisible
    require_keeper(member, batch.target.owner)
    return batch


def batch_dispatch(
    *, batch_id: int, manifest_sha256: str, method: str, member: Member, now: datetime
) -> DepositBatch:
    """Record that the package with this manifest was handed over.

    What was withdrawn up to this moment is taken out first; then the manifest is another one and
    the package has to be fetched again. Raises NotVisible, PermissionRefused, InvalidInput,
    Refusal.
    """
    with transaction.atomic():
        batch = _locked_batch(batch_id, member)
        if batch.sent_at is None:
            queueing.leave_out(batch=batch, now=now)
    with transaction.atomic():
        batch = _locked_batch(batch_id, member)
        if batch.sent_at is not None:
            raise Refusal(RULE, "这一批已经移送过了。", "请刷新页面查看最新状态。")
        if not batch.item_count:
            raise Refusal(RULE, "这一批里的信息都已撤回，没有要移送的。", "不需要办理移送。")
        if manifest_sha256 != batch.manifest_sha256:
            raise Refusal(
                RULE,
                "清单变了：您下载移送包以后，有信息撤回或封存，不能再按原来的包移送。",
                "请刷新页面，重新下载移送包，用新的包移送。",
            )
        if not method.strip():
            raise InvalidInput({"method": ["请写明怎样移送的，例如：光盘一张，专人送达。"]})
        batch.sent_at, batch.sent_by_id = now, member.actor.user_id
        batch.method = method.strip()[:120]
        batch.save(update_fields=["sent_at", "sent_by", "method"])
        _fact("deposits.batch.sent", batch, member, now, method=batch.method)
    return batch


def receipt_record(
    *,
    batch_id: int,
    receipt_no: str,
    receipt_on: date | None,
    receiver: str,
    upload: Upload | None,
    member: Member,
    now: datetime,
) -> DepositBatch:
    """Record the target's receipt with its scan or file; the file is screened before it is kept.

    Raises NotVisible, PermissionRefused, InvalidInput, and Refusal before the dispatch or when a
    receipt is there already.
    """
    with transaction.atomic():
        batch = _locked_batch(batch_id, member)
        if batch.sent_at is None:
            raise Refusal(RULE, "这一批还没有移送，不能登记回执。", "请先登记移送。")
        if batch.receipt_on is not None:
            raise Refusal(RULE, "这一批的回执已经登记过了。", "请刷新页面查看最新状态。")
        errors: dict[str, list[str]] = {}
        if not receipt_no.strip():
            errors["receipt_no"] = ["请填写回执编号。"]
        if not receiver.strip():
            errors["receiver"] = ["请填写接收人或接收部门。"]
        if receipt_on is None:
            errors["receipt_on"] = ["请填写回执日期。"]
        elif not day_of(batch.sent_at) <= receipt_on <= day_of(now):
            errors["receipt_on"] = ["回执日期应当在移送那天以后，不晚于今天。"]
        if upload is None:
            errors["receipt_file"] = ["请选择回执的扫描件或文件。"]
        if errors or upload is None:
            raise InvalidInput(errors)
        checked = check_upload(
            upload, purpose=Purpose.MATERIAL, field="receipt_file", today=day_of(now)
        )
        blob = blobs.store(upload.data, content_type=checked.content_type, now=now)
        batch.receipt_no = receipt_no.strip()[:60]
        batch.receipt_on = receipt_on
        batch.receiver = receiver.strip()[:60]
        batch.receipt_file, batch.receipt_name = blob, upload.name[:120]
        batch.save(
            update_fields=["receipt_no", "receipt_on", "receiver", "receipt_file", "receipt_name"]
        )
        _fact(
            "deposits.batch.received", batch, member, now, receipt=batch.receipt_no,
            file=blob.sha256,
        )  # fmt: skip
    return batch


def recall_tell(*, recall_id: int, note: str, member: Member, now: datetime) -> DepositRecall:
    """Record that the target was told to take a version out of public reading."""
    with transaction.atomic():
        recall = (
            DepositRecall.objects.select_for_update(of=("self",))
            .select_related("row__batch__target__owner")
            .filter(pk=recall_id)
            .first()
        )
        if recall is None or recall.row.batch is None:
            raise NotVisible
        require_keeper(member, recall.row.batch.target.owner)
        if recall.told_at is not None:
            raise Refusal(RULE, "这一条已经通知过了。", "请刷新页面查看最新状态。")
        if not note.strip():
            raise InvalidInput({"note": ["请写明怎样通知的、对方谁接收。"]})
        recall.told_at, recall.told_by_id = now, member.actor.user_id
        recall.note = note.strip()[:300]
        recall.save(update_fields=["told_at", "told_by", "note"])
        _fact(
            "deposits.recall.told", recall.row.batch, member, now, index_no=recall.row.index_no,
            version=recall.row.number,
        )  # fmt: skip
    return recall
