"""Texts in cells of spreadsheets that leave the platform."""

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """The text as no spreadsheet program takes it for a formula: with an apostrophe before it
    where it begins like one. Titles and names come from many hands."""
    return f"'{text}" if text.startswith(_STARTS) else text
