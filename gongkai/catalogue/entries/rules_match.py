"""Which row of a new table is which entry of the present one. Plain values only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from gongkai.catalogue.entries.rules_cells import squeeze

LIKE: Final = 0.72
"""From this likeness on, a row whose words changed is the same entry."""

RELATED: Final = 0.34


class Known(NamedTuple):
    """What identifies a row: both items and its elements; ``retired`` for entries moved out."""

    code: str
    item1: str
    item2: str
    elements: tuple[str, ...]
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """The code for each row of the new table (empty = new), and codes that no row bears now."""

    codes: tuple[str, ...]
    gone: tuple[str, ...]


def _key(row: Known) -> tuple[str, str, str]:
    return squeeze(row.item1), squeeze(row.item2), squeeze("".join(row.elements))


def match_rows(present: Sequence[Known], rows: Sequence[Known]) -> Match:
    """Match by content, never by number: numbers shift when a row is put in.

    First rows that are the same in all parts (entries moved out before may come back so), then
    the same items, then the likest within one first item or with the same elements.
    """
    codes = [""] * len(rows)
    free = {row.code: row for row in present}

    def take(keyed: Mapping[object, list[str]], key: object, at: int) -> None:
        for code in keyed.get(key, []):
            if code in free and not codes[at]:
                codes[at] = code
                del free[code]

    exact: dict[object, list[str]] = defaultdict(list)
    for known in sorted(present, key=lambda k: k.retired):
        exact[_key(known)].append(known.code)
    for at, row in enumerate(rows):
        take(exact, _key(row), at)
    items: dict[object, list[str]] = defaultdict(list)
    counts: dict[object, int] = defaultdict(int)
    for at, row in enumerate(rows):
        if not codes[at]:
            counts[_key(row)[:2]] += 1
    for known in present:
        if known.code in free and not known.retired:
            items[_key(known)[:2]].append(known.code)
    for at, row in enumerate(rows):
        if not codes[at] and counts[_key(row)[:2]] == 1 and len(items[_key(row)[:2]]) == 1:
            take(items, _key(row)[:2], at)
    _likest(free, rows, codes)
    return Match(tuple(codes), tuple(code for code, row in free.items() if not row.retired))


def _related(new: str, old: str) -> bool:
    """Whether two second items could be one: equal parts around them do not make 招生 and 收费 so."""
    a, b = squeeze(new), squeeze(old)
    return not a or not b or SequenceMatcher(None, a, b, autojunk=False).ratio() >= RELATED


def _likest(free: dict[str, Known], rows: Sequence[Known], codes: list[str]) -> None:
    """Pair what is left by likeness, the likest pair first."""
    by_first: dict[str, list[str]] = defaultdict(list)
    by_elements: dict[str, list[str]] = defaultdict(list)
    for code, known in free.items():
        if not known.retired:
            first, _, elements = _key(known)
            by_first[first].append(code)
            by_elements[elements].append(code)
    pairs: list[tuple[float, int, str]] = []
    for at, row in enumerate(rows):
        if codes[at]:
            continue
        first, _, elements = _key(row)
        for code in dict.fromkeys([*by_first[first], *by_elements[elements]]):
            ratio = SequenceMatcher(
                None, "".join(_key(row)), "".join(_key(free[code])), autojunk=False
            ).ratio()
            if ratio >= LIKE and _related(row.item2, free[code].item2):
                pairs.append((-ratio, at, code))
    for _, at, code in sorted(pairs):
        if not codes[at] and code in free:
            codes[at] = code
            del free[code]
