"""Words of one meaning from everywhere: the office's groups, names of units, and what other apps
register."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Final

from django.db.models import Prefetch

from gongkai.core import memo
from gongkai.core.pairs import fold
from gongkai.organisations.models import Unit, UnitAlias
from gongkai.search.models import SynonymGroup, SynonymWord
from gongkai.search.rules_synonyms import BOTH_WAYS, NAMES, ONE_WAY, Group, Synonyms

Words = Callable[[], Iterable[Group]]
SHARED: Final = 3
"""A name that more units bear (市场监管所) says nothing about which is meant."""

_SOURCES: dict[str, Words] = {}


def register_words(name: str, function: Words) -> None:
    """Add a source of groups, read at most every few seconds; a name again replaces it."""
    _SOURCES[name] = function


@memo.reference(lambda: "")
def synonyms() -> Synonyms:
    """All words of one meaning, ready to be looked up."""
    return Synonyms(group for name in sorted(_SOURCES) for group in _SOURCES[name]())


def known_words() -> list[tuple[str, float]]:
    """The words of all sources with a weight, for the vocabulary of suggestions beside titles."""
    counts: Counter[str] = Counter()
    for name in sorted(_SOURCES):
        for group in _SOURCES[name]():
            counts.update(set(group.words))
    return [(word, 2.0) for word in sorted(counts)]


def office_groups() -> list[Group]:
    """The groups that the office keeps and has not switched off."""
    words = Prefetch("words", SynonymWord.objects.order_by("place"))
    return [
        Group(
            tuple(word.text for word in group.words.all()),
            group.one_way,
            ONE_WAY if group.one_way else BOTH_WAYS,
        )
        for group in SynonymGroup.objects.filter(active=True).prefetch_related(words)
    ]


def unit_names() -> list[Group]:
    """Each unit's names in time: short and full name, other names, those of whom it succeeded.

    A name that is only the place (芙蓉区) is left out, since everything of the place bears it.
    """
    fields = ("pk", "short_name", "full_name", "successor_id")
    units = {row[0]: row[1:] for row in Unit.objects.values_list(*fields)}
    names: dict[int, list[str]] = {pk: [short, full] for pk, (short, full, _) in units.items()}
    for unit_id, name in UnitAlias.objects.order_by("pk").values_list("unit_id", "name"):
        full = units[unit_id][1]
        if name not in full or full.endswith(name):
            names[unit_id].append(name)
    groups: dict[int, list[str]] = defaultdict(list)
    for pk in names:
        groups[_last(pk, units)] += names[pk]
    bearers = Counter(fold(name) for group in groups.values() for name in set(group))
    found = (
        tuple(n for n in dict.fromkeys(group) if len(n) > 1 and bearers[fold(n)] <= SHARED)
        for group in groups.values()
    )
    return [Group(group, weight=NAMES) for group in found if len(group) > 1]


def _last(pk: int, units: dict[int, tuple[str, str, int | None]]) -> int:
    """The unit that the last reform made of this one."""
    seen = {pk}
    while (after := units[pk][2]) in units and after not in seen:
        assert after is not None
        pk = after
        seen.add(pk)
    return pk
