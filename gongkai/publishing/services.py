"""Every write of an item: draft, edit, submit, release (through the gate), withdraw."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from wagtail.models import Revision

from gongkai.catalogue import services as catalogue
from gongkai.core import facts
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, NotVisible, Refusal
from gongkai.organisations.access import Member, require_role, require_visible
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit, User
from gongkai.publishing import duties, events, linking, notices, rules
from gongkai.publishing.content import apply_content, content_of, value_problems
from gongkai.publishing.deadlines import validity_now
from gongkai.publishing.enums import (
    SEALING,
    Origin,
    Status,
    Visibility,
    WithdrawCategory,
)
from gongkai.publishing.guards import guard_of
from gongkai.publishing.models import (
    IndexSerial,
    Item,
    ItemKind,
    ItemVersion,
)
from gongkai.publishing.placing import record_of
from gongkai.review import services as review
from gongkai.review.models import ReviewCase
from gongkai.review.registry import Subject

WITHDRAWERS = (Role.FINAL_REVIEWER, Role.SECRECY_REVIEWER)


def lock_item(item_id: int | str) -> Item:
    """The stored row, locked for this transaction; NotVisible when there is none."""
    rows = Item.objects.select_for_update(of=("self",)).select_related(
        "unit", "kind", "theme", "latest_revision"
    )
    try:
        return rows.get(pk=item_id)
    except Item.DoesNotExist as error:
        raise NotVisible from error


def working_copy(item: Item) -> Item:
    """The newest draft as an item object; the row itself when there is no draft.

    Built from the row in hand (Wagtail would read the row again, and every related row twice), so
    it costs no query when the row came with ``latest_revision``.
    """
    revision = item.latest_revision if item.has_unpublished_changes else None
    return item.with_content_json(revision.content) if revision else item


def subject_of(row: Item) -> Subject:
    """The newest draft as the gate takes it, with everybody who wrote on it since the release."""
    copy = working_copy(row)
    revisions = Revision.objects.for_instance(row)
    if row.live_revision_id:
        revisions = revisions.filter(pk__gt=row.live_revision_id)
    return Subject(
        id=str(row.pk),
        title=copy.title,
        unit=row.unit,
        view=content_of(copy),
        # Not read before somebody asks: only a submission does.
        authors=revisions.exclude(user=None).values_list("user_id", flat=True).distinct(),
    )


def _check_unit(member: Member, unit: Unit, now: datetime) -> None:
    require_role(member, unit, Role.EDITOR, act="起草和修改信息")
    if not unit.valid_on(day_of(now)):
        raise Refusal(
            "单位有效期", f"{unit.short_name}已停用，不能再起草信息。", "请由承继单位起草。"
        )


def item_create(
    *, unit: Unit, kind: ItemKind, content: Mapping[str, Any], member: Member, now: datetime
) -> Item:
    """Start a draft. Only an editor of the unit; a title is the one thing needed."""
    with transaction.atomic():
        _check_unit(member, unit, now)
        linking.check_level(unit, kind)
        title = str(content.get("title", "")).strip()
        _check_values({**content, "title": title})
        item = Item(unit=unit, kind=kind, live=False, updated_at=now)
        apply_content(item, {**content, "title": title, "doc_no": ""})
        item.unit, item.kind = unit, kind
        item.save()
        item.doc_no = linking.claim_doc_no(item, str(content.get("doc_no", "")), now)
        linking.claim_facts(item, kind, item.facts, now)
        _save_revision(item, member)
        facts.record(
            action="publishing.item.drafted",
            subject=("item", item.pk),
            unit_id=unit.pk,
            actor=member.actor,
            occurred_at=now,
            details={
                "title": "" if guard_of(kind.key).fleeting else item.title,
                "kind": kind.key,
            },
        )
    return item


def _check_values(content: Mapping[str, Any]) -> None:
    problems = value_problems(content)
    if "title" in content and not str(content["title"]).strip():
        problems["title"] = ["请填写标题。"]
    if problems:
        raise InvalidInput(problems)


def _save_revision(item: Item, member: Member) -> None:
    # Only the person's number is stored; their row need not be read for it.
    user = User(pk=member.actor.user_id) if member.actor.user_id else None
    item.save_revision(user=user, clean=False, log_action=False)


def item_edit(
    *, item_id: int | str, content: Mapping[str, Any], member: Member, now: datetime
) -> Item:
    """Save changed content as a new draft; whatever was in review is void from then on.

    The unit and the kind never change. Raises NotVisible, PermissionRefused, InvalidInput.
    """
    with transaction.atomic():
        row = lock_item(item_id)
        require_visible(member, row.unit)
        _check_unit(member, row.unit, now)
        copy = working_copy(row)
        before = content_of(copy)
        changes = {k: v for k, v in content.items() if k not in ("unit", "kind")}
        _check_values(changes)
        apply_content(copy, changes)
        if "doc_no" in changes:
            copy.doc_no = linking.claim_doc_no(row, str(changes["doc_no"] or ""), now)
        if "facts" in changes:
            linking.claim_facts(row, row.kind, copy.facts, now)
        after = content_of(copy)
        changed = sorted(name for name in after if after[name] != before[name])
        if not changed:
            return copy
        if row.version and row.latest_revision_id == row.live_revision_id:
            # A new change begins: the note of the last one does not explain it.
            for name in ("change_kind", "change_note"):
                if name not in changes:
                    setattr(copy, name, "")
        review.void_active(kind="item", subject_id=str(row.pk), member=member, now=now)
        Item.objects.filter(pk=row.pk).update(status=Status.DRAFT, updated_at=now)
        copy.status = Status.DRAFT
        _save_revision(copy, member)
        facts.record(
            action="publishing.item.edited",
            subject=("item", row.pk),
            unit_id=row.unit_id,
            actor=member.actor,
            occurred_at=now,
            details={"fields": changed},
        )
    return copy


def missing(
    item: Item, *, now: datetime, content: Mapping[str, Any] | None = None
) -> list[rules.Problem]:
    """What keeps the newest draft from being submitted; empty when it is ready.

    ``content`` is that draft's, for a caller that has it already.
    """
    from gongkai.publishing.inspection import inspect_content

    content = content or content_of(working_copy(item))
    kind = item.kind
    problems = rules.completeness_problems(
        content,
        kind=rules.KindRules(kind.key, tuple(kind.required), kind.doc_no, tuple(kind.schema)),
        prefixes=item.unit.doc_prefixes if content["origin"] in (Origin.MADE, Origin.JOINT) else (),
        today=day_of(now),
        released_before=item.version > 0,
    )
    report = inspect_content(content, kind)
    problems += [
        rules.Problem(f.field, f"{f.message}{f.remedy}")
        for f in report.findings
        if f.severity == "block"
    ]
    problems += guard_of(kind.key).problems(item, content, now=now)
    return problems + duties.problems(item, content)


def item_submit(
    *,
    item_id: int | str,
    member: Member,
    now: datetime,
    note: str = "",
    release_at: datetime | None = None,
) -> ReviewCase:
    """Send the newest draft to review, once nothing is missing.

    Raises InvalidInput listing every missing part, PermissionRefused, Refusal.
    """
    with transaction.atomic():
        row = lock_item(item_id)
        require_visible(member, row.unit)
        require_role(member, row.unit, Role.EDITOR, act="送审")
        subject = subject_of(row)
        if row.visibility == Visibility.PUBLIC and row.live_digest == review.digest_of(
            subject.view
        ):
            raise Refusal(
                "送审", "这条信息公开以后没有改动，不需要再次送审。", "需要更正的，请先修改内容。"
            )
        linking.check_only_one(row, subject.view)
        problems = missing(row, now=now, content=subject.view)
        if problems:
            fields: dict[str, list[str]] = {}
            for problem in problems:
                fields.setdefault(problem.field, []).append(problem.message)
            raise InvalidInput(fields, rule="送审前检查")
        case = review.case_submit(
            kind="item",
            subject_id=str(row.pk),
            subject=subject,
            member=member,
            now=now,
            note=note,
            release_at=release_at,
        )
        Item.objects.filter(pk=row.pk).update(status=Status.IN_REVIEW, updated_at=now)
        duties.submitted(row, subject.view, now=now)
    return case


def _allocate_index_no(item: Item) -> str:
    """The next index number of the unit; the year is that of 成文."""
    assert item.formed_on is not None
    year = item.formed_on.year
    serials = IndexSerial.objects.filter(unit_id=item.unit_id, year=year)
    # Counting up locks the row until the end of the transaction, so no two get the same number.
    if not serials.update(last=F("last") + 1):
        IndexSerial.objects.get_or_create(unit_id=item.unit_id, year=year)
        serials.update(last=F("last") + 1)
    number = serials.values_list("last", flat=True).get()
    return rules.index_number(item.unit.code, item.unit.uscc, year, number)


def release_reviewed(*, case: ReviewCase, member: Member, now: datetime) -> Item:
    """Make the reviewed content public. Called by the gate only, in its transaction."""
    started = time.perf_counter()
    row = lock_item(case.subject_id)
    item = working_copy(row)
    if review.digest_of(content_of(item)) != case.digest:
        raise Refusal("所审即所发", "发布前内容又被改动，没有发布。", "请由编辑重新送审。")
    first = row.version == 0
    item.version = row.version + 1
    item.visibility = Visibility.PUBLIC
    item.status = Status.SETTLED
    item.live_digest = case.digest
    item.updated_at = now
    if first:
        item.published_at = now
        item.index_no = _allocate_index_no(item)
        item.first_published_at = now
    item.validity_now = validity_now(item, day_of(now))
    if item.kind.review_days:
        item.reviewed_on = day_of(now)
    item.withdrawn_at, item.withdraw_category, item.withdraw_reason = None, "", ""
    item.live = True
    item.live_revision = row.latest_revision
    item.has_unpublished_changes = False
    item.last_published_at = now
    item.save()
    if item.change_kind in SEALING:
        ItemVersion.objects.filter(item=item).update(sealed=True)
    ItemVersion.objects.create(
        item=item,
        number=item.version,
        content=case.view,
        digest=case.digest,
        change_kind=item.change_kind if not first else "",
        change_note=item.change_note if not first else "",
        released_at=now,
    )
    links = linking.write_links(item, first=first)
    guard_of(item.kind.key).releasing(item, now=now)
    written = time.perf_counter()
    columns = catalogue.place(record=record_of(item), replace=not first)
    duties.released(item, first=first, now=now)
    placed = time.perf_counter()
    facts.record(
        action="publishing.item.released" if first else "publishing.item.corrected",
        subject=("item", item.pk),
        unit_id=item.unit_id,
        actor=member.actor,
        occurred_at=now,
        details={
            "version": item.version,
            "digest": case.digest,
            "index_no": item.index_no,
            "columns": [{"name": c.name, "path": c.path} for c in columns],
            "milliseconds": {
                "version": round((written - started) * 1000, 1),
                "columns": round((placed - written) * 1000, 1),
            },
        },
    )
    events.announce(event=events.RELEASED, item_id=item.pk, version=item.version, now=now)
    notices.released(item=item, case=case, first=first, member=member, now=now)
    if links and not guard_of(item.kind.key).ends_replaced:
        notices.ended_by(item=item, links=links, now=now)
    return item


def case_ended(*, case: ReviewCase, now: datetime) -> None:
    """The gate closed a case without release: the working copy goes back to its editor."""
    status = {
        "rejected": Status.RETURNED,
        "withheld": Status.WITHHELD,
    }.get(case.status, Status.DRAFT)
    Item.objects.filter(pk=case.subject_id).update(status=status, updated_at=now)


def item_reopened(*, item_id: int | str, now: datetime) -> None:
    """What was withheld may be published (条例第十八条): the draft is its editor's again.

    Called by the gate only. A draft that was changed and is on its way already stays where it is.
    """
    withheld = Item.objects.filter(pk=item_id, status=Status.WITHHELD)
    withheld.update(status=Status.DRAFT, updated_at=now)


def item_withdraw(
    *, item_id: int | str, category: str, reason: str, member: Member, now: datetime
) -> Item:
    """Take a public item down at once, leaving a tombstone.

    A final or secrecy reviewer of the unit, or the office that supervises it. Taking down is
    protective, so one person is enough; what was up stays on record. Raises Refusal when the
    item is not public, InvalidInput without category or reason.
    """
    with transaction.atomic():
        row = lock_item(item_id)
        require_visible(member, row.unit)
        if not member.supervises(row.unit):
            require_role(member, row.unit, *WITHDRAWERS, act="撤回已公开的信息")
        if row.visibility != Visibility.PUBLIC:
            raise Refusal("撤回", "这条信息现在没有公开，不需要撤回。", "请刷新页面查看最新状态。")
        errors: dict[str, list[str]] = {}
        if category not in WithdrawCategory.values:
            errors["category"] = ["请选择撤回的情形。"]
        if not reason.strip():
            errors["reason"] = ["请写明撤回原因，原因会显示在原网址上。"]
        if errors:
            raise InvalidInput(errors)
        review.void_active(kind="item", subject_id=str(row.pk), member=member, now=now)
        row.visibility = Visibility.WITHDRAWN
        row.withdrawn_at = now
        row.withdraw_category = category
        row.withdraw_reason = reason.strip()[:300]
        row.live = False
        row.updated_at = now
        row.save(
            update_fields=[
                "visibility", "withdrawn_at", "withdraw_category", "withdraw_reason", "live",
                "updated_at",
            ]
        )  # fmt: skip
        if category in (WithdrawCategory.PRIVACY, WithdrawCategory.SECRECY):
            ItemVersion.objects.filter(item=row).update(sealed=True)
        started = time.perf_counter()
        removed = catalogue.remove(kind="item", record_id=row.pk)
        duties.withdrawn(row, now=now)
        guard_of(row.kind.key).withdrawn(row, now=now)
        elapsed = round((time.perf_counter() - started) * 1000, 1)
        facts.record(
            action="publishing.item.withdrawn",
            subject=("item", row.pk),
            unit_id=row.unit_id,
            actor=member.actor,
            occurred_at=now,
            details={
                "category": category,
                "version": row.version,
                "placements": removed,
                "milliseconds": {"columns": elapsed},
            },
        )
        events.announce(event=events.WITHDRAWN, item_id=row.pk, version=row.version, now=now)
        notices.withdrawn(item=row, member=member, now=now)
    return row
