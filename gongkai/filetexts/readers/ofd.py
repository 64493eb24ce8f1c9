"""OFD (GB/T 33190): page files with the text of every text object."""

from posixpath import dirname, join, normpath

import lxml.etree as etree

from gongkai.filetexts.readers.model import Found, Limits, Outcome, ReadingError
from gongkai.filetexts.rules import joined
from gongkai.screening.ooxml import Package

_SAME_LINE = 2.0
"""Millimetres between the tops of two text objects of one line."""


def _place(base: str, location: str) -> str:
    """The part that a location names; absolute ones begin at the root of the package."""
    return location.lstrip("/") if location.startswith("/") else normpath(join(base, location))


def read(content: bytes, name: str, limits: Limits) -> Found:
    """Pages in order, their lines put together. Raises ReadingError when there is no document."""
    package = Package(content)
    roots = [element.text or "" for element in package.xml("OFD.xml").iter("{*}DocRoot")]
    found = Found()
    for location in roots:
        place = _place("", location.strip())
        if place not in package.names:
            continue
        root = package.xml(place)
        for page in root.iterfind("{*}Pages/{*}Page"):
            part = _place(dirname(place), page.get("BaseLoc", ""))
            if len(found.pages) >= limits.max_pages:
                found.complete = False
                return found
            lines = _lines(package.xml(part)) if part in package.names else []
            found.pages.append(joined("\n".join(lines)))
    if not found.pages:
        raise ReadingError(Outcome.UNREADABLE, "OFD 文件里找不到正文页。")
    if not any(found.pages):
        found.note = "OFD 文件里只有图片或图形，没有文字。"
    return found


def _lines(root: etree._Element) -> list[str]:
    lines: list[str] = []
    before: float | None = None
    for shown in root.iter("{*}TextObject"):
        text = "".join(code.text or "" for code in shown.iter("{*}TextCode"))
        try:
            top: float | None = float(shown.get("Boundary", "").split()[1])
        except (IndexError, ValueError):
            top = None
        if lines and top is not None and before is not None and abs(top - before) < _SAME_LINE:
            lines[-1] += text
        else:
            lines.append(text)
        before = top
    return lines
