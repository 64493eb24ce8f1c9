"""Values of facts as plain text: days, figures, telephone numbers, addresses of files."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from gongkai.publishing.rules_facts import EMPTY, is_date, lines_of, number_of

Field = Mapping[str, Any]


def file_address(item_id: int, sha256: str, filename: str) -> str:
    """Where a file of an item is served, as far as the item may be seen."""
    return f"/files/item/{item_id}/{sha256[:16]}/{quote(filename, safe='')}"


def cn_day(day: date | None) -> str:
    """A date as documents write it, without padding: 2022年10月8日; empty for none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _number(field: Field, value: Any) -> str:
    number = number_of(value)
    if number is None:
        return str(value)
    digits = field.get("digits")
    if digits == 0 and number == int(number):
        text = str(int(number))
    elif number == int(number):
        text = f"{int(number):,}"
    else:
        text = f"{number:,.4f}".rstrip("0").rstrip(".")
    return f"{text} {field['suffix']}" if field.get("suffix") else text


def text_of(field: Field, value: Any, files: Mapping[str, str] | None = None) -> str:
    """One value as plain text, for rows of label and value. ``files`` gives the names of attached
    files by digest, for who reads a draft; a page shows the files themselves."""
    type_ = field["type"]
    if value in EMPTY:
        return ""
    if type_ == "boolean":
        return "是" if value else "否"
    if type_ == "date":
        return cn_day(date.fromisoformat(str(value))) if is_date(value) else str(value)
    if type_ == "number":
        return _number(field, value)
    if type_ == "file":
        return (files or {}).get(str(value), "")
    if type_ == "lines":
        return "\n".join(lines_of(value))
    if type_ == "rows":
        columns = field.get("columns") or []
        lines = [
            "　".join(filter(None, (text_of(c, row.get(c["name"]), files) for c in columns)))
            for row in value
            if isinstance(row, Mapping)
        ]
        return "\n".join(lines)
    choices = {str(key): str(label) for key, label in field.get("choices") or []}
    return choices.get(str(value), str(value))


def first_number(text: str) -> str:
    """The first telephone number in a text, for a link that dials; empty when there is none."""
    head = text.replace("（", "(").replace("）", ")")
    for mark in ("、", "，", ",", "；", ";", " ", "转", "("):
        head = head.split(mark)[0] if head.split(mark)[0] else head
    digits = "".join(c for c in head if c.isdigit() or c == "-")
    return digits if sum(c.isdigit() for c in digits) >= 3 else ""
