"""The facts of one kind made ready for reading: on the public page, in the preview, at the desk.

Everything is told by the type of a field, the word it is shown by and the layout the kind names;
no kind is known here.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from gongkai.publishing.compositions import (
    COMPOSERS,
    PICTURES,
    Files,
    contents,
    film,
    of_type,
    questions,
    talk,
)
from gongkai.publishing.facts_figures import progress_view, project_view
from gongkai.publishing.facts_text import cn_day, file_address, first_number, text_of
from gongkai.publishing.models import ItemKind
from gongkai.publishing.rules_facts import EMPTY, applies, is_date, lines_of

__all__ = ["cn_day", "fact_rows", "facts_view", "file_address", "first_number", "text_of"]

Field = Mapping[str, Any]


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
        if not applies(field, facts):
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


def facts_view(
    kind: ItemKind,
    facts: Mapping[str, Any],
    *,
    attachments: Sequence[Mapping[str, Any]] = (),
    item_id: int = 0,
) -> dict[str, Any] | None:
    """What the page shows of the facts; None for nothing.

    ``layout``, ``rows`` (short facts: label, value, tel, url), ``parts`` (long ones: label, form
    ``list``/``text``/``table``), and by layout or by the ``show`` of fields ``pairs`` (question,
    answers), ``turns`` (speaker, lines), ``panel``, ``video``, ``pictures``, ``bands``,
    ``scenario``, ``who``, ``picture``, ``claim``,
    ``progress``, ``project`` (see ``compositions``). ``used`` are the digests
    of the files that are seen there, ``toc`` the places to go to. Facts of the head block, and
    fields that do not apply, are left out.
    """
    layout = kind.look.layout
    fields = [field for field in kind.schema if applies(field, facts)]
    shown: dict[str, Any] = {"layout": layout, "rows": [], "parts": []}
    files = Files(attachments, item_id)
    taken: set[str] = set()
    if layout in _LAYOUTS:
        taken |= _LAYOUTS[layout](fields, facts, files, shown)
        files.used.clear()  # a portrait or a film of this sort stays among the attachments
    for word in dict.fromkeys(str(field["show"]) for field in fields if field.get("show")):
        group = [field for field in fields if field.get("show") == word]
        if any(facts.get(field["name"]) not in EMPTY for field in group):
            taken |= COMPOSERS[word](group, facts, files, shown)
    for field in fields:
        value = facts.get(field["name"])
        if field["type"] in ("items", "file") or value in EMPTY or field["name"] in taken:
            continue
        if field.get("head") or field.get("hidden"):
            continue
        part = _part(field, value, item_id)
        shown["rows" if part["form"] == "row" else "parts"].append(part)
    empty = not (shown["rows"] or shown["parts"])
    if empty and len(shown) == 3:
        return None
    return {**shown, "used": frozenset(files.used), "toc": contents(shown)}


def _profile(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    picture = files.chosen(fields, facts, PICTURES)
    if picture:
        shown["picture"] = {"url": picture["url"], "text": picture["title"]}
    return frozenset()


def _rumour(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    long = of_type(fields, facts, "longtext")
    choice = of_type(fields, facts, "choice")
    if not long:
        return frozenset()
    verdict = text_of(choice[0], facts[choice[0]["name"]]) if choice else ""
    shown["claim"] = {
        "label": long[0]["label"],
        "lines": lines_of(facts[long[0]["name"]]),
        "verdict": verdict,
    }
    return frozenset(f["name"] for f in (*long[:1], *choice[:1]))


def _progress(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    shown["progress"] = progress_view(facts)
    return frozenset({"measures"} if shown["progress"].rows else ())


def _project(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    shown["project"] = project_view(facts)
    drawn = {"nodes"} if shown["project"].nodes else set()
    if shown["project"].invested:
        drawn |= {"plan_year", "done_year"}
    return frozenset(drawn)


def _agenda(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    """The first table as numbered matters; its columns by their names."""
    tables = of_type(fields, facts, "rows")
    if not tables:
        return frozenset()
    name = tables[0]["name"]
    shown["agenda"] = [
        {**row, "lines": lines_of(row.get("result"))} for row in facts[name] if row.get("topic")
    ]
    return frozenset({name})


def _venues(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    """The first table as places by day."""
    tables = of_type(fields, facts, "rows")
    if not tables:
        return frozenset()
    name = tables[0]["name"]
    days: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(facts[name], key=lambda r: str(r.get("day") or "")):
        days.setdefault(str(row.get("day") or ""), []).append(row)
    shown["venues"] = [
        {"day": date.fromisoformat(day) if is_date(day) else None, "rows": rows}
        for day, rows in days.items()
    ]
    return frozenset({name})


_LAYOUTS = {
    "questions": questions,
    "interview": talk,
    "video": film,
    "profile": _profile,
    "rumour": _rumour,
    "progress": _progress,
    "project": _project,
    "agenda": _agenda,
    "venues": _venues,
}
