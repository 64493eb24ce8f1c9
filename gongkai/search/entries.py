"""What can be found, and who knows it: entries, and the sources that content rooms register.

A space is one index. ``PUBLIC`` holds what everybody may read and nothing else; ``ARTICLES`` the
articles of the same documents, apart, so that twenty articles of one rule do not fill a page;
``STAFF`` holds working copies and drafts too, and is asked only by the desk and by the editors'
admin, which filter what was found by the reader's rights all the same.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from gongkai.core.pairs import fold

PUBLIC: Final = "public"
ARTICLES: Final = "articles"
STAFF: Final = "staff"
SPACES: Final = (PUBLIC, ARTICLES, STAFF)

FACETS: Final = ("type", "unit", "topic", "validity", "site", "state")
"""Values that hits can be narrowed to. ``type`` is the kind of information, ``site`` a public
site, ``state`` the state of work (staff)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found: a record, or an article of it (``part``: 第十二条, which is no
    word of the title, because it would find every twelfth article).

    ``meta`` is found but not shown (unit, kind, keywords); ``asked`` are answered questions of
    readers that belong here; ``numbers`` come first when they are asked for (``core.codes``).
    ``authority`` runs from 0 to 3, ``version`` changes whenever what is shown changes.
    """

    kind: str
    id: int
    title: str
    text: str = ""
    part: str = ""
    meta: str = ""
    asked: str = ""
    numbers: tuple[str, ...] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    day: date | None = None
    authority: int = 0
    version: str = ""

    @property
    def record(self) -> str:
        """The record's key: kind and id."""
        return f"{self.kind}:{self.id}"

    @property
    def key(self) -> str:
        """The entry's own key; the record's with the part."""
        return f"{self.record}#{self.part}" if self.part else self.record

    @property
    def serial(self) -> int:
        """The key as a number of 63 bits."""
        return number_of(self.key)

    @property
    def fingerprint(self) -> int:
        """All that is indexed as a number of 63 bits: equal numbers, nothing to do."""
        facets = (f"{name}={','.join(values)}" for name, values in sorted(self.facets.items()))
        whole = (self.title, self.text, self.meta, self.asked, self.version, str(self.day),
                 str(self.authority), *self.numbers, "", *facets)  # fmt: skip
        return number_of("\x1f".join(whole))


def number_of(text: str) -> int:
    """63 bits of a digest of ``text``."""
    return (
        int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())
        >> 1
    )


def number_key(text: str) -> str:
    """A document number, index number or credit code as the index compares it: letters, digits
    and characters, whatever brackets, dashes and widths it was written with."""
    return "".join(character for character in fold(text) if character.isalnum())


@dataclass(frozen=True, slots=True)
class Change:
    """A sealed fact as sources see it."""

    action: str
    kind: str
    id: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A record as a list of hits shows it, read from the database at that moment: what was
    withdrawn a second ago is not shown, whatever the index says. ``version`` is the entry's; where
    it differs, marks and snippets of the index are old and left out.
    """

    version: str
    title: str
    path: str
    tag: str = ""
    tone: str = ""
    at: datetime | None = None
    unit: str = ""
    number: str = ""
    summary: str = ""
    notes: tuple[str, ...] = ()


def _touched(name: str) -> Callable[[Change], Iterable[int]]:
    def ids(change: Change) -> Iterable[int]:
        return [int(change.id)] if change.kind == name and change.id.isdecimal() else []

    return ids


@dataclass(frozen=True, slots=True)
class Source:
    """Where the entries of one kind come from.

    ``read`` returns the entries of those ids that exist and belong in the space; the others are
    taken out of the index. ``ids`` lists all ids that belong, above ``after`` and in order, at most
    ``limit``. ``touched`` says which records a fact is about; by default those whose kind is the
    source's. ``show`` gives what lists of hits need of (id, part), and leaves out what is not to
    be seen any more.
    """

    kind: str
    label: str
    space: str
    read: Callable[[Sequence[int]], Iterable[Entry]]
    ids: Callable[[int, int], Sequence[int]]
    touched: Callable[[Change], Iterable[int]] | None = None
    show: Callable[[Sequence[tuple[int, str]]], Mapping[tuple[int, str], Shown]] | None = None

    def records(self, change: Change) -> Iterable[int]:
        """The records that a fact is about."""
        return (self.touched or _touched(self.kind))(change)


_SOURCES: dict[tuple[str, str], Source] = {}


def register_source(source: Source) -> None:
    """Add a source; registering the same kind of a space again replaces it.

    Raises ValueError for an unknown space.
    """
    if source.space not in SPACES:
        raise ValueError(f"search space {source.space} is unknown")
    _SOURCES[(source.space, source.kind)] = source


def sources(space: str) -> list[Source]:
    """The sources of a space, in the order of their kinds."""
    return [source for (of, _), source in sorted(_SOURCES.items()) if of == space]
