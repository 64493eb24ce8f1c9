"""Hits and direct answers as the results page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gongkai.catalogue.found import KIND as COLUMN
from gongkai.catalogue.models import Column, ColumnKind
from gongkai.portal import listing, rules_search, selectors_search
from gongkai.portal.rules_search import Segments
from gongkai.profiles.rules import phone_href
from gongkai.profiles.selectors import public_profile
from gongkai.search.finding import Row
from gongkai.search.rules_highlight import JOINER, Fragment, Needles, fragments, marked

_TONES: Final = {"已废止": "red", "已失效": "red", "尚未施行": "warn", "已修改": "warn"}


@dataclass(frozen=True, slots=True)
class Line:
    """One hit as the page shows it."""

    url: str
    title: SafeString
    tag: str
    tone: str
    notes: tuple[tuple[str, str], ...]
    unit: str
    number: SafeString
    day: date | None
    snippet: SafeString
    where: str
    why: str
    strict: bool
    rank: int
    key: str


def _html(segments: Segments) -> SafeString:
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", text) if on else text,) for text, on in segments)
    )


def line_of(row: Row, needles: Needles, *, articles: bool) -> Line:
    """A hit with its marks."""
    what = row.shown
    assert what is not None
    found: Sequence[Fragment] = fragments(row.stored.text, needles) if row.fresh else ()
    where, url = "", what.path
    if found:
        snippet = _joined(found, row.stored.text)
        if not articles:
            place = rules_search.first_mark(found[0].start, found[0].segments)
            where = rules_search.place_of(row.stored.text, place, articles=True)
    else:
        snippet = marked(what.summary[:160], needles)
    if articles and row.fresh:
        url += rules_search.text_link(row.stored.text)
    return Line(
        url=url,
        title=_html(marked(what.title, needles)),
        tag=what.tag,
        tone=what.tone,
        notes=tuple((note, _TONES.get(note, "idle")) for note in what.notes),
        unit=what.unit,
        number=_html(marked(what.number, needles)),
        day=what.at.date() if what.at else None,
        snippet=_html(snippet),
        where=where,
        why=row.why,
        strict=row.strict,
        rank=row.rank,
        key=row.stored.key,
    )


def _joined(found: Sequence[Fragment], text: str) -> Segments:
    row: list[tuple[str, bool]] = []
    for number, piece in enumerate(found):
        if number or text[: piece.start].strip():
            row.append((JOINER, False))
        row += [(" ".join(words.split("\n")), on) for words, on in piece.segments]
    if text[found[-1].end :].strip():
        row.append((JOINER, False))
    return row


def cards_of(rows: Sequence[Row], needles: Needles, answer: str) -> list[dict[str, Any]]:
    """Direct answers; ``answer``: what the kind of answered questions is called. Two questions to
    the database more where it is one unit alone, for its phone."""
    ids = [pk for kind, pk in (row.stored.record for row in rows) if kind == COLUMN]
    places = selectors_search.public_places(ids)
    cards = []
    for row in rows:
        assert row.shown is not None
        kind, pk = row.stored.record
        if kind != COLUMN:
            form = "answer" if row.shown.tag == answer else "document"
            line = line_of(row, needles, articles=False)
            cards.append({"form": form, "line": line, "summary": row.shown.summary})
        elif pk in places:
            cards.append(_place_card(places[pk], alone=len(rows) == 1))
    return cards


def _place_card(column: Column, *, alone: bool) -> dict[str, Any]:
    if column.kind != ColumnKind.UNIT:
        return {
            "form": "column",
            "name": column.name,
            "url": column.path,
            "summary": column.description,
            "keeper": column.owner.short_name,
        }
    profile = public_profile(column if alone else None)
    reach = next((p.facts for p in (profile.first("functions"), profile.first("guide")) if p), {})
    phone = str(reach.get("phone") or "")
    return {
        "form": "unit",
        "name": column.owner.full_name,
        "url": column.path,
        "kind": column.owner.get_kind_display(),
        "phone": phone,
        "tel": phone_href(phone),
        "address": str(reach.get("address") or ""),
        "hours": str(reach.get("hours") or ""),
        "ways": [
            ("政府信息公开专栏", column.path),
            ("机构职能", listing.address(column.path, part="functions")),
            ("申请公开", listing.address(column.path, part="apply")),
        ],
    }
