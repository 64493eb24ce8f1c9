"""Names and small readings of WordprocessingML shared by the import steps.

Word's strict and transitional forms are made one on opening (see ``package``), so only the
transitional names occur here.
"""

from __future__ import annotations

from typing import Any, Final

from lxml import etree

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
V: Final = "{urn:schemas-microsoft-com:vml}"
O: Final = "{urn:schemas-microsoft-com:office:office}"  # noqa: E741 - the prefix is called o
M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

Element = Any  # lxml publishes no types


def val(element: Element | None, default: str = "") -> str:
    """The ``w:val`` of an element, or ``default`` when the element or the value is missing."""
    if element is None:
        return default
    value: str = element.get(W + "val", default)
    return value


def child_val(element: Element | None, tag: str, default: str = "") -> str:
    """The ``w:val`` of a child of an element."""
    return default if element is None else val(element.find(W + tag), default)


def is_on(element: Element | None) -> bool:
    """Whether a switch (w:b, w:vanish, …) is there and not switched off."""
    return element is not None and val(element, "1") not in ("0", "false", "off", "none")


def switch(properties: Element | None, tag: str) -> bool | None:
    """A switch among properties: on, off, or not said."""
    found = None if properties is None else properties.find(W + tag)
    return None if found is None else is_on(found)


def number(text: str | None) -> int | None:
    """A whole number, or None."""
    try:
        return int(text or "")
    except ValueError:
        return None


def unwrap(element: Element) -> None:
    """Replace an element by its children."""
    parent = element.getparent()
    index = parent.index(element)
    for offset, child in enumerate(list(element)):
        parent.insert(index + offset, child)
    parent.remove(element)


def remove(element: Element) -> None:
    """Take an element out of its parent (Word XML has no text between elements)."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def make(tag: str, **attributes: str) -> Element:
    """A new ``w:`` element with ``w:`` attributes."""
    element = etree.Element(W + tag)
    for name, value in attributes.items():
        element.set(W + name, value)
    return element


def text_run(text: str, *, bold: bool = False) -> Element:
    """A run with one text."""
    run = make("r")
    if bold:
        properties = make("rPr")
        properties.append(make("b"))
        run.append(properties)
    words = make("t")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(words)
    return run


def text_of(element: Element) -> str:
    """The visible text below an element; tabs and breaks as characters."""
    parts: list[str] = []
    for node in element.iter(W + "t", W + "tab", W + "br", W + "cr", W + "noBreakHyphen"):
        if node.tag == W + "t":
            parts.append(node.text or "")
        elif node.tag == W + "tab":
            # w:tab also names a tab stop inside w:tabs.
            parts.append("\t" if node.getparent().tag == W + "r" else "")
        elif node.tag == W + "noBreakHyphen":
            parts.append("-")
        else:
            parts.append("\n")
    return "".join(parts)
