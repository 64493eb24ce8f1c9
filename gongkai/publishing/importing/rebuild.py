"""Reading any sanitized fragment into the shapes of ``blocks``: nothing else survives."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from gongkai.publishing.importing.blocks import (
    CLASSES,
    HEADINGS,
    Block,
    Cell,
    flatten,
    heading,
    join_lines,
    paragraphs,
)
from gongkai.publishing.importing.inline import BLANK, Piece, tidy, trim
from gongkai.publishing.importing.links import BLOB_SRC, safe_href
from gongkai.publishing.importing.tables import attach_captions, regular
from gongkai.publishing.importing.tree import Node

_MARKS: Final = {
    "strong": "strong",
    "b": "strong",
    "em": "em",
    "i": "em",
    "sup": "sup",
    "sub": "sub",
}
_BLOCK_TAGS: Final = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "nav",
        "address",
        "center",
        "form",
        "fieldset",
        "details",
        "summary",
        "hr",
        "dl",
        "dt",
        "dd",
        "pre",
        "legend",
    ]
)
_DIGITS: Final = re.compile(r"\d{1,6}")
_CHINESE: Final = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class _State:
    marks: frozenset[str] = frozenset()
    href: str = ""
    cls: str = ""
    keep_lines: bool = False


@dataclass(slots=True)
class _Flow:
    """Collects the blocks of one container (the text, a list item, a cell, a quotation)."""

    findings: Counter[str]
    shift: int
    blocks: list[Block] = field(default_factory=list)
    pending: list[Piece] = field(default_factory=list)
    pending_cls: str = ""

    def flush(self) -> None:
        """Close the paragraph under way."""
        self.blocks.extend(paragraphs(_merge(self.pending), self.pending_cls))
        self.pending = []

    def _add(self, piece: Piece, state: _State) -> None:
        if not self.pending:
            self.pending_cls = state.cls
        self.pending.append(piece)

    def read(self, children: Sequence[Node | str], state: _State) -> None:
        for child in children:
            if isinstance(child, str):
                self._text(child, state)
            else:
                self._element(child, state)

    def _text(self, text: str, state: _State) -> None:
        if not state.keep_lines:
            self._add(Piece(text, state.marks, state.href), state)
            return
        for number, line in enumerate(text.split("\n")):
            if number:
                self._add(Piece("", is_break=True), state)
            self._add(Piece(line, state.marks, state.href), state)

    def _element(self, node: Node, state: _State) -> None:
        style = _style(node.attrs.get("style", ""))
        if style.get("display") == "none" or style.get("mso-hide") == "all":
            self.findings["hidden"] += bool(node.text().strip())
            return
        tag = node.tag
        if tag == "del":
            self.findings["deleted"] += bool(node.text().strip())
            return
        if tag in ("s", "strike"):
            self.findings["struck"] += bool(node.text().strip())
        state = _restyle(node, style, state)
        if tag == "br":
            self._add(Piece("", is_break=True), state)
        elif tag == "img":
            self._image(node, state)
        elif tag == "input":
            self._input(node, state)
        elif tag == "a":
            self._link(node, state)
        elif tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self._heading(node, state)
        elif tag in ("ul", "ol"):
            self._list(node, state)
        elif tag == "table":
            self._table(node, state)
        elif tag == "blockquote":
            self._quote(node, state)
        elif tag == "figure":
            self._figure(node, state)
        elif tag in _BLOCK_TAGS:
            self._paragraph(node, state)
        elif _is_list_symbol(style):
            self._text("• " if node.text().strip(BLANK + "\u00a0") else "", state)
        else:
            self.read(node.children, state)

    def _paragraph(self, node: Node, state: _State) -> None:
        self.flush()
        if node.tag == "dt":
            state = replace(state, marks=state.marks | {"strong"})
        inner = replace(state, keep_lines=True) if node.tag == "pre" else state
        self.read(node.children, inner)
        self.flush()

    def _image(self, node: Node, state: _State) -> None:
        source = BLOB_SRC.fullmatch(node.attrs.get("src", ""))
        if not source:
            self.findings["picture"] += 1
            return
        words = tidy(node.attrs.get("alt", "")).strip(BLANK)
        self._add(Piece(words, state.marks, state.href, picture=source[1]), state)

    def _input(self, node: Node, state: _State) -> None:
        if node.attrs.get("type") in ("checkbox", "radio"):
            self._text("☑" if "checked" in node.attrs else "☐", state)

    def _link(self, node: Node, state: _State) -> None:
        raw = node.attrs.get("href")
        href = safe_href(raw) if raw is not None else None
        if href is None:
            # Bookmarks of the pasted page (#_Toc…, #_ftn…) lead nowhere here: no loss to report.
            if raw is not None and not raw.startswith("#"):
                self.findings["link"] += bool(node.text().strip())
            self.read(node.children, state)
            return
        self.read(node.children, replace(state, marks=state.marks | {"a"}, href=href))

    def _inner(self, node: Node, state: _State) -> list[Block]:
        flow = _Flow(self.findings, self.shift)
        flow.read(node.children, state)
        flow.flush()
        return flow.blocks

    def _heading(self, node: Node, state: _State) -> None:
        self.flush()
        level = min(max(int(node.tag[1]) + self.shift, 2), 4)
        inner = self._inner(node, replace(state, cls=""))
        lists = [block for block in inner if block.tag in ("ul", "ol") or block.table]
        lines = flatten([block for block in inner if block not in lists])
        self.blocks.extend(heading(HEADINGS[level - 2], join_lines(lines)))
        self.blocks.extend(lists)

    def _list(self, node: Node, state: _State) -> None:
        self.flush()
        state = replace(state, cls="", keep_lines=False)
        items: list[list[Block]] = []
        after: list[Block] = []
        for child in node.children:
            if isinstance(child, Node) and child.tag in ("ul", "ol") and items:
                blocks = self._inner(Node("li", {}, [child]), state)
                items[-1].extend(blocks)
                continue
            wrapped = child if isinstance(child, Node) and child.tag == "li" else None
            blocks = self._inner(wrapped or Node("li", {}, [child]), state)
            after.extend(block for block in blocks if block.table is not None)
            blocks = [block for block in blocks if block.table is None]
            if flatten(blocks):
                items.append(blocks)
        if items:
            self.blocks.extend(_numbered(node, items))
        self.blocks.extend(after)

    def _quote(self, node: Node, state: _State) -> None:
        self.flush()
        inner = self._inner(node, replace(state, cls="", keep_lines=False))
        quoted: list[Block] = []
        for block in inner:
            if block.tag in HEADINGS:
                quoted.append(Block("p", block.pieces))
            elif block.tag in ("p", "ul", "ol"):
                quoted.append(block)
            elif block.tag == "blockquote":
                quoted.extend(block.items[0])
        if quoted:
            self.blocks.append(Block("blockquote", items=[quoted]))
        self.blocks.extend(block for block in inner if block.tag in ("table", "figure"))

    def _figure(self, node: Node, state: _State) -> None:
        self.flush()
        words = [child for child in node.elements() if child.tag == "figcaption"]
        rest = [child for child in node.children if child not in words]
        inner = self._inner(Node("div", {}, rest), replace(state, cls=""))
        caption = join_lines(
            flatten([block for child in words for block in self._inner(child, state)])
        )
        caption = [piece for piece in caption if not piece.picture]
        pictures = [picture for block in inner for picture in block.pictures]
        if pictures:
            self.blocks.append(Block("figure", trim(caption), pictures=pictures))
        elif caption:
            self.blocks.append(Block("p", trim(caption)))
        self.blocks.extend(block for block in inner if block.tag != "figure")

    def _table(self, node: Node, state: _State) -> None:
        self.flush()
        state = replace(state, cls="", keep_lines=False, marks=state.marks - {"a"}, href="")
        caption: list[Piece] = []
        rows: list[list[Cell]] = []
        thead = 0
        sections = [node, *(n for n in node.elements() if n.tag in ("thead", "tbody", "tfoot"))]
        for section in sections:
            for child in section.elements():
                if child.tag == "caption":
                    lines = flatten(self._inner(child, state))
                    caption = [Piece(" ") if p.is_break else p for p in join_lines(lines)]
                    caption = [piece for piece in caption if not piece.picture]
                elif child.tag == "tr":
                    if section.tag == "thead" and thead == len(rows):
                        thead += 1
                    rows.append(
                        [self._cell(c, state) for c in child.elements() if c.tag in ("td", "th")]
                    )
        single = [cell for row in rows for cell in row]
        if len(single) == 1:
            # A table of one cell is a frame drawn around text.
            self.read(_only_cell(node).children, state)
            self.flush()
            return
        if not any(not piece.is_blank for cell in single for piece in cell.pieces):
            return
        table = regular(rows, thead=thead, caption=trim(caption))
        if table is not None:
            self.blocks.append(Block("table", table=table))

    def _cell(self, node: Node, state: _State) -> Cell:
        blocks = self._inner(node, state)
        self.findings["nested"] += sum(block.table is not None for block in blocks)
        return Cell(
            join_lines(flatten(blocks)),
            _span(node.attrs.get("colspan")),
            _span(node.attrs.get("rowspan")),
            node.tag == "th",
        )


def rebuild(root: Node, findings: Counter[str]) -> list[Block]:
    """The blocks of a sanitized fragment; what had to go is counted in ``findings``.

    When the fragment has a first-level heading, all headings move down one level: the page's
    own title is the only first-level heading.
    """
    shift = int(any(node.tag == "h1" for node in root.walk()))
    flow = _Flow(findings, shift)
    flow.read(root.children, _State())
    flow.flush()
    return attach_captions(flow.blocks)


def _merge(pieces: Sequence[Piece]) -> list[Piece]:
    result: list[Piece] = []
    for piece in pieces:
        last = result[-1] if result else None
        if (
            last is not None
            and not (piece.picture or piece.is_break or last.picture or last.is_break)
            and (piece.marks, piece.href) == (last.marks, last.href)
        ):
            result[-1] = replace(last, text=last.text + piece.text)
        else:
            result.append(piece)
    return [p if p.picture or p.is_break else replace(p, text=tidy(p.text)) for p in result]


def _style(text: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in text.lower().split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if value}


def _restyle(node: Node, style: dict[str, str], state: _State) -> _State:
    marks = set(state.marks)
    if node.tag in _MARKS:
        marks.add(_MARKS[node.tag])
    weight = style.get("font-weight", "")
    if weight.startswith("bold") or (weight.isdigit() and int(weight) >= 600):
        marks.add("strong")
    elif weight in ("normal", "400"):
        marks.discard("strong")
    if style.get("font-style") == "italic":
        marks.add("em")
    if style.get("vertical-align") in ("super", "sub"):
        marks.add({"super": "sup", "sub": "sub"}[style["vertical-align"]])
    cls = state.cls
    if node.tag in _BLOCK_TAGS:
        named = [name for name in CLASSES if name in node.attrs.get("class", "").split()]
        right = style.get("text-align") or node.attrs.get("align", "").lower()
        if named:
            cls = named[0]
        elif right:
            cls = "sign" if right in ("right", "end") else ""
    return replace(state, marks=frozenset(marks), cls=cls)


def _is_list_symbol(style: dict[str, str]) -> bool:
    # Word writes the bullet of a pasted list as a letter in a symbol font ("l" looks like ●).
    family = style.get("font-family", "")
    return "ignore" in style.get("mso-list", "") and ("wingdings" in family or "symbol" in family)


def _span(value: str | None) -> int:
    return int(value) if value and _DIGITS.fullmatch(value) else 1


def _only_cell(table: Node) -> Node:
    return next(node for node in table.walk() if node.tag in ("td", "th"))


def _numbered(node: Node, items: list[list[Block]]) -> list[Block]:
    """A list; an ordered one that does not count 1, 2, 3 becomes paragraphs with the number."""
    style = _style(node.attrs.get("style", ""))
    kind = style.get("list-style-type", "") or node.attrs.get("type", "")
    start = _span(node.attrs.get("start"))
    if node.tag == "ul" or (start == 1 and kind in ("", "1", "decimal")):
        return [Block(node.tag, items=items)]
    result: list[Block] = []
    for number, item in enumerate(items, start):
        label = Piece(_count(number, kind))
        lines = flatten([block for block in item if block.tag not in ("ul", "ol")])
        result.append(Block("p", [label, *join_lines(lines)]))
        result.extend(block for block in item if block.tag in ("ul", "ol"))
    return result


def _count(number: int, kind: str) -> str:
    if kind in ("cjk-ideographic", "simp-chinese-informal", "japanese-informal") and number < 100:
        tens, ones = divmod(number, 10)
        words = ("" if tens <= 1 else _CHINESE[tens]) + ("十" if tens else "")
        return words + (_CHINESE[ones] if ones or not tens else "") + "、"
    if kind in ("a", "A", "lower-alpha", "upper-alpha") and 1 <= number <= 26:
        letter = chr(ord("a") + number - 1)
        return (letter.upper() if kind in ("A", "upper-alpha") else letter) + ". "
    return f"{number}. "
