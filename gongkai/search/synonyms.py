"""Every write about synonyms: staff's own groups, and the list that comes with the platform."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, transaction

from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused
from gongkai.core.pairs import fold
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.search.models import SynonymGroup, SynonymWord
from gongkai.search.rules_synonyms import problems

REFERENCE: Final = Path(__file__).parent / "reference" / "synonyms.json"
ADDED: Final = "search.synonyms.added"
CHANGED: Final = "search.synonyms.changed"
SWITCHED: Final = "search.synonyms.switched"
LOADED: Final = "search.synonyms.loaded"
ACTIONS: Final = {
    ADDED: "新增同义词组",
    CHANGED: "修改同义词组",
    SWITCHED: "启用或者停用同义词组",
    LOADED: "载入同义词",
}


def may_keep(member: Member) -> bool:
    """Whether the person keeps the city's synonyms: one list serves all sites."""
    whole_city, _ = member.supervised_areas()
    return whole_city


def _require_keeper(member: Member) -> None:
    if not may_keep(member):
        raise PermissionRefused(
            "岗位权限",
            "同义词全市共用一份，只由市级政务公开主管维护，您不在这个岗位上。",
            "请把要加的词告诉市级政务公开主管部门。",
        )


def _office(member: Member) -> int | None:
    """The city's office for which the person acts; its people may read the record."""
    held = [h for h in member.holdings if h.role == Role.SUPERVISOR and h.area_id is None]
    return held[0].unit_id if held else None


def _locked(group_id: int) -> SynonymGroup:
    group = SynonymGroup.objects.select_for_update().filter(pk=group_id).first()
    if group is None:
        raise NotVisible
    return group


def _state(group: SynonymGroup) -> dict[str, Any]:
    return {
        "words": [word.text for word in group.words.order_by("place")],
        "one_way": group.one_way,
        "active": group.active,
        "note": group.note,
    }


def _taken(but: SynonymGroup) -> dict[str, str]:
    """Folded words of other groups, with what the group is called."""
    rows = list(SynonymWord.objects.exclude(group_id=but.pk).select_related("group"))
    names: dict[int, str] = {}
    for row in rows:
        names.setdefault(row.group_id, row.text + ("" if row.group.active else "（已停用）"))
    return {row.folded: names[row.group_id] for row in rows}


def _write_words(group: SynonymGroup, words: Sequence[str]) -> list[SynonymWord]:
    group.words.all().delete()
    return SynonymWord.objects.bulk_create(
        SynonymWord(group=group, text=word, folded=fold(word), place=place)
        for place, word in enumerate(words)
    )


def group_save(
    *,
    words: Sequence[str],
    one_way: bool,
    member: Member,
    now: datetime,
    note: str = "",
    group_id: int | None = None,
) -> SynonymGroup:
    """Add a group or change one. What is unchanged writes nothing.

    Raises PermissionRefused, NotVisible, and InvalidInput naming each word that cannot stand: a
    single character, one that stands twice, one that is in another group.
    """
    _require_keeper(member)
    said = [word.strip() for word in words if word.strip()]
    try:
        with transaction.atomic():
            group = SynonymGroup() if group_id is None else _locked(group_id)
            wrong = problems(said, _taken(group))
            if wrong:
                raise InvalidInput({"words": wrong})
            before = _state(group) if group.pk else None
            after = {
                "words": said,
                "one_way": one_way,
                "active": group.active,
                "note": note.strip()[:200],
            }
            if before == after:
                return group
            group.one_way, group.note = one_way, note.strip()[:200]
            _touch(group, member, now)
            _write_words(group, said)
            facts.record(
                action=CHANGED if before else ADDED,
                subject=("synonym_group", group.pk),
                actor=member.actor,
                unit_id=_office(member),
                occurred_at=now,
                details={"before": before, "after": after} if before else after,
            )
    except IntegrityError as error:
        # Two people entered one word at the same moment.
        raise InvalidInput({"words": ["其中一个词刚刚被别人写进了另一组，请核对。"]}) from error
    return group


def _touch(group: SynonymGroup, member: Member, now: datetime) -> None:
    group.changed_at, group.changed_by_id = now, member.actor.user_id
    group.save()


def group_switch(*, group_id: int, active: bool, member: Member, now: datetime) -> SynonymGroup:
    """Switch a group off or on again; its words stay reserved. Repeating does nothing."""
    _require_keeper(member)
    with transaction.atomic():
        group = _locked(group_id)
        if group.active != active:
            group.active = active
            _touch(group, member, now)
            facts.record(
                action=SWITCHED,
                subject=("synonym_group", group.pk),
                actor=member.actor,
                unit_id=_office(member),
                occurred_at=now,
                details={"active": active, "words": _state(group)["words"]},
            )
    return group


def load_synonyms(*, now: datetime, actor: Actor, path: Path = REFERENCE) -> int:
    """Load the platform's own list; returns how many groups stand as in the file.

    Repeatable. A group that staff changed or switched stays theirs, and so does a word that they
    put into a group of their own: a group of the file that holds such a word is left out.
    """
    entries = json.loads(path.read_text(encoding="utf-8"))
    written = same = 0
    with transaction.atomic():
        known = {group.key: group for group in SynonymGroup.objects.exclude(key="")}
        standing: dict[int, list[SynonymWord]] = defaultdict(list)
        for row in SynonymWord.objects.order_by("place"):
            standing[row.group_id].append(row)
        taken = {row.folded: row for rows in standing.values() for row in rows}
        for entry in entries:
            words, one_way = entry["words"], bool(entry.get("one_way", False))
            group = known.get(words[0]) or SynonymGroup(key=words[0])
            if group.changed_at is not None:
                continue
            mine = standing[group.pk] if group.pk else []
            if mine and [row.text for row in mine] == words and group.one_way == one_way:
                same += 1
                continue
            others = {f: row.text for f, row in taken.items() if row.group_id != group.pk}
            if problems(words, others):
                continue
            group.one_way = one_way
            group.note = entry.get("note", "")
            group.save()
            for row in mine:
                del taken[row.folded]
            taken |= {row.folded: row for row in _write_words(group, words)}
            written += 1
        if written:
            facts.record(
                action=LOADED,
                subject=("search", path.name),
                actor=actor,
                occurred_at=now,
                details={"groups": written},
            )
    return written + same
