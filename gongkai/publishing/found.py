"""Published items as search finds them: whole documents, and the articles of those that have some."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django.db.models import QuerySet

from gongkai.core import codes
from gongkai.core.clock import day_of
from gongkai.filetexts.selectors import texts_of
from gongkai.organisations.enums import UnitKind
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import ENDED, KindGroup, Validity, Visibility
from gongkai.publishing.facts_text import text_of
from gongkai.publishing.importing.clean import plain_text
from gongkai.publishing.models import Item, ItemLink
from gongkai.publishing.placing import item_path, listed_at
from gongkai.publishing.rules_facts import EMPTY
from gongkai.publishing.selectors import with_reference
from gongkai.search.asking import index_keys
from gongkai.search.entries import ARTICLES, PUBLIC, Change, Entry, Shown, Source, number_key

KIND: Final = "item"
CITY: Final = "city"
_ARTICLE: Final = re.compile(
    r"^[ \u3000]*(第[〇零一二三四五六七八九十百千0-9]+条(?:之[一二三四五六七八九十]+)?)[ \u3000]",
    re.M,
)
_FEWEST_ARTICLES: Final = 3
_CODE: Final = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")

_SHOWN_OR_GONE: Final = frozenset(
    f"publishing.item.{what}" for what in ("released", "corrected", "withdrawn")
)
_QUESTIONS: Final = 60
"""Answered questions about one document that lead to it."""

_BATCHES: dict[str, Callable[[str], Iterable[int]]] = {}


def register_batch(kind: str, items_of: Callable[[str], Iterable[int]]) -> None:
    """A room whose one fact stands for many items (an import) says which: called with the id of
    the fact's subject of that kind."""
    _BATCHES[kind] = items_of


def touched(change: Change) -> Iterable[int]:
    """Items that a fact is about: its own, or those of a batch that has come in."""
    if change.kind == KIND and change.id.isdecimal():
        own = int(change.id)
        if change.action not in _SHOWN_OR_GONE:
            return [own]
        # Documents are found by the questions that were answered about them.
        about = ItemLink.objects.filter(source_id=own, relation="interprets")
        return [own, *about.values_list("target_id", flat=True)]
    if change.action == "publishing.items.imported" and change.kind in _BATCHES:
        return _BATCHES[change.kind](change.id)
    return []


def articles(text: str) -> list[tuple[str, str]]:
    """(第…条, its text) of a document that is written in articles; empty for any other."""
    marks = list(_ARTICLE.finditer(text))
    if len(marks) < _FEWEST_ARTICLES:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    found = [
        (mark.group(1), text[mark.start() : end].strip())
        for mark, end in zip(marks, ends, strict=True)
    ]
    return found if len({name for name, _ in found}) == len(found) else []


def _facts_text(item: Item) -> str:
    lines = []
    for field in item.kind.schema:
        value = item.facts.get(field["name"])
        if value in EMPTY or field["type"] in ("items", "file"):
            continue
        text = text_of(field, value)
        if text:
            lines.append(f"{field['label']}：{text}")
    return "\n".join(lines)


def files_of(item: Item) -> dict[str, str]:
    """Names of an item's attached files by digest."""
    return {str(a["sha256"]): str(a.get("filename") or "") for a in item.attachments}


def item_text(item: Item, files: Mapping[str, str]) -> str:
    """All words of an item: overview, text, its own facts, its files (text by digest)."""
    parts = [item.summary, plain_text(item.body), _facts_text(item)]
    for entry in item.attachments:
        name = str(entry.get("filename") or "")
        parts.append(
            "\n".join(filter(None, (f"附件：{name}", files.get(str(entry["sha256"]), ""))))
        )
    return "\n".join(filter(None, parts))


def authority_of(unit: Unit) -> int:
    """3 for a government's own documents, 2 for its office, 1 for a department, 0 for others."""
    return {
        UnitKind.GOVERNMENT: 3,
        UnitKind.OFFICE: 2,
        UnitKind.DISTRICT: 2,
        UnitKind.DEPARTMENT: 1,
        UnitKind.PARTY: 1,
        UnitKind.VERTICAL: 1,
    }.get(UnitKind(unit.kind), 0)


def _numbers(item: Item, text: str) -> tuple[str, ...]:
    found = [key for number in (item.doc_no, item.index_no) if number for key in index_keys(number)]
    found += [number_key(code) for code in _CODE.findall(text) if codes.is_uscc(code)]
    return tuple(dict.fromkeys(found))


def _facets(item: Item) -> dict[str, tuple[str, ...]]:
    return {
        "type": (item.kind.key,),
        "unit": (item.unit.code,),
        "topic": (item.theme.code[:2],) if item.theme else (),
        "validity": (item.current_validity,),
        "site": (item.unit.area.code if item.unit.area else CITY,),
    }


def _day(item: Item) -> date | None:
    """The day of publication; a working copy that was never public has none."""
    return day_of(listed_at(item)) if item.published_at else None


def entry_of(item: Item, files: Mapping[str, str]) -> Entry:
    """A public item, or a working copy of one, as a whole."""
    text = item_text(item, files)
    names = (item.unit.full_name, item.unit.short_name, item.kind.name, item.doc_no, *item.keywords)
    return Entry(
        kind=KIND,
        id=item.pk,
        title=item.title,
        text=text,
        meta=" ".join(filter(None, map(str, names))),
        numbers=_numbers(item, text),
        facets=_facets(item),
        day=_day(item),
        authority=authority_of(item.unit),
        version=item.live_digest,
    )


def article_entries(item: Item) -> list[Entry]:
    """The articles of a public policy or normative document."""
    if item.kind.group != KindGroup.POLICY:
        return []
    return [
        Entry(
            kind=KIND,
            id=item.pk,
            part=name,
            title=item.title,
            text=text,
            facets=_facets(item),
            day=day_of(listed_at(item)),
            authority=authority_of(item.unit),
            version=item.live_digest,
        )
        for name, text in articles(plain_text(item.body))
    ]


def _public() -> QuerySet[Item]:
    rows = Item.objects.filter(visibility=Visibility.PUBLIC)
    return rows.select_related("unit__area", "kind", "theme")


def questions_about(ids: Iterable[int]) -> dict[int, list[str]]:
    """What was asked about documents in published questions and answers, newest first; by document."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = ItemLink.objects.filter(
        target_id__in=list(ids), relation="interprets", source__visibility=Visibility.PUBLIC
    ).order_by("-source_id")
    for target, pairs in rows.values_list("target_id", "source__facts__pairs"):
        for pair in pairs if isinstance(pairs, list) else []:
            question = str(pair.get("question") or "") if isinstance(pair, Mapping) else ""
            if question and len(found[target]) < _QUESTIONS:
                found[target].append(question)
    return found


def read(ids: Sequence[int]) -> Iterable[Entry]:
    """Entries of those items that are public now, with the text of their files and the questions
    that were answered about them."""
    items = list(_public().filter(pk__in=ids))
    texts = texts_of(sha for item in items for sha in files_of(item))
    questions = questions_about(item.pk for item in items)
    for item in items:
        yield replace(entry_of(item, texts), asked="\n".join(questions.get(item.pk, ())))


def read_articles(ids: Sequence[int]) -> Iterable[Entry]:
    """Articles of those items that are public now."""
    for item in _public().filter(pk__in=ids, kind__group=KindGroup.POLICY):
        yield from article_entries(item)


def ids(after: int, limit: int) -> Sequence[int]:
    """Public items above an id."""
    rows = Item.objects.filter(visibility=Visibility.PUBLIC, pk__gt=after)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


_NOT_SHOWN: Final = ("entries", "facts", "attachments", "topics", "keywords", "joint_units")


def show(wanted: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Shown]:
    """What lists of hits say of items; what is not public any more is left out. One query."""
    rows = Item.objects.filter(
        visibility=Visibility.PUBLIC, pk__in={record for record, _ in wanted}
    ).defer(*_NOT_SHOWN)
    known = {item.pk: item for item in with_reference(rows)}
    found = {}
    for record, part in wanted:
        item = known.get(record)
        if item is None:
            continue
        notes = []
        if item.current_validity in (*ENDED, Validity.NOT_YET, Validity.AMENDED):
            notes.append(str(Validity(item.current_validity).label))
        found[(record, part)] = Shown(
            version=item.live_digest,
            title=f"{item.title} {part}".strip(),
            path=item_path(item.pk),
            tag=item.kind.name,
            tone=str(item.kind.page.get("tone", "idle")),
            at=listed_at(item),
            unit=item.unit.short_name,
            number=item.doc_no,
            summary=item.summary,
            notes=tuple(notes),
        )
    return found


SOURCES: Final = (
    Source(KIND, "政府信息", PUBLIC, read, ids, touched=touched, show=show),
    Source(KIND, "条文", ARTICLES, read_articles, ids, touched=touched, show=show),
)
