"""The only shapes a stored text may have: headings, paragraphs, lists, tables, figures, quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from gongkai.publishing.importing.inline import (
    BLANK,
    Piece,
    all_marked,
    nodes,
    plain,
    split_lines,
    trim,
    without,
)
from gongkai.publishing.importing.tree import Node

CLASSES: Final = ("sign", "note", "no-indent")
HEADINGS: Final = ("h2", "h3", "h4")


@dataclass(slots=True)
class Cell:
    """One table cell; spans count rows and columns, at least 1."""

    pieces: list[Piece]
    colspan: int = 1
    rowspan: int = 1
    is_head: bool = False


@dataclass(slots=True)
class Table:
    """Rows of cells; the first ``head`` rows are column headings."""

    rows: list[list[Cell]]
    head: int = 0
    caption: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """One block of a text.

    ``tag`` is the element; ``pieces`` the inline content of headings, paragraphs and of a
    figure's caption; ``items`` the blocks of each list item, or of a quotation (one item);
    ``pictures`` those of a figure.
    """

    tag: str
    pieces: list[Piece] = field(default_factory=list)
    cls: str = ""
    items: list[list[Block]] = field(default_factory=list)
    pictures: list[Piece] = field(default_factory=list)
    table: Table | None = None

    def text(self) -> str:
        """The inline text, without blanks at its ends."""
        return plain(self.pieces).strip(BLANK)


def paragraphs(pieces: Sequence[Piece], cls: str = "") -> list[Block]:
    """Paragraphs and figures for a run of pieces; two breaks in a row part paragraphs."""
    groups: list[list[list[Piece]]] = [[]]
    for line in split_lines(pieces):
        if line:
            groups[-1].append(line)
        elif groups[-1]:
            groups.append([])
    result: list[Block] = []
    for lines in groups:
        if not lines:
            continue
        joined = join_lines(lines)
        seen = [piece for piece in joined if not piece.is_blank]
        if all(piece.picture for piece in seen):
            result.extend(Block("figure", pictures=[piece]) for piece in seen)
        else:
            result.append(Block("p", joined, cls))
    return result


def join_lines(lines: Sequence[Sequence[Piece]]) -> list[Piece]:
    """Lines of pieces put together with line breaks."""
    result: list[Piece] = []
    for line in lines:
        if result:
            result.append(Piece("", is_break=True))
        result.extend(line)
    return result


def heading(tag: str, pieces: Sequence[Piece]) -> list[Block]:
    """A heading on one line, bold taken off when all of it is bold; its pictures follow it."""
    pictures = [piece for piece in pieces if piece.picture]
    words = trim([piece for piece in pieces if not piece.picture])
    words = [Piece(" ", piece.marks, piece.href) if piece.is_break else piece for piece in words]
    if all_marked(words, "strong"):
        words = without(words, "strong")
    result = [Block(tag, words)] if words else []
    return [*result, *(Block("figure", pictures=[picture]) for picture in pictures)]


def flatten(blocks: Sequence[Block]) -> list[list[Piece]]:
    """Blocks as lines of pieces, for a place that holds text only (a cell, a list item)."""
    lines: list[list[Piece]] = []
    for block in blocks:
        if block.tag in ("ul", "ol"):
            for number, item in enumerate(block.items, 1):
                mark = f"{number}. " if block.tag == "ol" else "• "
                inner = flatten(item)
                if inner:
                    lines.append([Piece(mark), *inner[0]])
                    lines.extend(inner[1:])
        elif block.table is not None:
            if block.table.caption:
                lines.append(block.table.caption)
            for row in block.table.rows:
                line: list[Piece] = []
                for cell in row:
                    content = [Piece(" ") if p.is_break else p for p in cell.pieces]
                    if content:
                        line.extend([Piece("\u3000"), *content] if line else content)
                if line:
                    lines.append(line)
        elif block.tag == "blockquote":
            lines.extend(line for item in block.items for line in flatten(item))
        else:
            lines.extend([picture] for picture in block.pictures)
            lines.extend(line for line in split_lines(block.pieces) if line)
    return lines


def to_nodes(blocks: Sequence[Block]) -> list[Node | str]:
    """The HTML of blocks."""
    return [node for block in blocks for node in _block(block)]


def _block(block: Block) -> list[Node | str]:
    if block.table is not None:
        return [_table(block.table)]
    if block.tag in ("ul", "ol"):
        items: list[Node | str] = [Node("li", {}, _item(item)) for item in block.items]
        return [Node(block.tag, {}, items)]
    if block.tag == "blockquote":
        return [Node("blockquote", {}, to_nodes(block.items[0]))]
    if block.tag == "figure":
        content = nodes([Piece(p.text, picture=p.picture) for p in block.pictures])
        if block.pieces:
            content.append(Node("figcaption", {}, nodes(block.pieces)))
        return [Node("figure", {}, content)]
    attrs = {"class": block.cls} if block.cls else {}
    return [Node(block.tag, attrs, nodes(block.pieces))]


def _item(blocks: Sequence[Block]) -> list[Node | str]:
    result: list[Node | str] = []
    words = join_lines(flatten([block for block in blocks if block.tag not in ("ul", "ol")]))
    result.extend(nodes(words))
    result.extend(to_nodes([block for block in blocks if block.tag in ("ul", "ol")]))
    return result


def _table(table: Table) -> Node:
    node = Node("table")
    if table.caption:
        node.children.append(Node("caption", {}, nodes(table.caption)))
    if table.head:
        node.children.append(
            Node("thead", {}, [_row(row, True) for row in table.rows[: table.head]])
        )
    if table.head < len(table.rows):
        body: list[Node | str] = [_row(row, False) for row in table.rows[table.head :]]
        node.children.append(Node("tbody", {}, body))
    return node


def _row(row: Sequence[Cell], in_head: bool) -> Node:
    node = Node("tr")
    for cell in row:
        is_head = in_head or cell.is_head
        attrs: dict[str, str] = {}
        if cell.colspan > 1:
            attrs["colspan"] = str(cell.colspan)
        if cell.rowspan > 1:
            attrs["rowspan"] = str(cell.rowspan)
        if in_head:
            attrs["scope"] = "colgroup" if cell.colspan > 1 else "col"
        elif is_head:
            attrs["scope"] = "rowgroup" if cell.rowspan > 1 else "row"
        node.children.append(Node("th" if is_head else "td", attrs, nodes(cell.pieces)))
    return node
