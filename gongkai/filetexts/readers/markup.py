"""Paragraphs of office XML, as a reader of the page sees them: nothing deleted, nothing hidden."""

from typing import Final

import lxml.etree as etree

#: Deleted revisions, field codes, the old twin of a new drawing, phonetic guides, properties.
_SKIPPED: Final = frozenset(
    ("del", "moveFrom", "delText", "instrText", "Fallback", "rt", "pPr", "sectPr")
)
_BREAKS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for comments and instructions."""
    return etree.QName(element.tag).localname if isinstance(element.tag, str) else ""


def _is_hidden(run: etree._Element) -> bool:
    return any(
        next(iter(mark.attrib.values()), "1") not in ("0", "false", "off")
        for properties in run
        if local(properties) == "rPr"
        for mark in properties
        if local(mark) == "vanish"
    )


def paragraphs(root: etree._Element) -> list[str]:
    """Texts of all paragraphs (``w:p``, ``a:p``), in the order of their ends; cells of one table
    row are divided by tabs."""
    done: list[str] = []
    open_: list[list[str]] = []
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = local(element)
        if event == "start":
            if tag == "p":
                open_.append([])
            elif tag in _SKIPPED or (tag == "r" and _is_hidden(element)):
                walker.skip_subtree()
        elif tag == "p" and open_:
            done.append("".join(open_.pop()))
        elif open_ and tag == "t":
            open_[-1].append(element.text or "")
        elif open_ and tag in _BREAKS:
            open_[-1].append(_BREAKS[tag])
    return [text for text in done if text.strip()]
