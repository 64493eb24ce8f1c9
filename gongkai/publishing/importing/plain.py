"""The words of a stored text without its layout: for search, digests and comparing versions."""

from __future__ import annotations

from gongkai.publishing.importing import sanitizer
from gongkai.publishing.importing.inline import BLANK
from gongkai.publishing.importing.tree import Node, parse

_BLOCKS = frozenset({"p", "h2", "h3", "h4", "caption", "figcaption", "figure", "blockquote"})


def plain_text(html: str) -> str:
    """The text, one paragraph a line; cells of a table row are parted by tabs.

    Items of an ordered list carry their number (``1. ``), of another list ``• ``; a picture
    is named by its description in ``［图片：…］``. Line breaks inside a cell become blanks.
    """
    lines = _Lines()
    lines.read(parse(sanitizer.strict(html)))
    lines.end()
    return "\n".join(lines.done)


class _Lines:
    def __init__(self) -> None:
        self.done: list[str] = []
        self._line: list[str] = []

    def end(self) -> None:
        line = "".join(self._line).strip(BLANK)
        if line:
            self.done.append(line)
        self._line = []

    def read(self, node: Node) -> None:
        for child in node.children:
            if isinstance(child, str):
                self._line.append(child.replace("\n", " "))
            elif child.tag == "br":
                self.end()
            elif child.tag == "img":
                self._line.append(_picture(child))
            elif child.tag in ("ul", "ol"):
                self._list(child)
            elif child.tag == "tr":
                self.end()
                row = "\t".join(_cell(cell) for cell in child.elements())
                if row.strip(BLANK):
                    self.done.append(row)
            elif child.tag in _BLOCKS:
                self.end()
                self.read(child)
                self.end()
            else:
                self.read(child)

    def _list(self, node: Node) -> None:
        self.end()
        for number, item in enumerate(node.elements(), 1):
            self._line.append(f"{number}. " if node.tag == "ol" else "• ")
            self.read(item)
            self.end()


def _picture(node: Node) -> str:
    words = node.attrs.get("alt", "")
    return f"［图片：{words}］" if words else "［图片］"


def _cell(cell: Node) -> str:
    lines = _Lines()
    lines.read(cell)
    lines.end()
    return " ".join(lines.done).replace("\t", " ")
