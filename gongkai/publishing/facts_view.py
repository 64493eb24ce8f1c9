"""The facts of one kind made ready for reading: on the public page, in the preview, at the desk.

Everything is told by the type of a field and the layout the kind names; no kind is known here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from gongkai.publishing.models import ItemKind
from gongkai.publishing.rules_facts import EMPTY, is_date, lines_of, number_of

Field = Mapping[str, Any]
_VIDEO_TYPES = {"mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm"}
_PICTURES = frozenset({"jpg", "jpeg", "png"})


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


def text_of(field: Field, value: Any) -> str:
    """One value as plain text, for rows of label and value."""
    type_ = field["type"]
    if value in EMPTY:
        return ""
    if type_ == "boolean":
        return "是" if value else "否"
    if type_ == "date":
        return cn_day(date.fromisoformat(str(value))) if is_date(value) else str(value)
    if type_ == "number":
        return _number(field, value)
    if type_ == "lines":
        return "\n".join(lines_of(value))
    if type_ == "rows":
        columns = field.get("columns") or []
        lines = [
            "　".join(filter(None, (text_of(c, row.get(c["name"])) for c in columns)))
            for row in value
            if isinstance(row, Mapping)
        ]
        return "\n".join(lines)
    choices = {str(key): str(label) for key, label in field.get("choices") or []}
    return choices.get(str(value), str(value))


def fact_rows(
    kind: ItemKind, facts: Mapping[str, Any], *, head: bool | None = None
) -> list[dict[str, str]]:
    """The kind's short fields as rows of label and value. ``head`` true: only those that stand
    under the title; false: only the others. Linked items, tables and files are shown elsewhere."""
    rows = []
    for field in kind.schema:
        value = facts.get(field["name"])
        if field["type"] in ("items", "rows", "file") or value in EMPTY or field.get("hidden"):
            continue
        if head is not None and bool(field.get("head")) is not head:
            continue
        rows.append({"label": str(field["label"]), "value": text_of(field, value)})
    return rows


def _table(field: Field, value: Any) -> dict[str, Any]:
    columns = list(field.get("columns") or [])
    rows = [row for row in value if isinstance(row, Mapping)]
    used = [c for c in columns if any(row.get(c["name"]) not in EMPTY for row in rows)]
    return {
        "label": field["label"],
        "form": "table",
        "columns": [{"label": c["label"], "number": c["type"] == "number"} for c in used],
        "rows": [
            [
                {
                    "label": c["label"],
                    "text": text_of(c, row.get(c["name"])),
                    "number": c["type"] == "number",
                }
                for c in used
            ]
            for row in rows
        ],
    }


def _part(field: Field, value: Any, item_id: int) -> dict[str, Any]:
    type_, label = field["type"], str(field["label"])
    if type_ == "rows":
        return _table(field, value)
    if type_ == "lines":
        return {"label": label, "form": "list", "lines": lines_of(value)}
    if type_ == "longtext":
        return {"label": label, "form": "text", "lines": lines_of(value)}
    row = {"label": label, "form": "row", "value": text_of(field, value), "tel": "", "url": ""}
    if type_ == "phone":
        row["tel"] = first_number(str(value))
    if type_ == "url":
        row["url"] = f"/nr/{item_id}/likai/{field['name']}/"
    return row


def first_number(text: str) -> str:
    """The first telephone number in a text, for a link that dials; empty when there is none."""
    head = text.replace("（", "(").replace("）", ")")
    for mark in ("、", "，", ",", "；", ";", " ", "转", "("):
        head = head.split(mark)[0] if head.split(mark)[0] else head
    digits = "".join(c for c in head if c.isdigit() or c == "-")
    return digits if sum(c.isdigit() for c in digits) >= 3 else ""


def _of_type(kind: ItemKind, facts: Mapping[str, Any], *types: str) -> list[Field]:
    return [f for f in kind.schema if f["type"] in types and facts.get(f["name"]) not in EMPTY]


class _Files:
    """The attachments by digest, and which of them fields of type ``file`` have chosen."""

    def __init__(self, attachments: Iterable[Mapping[str, Any]], item_id: int) -> None:
        self.entries = {entry["sha256"]: entry for entry in attachments}
        self.item_id = item_id

    def chosen(
        self, kind: ItemKind, facts: Mapping[str, Any], formats: Iterable[str]
    ) -> dict[str, str] | None:
        """The first chosen file with one of the extensions: address, extension, name."""
        wanted = set(formats)
        for field in _of_type(kind, facts, "file"):
            entry = self.entries.get(facts[field["name"]])
            if entry is None:
                continue
            extension = entry["filename"].rpartition(".")[2].lower()
            if extension in wanted:
                url = file_address(self.item_id, entry["sha256"], entry["filename"])
                return {"url": url, "extension": extension, "title": entry.get("title") or ""}
        return None


def facts_view(
    kind: ItemKind,
    facts: Mapping[str, Any],
    *,
    attachments: Sequence[Mapping[str, Any]] = (),
    item_id: int = 0,
) -> dict[str, Any] | None:
    """What the page shows of the facts; None for nothing.

    ``layout``, ``rows`` (short facts: label, value, tel, url), ``parts`` (long ones: label, form
    ``list``/``text``/``table``), and by layout ``pairs`` (question, answers), ``turns`` (speaker,
    lines), ``video``, ``picture``, ``claim``. Facts of the head block are left out.
    """
    layout = kind.look.layout
    shown: dict[str, Any] = {"layout": layout, "rows": [], "parts": []}
    files = _Files(attachments, item_id)
    taken = _LAYOUTS[layout](kind, facts, files, shown) if layout in _LAYOUTS else frozenset()
    for field in kind.schema:
        value = facts.get(field["name"])
        if field["type"] in ("items", "file") or value in EMPTY or field["name"] in taken:
            continue
        if field.get("head") or field.get("hidden"):
            continue
        part = _part(field, value, item_id)
        shown["rows" if part["form"] == "row" else "parts"].append(part)
    empty = not (shown["rows"] or shown["parts"])
    return None if empty and len(shown) == 3 else shown


def _questions(
    kind: ItemKind, facts: Mapping[str, Any], files: _Files, shown: dict[str, Any]
) -> frozenset[str]:
    fields = _of_type(kind, facts, "rows")
    if not fields or len(fields[0]["columns"]) < 2:
        return frozenset()
    ask, answer = (column["name"] for column in fields[0]["columns"][:2])
    shown["pairs"] = [
        {"question": str(row.get(ask, "")), "answer": lines_of(row.get(answer))}
        for row in facts[fields[0]["name"]]
    ]
    return frozenset({fields[0]["name"]})


def _interview(
    kind: ItemKind, facts: Mapping[str, Any], files: _Files, shown: dict[str, Any]
) -> frozenset[str]:
    fields = _of_type(kind, facts, "rows")
    if not fields or len(fields[0]["columns"]) < 2:
        return frozenset()
    who, said = (column["name"] for column in fields[0]["columns"][:2])
    shown["turns"] = [
        {"speaker": str(row.get(who, "")), "lines": lines_of(row.get(said))}
        for row in facts[fields[0]["name"]]
    ]
    return frozenset({fields[0]["name"]})


def _video(
    kind: ItemKind, facts: Mapping[str, Any], files: _Files, shown: dict[str, Any]
) -> frozenset[str]:
    film = files.chosen(kind, facts, _VIDEO_TYPES)
    poster = files.chosen(kind, facts, _PICTURES)
    captions = files.chosen(kind, facts, {"vtt"})
    links = _of_type(kind, facts, "url")
    long = _of_type(kind, facts, "longtext")
    words = [f for f in _of_type(kind, facts, "text") if not f.get("head")]
    seconds = next((f for f in _of_type(kind, facts, "number")), None)
    length = int(number_of(facts[seconds["name"]]) or 0) if seconds else 0
    shown["video"] = {
        "src": film["url"] if film else "",
        "type": _VIDEO_TYPES[film["extension"]] if film else "",
        "poster": poster["url"] if poster else "",
        "poster_text": str(facts[words[0]["name"]]) if words else "",
        "captions": captions["url"] if captions else "",
        "outside": f"/nr/{files.item_id}/likai/{links[0]['name']}/" if links and not film else "",
        "transcript": lines_of(facts[long[0]["name"]]) if long else [],
        "length": f"{length // 60} 分 {length % 60} 秒" if length >= 60 else f"{length} 秒",
    }
    taken = [*links[:1], *long[:1], *words[:1], *([seconds] if seconds else [])]
    burned = _of_type(kind, facts, "boolean")
    return frozenset(field["name"] for field in (*taken, *burned))


def _profile(
    kind: ItemKind, facts: Mapping[str, Any], files: _Files, shown: dict[str, Any]
) -> frozenset[str]:
    picture = files.chosen(kind, facts, _PICTURES)
    if picture:
        shown["picture"] = {"url": picture["url"], "text": picture["title"]}
    return frozenset()


def _rumour(
    kind: ItemKind, facts: Mapping[str, Any], files: _Files, shown: dict[str, Any]
) -> frozenset[str]:
    long = _of_type(kind, facts, "longtext")
    choice = _of_type(kind, facts, "choice")
    if not long:
        return frozenset()
    verdict = text_of(choice[0], facts[choice[0]["name"]]) if choice else ""
    shown["claim"] = {
        "label": long[0]["label"],
        "lines": lines_of(facts[long[0]["name"]]),
        "verdict": verdict,
    }
    return frozenset(f["name"] for f in (*long[:1], *choice[:1]))


_LAYOUTS = {
    "questions": _questions,
    "interview": _interview,
    "video": _video,
    "profile": _profile,
    "rumour": _rumour,
}
