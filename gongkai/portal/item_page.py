"""One item as its page shows it: facts, states, text, files, neighbours and record."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gongkai.catalogue.models import Column
from gongkai.core.clock import SHANGHAI, at, day_of
from gongkai.core.diff import BlockOp, Op, Segment, diff_blocks
from gongkai.core.workdays import WorkCalendar
from gongkai.portal import rules, selectors
from gongkai.portal.outside import leaving_address
from gongkai.portal.paper import dress
from gongkai.publishing.content import apply_content
from gongkai.publishing.deadlines import clocks, worst
from gongkai.publishing.enums import ENDED, ChangeKind, Validity
from gongkai.publishing.facts_view import cn_day, fact_rows, facts_view
from gongkai.publishing.facts_view import file_address as file_url
from gongkai.publishing.importing.clean import plain_text, present_html
from gongkai.publishing.models import CONTENT_FIELDS, PLATFORM_FIELDS, Item, ItemVersion
from gongkai.publishing.placing import item_path, listed_at
from gongkai.publishing.rules import FIELD_LABELS
from gongkai.publishing.rules_due import Timeliness
from gongkai.publishing.rules_kinds import RELATIONS
from gongkai.publishing.selectors import LinkedItem, Links

_SHOWN_CHANGES = 4
_CONTEXT = 26
_COMPARED_VERSIONS = 5


def version_path(item_id: int, number: int) -> str:
    """Where an earlier version can be read."""
    return f"{item_path(item_id)}v/{number}/"


def item_as_of(item: Item, version: ItemVersion) -> Item:
    """An unsaved item that holds what was public in an earlier version."""
    copy = Item(pk=item.pk)
    for name in PLATFORM_FIELDS:
        setattr(copy, name, getattr(item, name))
    content = {k: v for k, v in version.content.items() if k in CONTENT_FIELDS}
    theme = selectors.public_theme(str(content.get("theme") or ""))
    apply_content(copy, {**content, "kind": item.kind, "unit": item.unit, "theme": theme})
    copy.version = version.number
    return copy


@dataclass(frozen=True, slots=True)
class Start:
    """The day from which a clock runs, as the first cell of the calendar."""

    date: date
    note: str = "成文"
    kind: str = "start"
    counted: bool = False
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """The publishing deadline with its calendar (none for fixed days) and what came of it."""

    date: date
    steps: tuple[Any, ...]
    verdict: Timeliness
    basis: tuple[dict[str, str], ...]
    start_word: str
    explain: str
    unconfirmed: bool


def clock_of(
    item: Item,
    versions: Sequence[ItemVersion],
    calendar: WorkCalendar,
    today: date,
    documents: Sequence[LinkedItem] = (),
) -> Clock | None:
    """The clock of 条例第二十六条, or of the kind's own rule, for an item; None without a date or
    for imported history."""
    found = clocks(
        item,
        releases=[day_of(version.released_at) for version in versions],
        calendar=calendar,
        today=today,
        target_on=max((link.published_on for link in documents), default=None),
    )
    clock = worst(found)
    if clock is None:
        return None
    rule = clock.base.rule
    basis = ({"label": rule.words, "text": rule.sentence, "law": rule.basis},)
    start = Start(clock.base.day, clock.base.word)
    return Clock(
        clock.due_on,
        (start, *clock.due.steps) if clock.due.steps else (),
        clock.verdict,
        basis,
        clock.base.word,
        clock.explain,
        rule.unconfirmed,
    )


def meta_rows(
    item: Item, day: date, *, home: str = "/", joint: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """The block under the title; rows without a value are left out by the component."""
    look = item.kind.look
    state = rules.validity_state(item.current_validity, item.effective_on, item.expires_on, day)
    others = "、".join(joint)
    return [
        {"label": "发文字号", "value": item.doc_no},
        *fact_rows(item.kind, item.facts, head=True),
        {"label": look.maker, "value": item.unit.short_name, "url": f"{home}dw/{item.unit.code}/"},
        {"label": "联合单位", "value": others},
        {"label": "成文日期", "value": cn_day(item.formed_on), "datetime": item.formed_on},
        *_publication(item),
        {"label": "索引号", "value": item.index_no},
        {"label": "主题分类", "value": str(item.theme) if item.theme else ""},
        {"label": "体裁分类", "value": item.genre, "extra": True},
        {"label": "有效性", "value": state.word if shows_validity(item) else ""},
        {"label": "施行日期", "value": cn_day(item.effective_on), "datetime": item.effective_on},
        {"label": "有效期至", "value": cn_day(item.expires_on), "datetime": item.expires_on},
        {"label": "公开方式", "value": item.get_attribute_display(), "extra": True},
        {"label": "信息来源", "value": item.source or item.get_origin_display(), "extra": True},
        {"label": "咨询电话", "value": item.contact},
        {"label": "内容概述", "value": item.summary, "wide": True, "extra": True},
    ]


def _publication(item: Item) -> list[dict[str, Any]]:
    """When it became public. History was so on the old site; when it was moved here is another
    date, and neither is ever shown as the other (国办秘函〔2019〕19号: no forged dates)."""
    if item.original_published_on is None:
        moment = item.published_at
        return [{"label": "发布日期", "value": stamp(moment), "datetime": moment}]
    first = item.original_published_on
    return [
        {"label": "发布日期", "value": f"{cn_day(first)}（历史信息）", "datetime": first},
        {"label": "迁入本站", "value": stamp(item.published_at), "datetime": item.published_at},
    ]


def shows_validity(item: Item) -> bool:
    """Whether a reader may ask if this still holds: documents, and whatever carries an end."""
    return (
        item.kind.look.validity
        or item.current_validity != Validity.IN_FORCE
        or item.effective_on is not None
        or item.expires_on is not None
    )


def stamp(moment: datetime | None) -> str:
    """A time as pages and page tags write it, to the minute; empty for none."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A box above the text."""

    tone: str
    title: str
    text: str
    link: str = ""
    link_words: str = ""


def _ended_by(item: Item, links: Links, holds: bool) -> list[Notice]:
    """A newer document that repeals or replaces this one, said before anything else."""
    words = {"repeals": "废止", "supersedes": "代替"}
    return [
        Notice(
            "stop" if not holds else "warn",
            f"已被新文件{words[relation]}",
            f"{other.unit}{cn_day(other.published_on)}公开的新文件{words[relation]}了这份文件。",
            item_path(other.id),
            f"看《{other.title}》",
        )
        for relation, other in links.into
        if relation in words
    ]


def _documents_ended(item: Item, links: Links) -> list[Notice]:
    """A document that this explains or answers for does not hold any more; what is said of it
    here is history, and the reader hears so first."""
    word = "解读" if item.kind.interprets else "问答"
    rest = any(not document.ended for document in links.documents)
    also = "其他文件仍然有效，请对照原文看。" if rest else "内容只供查考，不能作为现在办事的依据。"
    return [
        Notice(
            "warn" if rest else "stop",
            f"{word}所依据的文件{document.ended}",
            f"《{document.title}》{document.ended}。{also}",
            item_path(document.id),
            "看这份文件现在的状态",
        )
        for document in links.documents
        if document.ended
    ]


def related(links: Links) -> list[tuple[str, LinkedItem]]:
    """(what it is to this item, item) for every link that is no interpretation."""
    return [(RELATIONS[name][0], other) for name, other in links.out_of] + [
        (RELATIONS[name][1], other) for name, other in links.into
    ]


def notices(
    item: Item, versions: Sequence[ItemVersion], day: date, links: Links | None = None
) -> list[Notice]:
    """What a reader must know before reading: does it hold, was it changed, why."""
    found = []
    newest = versions[0] if versions else None
    note = newest.change_note if newest and newest.number > 1 else ""
    if shows_validity(item):
        state = rules.validity_state(item.current_validity, item.effective_on, item.expires_on, day)
        if state.text or state.tone != "ok":
            text = state.text
            if state.tone == "stop" and note:
                text = f"{text}{note}"
                note = ""
            found.append(Notice(state.tone, state.word, text))
    if links is not None:
        found += _ended_by(item, links, item.current_validity not in ENDED)
        found += _documents_ended(item, links)
    if newest and newest.number > 1:
        earlier = next((v for v in versions if v.number == newest.number - 1), None)
        label = ChangeKind(newest.change_kind).label if newest.change_kind else "重新发布"
        link = version_path(item.pk, earlier.number) if earlier and not earlier.sealed else ""
        words = "看改动以前的文本" if link else "改动以前的文本已经封存，不再公开"
        found.append(
            Notice(
                "info",
                f"{stamp(newest.released_at)} {label}",
                note or "这一版替换了以前的文本。",
                link,
                words,
            )
        )
    return found


def _is_changed(old: ItemVersion, new: ItemVersion) -> list[str]:
    skip = ("change_kind", "change_note", "body")
    return [
        FIELD_LABELS.get(name, name)
        for name in CONTENT_FIELDS
        if name not in skip and old.content.get(name) != new.content.get(name)
    ]


def _clipped(segments: Sequence[Segment]) -> list[Segment]:
    """Shorten what did not change, so that the change itself is seen at once."""
    out = []
    for place, segment in enumerate(segments):
        text = segment.text
        if segment.op is Op.EQUAL and len(text) > 2 * _CONTEXT:
            head = text[:_CONTEXT] if place else ""
            tail = text[-_CONTEXT:] if place < len(segments) - 1 else ""
            text = f"{head}……{tail}"
        out.append(Segment(segment.op, text))
    return out


def changes(old: ItemVersion, new: ItemVersion) -> list[Segment]:
    """The changed paragraphs of the text between two versions, shortened; empty for none."""
    blocks = diff_blocks(
        plain_text(str(old.content.get("body") or "")).split("\n"),
        plain_text(str(new.content.get("body") or "")).split("\n"),
    )
    changed = [b for b in blocks if b.op not in (BlockOp.EQUAL, BlockOp.MOVE)]
    found: list[Segment] = []
    for block in changed[:_SHOWN_CHANGES]:
        if found:
            found.append(Segment(Op.EQUAL, "\n"))
        found += _clipped(block.segments)
    if len(changed) > _SHOWN_CHANGES:
        found.append(Segment(Op.EQUAL, f"\n另有 {len(changed) - _SHOWN_CHANGES} 处改动。"))
    return found


def _version_event(item: Item, version: ItemVersion, older: ItemVersion | None) -> dict[str, Any]:
    if (version.number == 1 or older is None) and item.original_published_on:
        return {"at": version.released_at, "title": "迁入本站", "text": "从以前的网站整批迁入。"}
    if version.number == 1 or older is None:
        return {"at": version.released_at, "title": "发布", "text": "第一次公开。"}
    label = ChangeKind(version.change_kind).label if version.change_kind else "重新发布"
    event: dict[str, Any] = {
        "at": version.released_at,
        "title": f"{label}（第 {version.number} 版）",
        "text": version.change_note,
        "tone": "red" if version.change_kind == ChangeKind.CORRECTION else "",
        "id": f"v{version.number}",
    }
    if older.sealed or not older.content or not version.content:
        event["text"] = f"{version.change_note} 以前的文本已经封存，不再公开。".strip()
        return event
    event["url"] = version_path(item.pk, older.number)
    fields = _is_changed(older, version)
    if fields:
        event["text"] = f"{version.change_note} 改动：{'、'.join(fields)}。".strip()
    event["diff"] = changes(older, version)
    return event


def timeline(
    item: Item,
    versions: Sequence[ItemVersion],
    withdrawals: Iterable[tuple[datetime, str]],
    interpretations: Iterable[LinkedItem],
) -> list[dict[str, Any]]:
    """发布和更正记录, newest first."""
    by_number = {version.number: version for version in versions}
    events = [
        _version_event(item, version, by_number.get(version.number - 1))
        for version in versions[:_COMPARED_VERSIONS]
    ]
    events += [
        {
            "at": version.released_at,
            "title": f"第 {version.number} 版" if version.number > 1 else "发布",
            "text": version.change_note,
        }
        for version in versions[_COMPARED_VERSIONS:]
    ]
    events += [
        {"at": moment, "title": "撤回", "text": f"情形：{case}。" if case else "", "tone": "off"}
        for moment, case in withdrawals
    ]
    events += [
        {
            "at": link.published_on,
            "title": "发布解读",
            "text": link.title,
            "url": item_path(link.id),
        }
        for link in interpretations
    ]
    if item.original_published_on:
        text = "在以前的网站第一次公开。"
        events.append({"at": item.original_published_on, "title": "发布", "text": text})
    if item.formed_on:
        events.append(
            {"at": item.formed_on, "title": "成文", "text": f"由{item.unit.full_name}制作。"}
        )
    return sorted(events, key=_moment, reverse=True)


def _moment(event: dict[str, Any]) -> datetime:
    when = event["at"]
    return when if isinstance(when, datetime) else at(when)


def files_of(item: Item, *, without: Collection[str] = ()) -> list[dict[str, Any]]:
    """Attachments as the component shows them, except those (by digest) that the page shows
    already; sizes from the store where the entry has none."""
    entries = [e for e in item.attachments or [] if e["sha256"] not in without]
    sizes = selectors.public_blobs(e["sha256"] for e in entries if not e.get("size"))
    found = []
    for entry in entries:
        filename = entry["filename"]
        extension = filename.rpartition(".")[2].upper() if "." in filename else "文件"
        found.append(
            {
                "title": entry.get("title") or filename,
                "url": file_url(item.pk, entry["sha256"], filename),
                "format": extension,
                "size": entry.get("size") or sizes.get(entry["sha256"], (None, ""))[0],
                "note": entry.get("note", ""),
                "sha256": entry["sha256"],
            }
        )
    return found


@dataclass(frozen=True, slots=True)
class Text:
    """The body ready to be shown and its contents."""

    html: str
    toc: tuple[Any, ...]


def text_of(item: Item, own_host: str, *, paper: bool = False) -> Text:
    """Dress the stored text for the page; on paper links lead where they say."""
    shown = present_html(
        item.body,
        image_url=lambda sha: file_url(item.pk, sha, "picture"),
        own_hosts=(own_host,),
        outside=lambda url: url if paper else leaving_address(url, item_id=item.pk),
    )
    return Text(dress(shown.html), shown.toc)


def own_facts(item: Item) -> dict[str, Any] | None:
    """The kind's own fields under its heading, in the kind's layout; None when there is nothing
    to show. See ``publishing.facts_view.facts_view``."""
    shown = facts_view(item.kind, item.facts, attachments=item.attachments, item_id=item.pk)
    return {"heading": item.kind.look.heading, **shown} if shown else None


def main_column(columns: Sequence[Column], site_id: int) -> Column | None:
    """The column that names an item's place in the trail: the first of its own site."""
    own = [c for c in columns if c.site_id == site_id]
    return next(iter(own or columns), None)


def article_tags(
    item: Item,
    column: Column | None,
    url: str,
    author: str,
    *,
    published: datetime | None = None,
    image: str = "",
) -> list[tuple[str, str]]:
    """The page tags of a content page; ``published`` for an earlier version, which became public
    at a time of its own."""
    summary = item.summary or " ".join(plain_text(item.body).split())[:120] or item.title
    tags = [
        ("ArticleTitle", item.title),
        # Of history, the day it was first public: that is when readers could know it.
        ("PubDate", stamp(published or listed_at(item))),
        ("ContentSource", item.source or item.unit.full_name),
        ("Keywords", "，".join(item.keywords)),
        ("Author", author),
        ("Description", summary),
        ("Image", image),
        ("Url", url),
    ]
    if column is not None:
        tags = [("ColumnName", column.name), ("ColumnType", column.tag_type), *tags]
    return tags
