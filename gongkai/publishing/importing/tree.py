"""A small HTML tree for fragments that the sanitizer has already put into order.

Only well-formed fragments (as the sanitizer writes them) are read here; anything else is
still read without error, but its safety is the sanitizer's business, never this module's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Final

VOID: Final = frozenset({"br", "img", "hr", "col", "input", "wbr"})
# Deeper elements are dissolved into their text: no real document nests so far, an attack does.
MAX_DEPTH: Final = 100


@dataclass(slots=True)
class Node:
    """An element: name, attributes in order, children (elements and text)."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def elements(self) -> list[Node]:
        """Child elements, without text."""
        return [child for child in self.children if isinstance(child, Node)]

    def walk(self) -> Iterator[Node]:
        """Every element below this one, in document order."""
        stack: list[Node] = list(reversed(self.elements()))
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.elements()))

    def text(self) -> str:
        """All text below this element, joined without separators."""
        parts: list[str] = []
        stack: list[Node | str] = list(reversed(self.children))
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                parts.append(item)
            else:
                stack.extend(reversed(item.children))
        return "".join(parts)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("#root")
        self._open: list[Node] = [self.root]
        self._too_deep = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID and len(self._open) > MAX_DEPTH:
            self._too_deep += 1
            return
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self._too_deep:
            self._too_deep -= 1
            return
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        siblings = self._open[-1].children
        if siblings and isinstance(siblings[-1], str):
            siblings[-1] += data
        else:
            siblings.append(data)


def parse(html: str) -> Node:
    """Read a fragment; the returned node is a nameless root holding it."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


@dataclass(slots=True)
class _End:
    tag: str


def serialize(node: Node) -> str:
    """Write the children of ``node`` as HTML, text and attribute values escaped."""
    parts: list[str] = []
    stack: list[Node | _End | str] = [*reversed(node.children)]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            parts.append(escape(item, quote=False))
        elif isinstance(item, _End):
            parts.append(f"</{item.tag}>")
        else:
            attrs = "".join(f' {name}="{escape(value)}"' for name, value in item.attrs.items())
            parts.append(f"<{item.tag}{attrs}>")
            if item.tag not in VOID:
                stack.append(_End(item.tag))
                stack.extend(reversed(item.children))
    return "".join(parts)
