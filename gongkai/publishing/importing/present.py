"""Making a stored text ready to be shown: anchors, contents, tables for phones, pictures."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from gongkai.publishing.importing import sanitizer
from gongkai.publishing.importing.links import BLOB_SRC, is_outside, safe_href
from gongkai.publishing.importing.tables import is_number
from gongkai.publishing.importing.tree import Node, parse, serialize

_LEVELS: Final = {"h2": 2, "h3": 3, "h4": 4}
_LABEL_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class TocEntry:
    """One line of the table of contents: heading level 2 to 4, anchor, words."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Presented:
    """HTML for the page and the table of contents that belongs to it."""

    html: str
    toc: tuple[TocEntry, ...]


def present_html(
    html: str,
    *,
    image_url: Callable[[str], str],
    anchors: bool = True,
    own_hosts: Collection[str] = (),
    outside: Callable[[str], str] | None = None,
) -> Presented:
    """Dress a stored text for a page. Nothing here is ever stored.

    ``image_url`` gives the address of a picture for its SHA-256; a picture whose address is
    empty or unsafe is left out. Headings get anchors ``s1``, ``s1-2``, … (their place in the
    text) and make the contents, unless ``anchors`` is false. Tables stand in a region that can
    be reached and scrolled by keyboard; those without merged cells also carry the column name
    on each cell (``data-l``) and the class ``cards``, so that a phone can show rows as cards.
    Links to other hosts than ``own_hosts`` get the class ``out``; ``outside`` gives the address
    they lead to instead (a leaving notice), and paper shows the real one (``data-out``).
    """
    root = parse(sanitizer.strict(html))
    toc = _anchor(root) if anchors else ()
    hosts = frozenset(host.lower() for host in own_hosts)
    for node in root.walk():
        href = node.attrs.get("href", "")
        if node.tag == "a" and is_outside(href, hosts):
            node.attrs["class"] = "out"
            node.attrs["rel"] = "noopener"
            if outside is not None:
                node.attrs["href"] = outside(href)
                node.attrs["data-out"] = href
    _pictures(root, image_url)
    _tables(root)
    return Presented(serialize(root), toc)


def _anchor(root: Node) -> tuple[TocEntry, ...]:
    counts = [0, 0, 0]
    entries: list[TocEntry] = []
    for node in root.walk():
        level = _LEVELS.get(node.tag)
        if level is None:
            continue
        depth = level - 2
        counts[depth] += 1
        counts[depth + 1 :] = [0] * (2 - depth)
        name = "s" + "-".join(str(count) for count in counts[: depth + 1])
        node.attrs["id"] = name
        entries.append(TocEntry(level, name, node.text().strip()))
    return tuple(entries)


def _pictures(root: Node, image_url: Callable[[str], str]) -> None:
    for parent in (root, *root.walk()):
        kept: list[Node | str] = []
        for child in parent.children:
            if not isinstance(child, Node) or child.tag != "img":
                kept.append(child)
                continue
            source = BLOB_SRC.fullmatch(child.attrs.get("src", ""))
            address = safe_href(image_url(source[1])) if source else None
            if address is None or address.lower().startswith(("mailto:", "tel:")):
                continue
            child.attrs = {
                "src": address,
                "alt": child.attrs.get("alt", ""),
                "loading": "lazy",
                "decoding": "async",
            }
            kept.append(child)
        parent.children = kept


def _tables(root: Node) -> None:
    number = 0
    for parent in (root, *root.walk()):
        for index, child in enumerate(parent.children):
            if not isinstance(child, Node) or child.tag != "table":
                continue
            number += 1
            caption = next((n.text().strip() for n in child.elements() if n.tag == "caption"), "")
            _roles(child)
            _cards(child)
            attrs = {
                "class": "tbl",
                "role": "region",
                "tabindex": "0",
                "aria-label": caption or f"表格 {number}",
            }
            parent.children[index] = Node("div", attrs, [child])


def _roles(table: Node) -> None:
    # Said outright because laying rows out as cards makes browsers forget that it is a table.
    table.attrs["role"] = "table"
    for node in table.walk():
        if node.tag in ("thead", "tbody"):
            node.attrs["role"] = "rowgroup"
        elif node.tag == "tr":
            node.attrs["role"] = "row"
        elif node.tag == "td":
            node.attrs["role"] = "cell"
        elif node.tag == "th":
            is_row = node.attrs.get("scope", "").startswith("row")
            node.attrs["role"] = "rowheader" if is_row else "columnheader"


def _cards(table: Node) -> None:
    """Column names on the cells of a plain table, and the class of columns of figures."""
    heads = [row for part in table.elements() if part.tag == "thead" for row in part.elements()]
    rows = [row for part in table.elements() if part.tag == "tbody" for row in part.elements()]
    cells = [cell for row in (*heads, *rows) for cell in row.elements()]
    if len(heads) != 1 or any({"colspan", "rowspan"} & set(cell.attrs) for cell in cells):
        return
    names = heads[0].elements()
    if any(len(row.elements()) != len(names) for row in rows):
        return
    table.attrs["class"] = "cards"
    for column, name in enumerate(names):
        column_cells = [row.elements()[column] for row in rows]
        label = _label(name)
        if all(is_number(cell.text()) for cell in column_cells):
            for cell in (name, *column_cells):
                cell.attrs["class"] = "n"
        for cell in column_cells:
            if cell.tag == "td":
                cell.attrs["data-l"] = label


def _label(head: Node) -> str:
    words = " ".join(head.text().split())
    return words if len(words) <= _LABEL_LENGTH else words[: _LABEL_LENGTH - 1] + "…"
