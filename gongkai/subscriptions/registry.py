"""What can be followed, and how what happened is told. Rooms add theirs in ``apps.ready()``."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gongkai.subscriptions.rules import Line

Params = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Followed:
    """One thing as its reader sees it: its name, where it is, its feed, and what one will hear.

    ``gone`` when it is not public any more: then the name says nothing of what it was.
    """

    title: str
    url: str
    feed: str
    note: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Followable:
    """One kind of thing that can be followed.

    ``canonical`` turns the parameters of an address into the stored target, and gives an empty text
    for what is not there or not public; ``describe`` says what targets are, several at a time, and
    leaves out those that never were. Both read what is public only.
    """

    key: str
    label: str
    icon: str
    canonical: Callable[[Params], str]
    describe: Callable[[Collection[str]], Mapping[str, Followed]]
    counted: bool = True
    """Whether staff may see which ones are followed most; not so for what people searched for."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened: event and id of its subject."""

    event: str
    subject_id: int


#: Lines for things that happened to subjects of one kind; none for what must not be told any more.
Lines = Callable[[Iterable[Told]], Mapping[Told, Line]]

_KINDS: dict[str, Followable] = {}
_LINES: dict[str, Lines] = {}


def register_followable(kind: Followable) -> None:
    """Let readers follow a kind of thing; registering a key again replaces it."""
    _KINDS[kind.key] = kind


def register_lines(subject_kind: str, lines: Lines) -> None:
    """Say how what happened to subjects of a kind is told. Asked when a letter is written, so that
    what was withdrawn in the meantime is left out."""
    _LINES[subject_kind] = lines


def followable(key: str) -> Followable | None:
    """The kind of a key; None for one that is not registered."""
    return _KINDS.get(key)


def followables() -> list[Followable]:
    """All kinds in the order of their registration."""
    return list(_KINDS.values())


def lines_of(subject_kind: str, told: Iterable[Told]) -> Mapping[Told, Line]:
    """The lines of what may be told."""
    return _LINES[subject_kind](told) if subject_kind in _LINES else {}


def described(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Followed]:
    """What (kind, target) pairs are; one question to each kind."""
    by_kind: dict[str, set[str]] = {}
    for kind, target in pairs:
        by_kind.setdefault(kind, set()).add(target)
    found = {}
    for kind, targets in by_kind.items():
        known = _KINDS.get(kind)
        for target, followed in (known.describe(targets) if known else {}).items():
            found[kind, target] = followed
    return found
