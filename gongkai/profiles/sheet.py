"""A workbook with one plain sheet, written as it is read: nothing is kept in memory.

Only what lists need: text cells, a bold heading that stays in sight, a filter. Text is stored as
text, so no cell can be taken for a formula.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# What XML 1.0 cannot hold.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767
MOST_ROWS = 1_048_575
"""Rows below the heading that a sheet can hold."""

_PARTS = {
    "[Content_Types].xml": (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
        f'Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/>'
        '<name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill '
        'patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf fontId="0" '
        'applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf fontId="1"/>'
        '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
        "</cellStyles></styleSheet>"
    ),
}


class Sink:
    """Collects what the archive writes until it is handed on; cannot be wound back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """Everything written since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _line(number: int, cells: Sequence[str], style: int) -> str:
    found = "".join(
        f'<c r="{_letter(place)}{number}" s="{style}" t="inlineStr"><is>'
        f'<t xml:space="preserve">{escape(_ILLEGAL.sub("", cell)[:_LONGEST])}</t></is></c>'
        for place, cell in enumerate(cells)
    )
    return f'<row r="{number}">{found}</row>'


def _workbook(title: str) -> str:
    name = re.sub(r"[\\/?*\[\]:']", " ", _ILLEGAL.sub("", title)).strip()[:31] or "目录"
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>"
    )


def stream_sheet(
    *,
    title: str,
    headings: Sequence[str],
    widths: Sequence[int],
    rows: Iterable[Sequence[str]],
    pieces: int = 500,
) -> Iterator[bytes]:
    """The bytes of a workbook, piece by piece: ``title`` names its sheet, ``widths`` are in
    characters, at most 26 columns. Rows beyond what a sheet can hold are left out."""
    sink = Sink()
    archive: Any = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=4)  # type: ignore[call-overload]
    for name, text in {**_PARTS, "xl/workbook.xml": _workbook(title)}.items():
        archive.writestr(zipfile.ZipInfo(name, (2022, 1, 1, 0, 0, 0)), text)
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(widths, start=1)
    )
    sheet = zipfile.ZipInfo("xl/worksheets/sheet1.xml", (2022, 1, 1, 0, 0, 0))
    sheet.compress_type = zipfile.ZIP_DEFLATED
    last = 1
    with archive.open(sheet, "w") as out:
        out.write(
            (
                f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
                '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
                f"</sheetView></sheetViews><cols>{columns}</cols><sheetData>"
                f"{_line(1, headings, 1)}"
            ).encode()
        )
        batch: list[str] = []
        for last, cells in enumerate(rows, start=2):
            if last > MOST_ROWS + 1:
                last -= 1
                break
            batch.append(_line(last, cells, 0))
            if len(batch) >= pieces:
                out.write("".join(batch).encode())
                batch.clear()
                yield sink.take()
        out.write("".join(batch).encode())
        area = f"A1:{_letter(len(headings) - 1)}{last}"
        out.write(f'</sheetData><autoFilter ref="{area}"/></worksheet>'.encode())
    archive.close()
    yield sink.take()
