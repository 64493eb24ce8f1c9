"""Rooms say what their records are called, for the people who may see them."""

from collections.abc import Callable, Iterable, Mapping

from gongkai.organisations.access import Member

# (member, ids) → id → (title, address at the desk); records that the person may not see are left out.
Namer = Callable[[Member, list[str]], Mapping[str, tuple[str, str]]]
_NAMERS: dict[str, Namer] = {}


def register_namer(kind: str, namer: Namer) -> None:
    """Have records of a kind named on the desk page of file texts; again replaces it."""
    _NAMERS[kind] = namer


def named(
    member: Member, subjects: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[str, str]]:
    """Title and address of those records that this person may see."""
    ids: dict[str, list[str]] = {}
    for kind, key in subjects:
        ids.setdefault(kind, []).append(key)
    return {
        (kind, key): found
        for kind, keys in ids.items()
        if kind in _NAMERS
        for key, found in _NAMERS[kind](member, sorted(keys)).items()
    }
