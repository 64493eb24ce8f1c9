"""Reads the cells of an .xlsx sheet, with the heading each cell stands under."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Final

import lxml.etree as etree

from gongkai.screening.ooxml import Package, PackageError, TextPart

_HEADINGS: Final = re.compile(
    "身份证|证件号|公民身份|卡号|账号|帐号|一卡通|电话|手机|联系方式|信用代码"
)
_HEADING_LENGTH: Final = 40
_SHORTEST: Final = 11
_BOX: Final = 2
_SCIENTIFIC: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


@dataclass(slots=True)
class SheetFacts:
    """What reading a sheet showed besides its text."""

    hidden_rows: int = 0
    hidden_columns: int = 0
    hidden_spans: list[tuple[int, int]] = field(default_factory=list)
    """Numbers (from 1) of the first and last column of every hidden group."""


def shared_strings(package: Package) -> list[str]:
    """The string table of a workbook, phonetic guides left out."""
    if "xl/sharedStrings.xml" not in package.names:
        return []
    return [_rich_text(item) for item in package.xml("xl/sharedStrings.xml").iter("{*}si")]


def sheet_texts(
    package: Package, part: str, where: str, strings: list[str], facts: SheetFacts
) -> Iterator[TextPart]:
    """Yield the cells long enough to hold a number, and rows of one-digit boxes joined.

    Rows and columns that are hidden are read like all others and counted in ``facts``.
    """
    headings: dict[str, str] = {}
    for row in rows(package.read(part), facts):
        boxes: list[str] = []
        first_box = ""
        for reference, value in cells(row, strings):
            column = reference.rstrip("0123456789")
            if len(value) <= _BOX and value.strip():
                first_box = first_box or reference
                boxes.append(value)
            if len(value) <= _HEADING_LENGTH and _HEADINGS.search(value):
                headings[column] = value
            if len(value) >= _SHORTEST:
                heading = headings.get(column, "")
                yield TextPart(f"{where}{reference}单元格", value, heading, "行")
        if len(boxes) >= _SHORTEST:
            yield TextPart(f"{where}{first_box}起的一行", "\t".join(boxes))


def rows(content: bytes, facts: SheetFacts) -> Iterator[etree._Element]:
    """The rows of a sheet, one at a time. Raises PackageError for damaged data."""
    events = etree.iterparse(
        BytesIO(content),
        events=("end",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for _, element in events:
            tag = etree.QName(element.tag).localname if isinstance(element.tag, str) else ""
            if tag == "col" and element.get("hidden") in {"1", "true"}:
                facts.hidden_columns += 1
                first, last = element.get("min", ""), element.get("max", "")
                if first.isdigit() and last.isdigit():
                    facts.hidden_spans.append((int(first), int(last)))
            elif tag == "row":
                facts.hidden_rows += element.get("hidden") in {"1", "true"}
                yield element
                element.clear()
    except etree.XMLSyntaxError:
        raise PackageError("unreadable", "文件内部有损坏的部分，无法打开检查。") from None


def cells(row: etree._Element, strings: list[str]) -> Iterator[tuple[str, str]]:
    """(reference, value) of the cells of a row; of a formula the value kept for it."""
    for cell in row.iter("{*}c"):
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            value = "".join(_rich_text(item) for item in cell.iter("{*}is"))
        else:
            raw = next((v.text or "" for v in cell.iter("{*}v")), "")
            if kind == "s":
                value = strings[int(raw)] if raw.isdigit() and int(raw) < len(strings) else ""
            else:
                value = _number(raw) if kind == "n" else raw
        yield cell.get("r", ""), value


def _number(raw: str) -> str:
    """Write a numeric cell without exponent: 4.30199199001011E+17 → 430199199001011000."""
    if not _SCIENTIFIC.fullmatch(raw):
        return raw
    try:
        value = Decimal(raw)
        written = format(value, "f") if value.adjusted() < 30 else raw
    except (InvalidOperation, ValueError):
        return raw
    return written.rstrip("0").rstrip(".") if "." in written else written


def _rich_text(item: etree._Element) -> str:
    pieces: list[str] = []
    for element in item.iter("{*}t"):
        parent = element.getparent()
        if parent is None or etree.QName(parent.tag).localname != "rPh":
            pieces.append(element.text or "")
    return "".join(pieces)
