"""The publishing clocks of items: when each had to be public and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gongkai.core.clock import day_of
from gongkai.core.workdays import DueDate, WorkCalendar, workdays_between
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item, ItemVersion
from gongkai.publishing.rules_due import (
    Base,
    Timeliness,
    bases,
    due_of,
    explain,
    release_for,
    timeliness,
    validity_on,
)


@dataclass(frozen=True, slots=True)
class Clock:
    """One period of one item: from when, by when, and the verdict."""

    base: Base
    due: DueDate
    verdict: Timeliness
    explain: str

    @property
    def due_on(self) -> date:
        """The last day."""
        return self.due.date


def target_days(items: Iterable[Item]) -> dict[int, date]:
    """For items whose period runs from another document: when that became public; one query."""
    wanted: dict[int, list[int]] = {
        item.pk: [int(pk) for pk in (item.facts.get("interprets") or [])]
        for item in items
        if item.kind.due.base == "target"
    }
    ids = {pk for targets in wanted.values() for pk in targets}
    if not ids:
        return {}
    public = Item.objects.filter(pk__in=ids, visibility=Visibility.PUBLIC)
    days = {
        pk: original or day_of(at)
        for pk, at, original in public.values_list("pk", "published_at", "original_published_on")
        if at is not None
    }
    found = {}
    for pk, targets in wanted.items():
        known = [days[target] for target in targets if target in days]
        if known:
            found[pk] = max(known)
    return found


def release_days(items: Iterable[Item]) -> dict[int, list[date]]:
    """The days on which versions of the items came out; one query."""
    found: dict[int, list[date]] = {}
    ids = [item.pk for item in items if item.version]
    if not ids:
        return found
    rows = ItemVersion.objects.filter(item__in=ids).order_by("item_id", "number")
    for pk, at in rows.values_list("item_id", "released_at"):
        found.setdefault(pk, []).append(day_of(at))
    return found


def clocks(
    item: Item,
    *,
    releases: Sequence[date],
    calendar: WorkCalendar,
    today: date,
    target_on: date | None = None,
) -> list[Clock]:
    """The periods of one item in order; empty without a date, and for imported history, whose
    own date counts and not ours."""
    if item.original_published_on:
        return []
    found = []
    parts = bases(
        item.kind.due,
        formed_on=item.formed_on,
        changed_on=item.changed_on,
        facts=item.facts,
        target_on=target_on,
    )
    first = min(releases, default=None)
    if len(parts) == 2 and (first is None or first >= parts[1].day):
        # The change came before the first release: it is what was published, in one period.
        parts = [Base(parts[1].day, "变更", parts[0].rule)]
    for base in parts:
        changed = base.word == "变更" and len(parts) > 1
        due = due_of(base, calendar)
        early = not changed and base.rule.base != "formed"
        done = first if early else release_for(base.day, releases)
        found.append(
            Clock(
                base,
                due,
                timeliness(
                    base=base.day,
                    due=due.date,
                    releases=releases,
                    changed=changed,
                    workdays=workdays_between(done or today, due.date, calendar),
                    word=base.word,
                    today=today,
                    early_counts=early,
                ),
                explain(base, due),
            )
        )
    return found


def clocks_for(
    items: Sequence[Item], *, calendar: WorkCalendar, today: date
) -> Mapping[int, list[Clock]]:
    """The clocks of a page of items (with their kinds): at most two queries for all of them."""
    releases, targets = release_days(items), target_days(items)
    return {
        item.pk: clocks(
            item,
            releases=releases.get(item.pk, []),
            calendar=calendar,
            today=today,
            target_on=targets.get(item.pk),
        )
        for item in items
    }


def worst(found: Sequence[Clock]) -> Clock | None:
    """The clock to show when there is room for one: the first late one, else the last."""
    return next((clock for clock in found if clock.verdict.late), found[-1] if found else None)


def validity_now(item: Item, day: date) -> str:
    """What a date that came or went makes of the item's validity; empty when it is as written."""
    now = validity_on(item.validity, item.effective_on, item.expires_on, day)
    return "" if now == item.validity else now
