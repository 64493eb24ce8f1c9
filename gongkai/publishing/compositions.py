"""How the fields of one kind are composed on its page, by the word of their ``show``.

Every composer takes the fields that share a word, the facts and the files, and puts what its
template needs into ``shown``. The plain text of everything is always part of the page: a picture
has its words, a film its transcript, a scenario every way through.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from gongkai.publishing.facts_text import file_address, first_number, text_of
from gongkai.publishing.models import ItemKind
from gongkai.publishing.rules_facts import EMPTY, applies, lines_of, number_of
from gongkai.publishing.rules_scenario import cases_of, walk

Field = Mapping[str, Any]
VIDEO_TYPES = {"mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm"}
PICTURES = frozenset({"jpg", "jpeg", "png"})


class Files:
    """The attachments by digest, and which of them fields of type ``file`` have chosen."""

    def __init__(self, attachments: Iterable[Mapping[str, Any]], item_id: int) -> None:
        self.entries = {entry["sha256"]: entry for entry in attachments}
        self.item_id = item_id
        self.used: set[str] = set()

    def of(self, sha256: Any, formats: Iterable[str] = ()) -> dict[str, str] | None:
        """One attachment: address, extension, name, size of a picture; None when it is gone or of another format."""
        entry = self.entries.get(str(sha256 or ""))
        if entry is None:
            return None
        extension = entry["filename"].rpartition(".")[2].lower()
        wanted = set(formats)
        if wanted and extension not in wanted:
            return None
        self.used.add(entry["sha256"])
        url = file_address(self.item_id, entry["sha256"], entry["filename"])
        return {
            "url": url,
            "extension": extension,
            "title": entry.get("title") or "",
            "width": str(entry.get("width") or ""),
            "height": str(entry.get("height") or ""),
        }

    def chosen(
        self, fields: Sequence[Field], facts: Mapping[str, Any], formats: Iterable[str]
    ) -> dict[str, str] | None:
        """The first chosen file with one of the extensions."""
        for field in of_type(fields, facts, "file"):
            found = self.of(facts[field["name"]], formats)
            if found:
                return found
        return None


def of_type(fields: Iterable[Field], facts: Mapping[str, Any], *types: str) -> list[Field]:
    """The fields of the types that hold something."""
    return [f for f in fields if f["type"] in types and facts.get(f["name"]) not in EMPTY]


def _rows(fields: Sequence[Field], facts: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    """Column names and rows of the first table among the fields."""
    tables = of_type(fields, facts, "rows")
    if not tables:
        return [], []
    rows = [row for row in facts[tables[0]["name"]] if isinstance(row, Mapping)]
    return [column["name"] for column in tables[0]["columns"]], rows


def questions(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    """A table of question and answer → ``pairs``."""
    names, rows = _rows(fields, facts)
    if len(names) < 2:
        return frozenset()
    table = of_type(fields, facts, "rows")[0]
    plain = table["columns"][0]["label"] == "问"
    shown["pairs_word"] = f"{len(rows)} 个问题" if plain else f"{table['label']}（{len(rows)} 个）"
    shown["pairs"] = [
        {"question": str(row.get(names[0], "")), "answer": lines_of(row.get(names[1]))}
        for row in rows
    ]
    return frozenset({table["name"]})


def talk(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    """A table of speaker and words → ``turns``; what stands beside it → ``about``."""
    names, rows = _rows(fields, facts)
    if len(names) < 2:
        return frozenset()
    shown["turns"] = [
        {"speaker": str(row.get(names[0], "")), "lines": lines_of(row.get(names[1]))}
        for row in rows
    ]
    return frozenset({of_type(fields, facts, "rows")[0]["name"]})


def broadcast(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    """An interview as part of another kind: its turns, and its guests, day and place before
    them → ``panel``."""
    taken = talk(fields, facts, files, shown)
    guests = of_type(fields, facts, "lines")
    days = of_type(fields, facts, "date")
    places = of_type(fields, facts, "text")
    shown["panel"] = {
        "guests": lines_of(facts[guests[0]["name"]]) if guests else [],
        "day": text_of(days[0], facts[days[0]["name"]]) if days else "",
        "place": str(facts[places[0]["name"]]) if places else "",
    }
    return taken | {field["name"] for field in (*guests[:1], *days[:1], *places[:1])}


def film(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    """A video by file or by address, with what makes it usable without eyes or ears → ``video``."""
    movie = files.chosen(fields, facts, VIDEO_TYPES)
    poster = files.chosen(fields, facts, PICTURES)
    captions = files.chosen(fields, facts, {"vtt"})
    links = of_type(fields, facts, "url")
    long = of_type(fields, facts, "longtext")
    words = [f for f in of_type(fields, facts, "text") if not f.get("head")]
    seconds = next((f for f in of_type(fields, facts, "number")), None)
    length = int(number_of(facts[seconds["name"]]) or 0) if seconds else 0
    shown["video"] = {
        "src": movie["url"] if movie else "",
        "type": VIDEO_TYPES[movie["extension"]] if movie else "",
        "poster": poster["url"] if poster else "",
        "poster_text": str(facts[words[0]["name"]]) if words else "",
        "captions": captions["url"] if captions else "",
        "outside": f"/nr/{files.item_id}/likai/{links[0]['name']}/" if links and not movie else "",
        "transcript": lines_of(facts[long[0]["name"]]) if long else [],
        "length": f"{length // 60} 分 {length % 60} 秒" if length >= 60 else f"{length} 秒",
    }
    taken = [*links[:1], *long[:1], *words[:1], *([seconds] if seconds else [])]
    return frozenset(field["name"] for field in (*taken, *of_type(fields, facts, "boolean")))


def gallery(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    """A series of pictures, each with its title and its words → ``pictures``."""
    _, rows = _rows(fields, facts)
    shown["pictures"] = [
        {
            "title": str(row.get("title") or ""),
            "wide": files.of(row.get("picture"), PICTURES),
            "narrow": files.of(row.get("narrow"), PICTURES),
            "lines": lines_of(row.get("words")),
        }
        for row in rows
    ]
    return frozenset(field["name"] for field in fields)


def bands(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    """A long page in bands → ``bands``: sort, head, lines, picture, address. A figure is parted
    from its unit so that the figure can be drawn large."""
    _, rows = _rows(fields, facts)
    shown["bands"] = []
    for number, row in enumerate(rows):
        head = str(row.get("head") or "")
        figure, unit = _figure(head)
        url = str(row.get("url") or "")
        shown["bands"].append(
            {
                "sort": str(row.get("band") or "text"),
                "head": head,
                "figure": figure,
                "unit": unit,
                "lines": lines_of(row.get("words")),
                "picture": files.of(row.get("picture"), PICTURES),
                "url": f"/nr/{files.item_id}/likai/{fields[0]['name']}-{number}/" if url else "",
            }
        )
    return frozenset(field["name"] for field in fields)


def _figure(head: str) -> tuple[str, str]:
    """The figure at the start of a text, and what follows it."""
    for place, char in enumerate(head):
        if not (char.isdigit() or char in ".,，%％—–-～~+±≤≥<> "):
            return head[:place].strip(), head[place:].strip()
    return head.strip(), ""


def scenario(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    """Questions that lead to what holds → ``scenario``: every way through as text; the page adds
    where its reader stands (:func:`stand`)."""
    _, rows = _rows(fields, facts)
    shown["scenario"] = {"rows": rows, "cases": cases_of(rows), "item_id": files.item_id}
    shown["scenario"].update(stand(shown["scenario"], ()))
    return frozenset(field["name"] for field in fields)


def step_address(item_id: int, path: Sequence[int]) -> str:
    """Where a reader of a scenario stands after some answers."""
    return f"/nr/{item_id}/qingjing/{'-'.join(map(str, path))}/" if path else f"/nr/{item_id}/"


def stand(shown: Mapping[str, Any], path: Iterable[int]) -> dict[str, Any]:
    """The question to answer (or the outcome) after the answers of a path: ``answered`` with a
    way back to each, ``question``, ``choices`` (text, url), ``outcome``, ``back``, ``path``."""
    item_id = shown["item_id"]
    place = walk(shown["rows"], path)

    def address(steps: Sequence[int]) -> str:
        return f"{step_address(item_id, steps)}#qingjing"

    return {
        "path": place.path,
        "answered": [
            {"question": q.text, "answer": c.text, "url": address(place.path[:number])}
            for number, (q, c) in enumerate(place.answered)
        ],
        "question": place.question.text if place.question else "",
        "number": len(place.answered) + 1,
        "choices": [
            {"text": choice.text, "url": address((*place.path, number))}
            for number, choice in enumerate(place.question.choices, 1)
        ]
        if place.question
        else [],
        "outcome": list(place.outcome),
        "back": address(place.path[:-1]) if place.path else "",
        "start": address(()),
    }


def who(
    fields: Sequence[Field], facts: Mapping[str, Any], files: Files, shown: dict[str, Any]
) -> frozenset[str]:
    """Who speaks here and whom to ask → ``who``."""
    shown["who"] = [
        {
            "label": str(field["label"]),
            "value": text_of(field, facts[field["name"]]),
            "tel": first_number(str(facts[field["name"]])) if field["type"] == "phone" else "",
        }
        for field in fields
        if facts.get(field["name"]) not in EMPTY
    ]
    return frozenset(field["name"] for field in fields)


def addresses(kind: ItemKind, facts: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The outside addresses that the facts give, by the name under which the page links them:
    the field's, or for a cell the table's and the number of the row → (label, address)."""
    found: dict[str, tuple[str, str]] = {}
    for field in kind.schema:
        value = facts.get(field["name"])
        if value in EMPTY or not applies(field, facts):
            continue
        if field["type"] == "url":
            found[str(field["name"])] = (str(field["label"]), str(value))
        for column in field.get("columns") or []:
            if column["type"] != "url":
                continue
            for number, row in enumerate(value or []):
                if row.get(column["name"]) and applies(column, row):
                    name = f"{field['name']}-{number}"
                    found[name] = (str(column["label"]), str(row[column["name"]]))
    return found


def contents(shown: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(anchor, words) for the contents of the page."""
    found = [
        (f"tu{number}", str(plate["title"]))
        for number, plate in enumerate(shown.get("pictures", ()), 1)
    ]
    found += [
        (f"band{number}", str(band["head"]))
        for number, band in enumerate(shown.get("bands", ()), 1)
        if band["sort"] in ("heading", "text", "action")
    ]
    if "scenario" in shown:
        found += [("qingjing", "回答问题看结果"), ("qingxing", "全部情形")]
    if "panel" in shown:
        found.append(("fangtan", "访谈实录"))
        found += [("asked-h", str(shown["pairs_word"]))] if shown.get("pairs") else []
    return found


Composer = Callable[[Sequence[Field], Mapping[str, Any], Files, dict[str, Any]], frozenset[str]]
COMPOSERS: Mapping[str, Composer] = {
    "questions": questions,
    "talk": broadcast,
    "film": film,
    "gallery": gallery,
    "bands": bands,
    "scenario": scenario,
    "who": who,
}
