"""What a document is once it has been read: blocks in order over one string of text.

Every position is an offset into ``SourceDocument.text``, and for every paragraph and every cell
``document.text[x.start:x.end] == x.text``. Whatever is later cut out of the document can thus
always be shown at its place in the source.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

DocumentKind = Literal["text", "markdown", "docx", "pdf", "html"]


class DocumentError(Exception):
    """The file cannot be read.

    ``code`` is stable English for programs and tests; ``message`` is what the person sees: what
    is wrong with the file and what to do about it.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph. ``level`` is the heading level (1 is the highest), None for body text.

    ``style`` is a hint only: "rule" for a drawn line, "list" for a generated list label,
    "centre" for a centred line, the style's own name for .docx, otherwise empty.
    """

    text: str
    start: int
    end: int
    level: int | None = None
    style: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One grid position of a table.

    A merged cell fills several positions: the first holds the text, the others repeat it with
    ``repeated`` set and the same offsets, so that a reader may use the value without counting it
    twice. ``origin`` is (row, column) of the first position.
    """

    text: str
    start: int
    end: int
    repeated: bool = False
    origin: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a full grid: every row has the same number of cells."""

    rows: tuple[tuple[Cell, ...], ...]
    start: int
    end: int


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document that has been read.

    ``text`` is the whole text; ``page_breaks`` holds the offsets where a new page begins, as far
    as the format tells; ``notes`` are remarks for the person who uploaded it (Chinese), such as
    pages without text or page numbers left out.
    """

    kind: DocumentKind
    text: str
    blocks: tuple[Block, ...]
    filename: str = ""
    encoding: str = ""
    page_breaks: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Table))


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as a format gives it, before its span is laid out on the grid."""

    text: str
    row_span: int = 1
    column_span: int = 1


class TextBuilder:
    """Collects blocks of a format that has no plain text of its own (.docx, .html, .pdf)."""

    def __init__(self, max_chars: int) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._max_chars = max_chars
        self.blocks: list[Block] = []
        self.page_breaks: list[int] = []

    @property
    def length(self) -> int:
        return self._length

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def _add(self, text: str) -> tuple[int, int]:
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        if self._length > self._max_chars:
            raise too_many_chars(self._max_chars)
        return start, self._length

    def paragraph(self, text: str, level: int | None = None, style: str = "") -> None:
        stripped = text.strip()
        if not stripped:
            return
        start, end = self._add(stripped)
        self._add("\n")
        self.blocks.append(Paragraph(stripped, start, end, level, style))

    def page_break(self) -> None:
        if self._length and (not self.page_breaks or self.page_breaks[-1] != self._length):
            self.page_breaks.append(self._length)

    def table(self, rows: list[list[RawCell]]) -> None:
        """Lay out the spans and add the table; a cell's text is separated by tab and newline."""
        table_start = self._length
        grid: list[list[Cell]] = []
        for row_no, origins in enumerate(lay_out(rows)):
            cells: list[Cell] = []
            for column_no, (raw, origin) in enumerate(origins):
                if origin == (row_no, column_no):
                    start, end = self._add(raw.text.strip())
                    cells.append(Cell(raw.text.strip(), start, end, False, origin))
                elif origin[0] == row_no:
                    first = cells[origin[1]]
                    cells.append(Cell(first.text, first.start, first.end, True, origin))
                    continue
                else:
                    first = grid[origin[0]][origin[1]]
                    cells.append(Cell(first.text, first.start, first.end, True, origin))
                    continue
                self._add("\t")
            self._add("\n")
            grid.append(cells)
        if any(cell.text for cells in grid for cell in cells):
            rows_out = tuple(tuple(cells) for cells in grid)
            self.blocks.append(Table(rows_out, table_start, self._length))


#: A grid larger than this is not a table of work points but an attack or a data sheet.
MAX_GRID_CELLS = 50_000
MAX_COLUMNS = 64


def lay_out(rows: list[list[RawCell]]) -> Iterator[list[tuple[RawCell, tuple[int, int]]]]:
    """Yield full grid rows of (cell, origin) from rows of spanning cells.

    Column spans are cut at MAX_COLUMNS, row spans at the end of the table; rows that come out
    short are filled with empty cells.
    """
    empty = RawCell("")
    width = min(
        MAX_COLUMNS,
        max((sum(max(1, cell.column_span) for cell in row) for row in rows), default=0),
    )
    if width * len(rows) > MAX_GRID_CELLS:
        raise DocumentError(
            "too_large",
            f"文档中的一个表格有{len(rows)}行、{width}列，超出可处理的范围。"
            "请只保留任务分工表，把数据表另存后再上传。",
        )
    pending: dict[int, tuple[RawCell, tuple[int, int], int]] = {}
    for row_no, row in enumerate(rows):
        out: list[tuple[RawCell, tuple[int, int]]] = []
        queue = iter(row)
        while len(out) < width:
            column = len(out)
            held = pending.get(column)
            if held is not None:
                cell, origin, remaining = held
                out.append((cell, origin))
                if remaining > 1:
                    pending[column] = (cell, origin, remaining - 1)
                else:
                    del pending[column]
                continue
            cell = next(queue, empty)
            origin = (row_no, column)
            for offset in range(min(max(1, cell.column_span), width - column)):
                if column + offset in pending:
                    break
                out.append((cell, origin))
                if cell.row_span > 1:
                    pending[column + offset] = (cell, origin, cell.row_span - 1)
        yield out


def too_many_chars(max_chars: int) -> DocumentError:
    return DocumentError(
        "too_large",
        f"文档文字超过{max_chars}字。请把工作要点单独另存为一个文件后再上传。",
    )
