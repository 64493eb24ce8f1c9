"""What a column's page is composed of: blocks, each a function and a template.

A column names its blocks in order in ``Column.blocks`` (reference/places.json)::

    [{"block": "targets", "title": "四项行动，做到哪一步", "sections": ["beizeng", "wuhao"]},
     {"block": "newest"}, {"block": "sections"}]

``block`` is the name it is registered under, ``title`` its heading, ``text`` one sentence below it,
``half`` true lets two blocks stand side by side. ``open`` true shows the block in the elder view at
once, where others wait behind a line to be opened. ``covers`` lists sections that the block itself
shows, so that ``sections`` leaves them out. Everything else is the block's own option.

To add a block::

    @block("targets", css="portal/blocks/growth.css")
    def targets(place: Place, options: Options) -> Data | None:
        told = place.told(kinds=("progress",), sections=options.get("sections", ()))
        ...
        return {"rows": rows}

and ``templates/portal/blocks/targets.html``, which finds the returned values as ``b`` and the place
as ``place``. A block returns None when it has nothing to say and should not be there at all; a lead
element that belongs to its place even when empty returns its data and draws its own empty state.
Blocks read placements and ``public_*`` selectors only, and never more queries than they have lists.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gongkai.catalogue.models import Column, PublicSite, Section
from gongkai.portal import selectors

logger = logging.getLogger("gongkai.public")

Options = Mapping[str, Any]
Data = dict[str, Any]

DEFAULT: Sequence[Options] = ({"block": "newest"}, {"block": "sections"})


@dataclass(frozen=True, slots=True)
class Place:
    """A column's page while it is composed: what every block may look at."""

    site: PublicSite
    column: Column
    sections: Sequence[Section]
    counts: Mapping[int | None, int]
    """Items by section id; None is the column itself."""
    today: date
    query: Mapping[str, str] = field(default_factory=dict)
    """The address's own parameters, for blocks that let the reader choose."""
    covered: frozenset[str] = frozenset()
    """Keys of the sections that some block shows itself."""

    def section(self, key: str) -> Section | None:
        """A section by its key."""
        return next((s for s in self.sections if s.key == key), None)

    def count(self, key: str) -> int:
        """How many items a section holds."""
        section = self.section(key)
        return self.counts.get(section.pk, 0) if section else 0

    def told(
        self, *, kinds: Iterable[str] = (), sections: Iterable[str] = (), size: int = 6
    ) -> list[selectors.Told]:
        """The newest public items of the column (or of some sections) with their own facts."""
        keys = set(sections)
        chosen = [s for s in self.sections if s.key in keys] if keys else []
        if keys and not chosen:
            return []
        return selectors.public_told(self.column, kinds=kinds, sections=chosen, size=size)


Builder = Callable[[Place, Options], Data | None]


@dataclass(frozen=True, slots=True)
class Block:
    """A registered block."""

    build: Builder
    template: str
    css: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A block ready for the page."""

    name: str
    template: str
    title: str
    text: str
    half: bool
    open: bool
    data: Data


_BLOCKS: dict[str, Block] = {}


def block(name: str, *, css: str | Sequence[str] = "") -> Callable[[Builder], Builder]:
    """Register a block under a name, with the style sheet (or sheets) it needs; a name belongs to
    one block only."""
    sheets = (css,) if isinstance(css, str) else tuple(css)

    def register(build: Builder) -> Builder:
        if name in _BLOCKS and _BLOCKS[name].build.__qualname__ != build.__qualname__:
            raise ValueError(f"block {name!r} is registered twice")
        _BLOCKS[name] = Block(build, f"portal/blocks/{name}.html", tuple(filter(None, sheets)))
        return build

    return register


def known_blocks() -> frozenset[str]:
    """The names of all blocks."""
    return frozenset(_BLOCKS)


def covered_by(entries: Iterable[Options]) -> frozenset[str]:
    """Keys of the sections that blocks show themselves."""
    return frozenset(key for entry in entries for key in entry.get("covers", ()))


def compose(place: Place) -> tuple[list[Shown], list[str]]:
    """The blocks of a column in order, and the style sheets they need.

    A name nobody registered is logged and left out: a page is better than an error.
    """
    shown: list[Shown] = []
    sheets: dict[str, None] = {}
    for entry in place.column.blocks or DEFAULT:
        found = _BLOCKS.get(str(entry.get("block", "")))
        if found is None:
            logger.error("column %s names an unknown block: %r", place.column.key, entry)
            continue
        data = found.build(place, entry)
        if data is None:
            continue
        sheets.update(dict.fromkeys(found.css))
        shown.append(
            Shown(
                name=str(entry["block"]),
                template=found.template,
                title=str(data.pop("title", entry.get("title", ""))),
                text=str(data.pop("text", entry.get("text", ""))),
                half=bool(entry.get("half")),
                open=bool(entry.get("open")),
                data=data,
            )
        )
    return shown, list(sheets)
