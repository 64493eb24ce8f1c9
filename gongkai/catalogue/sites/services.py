"""Writes of the life of sites and columns: one table of transitions, each with its fact."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.catalogue.models import Column, ColumnKind, PublicSite, SiteChange
from gongkai.catalogue.sites import archive, rules, selectors
from gongkai.catalogue.sites.enums import Event, State
from gongkai.catalogue.sites.rules import Need
from gongkai.core import facts
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit

RULE = "政府网站开设、变更和关停（国办发〔2017〕47号）"
COLUMN_RULE = "专题归档（国办发〔2017〕47号）"
_MISSING = {
    Need.NOTE: "请写明原因，公众会看到。",
    Need.UNTIL: "请填写预计结束的日期。",
    Need.NOTICE: "请填写公告的地址：已经发布的公告页面，以 / 或者 https:// 开头。",
}


def require_keeper(member: Member, owner: Unit) -> None:
    """An operator, or a supervisor whose office reaches the site's area; NotVisible to others."""
    if member.holds_anywhere(Role.OPERATOR) or member.supervises(owner):
        return
    if not member.may_see(owner):
        raise NotVisible
    raise PermissionRefused(
        "岗位权限",
        "网站状态和专题归档只能由运维人员，或者主管本区域的政务公开主管办理。",
        "请联系政务公开主管部门。",
    )


def _locked(key: str, member: Member) -> PublicSite:
    # "of self": the owner's row is nobody's business here, and PostgreSQL cannot lock it nullable.
    site = PublicSite.objects.select_for_update(of=("self",)).filter(key=key).first()
    if site is None:
        raise NotVisible
    require_keeper(member, site.owner)
    return site


def _checked(step: rules.Transition, given: Mapping[Need, Any], today: date) -> None:
    errors: dict[str, list[str]] = {
        need.value: [_MISSING[need]] for need in step.needs if not given[need]
    }
    until = given[Need.UNTIL]
    if until is not None and until < today:
        errors["until"] = ["结束日期不能早于今天。"]
    url = str(given[Need.NOTICE])
    if url and not (
        url.startswith("https://") or (url.startswith("/") and not url.startswith("//"))
    ):
        errors["notice_url"] = [_MISSING[Need.NOTICE]]
    if errors:
        raise InvalidInput(errors)


def site_change(
    *,
    key: str,
    event: str,
    member: Member,
    now: datetime,
    note: str = "",
    until: date | None = None,
    notice_url: str = "",
) -> SiteChange:
    """Move a site on in its life.

    Raises NotVisible, PermissionRefused, Refusal (the event does not fit the state) and
    InvalidInput (something the public must be told is missing). Limits warn, see
    ``rules.limit_warnings``; closing keeps a manifest of everything that was public.
    """
    given: dict[Need, Any] = {
        Need.NOTE: note.strip()[:300], Need.UNTIL: until, Need.NOTICE: notice_url.strip()[:300]
    }  # fmt: skip
    # Made before the transaction, because a large archive takes seconds to list.
    listed: dict[str, Any] = {}
    if event == Event.CLOSE:
        site = PublicSite.objects.select_related("owner").filter(key=key).first()
        if site is None:
            raise NotVisible
        require_keeper(member, site.owner)
        if rules.transition(site.state, event):
            listed = archive.manifest(site, now=now)
    with transaction.atomic():
        site = _locked(key, member)
        step = rules.transition(site.state, event)
        if step is None:
            label = Event(event).label if event in Event.values else "这件事"
            allowed = "、".join(t.event.label for t in rules.events_of(site.state)) or "没有"
            raise Refusal(
                RULE,
                f"{site.name}现在是“{State(site.state).label}”，不能办理“{label}”。",
                f"现在可以办理的：{allowed}。",
            )
        today = day_of(now)
        _checked(step, given, today)
        warned = []
        if step.new == State.OFFLINE:
            earlier = selectors.absences(site)
            warned = rules.limit_warnings(selectors.limits(), earlier, today, until)
        old = site.state
        site.state, site.state_since, site.state_until = step.new, today, until
        site.state_note, site.notice_url = given[Need.NOTE], given[Need.NOTICE]
        site.archive_manifest = listed
        site.save(
            update_fields=[
                "state", "state_since", "state_until", "state_note", "notice_url",
                "archive_manifest",
            ]
        )  # fmt: skip
        details = {"warnings": warned, **({"manifest": listed} if listed else {})}
        change = SiteChange.objects.create(
            site=site,
            event=step.event,
            old_state=old,
            new_state=step.new,
            since=today,
            until=until,
            note=site.state_note,
            notice_url=site.notice_url,
            made_at=now,
            made_by=member.actor.name,
            details=details,
        )
        facts.record(
            action="catalogue.site.changed",
            subject=("public_site", site.key),
            unit_id=site.owner_id,
            actor=member.actor,
            occurred_at=now,
            details={
                "event": step.event.value, "from": old, "to": step.new.value,
                "until": until, "note": site.state_note, "notice": site.notice_url, **details,
            },
        )  # fmt: skip
    return change


def _locked_column(column_id: int, member: Member) -> Column:
    column = (
        Column.objects.select_for_update(of=("self",))
        .select_related("site__owner")
        .filter(pk=column_id)
        .first()
    )
    if column is None:
        raise NotVisible
    require_keeper(member, column.site.owner)
    return column


def _column_fact(action: str, column: Column, member: Member, now: datetime, note: str) -> None:
    facts.record(
        action=action,
        subject=("column", column.pk),
        unit_id=column.owner_id,
        actor=member.actor,
        occurred_at=now,
        details={"column": column.name, "site": column.site.key, "note": note},
    )


def column_close(*, column_id: int, note: str, member: Member, now: datetime) -> Column:
    """Archive a topic whose matter is over: it stays readable, is marked, takes nothing new and
    owes no updates any more.

    Raises NotVisible, PermissionRefused, InvalidInput, Refusal (no topic, or archived already).
    """
    with transaction.atomic():
        column = _locked_column(column_id, member)
        if column.kind != ColumnKind.TOPIC:
            raise Refusal(COLUMN_RULE, "只有专题栏目可以归档。", "请到专题栏目办理。")
        if column.closed_on:
            raise Refusal(COLUMN_RULE, f"{column.name}已经归档了。", "不用再办。")
        if not note.strip():
            raise InvalidInput({"note": ["请写明为什么归档，公众会看到。"]})
        column.closed_on, column.closed_note = day_of(now), note.strip()[:200]
        column.save(update_fields=["closed_on", "closed_note"])
        _column_fact("catalogue.column.closed", column, member, now, column.closed_note)
    return column


def column_reopen(*, column_id: int, member: Member, now: datetime) -> Column:
    """Take a topic out of the archive; what came out in the meantime is placed by the rebuild."""
    with transaction.atomic():
        column = _locked_column(column_id, member)
        if not column.closed_on:
            raise Refusal(COLUMN_RULE, f"{column.name}没有归档。", "不用再办。")
        column.closed_on, column.closed_note = None, ""
        column.save(update_fields=["closed_on", "closed_note"])
        _column_fact("catalogue.column.reopened", column, member, now, "")
    return column
