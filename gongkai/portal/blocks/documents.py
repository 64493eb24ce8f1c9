"""行政规范性文件 and 政府规章 as compositions: what holds, what lapses soon, the standard tables.

``normative-lead`` and ``normative-list`` make the page of a column of 规范性文件; ``rules-lead``,
``rules-drafts`` and ``rules-list`` that of 规章 (three columns 序号 | 标题（题注） | 下载, after
国办公开办函〔2021〕33号). ``documents-around`` holds what else stands in either.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from gongkai.portal import listing, rules, selectors
from gongkai.portal import rules_documents as said
from gongkai.portal import selectors_documents as documents
from gongkai.portal.blocks import Data, Options, Place, block
from gongkai.publishing.facts_view import cn_day, file_address
from gongkai.publishing.rules_due import validity_on

CSS = "portal/blocks/documents.css"
RULES_KEY = "guizhang"
TABS = ("in_force", "not_yet", "ended", "all")
SHOWN_FILES = 3


def _figures(place: Place, holding: documents.Holding) -> list[dict[str, Any]]:
    return [
        {
            "state": light,
            "word": word,
            "count": holding.counts[state],
            "url": f"{_address(place, validity=state)}#list",
        }
        for state, (word, light) in said.STATES.items()
    ]


def _address(place: Place, **query: object) -> str:
    """The column's own page; what holds now is asked for by asking nothing."""
    if query.get("validity") == "in_force":
        query["validity"] = ""
    return listing.address(place.column.path, **query)


def _rules_home(place: Place) -> str:
    """Where a district's reader finds the city's 规章; empty on the city's own site."""
    if not place.site.prefix:
        return ""
    known = selectors.public_topic_sites([RULES_KEY]).get(RULES_KEY, ())
    return f"/zt/{RULES_KEY}/" if "" in known else ""


@block("normative-lead", css=CSS)
def normative_lead(place: Place, options: Options) -> Data | None:
    """How many documents are in which state, and which of them lapse within half a year."""
    holding = documents.public_holding(place.column, "normative", place.today)
    soon = documents.public_lapsing(place.column, "normative", place.today)
    return {
        "figures": _figures(place, holding),
        "total": holding.total,
        "soon": [_soon(one, place.today) for one in soon],
        "soon_total": holding.soon,
        "soon_left": holding.soon - len(soon),
        "rules_url": _rules_home(place),
        "district": bool(place.site.prefix),
        "owner": place.site.owner.short_name,
    }


def _soon(one: documents.Lapsing, today: date) -> dict[str, Any]:
    left = (one.expires_on - today).days
    return {
        "days": left if left else "今天",
        "word": "天后到期" if left else "到期",
        "title": one.title,
        "url": one.path,
        "meta": " · ".join(
            filter(None, (one.unit, one.doc_no, f"有效期至{cn_day(one.expires_on)}"))
        ),
    }


def _list(place: Place, name: str) -> dict[str, Any]:
    """One page of a set as the address asks for it, with the ways on and the form's options.

    Whatever the address says that cannot be meant counts as not said.
    """
    query = place.query
    choice = said.choice_of(query.get("validity", ""))
    asked = query.get("q", "").strip()[: rules.QUERY_LENGTH]
    makers = documents.public_makers(place.column, name)
    unit = next((m for m in makers if m[1] == query.get("unit", "")), None)
    year = listing.year_of(query.get("year"))
    after = selectors.known_cursor(query.get("after", ""))
    start = said.place_number(query.get("no", "")) if after else 1
    kept: dict[str, object] = {"q": asked, "unit": unit[1] if unit else "", "year": year or ""}
    shelf = documents.public_documents(
        place.column,
        name,
        documents.Wanted(
            states=() if choice == "all" else said.states_of(choice),
            words=tuple(rules.query_words(asked)),
            unit=unit[0] if unit else 0,
            year=year,
        ),
        place.today,
        after=after,
    )
    here = {**kept, "validity": choice}
    following = start + documents.PAGE
    return {
        "shelf": shelf,
        "start": start,
        "choice": choice,
        "choice_word": said.CHOICES[choice].removeprefix("只看"),
        "asked": asked,
        "unit": kept["unit"],
        "year": year,
        "narrowed": any(kept.values()),
        "here": place.column.path,
        "clear": f"{_address(place, validity=choice)}#list",
        "choices": list(said.CHOICES.items()),
        "makers": [(code, short) for _, code, short in makers],
        "years": documents.public_document_years(place.column, name),
        "tabs": [
            {
                "label": said.CHOICES[one],
                "url": f"{_address(place, **kept, validity=one)}#list",
                "current": one == choice,
            }
            for one in TABS
        ],
        "newest": f"{_address(place, **here)}#list" if after else "",
        "older": f"{_address(place, **here, after=shelf.next, no=following)}#list"
        if shelf.next
        else "",
    }


def _state(one: selectors.Told, today: date) -> tuple[str, str]:
    holds = validity_on(one.validity, one.effective_on, one.expires_on, today)
    return said.STATES["in_force" if holds == "amended" else holds]


def _sizes(rows: Iterable[selectors.Told]) -> dict[str, tuple[int, str]]:
    """Sizes of files whose entry has none; no query when every entry has."""
    return selectors.public_blobs(
        entry["sha256"] for one in rows for entry in one.attachments if not entry.get("size")
    )


def _file(
    one: selectors.Told,
    entry: Mapping[str, Any],
    sizes: Mapping[str, tuple[int, str]],
    label: str = "",
) -> dict[str, Any]:
    filename = str(entry["filename"])
    return {
        "label": label or entry.get("title") or filename,
        "url": file_address(one.id, entry["sha256"], filename),
        "format": filename.rpartition(".")[2].upper() if "." in filename else "文件",
        "size": entry.get("size") or sizes.get(entry["sha256"], (None, ""))[0],
    }


def _row(one: selectors.Told, number: int, place: Place, shelf: documents.Shelf) -> dict[str, Any]:
    word, light = _state(one, place.today)
    ending = shelf.endings.get(one.id)
    left = (one.expires_on - place.today).days if one.expires_on else None
    return {
        "number": number,
        "title": one.title,
        "url": one.path,
        "doc_no": one.doc_no,
        "unit": one.unit,
        "register_no": str(one.facts.get("register_no") or ""),
        "from": one.effective_on,
        "until": one.expires_on,
        "word": word,
        "light": light,
        "amended": one.validity == "amended",
        "left": left if light == "green" and left is not None and left <= said.SOON_DAYS else None,
        # A newer document may say so before it is in force itself; until then this one holds.
        "ending": ending,
        "over": light in ("grey", "red"),
        "pdf": f"{one.path}pdf/",
        "pack": f"{one.path}dabao/",
    }


@block("normative-list", css=CSS)
def normative_list(place: Place, options: Options) -> Data | None:
    """The table of 规范性文件 with its filter; twenty a page, read by key."""
    found = _list(place, "normative")
    shelf = found.pop("shelf")
    sizes = _sizes(shelf.rows)
    rows = []
    for number, one in enumerate(shelf.rows, start=found["start"]):
        files = [_file(one, entry, sizes) for entry in one.attachments]
        row = _row(one, number, place, shelf)
        rows.append({**row, "files": files[:SHOWN_FILES], "more": len(files[SHOWN_FILES:])})
    return {**found, "rows": rows, "unregistered": any(not row["register_no"] for row in rows)}


@block("rules-lead", css=CSS)
def rules_lead(place: Place, options: Options) -> Data | None:
    """How many 规章 hold, are not in force yet, or have ended; what is not here yet."""
    holding = documents.public_holding(place.column, "rules", place.today)
    return {
        "figures": _figures(place, holding),
        "total": holding.total,
        "maker": place.site.owner.full_name,
    }


@block("rules-drafts", css=CSS)
def rules_drafts(place: Place, options: Options) -> Data | None:
    """Drafts that opinions are (or were) asked for, apart from what holds."""
    rows = []
    for card in documents.public_drafts(place.column, place.today):
        ends = str(card.get("expires") or "")
        left = (date.fromisoformat(ends) - place.today).days if ends else None
        closed = left is not None and left < 0
        rows.append(
            {
                "title": card["title"],
                "url": card["path"],
                "days": "已" if closed else "—" if left is None else left if left else "今天",
                "word": "截止" if closed or left == 0 else "见正文" if left is None else "天后截止",
                "meta": " · ".join(
                    filter(
                        None,
                        (
                            str(card.get("unit") or ""),
                            f"意见截止{cn_day(date.fromisoformat(ends))}" if ends else "",
                        ),
                    )
                ),
            }
        )
    return {"rows": rows}


@block("rules-list", css=CSS)
def rules_list(place: Place, options: Options) -> Data | None:
    """The standard list of 规章: 序号, 标题 with its 题注, 文字版 and 图片版."""
    found = _list(place, "rules")
    shelf = found.pop("shelf")
    sizes = _sizes(shelf.rows)
    rows = []
    for number, one in enumerate(shelf.rows, start=found["start"]):
        row = _row(one, number, place, shelf)
        files = said.versions(one.title, one.attachments)
        shown = [
            _file(one, entry, sizes, label)
            for entry, label in ((files.text, "下载文字版"), (files.picture, "下载图片版"))
            if entry is not None
        ]
        ending = row["ending"] if row["over"] else None
        note = said.caption(one.doc_no, one.formed_on, one.effective_on, ending=ending)
        rows.append({**row, "caption": note, "files": shown})
    return {**found, "rows": rows}


@block("documents-around")
def documents_around(place: Place, options: Options) -> Data | None:
    """What else stands in the column: notices, plans, decisions to amend."""
    name = str(options.get("set", "normative"))
    name = name if name in documents.SETS else "normative"
    cards = documents.public_around(place.column, name).cards
    if not cards:
        return None
    return {
        "rows": listing.rows(cards),
        "more": {"label": "本栏目全部信息", "url": listing.address(place.column.path, all="1")},
    }
