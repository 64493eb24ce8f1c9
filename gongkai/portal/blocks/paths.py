"""Blocks that lead on: documents with what explains them, cases, groups of people, ways to act."""

from collections.abc import Mapping, Sequence
from typing import Any

from gongkai.portal import listing, selectors, selectors_blocks
from gongkai.portal.blocks import Data, Options, Place, block
from gongkai.portal.blocks.growth import CSS, city_column, drawn, home_of
from gongkai.portal.selectors import Told
from gongkai.publishing.facts_view import first_number
from gongkai.publishing.rules_facts import lines_of

DOCUMENTS = ("policy", "normative_document")


@block("pairs", css=CSS)
def pairs(place: Place, options: Options) -> Data | None:
    """Documents of a section, each with its interpretations and its questions and answers."""
    key = str(options.get("section", ""))
    told = place.told(kinds=DOCUMENTS, sections=(key,), size=int(options.get("size", 6)))
    readings = selectors_blocks.public_readings(one.id for one in told)
    rows = []
    for one in told:
        found = readings.get(one.id, [])
        rows.append(
            {
                "told": one,
                "readings": [r for r in found if r.kind != "faq"],
                "answers": [r for r in found if r.kind == "faq"],
            }
        )
    count = place.count(key)
    url = listing.address(place.column.path, fq=key)
    return {
        "rows": rows,
        "read": sum(bool(row["readings"]) for row in rows),
        "answered": sum(bool(row["answers"]) for row in rows),
        "more": {"url": url, "label": f"全部 {count} 份"} if count > len(rows) else None,
        "city_url": city_column(place),
    }


@block("cases", css=CSS)
def cases(place: Place, options: Options) -> Data | None:
    """Cases of a section as cards: the problem, what was done, what came of it."""
    key = str(options.get("section", ""))
    told = place.told(kinds=("case",), sections=(key,), size=int(options.get("size", 4)))
    count = place.count(key)
    url = listing.address(place.column.path, fq=key)
    return {
        "cards": [
            {
                "told": one,
                "field": str(one.facts.get("field") or ""),
                "by": str(one.facts.get("practice_unit") or one.unit),
                "parts": [
                    (label, str(one.facts[name]))
                    for label, name in (
                        ("问题", "problem"),
                        ("做法", "practice"),
                        ("成效", "result"),
                    )
                    if one.facts.get(name)
                ],
            }
            for one in told
        ],
        "more": {"url": url, "label": f"全部 {count} 条"} if count > len(told) else None,
        "city_url": city_column(place),
    }


def _address(place: Place, url: str) -> str:
    """An address from the data: ``~`` stands for the home of the site."""
    return url.replace("~/", home_of(place), 1) if url.startswith("~/") else url


@block("entries", css=CSS)
def entries(place: Place, options: Options) -> Data | None:
    """Ways to act: each with a title, a sentence, and an address or a telephone number."""
    found = [
        {
            "title": str(entry["title"]),
            "text": str(entry.get("text", "")),
            "icon": str(entry.get("icon", "next")),
            "url": _address(place, str(entry.get("url", ""))),
            "tel": str(entry.get("tel", "")),
        }
        for entry in options.get("links", ())
        if entry.get("url") or entry.get("tel")
    ]
    return {"links": found} if found else None


@block("hotline", css=CSS)
def hotline(place: Place, options: Options) -> Data | None:
    """A telephone number to ask, and the newest of the section that goes with it."""
    key = str(options.get("section", ""))
    section = place.section(key)
    if section is None:
        return None
    cards = selectors.public_section_cards(place.column, [section], each=4, own=False)
    return {
        "tel": str(options.get("tel", "")),
        "lines": [str(text) for text in options.get("lines", ())],
        "name": section.name,
        "rows": listing.rows(cards.get(section.pk, ()), known=section.name),
        "all_url": listing.address(place.column.path, fq=key),
        "city_url": city_column(place),
    }


def _about(told: Told, words: Sequence[str]) -> bool:
    text = "，".join((told.title, *told.keywords))
    return any(word in text for word in words)


@block("groups", css=CSS)
def groups(place: Place, options: Options) -> Data | None:
    """Groups of people, each with its figure, how many documents name it and the newest of them;
    the reader may choose one (``?qt=``).

    ``groups``: key → name and words (a document is for a group when its title or keywords say
    one of them). The figures are the measures of the newest progress data, by name.
    """
    key = str(options.get("section", ""))
    known: Mapping[str, Mapping[str, Any]] = options.get("groups", {})
    told = place.told(sections=(key,), size=int(options.get("size", 60)))
    # The city's column also holds what districts post; their figures are not the city's.
    own = [t for t in told if t.kind == "progress" and (place.site.prefix or not t.area)]
    newest = next(iter(drawn(own)), None)
    figures = {row.name: row for row in newest[1].rows} if newest else {}
    documents = [t for t in told if t.kind != "progress"]
    asked = place.query.get("qt", "")
    chosen = asked if asked in known else ""
    found = []
    for code, entry in known.items():
        mine = [t for t in documents if _about(t, entry["words"])]
        found.append(
            {
                "code": code,
                "name": entry["name"],
                "count": len(mine),
                "newest": mine[0] if mine else None,
                "figure": figures.get(entry["name"]),
                "url": listing.address(place.column.path, qt=code) + "#groups",
                "current": code == chosen,
                "told": mine,
            }
        )
    picked = next((group for group in found if group["current"]), None)
    return {
        "groups": found,
        "picked": picked,
        "all_url": listing.address(place.column.path) + "#groups",
        "source": newest[0] if newest else None,
        "as_of": newest[1].as_of if newest else None,
        "city_url": city_column(place),
        "total": len(documents),
    }


@block("steps", css=CSS)
def steps(place: Place, options: Options) -> Data | None:
    """How to do one thing, from the newest guide (办事服务) of a section, and what else is there."""
    key = str(options.get("section", ""))
    section = place.section(key)
    if section is None:
        return None
    told = place.told(sections=(key,), size=6)
    guide = next((t for t in told if t.kind == "service"), None)
    phone = str(guide.facts.get("phone") or "") if guide else ""
    return {
        "guide": guide,
        "steps": lines_of(guide.facts.get("steps")) if guide else [],
        "who": lines_of(guide.facts.get("conditions")) if guide else [],
        "limit": str(guide.facts.get("limit") or "") if guide else "",
        "phone": phone,
        "tel": first_number(phone),
        "others": [t for t in told if guide is None or t.id != guide.id],
        "all_url": listing.address(place.column.path, fq=key),
        "city_url": city_column(place),
    }
