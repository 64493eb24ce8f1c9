"""The small .docx that the converter reads: our restyled body and nothing else of the original."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

from lxml import etree

from gongkai.publishing.importing.package import Relation
from gongkai.publishing.importing.pictures import ImportedImage
from gongkai.publishing.importing.rewrite import BULLETS, NUMBERS
from gongkai.publishing.importing.wordml import Element, R, W, make, text_of, text_run, unwrap

_RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT_TYPES: Final = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/>'
    b'<Default Extension="blob" ContentType="image/png"/></Types>'
)
_LEVELS: Final = 5


def keep_links(document: Element, relations: Mapping[str, Relation]) -> dict[str, str]:
    """Open up links inside the document; returns relationship id and address of the others."""
    kept: dict[str, str] = {}
    for link in list(document.iter(W + "hyperlink")):
        key = link.get(R + "id", "")
        relation = relations.get(key)
        if relation is None or not relation.outside:
            unwrap(link)
            continue
        for name in (W + "anchor", W + "tgtFrame"):
            link.attrib.pop(name, None)
        kept[key] = relation.target
    return kept


def plain_notes(root: Element | None, kind: str) -> tuple[Element | None, set[str]]:
    """Footnotes or endnotes as one plain paragraph each, and their ids."""
    if root is None:
        return None, set()
    result = make(f"{kind}s")
    ids: set[str] = set()
    for note in root.iterchildren(W + kind):
        if note.get(W + "type", "normal") != "normal":
            continue
        words = " ".join(" ".join(text_of(p).split()) for p in note.iter(W + "p")).strip()
        key = note.get(W + "id", "")
        if not words:
            continue
        ids.add(key)
        kept = make(kind, id=key)
        paragraph = make("p")
        paragraph.append(text_run(words))
        kept.append(paragraph)
        result.append(kept)
    return result, ids


def build(
    document: Element,
    *,
    links: Mapping[str, str],
    pictures: Mapping[str, ImportedImage],
    notes: Mapping[str, Element],
) -> io.BytesIO:
    """Pack the parts. A picture's member holds its digest and words: its bytes are not needed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _relations({"d": ("officeDocument", "word/document.xml")}))
        rels = {key: ("hyperlink", target) for key, target in links.items()}
        for key, image in pictures.items():
            rels[key] = ("image", f"media/{key}.blob")
            archive.writestr(f"word/media/{key}.blob", f"{image.sha256}\n{image.alt}")
        archive.writestr("word/_rels/document.xml.rels", _relations(rels))
        archive.writestr("word/document.xml", etree.tostring(document, encoding="UTF-8"))
        archive.writestr("word/numbering.xml", etree.tostring(_numbering(), encoding="UTF-8"))
        for kind, root in notes.items():
            archive.writestr(f"word/{kind}.xml", etree.tostring(root, encoding="UTF-8"))
    stream.seek(0)
    return stream


def _relations(relations: Mapping[str, tuple[str, str]]) -> bytes:
    root = etree.Element(f"{{{_RELATIONSHIPS}}}Relationships")
    for key, (kind, target) in relations.items():
        element = etree.SubElement(root, f"{{{_RELATIONSHIPS}}}Relationship")
        element.set("Id", key)
        element.set("Type", f"{_OFFICE}/{kind}")
        element.set("Target", target)
        if kind == "hyperlink":
            element.set("TargetMode", "External")
    return bytes(etree.tostring(root, encoding="UTF-8"))


def _numbering() -> Element:
    root = make("numbering")
    for number, style in ((BULLETS, "bullet"), (NUMBERS, "decimal")):
        abstract = make("abstractNum", abstractNumId=number)
        for index in range(_LEVELS):
            level = make("lvl", ilvl=str(index))
            level.append(make("numFmt", val=style))
            abstract.append(level)
        root.append(abstract)
    for number in (BULLETS, NUMBERS):
        num = make("num", numId=number)
        num.append(make("abstractNumId", val=number))
        root.append(num)
    return root
