"""Workbooks: the values that are kept for every cell, one line a row, one page a sheet.

Sheets, rows and columns that are hidden stay hidden: what nobody sees on opening a file must not
be found by searching for it.
"""

import re

from gongkai.filetexts.readers.model import Found, Limits
from gongkai.screening.ooxml import Package, sheet_parts
from gongkai.screening.sheets import SheetFacts, cells, rows, shared_strings

_LETTERS = re.compile("[A-Z]{1,3}")


def read(content: bytes, name: str, limits: Limits) -> Found:
    """Sheets in their order, each under its name; formulas only by the values kept for them."""
    package = Package(content)
    strings = shared_strings(package)
    found = Found()
    room = limits.max_chars
    for title, state, part in sheet_parts(package):
        if state != "visible" or part not in package.names:
            continue
        lines = [title]
        facts = SheetFacts()
        for row in rows(package.read(part), facts):
            if row.get("hidden") in {"1", "true"}:
                continue
            values = [
                value
                for reference, value in cells(row, strings)
                if value.strip() and not _is_hidden(reference, facts)
            ]
            if values:
                lines.append("\t".join(values))
                room -= len(lines[-1]) + 1
            if room < 0:
                break
        found.pages.append("\n".join(lines))
        if room < 0:
            break
    return found


def _is_hidden(reference: str, facts: SheetFacts) -> bool:
    if not facts.hidden_spans:
        return False
    letters = _LETTERS.match(reference)
    if letters is None:
        return False
    column = 0
    for letter in letters[0]:
        column = column * 26 + ord(letter) - 64
    return any(first <= column <= last for first, last in facts.hidden_spans)
