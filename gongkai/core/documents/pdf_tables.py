"""Ruled tables in a PDF page: find the drawn lines, rebuild the grid, sort glyphs into it."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2 as pdfium
import pypdfium2.raw

from gongkai.core.documents.model import RawCell

#: The C interface is generated at install time and has no type information.
pdfium_c: Any = pypdfium2.raw

#: Lines closer than this (points) are one line: both edges of a drawn border.
_NEAR: Final = 3.5
_MIN_LENGTH: Final = 8.0
_MAX_LINES: Final = 5_000


@dataclass(frozen=True, slots=True)
class Glyph:
    """A printed character and its box in points, origin at the lower left."""

    char: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        return (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table with its place on the page and its cells, spans worked out from missing lines."""

    left: float
    bottom: float
    right: float
    top: float
    rows: list[list[RawCell]]

    def contains(self, glyph: Glyph) -> bool:
        return self.left <= glyph.x <= self.right and self.bottom <= glyph.y <= self.top


@dataclass(frozen=True, slots=True)
class _Rule:
    """A straight line: at ``at`` on its axis, from ``start`` to ``end`` along the other."""

    upright: bool
    at: float
    start: float
    end: float


def _points(obj: pdfium.PdfObject) -> Iterator[tuple[float, float, int, bool]]:
    count = pdfium_c.FPDFPath_CountSegments(obj)
    matrix = obj.get_matrix()
    for index in range(min(count, _MAX_LINES)):
        segment = pdfium_c.FPDFPath_GetPathSegment(obj, index)
        x, y = ctypes.c_float(), ctypes.c_float()
        if not pdfium_c.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        closes = bool(pdfium_c.FPDFPathSegment_GetClose(segment))
        yield (*matrix.on_point(x.value, y.value), kind, closes)


def _rules(page: pdfium.PdfPage) -> list[_Rule]:
    rules: list[_Rule] = []
    for obj in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=4):
        begin: tuple[float, float] | None = None
        last: tuple[float, float] | None = None
        for x, y, kind, closes in _points(obj):
            if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
                begin = last = (x, y)
                continue
            if kind == pdfium_c.FPDF_SEGMENT_LINETO and last is not None:
                _add(rules, last, (x, y))
            last = (x, y)
            if closes and begin is not None:
                _add(rules, last, begin)
        if len(rules) > _MAX_LINES:
            return []
    return rules


def _add(rules: list[_Rule], a: tuple[float, float], b: tuple[float, float]) -> None:
    if abs(a[0] - b[0]) < 1.0 and abs(a[1] - b[1]) >= _MIN_LENGTH:
        rules.append(_Rule(True, (a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1])))
    elif abs(a[1] - b[1]) < 1.0 and abs(a[0] - b[0]) >= _MIN_LENGTH:
        rules.append(_Rule(False, (a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0])))


def _touch(a: _Rule, b: _Rule) -> bool:
    if a.upright == b.upright:
        return abs(a.at - b.at) < _NEAR and a.start - _NEAR < b.end and b.start - _NEAR < a.end
    return a.start - _NEAR <= b.at <= a.end + _NEAR and b.start - _NEAR <= a.at <= b.end + _NEAR


def _groups(rules: list[_Rule]) -> list[list[_Rule]]:
    """Connected sets of lines; quadratic, hence only for pages with a sane number of lines."""
    if len(rules) > 1_500:
        return []
    left = set(range(len(rules)))
    groups = []
    while left:
        queue = [left.pop()]
        group = []
        while queue:
            current = queue.pop()
            group.append(rules[current])
            near = [other for other in left if _touch(rules[current], rules[other])]
            left.difference_update(near)
            queue.extend(near)
        groups.append(group)
    return groups


def _levels(values: list[float]) -> list[float]:
    merged: list[list[float]] = []
    for number in sorted(values):
        if merged and number - merged[-1][-1] < _NEAR:
            merged[-1].append(number)
        else:
            merged.append([number])
    return [sum(group) / len(group) for group in merged]


class _Grid:
    def __init__(self, group: list[_Rule]) -> None:
        self.upright = [rule for rule in group if rule.upright]
        self.level = [rule for rule in group if not rule.upright]
        self.xs = _levels([rule.at for rule in self.upright])
        self.ys = _levels([rule.at for rule in self.level])[::-1]

    def line_right(self, row: int, column: int) -> bool:
        middle = (self.ys[row] + self.ys[row + 1]) / 2
        at = self.xs[column + 1]
        return any(
            abs(rule.at - at) < _NEAR and rule.start <= middle <= rule.end for rule in self.upright
        )

    def line_below(self, row: int, column: int) -> bool:
        middle = (self.xs[column] + self.xs[column + 1]) / 2
        at = self.ys[row + 1]
        return any(
            abs(rule.at - at) < _NEAR and rule.start <= middle <= rule.end for rule in self.level
        )

    def cells(self) -> Iterator[tuple[int, int, int, int]]:
        """(row, column, row span, column span) of every cell, row by row."""
        height, width = len(self.ys) - 1, len(self.xs) - 1
        taken: set[tuple[int, int]] = set()
        for row in range(height):
            for column in range(width):
                if (row, column) in taken:
                    continue
                columns = 1
                while column + columns < width and not self.line_right(row, column + columns - 1):
                    if (row, column + columns) in taken:
                        break
                    columns += 1
                rows = 1
                while row + rows < height and not self.line_below(row + rows - 1, column):
                    rows += 1
                taken.update(
                    (row + down, column + right) for down in range(rows) for right in range(columns)
                )
                yield row, column, rows, columns


def _cell_text(glyphs: list[Glyph]) -> str:
    text = ""
    previous: Glyph | None = None
    for glyph in glyphs:
        if previous is not None and abs(previous.y - glyph.y) > 0.6 * (glyph.top - glyph.bottom):
            text = text.rstrip() + "\n"
        text += glyph.char
        previous = glyph
    return text.strip()


def find_tables(page: pdfium.PdfPage, glyphs: list[Glyph]) -> list[RuledTable]:
    """Tables with at least two rows and two columns of drawn lines, text sorted into cells."""
    tables: list[RuledTable] = []
    for group in _groups(_rules(page)):
        grid = _Grid(group)
        if len(grid.xs) < 3 or len(grid.ys) < 3 or len(grid.xs) * len(grid.ys) > 5_000:
            continue
        left, right, top, bottom = grid.xs[0], grid.xs[-1], grid.ys[0], grid.ys[-1]
        inside = [g for g in glyphs if left <= g.x <= right and bottom <= g.y <= top]
        rows: list[list[RawCell]] = [[] for _ in range(len(grid.ys) - 1)]
        for row, column, row_span, column_span in grid.cells():
            x0, x1 = grid.xs[column], grid.xs[column + column_span]
            y1, y0 = grid.ys[row], grid.ys[row + row_span]
            text = _cell_text([g for g in inside if x0 <= g.x < x1 and y0 < g.y <= y1])
            rows[row].append(RawCell(text, row_span, column_span))
        if any(cell.text for cells in rows for cell in cells):
            tables.append(RuledTable(left, bottom, right, top, rows))
    return tables
