"""Presentations: one page for each slide that is shown, with its notes; then drawings."""

import re

from gongkai.filetexts.readers.markup import paragraphs
from gongkai.filetexts.readers.model import Found, Limits
from gongkai.screening.ooxml import Package

_NUMBER = re.compile(r"[0-9]+")


def read(content: bytes, name: str, limits: Limits) -> Found:
    """Slides in the order of their parts, hidden ones left out, each with its speaker's notes."""
    package = Package(content)
    notes = _notes(package)
    found = Found()
    for part in package.matching(r"ppt/slides/slide[0-9]+\.xml")[: limits.max_pages]:
        root = package.xml(part)
        if root.get("show") not in ("0", "false"):
            found.pages.append("\n".join([*paragraphs(root), *notes.get(part, ())]))
    drawn = [
        line
        for part in package.matching(r"ppt/diagrams/data[0-9]+\.xml")
        for line in paragraphs(package.xml(part))
    ]
    if drawn:
        found.pages.append("\n".join(drawn))
    return found


def _notes(package: Package) -> dict[str, list[str]]:
    """The speaker's notes by slide; the number of the page on the sheet is no text."""
    found: dict[str, list[str]] = {}
    for part in package.matching(r"ppt/notesSlides/notesSlide[0-9]+\.xml"):
        links = part.replace("notesSlides/", "notesSlides/_rels/") + ".rels"
        if links not in package.names:
            continue
        for link in package.xml(links).iter("{*}Relationship"):
            target = link.get("Target", "")
            if link.get("Type", "").endswith("/slide"):
                lines = [t for t in paragraphs(package.xml(part)) if not _NUMBER.fullmatch(t)]
                found[f"ppt/slides/{target.rpartition('/')[2]}"] = lines
    return found
