"""Meetings, plans, measures, bulletins, trace notices and rebuttals of the demonstration city.

Everything goes through the services and the gate, at its own time. One meeting holds a matter
back, one measure replaces another, one trace notice is over and has been deleted.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from gongkai.catalogue.models import Theme
from gongkai.core.clock import SHANGHAI, at
from gongkai.decisions import measures, meetings, tracing
from gongkai.decisions.models import AgendaItem
from gongkai.demo.content.markup import markdown_to_html
from gongkai.demo.people import acting, populate
from gongkai.organisations.access import system_member
from gongkai.organisations.models import Unit
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item, ItemKind
from gongkai.review import services as review
from gongkai.review.models import ReviewCase

CONTENT = Path(__file__).parent / "content" / "decisions.json"
BASIS = "条例第十三条、第十九条；经核对，不含第十四条至第十六条所列情形"
_STEPS = (("first", "chushen", 25), ("final", "zhongshen", 10), ("secrecy", "baomi", 0))
_CITY = "szfb"
Words = Mapping[str, Any]


def build_decisions() -> int:
    """Everything of ``content/decisions.json`` in the order of time; returns how many items."""
    data = json.loads(CONTENT.read_text(encoding="utf-8"))
    populate({_CITY, *(entry["unit"] for entry in data["items"])})
    kinds = {kind.key: kind for kind in ItemKind.objects.all()}
    units = {unit.code: unit for unit in Unit.objects.select_related("area")}
    made: dict[str, Item] = {}
    todo = [(entry["released"], "item", entry) for entry in data["items"]]
    todo += [(entry["released"], "meeting", entry) for entry in data["meetings"]]
    links: list[tuple[Words, int]] = []
    for released, sort, entry in sorted(todo, key=lambda row: row[0]):
        moment = datetime.fromisoformat(released).replace(tzinfo=SHANGHAI)
        if sort == "item":
            made[entry["slug"]] = _item(entry, made, kinds, units, moment)
        else:
            links.append((entry, _meeting(entry, units[_CITY], moment)))
    for entry, meeting_id in links:
        _link(entry, meeting_id, made)
    morning = at(date(2022, 10, 18), 8)
    measures.due_ends(member=system_member("tick"), now=morning)
    tracing.due_purges(member=system_member("tick"), now=morning)
    return len(made) + len(links)


def _approve(case: ReviewCase, code: str, moment: datetime) -> None:
    for step, post, minutes in _STEPS:
        when = moment - timedelta(minutes=minutes)
        review.step_approve(
            case_id=case.pk,
            step=step,
            digest=case.digest,
            member=acting(f"{code}_{post}", when),
            now=when,
            legal_basis=BASIS if step == "secrecy" else "",
        )


def _release(item: Item, code: str, moment: datetime) -> None:
    sent = moment - timedelta(minutes=40)
    case = publishing.item_submit(item_id=item.pk, member=acting(f"{code}_bianji", sent), now=sent)
    _approve(case, code, moment)


def _named(value: Any, made: Mapping[str, Item]) -> Any:
    """Slugs in lists of references as the numbers of the items made so far."""
    return [made[slug].pk for slug in value]


_REFERENCES = ("interprets", "replaces", "truth", "part_of", "evaluates", "relates")


def _item(
    entry: Words,
    made: Mapping[str, Item],
    kinds: Mapping[str, ItemKind],
    units: Mapping[str, Unit],
    moment: datetime,
) -> Item:
    skip = ("slug", "kind", "unit", "released", "theme", "text", "facts")
    content = {name: value for name, value in entry.items() if name not in skip}
    own = dict(entry["facts"])
    for name in _REFERENCES:
        if name in own:
            own[name] = _named(own[name], made)
    if entry.get("theme"):
        top, _, leaf = entry["theme"].partition("/")
        content["theme"] = Theme.objects.get(name=leaf, parent__name=top).code
    if entry.get("text"):
        content["body"] = markdown_to_html(entry["text"])
    begun = moment - timedelta(hours=2)
    code = entry["unit"]
    item = publishing.item_create(
        unit=units[code], kind=kinds[entry["kind"]], content={**content, "facts": own},
        member=acting(f"{code}_bianji", begun), now=begun,
    )  # fmt: skip
    _release(item, code, moment)
    return item


def _meeting(entry: Words, unit: Unit, moment: datetime) -> int:
    begun = moment - timedelta(hours=3)
    editor = acting(f"{_CITY}_bianji", begun)
    saved = meetings.meeting_save(
        meeting_id=None, unit=unit, kind=entry["kind"], government="市人民政府", term="第十六届",
        session_no=entry["no"], held_on=date.fromisoformat(entry["held_on"]), chair="市长",
        agenda=[meetings.Entry(**row) for row in entry["agenda"]], observers=entry["observers"],
        media=entry.get("media", []), member=editor, now=begun,
    )  # fmt: skip
    item = meetings.meeting_draft(
        meeting_id=saved.pk, member=editor, now=begun + timedelta(minutes=20)
    )
    _release(item, _CITY, moment)
    return int(saved.pk)


def _link(entry: Words, meeting_id: int, made: Mapping[str, Item]) -> None:
    moment = at(date(2022, 10, 17), 9)
    agenda = {row.title: row.pk for row in AgendaItem.objects.filter(meeting=meeting_id)}
    for row in entry.get("links", []):
        found = Item.objects.filter(title=row["title"], visibility="public").first()
        target = made.get(row["title"]) or found
        if target is not None:
            meetings.link_add(
                agenda_id=agenda[row["topic"]], kind=row["kind"], item_ids=[target.pk],
                member=acting(f"{_CITY}_bianji", moment), now=moment,
            )  # fmt: skip
