"""What is coming: releases at their hour, ends and beginnings of validity, publishing deadlines,
freshness reviews. The calendar of the desk and the reminders read the same lists."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import SHANGHAI, at, day_of
from gongkai.core.workdays import WorkCalendar
from gongkai.messaging.audience import holders
from gongkai.messaging.models import DailyRun
from gongkai.messaging.registry import DueItem, register_due_source, register_notice_kind
from gongkai.messaging.services import Notice, notify_all
from gongkai.organisations.access import Member, of_visible_units
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.publishing.deadlines import Clock, clocks, release_days, target_days
from gongkai.publishing.enums import ENDED, Status, Visibility
from gongkai.publishing.models import Item, ItemKind
from gongkai.publishing.rules_due import next_review
from gongkai.publishing.rules_facts import is_date
from gongkai.review.enums import ACTIVE, CaseStatus
from gongkai.review.models import ReviewCase

EXPIRING = "publishing.expiring"
MAX_DRAFTS = 2000
_DAY = timedelta(days=1)
OPEN = (Status.DRAFT, Status.IN_REVIEW, Status.RETURNED)

SORTS: Mapping[str, tuple[str, str]] = {
    "release": ("定时发布", ""),
    "due": ("公开到期", "red"),
    "expire": ("失效", "warn"),
    "begin": ("开始施行", "ok"),
    "review": ("该核对", "warn"),
}
"""Sort of a date → (its name, the tone of its mark)."""


@dataclass(frozen=True, slots=True)
class Coming:
    """One date of one piece of information. ``late`` says that it has passed unattended."""

    day: date
    sort: str
    title: str
    url: str
    unit: str
    kind: str
    unit_id: int
    item_id: int = 0
    time: str = ""
    note: str = ""
    late: bool = False

    @property
    def word(self) -> str:
        """What happens on the day."""
        return SORTS[self.sort][0]

    @property
    def tone(self) -> str:
        """The tone of its mark."""
        return "red" if self.late else SORTS[self.sort][1]


def _units(member: Member | None, unit_id: int | None) -> Q:
    condition = of_visible_units(member) if member is not None else Q()
    return condition & Q(unit_id=unit_id) if unit_id else condition


def releases(first: date, last: date, *, units: Q) -> Iterator[Coming]:
    """Submissions with an hour of release between the two days, of every content room."""
    rows = ReviewCase.objects.filter(
        units, status__in=ACTIVE, release_at__gte=at(first), release_at__lt=at(last) + _DAY
    ).select_related("unit")
    for case in rows.order_by("release_at", "id").defer("view"):
        assert case.release_at is not None
        moment = case.release_at.astimezone(SHANGHAI)
        approved = case.status == CaseStatus.APPROVED
        yield Coming(
            day=moment.date(),
            sort="release",
            title=case.title,
            url=reverse("review-desk:case", args=[case.pk]),
            unit=case.unit.short_name,
            kind="",
            unit_id=case.unit_id,
            item_id=int(case.subject_id) if case.subject_kind == "item" else 0,
            time=f"{moment:%H:%M}",
            note="审核已完成" if approved else "还在审核，到点前没有审完就不会发布",
        )


def _public(units: Q, kind: str) -> QuerySet[Item]:
    rows = Item.objects.filter(units, visibility=Visibility.PUBLIC).select_related("unit", "kind")
    if kind:
        rows = rows.filter(kind__key=kind)
    return rows.defer("body", "facts", "attachments", "summary")


def _item_url(item: Item) -> str:
    return reverse("publishing-desk:item", args=[item.pk])


def _coming(item: Item, day: date, sort: str, **more: Any) -> Coming:
    return Coming(
        day=day,
        sort=sort,
        title=item.title,
        url=more.pop("url", _item_url(item)),
        unit=item.unit.short_name,
        kind=item.kind.name,
        unit_id=item.unit_id,
        item_id=item.pk,
        **more,
    )


def expiring(first: date, last: date, *, units: Q, kind: str = "") -> Iterator[Coming]:
    """Public items whose last day lies between the two days."""
    rows = _public(units, kind).filter(expires_on__gte=first, expires_on__lte=last)
    for item in rows.exclude(validity__in=ENDED).order_by("expires_on", "id"):
        assert item.expires_on is not None
        basis = item.kind.expiry
        note = "这一天过后标为已失效，仍然可以查到"
        if basis.days > 30:
            note += f"；提前 {basis.days} 天评估是否继续执行"
        yield _coming(item, item.expires_on, "expire", note=note)


def beginning(first: date, last: date, *, units: Q, kind: str = "") -> Iterator[Coming]:
    """Public items that begin to hold between the two days, and after they were published."""
    rows = _public(units, kind).filter(effective_on__gte=first, effective_on__lte=last)
    for item in rows.exclude(validity__in=ENDED).order_by("effective_on", "id"):
        assert item.effective_on is not None and item.published_at is not None
        if item.effective_on > day_of(item.published_at):
            yield _coming(item, item.effective_on, "begin")


def reviews(last: date, *, today: date, units: Q, kind: str = "") -> Iterator[Coming]:
    """Public items to be looked at again by ``last``, those overdue included."""
    rows = _public(units, kind).filter(kind__review_days__isnull=False)
    for item in rows.order_by("id"):
        assert item.kind.review_days is not None and item.published_at is not None
        since = item.reviewed_on or item.original_published_on or day_of(item.published_at)
        day = next_review(since, item.kind.review_days)
        if day <= last:
            yield _coming(
                item,
                day,
                "review",
                note=f"上次核对 {since:%Y-%m-%d}，每 {item.kind.review_days} 天核对一次",
                late=day < today,
            )


def _drafts(units: Q, kind: str) -> list[Item]:
    """Working copies that are not out yet, with the dates and facts of the newest draft."""
    rows = Item.objects.filter(units, status__in=OPEN, original_published_on=None).filter(
        Q(version=0) | Q(has_unpublished_changes=True)
    )
    if kind:
        rows = rows.filter(kind__key=kind)
    kinds = {found.pk: found for found in ItemKind.objects.all()}
    content = "latest_revision__content__"
    found = []
    for pk, unit_id, unit, kind_id, version, title, formed, changed, own, published in (
        rows.order_by("-updated_at", "-id").values_list(
            "pk", "unit_id", "unit__short_name", "kind_id", "version",
            "latest_revision__object_str", f"{content}formed_on", f"{content}changed_on",
            f"{content}facts", "published_at",
        )[:MAX_DRAFTS]
    ):  # fmt: skip
        item = Item(
            pk=pk, unit=Unit(pk=unit_id, short_name=unit), kind=kinds[kind_id], version=version,
            title=title or "", facts=own if isinstance(own, dict) else {},
            formed_on=_day(formed), changed_on=_day(changed), published_at=published,
        )  # fmt: skip
        found.append(item)
    return found


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value and is_date(str(value)) else None


def drafts_due(
    last: date, *, today: date, units: Q, calendar: WorkCalendar, kind: str = ""
) -> Iterator[tuple[Coming, Clock]]:
    """Drafts whose publishing period ends by ``last`` (条例第二十六条), those overdue included."""
    items = _drafts(units, kind)
    out, targets = release_days(items), target_days(items)
    for item in items:
        for clock in clocks(
            item,
            releases=out.get(item.pk, []),
            calendar=calendar,
            today=today,
            target_on=targets.get(item.pk),
        ):
            if clock.verdict.done is None and clock.due_on <= last:
                changed = "变更后的内容" if item.version else ""
                yield (
                    _coming(
                        item,
                        clock.due_on,
                        "due",
                        url=reverse("items:edit", args=[item.pk]),
                        note=f"{changed}{clock.explain}",
                        late=clock.due_on < today,
                    ),
                    clock,
                )


def coming(
    first: date,
    last: date,
    *,
    today: date,
    member: Member,
    unit_id: int | None = None,
    kind: str = "",
    sort: str = "",
) -> list[Coming]:
    """Everything the person may see that comes between two days, in order; a constant number of
    queries. What is overdue stands on its own day, and is wanted when that lies in between."""
    units = _units(member, unit_id)
    found: list[Coming] = []
    if sort in ("", "release"):
        found += releases(first, last, units=units)
        if kind:
            keys = set(_public_ids(found, kind))
            found = [entry for entry in found if entry.item_id in keys]
    if sort in ("", "expire"):
        found += expiring(first, last, units=units, kind=kind)
    if sort in ("", "begin"):
        found += beginning(first, last, units=units, kind=kind)
    if sort in ("", "review"):
        found += reviews(last, today=today, units=units, kind=kind)
    if sort in ("", "due"):
        found += [
            entry
            for entry, _ in drafts_due(
                last, today=today, units=units, calendar=load_calendar(), kind=kind
            )
        ]
    return sorted(
        (entry for entry in found if first <= entry.day <= last),
        key=lambda e: (e.day, e.time or "99", e.sort, e.title),
    )


def _public_ids(entries: Iterable[Coming], kind: str) -> Iterable[int]:
    ids = [entry.item_id for entry in entries]
    return Item.objects.filter(pk__in=ids, kind__key=kind).values_list("pk", flat=True)


def overdue(*, today: date, member: Member, unit_id: int | None = None) -> list[Coming]:
    """Deadlines and reviews that have passed, oldest first."""
    units = _units(member, unit_id)
    yesterday = today - _DAY
    found = list(reviews(yesterday, today=today, units=units))
    found += [
        entry
        for entry, _ in drafts_due(yesterday, today=today, units=units, calendar=load_calendar())
    ]
    return sorted(found, key=lambda entry: (entry.day, entry.title))


# --- reminders -----------------------------------------------------------------------------------


def _editors(unit_id: int) -> Any:
    return holders(unit_id, Role.EDITOR)


def reviews_due(today: date, until: date) -> Iterable[DueItem]:
    """Freshness reviews that fall due by ``until``; see messaging.registry.register_due_source."""
    for entry in reviews(until, today=today, units=Q()):
        yield DueItem(
            _editors(entry.unit_id),
            f"{entry.kind}《{entry.title}》该核对了",
            entry.url,
            entry.day,
            f"{entry.item_id}",
        )


def publications_due(today: date, until: date) -> Iterable[DueItem]:
    """Drafts that have to be public by ``until``. The title may be mailed, and a draft is not
    public, so only its number and kind are named."""
    for entry, clock in drafts_due(until, today=today, units=Q(), calendar=load_calendar()):
        yield DueItem(
            _editors(entry.unit_id),
            f"{entry.unit}的一份{entry.kind}稿件（编号 {entry.item_id}）应当公开",
            entry.url,
            entry.day,
            f"{entry.item_id}:{clock.base.day:%Y%m%d}",
        )


def register() -> None:
    """Declare notices and due dates; called from the app's ``ready()``."""
    register_notice_kind(EXPIRING, "公开的文件即将失效")
    register_due_source("publishing.review", "滚动信息定期核对", reviews_due)
    register_due_source("publishing.due", "稿件公开期限", publications_due)


def expiring_notices(*, now: datetime) -> int:
    """Timer job, once a day: tell the editors of every document that is about to lapse.

    Kinds say how long before (normative documents half a year, so that they can be evaluated);
    each document is told of once for each last day.
    """
    today = day_of(now)
    if DailyRun.objects.filter(job=EXPIRING, day=today).exists():
        return 0
    ahead = max((kind.expiry.days for kind in ItemKind.objects.all()), default=0)
    rows = _public(Q(), "").filter(expires_on__gte=today, expires_on__lte=today + _DAY * ahead)
    notices = []
    for item in rows.exclude(validity__in=ENDED).order_by("expires_on", "id"):
        assert item.expires_on is not None
        rule = item.kind.expiry
        left = (item.expires_on - today).days
        if left > rule.days:
            continue
        what = "请评估是否继续执行：继续的重新公布，不继续的到期失效。" if rule.days > 30 else ""
        notices.append(
            Notice(
                kind=EXPIRING,
                to=_editors(item.unit_id),
                title=f"即将失效：{item.title}",
                body=f"有效期至 {item.expires_on:%Y-%m-%d}，还有 {left} 天。{what}"
                f"依据：{rule.basis}{'（待核实）' if rule.unconfirmed else ''}。",
                url=_item_url(item),
                key=f"{item.pk}:{item.expires_on.isoformat()}",
                subject=("item", item.pk),
                due=item.expires_on,
            )
        )
    with transaction.atomic():
        _, fresh = DailyRun.objects.get_or_create(job=EXPIRING, day=today)
        return notify_all(notices, now=now) if fresh and notices else 0
