"""Reads the documents of the demonstration city from ``items/*.md`` into plain values.

Pure: no database, no settings, no clock. The format is described in README.md beside this file.
Errors are ContentError, naming the file, the key and what to write instead.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gongkai.demo.content.markup import Table, blocks, markdown_to_html, table_to_csv

__all__ = [
    "Attachment",
    "ContentError",
    "ContentItem",
    "Correction",
    "attachment_csv",
    "load_item",
    "load_items",
    "markdown_to_html",
]

SHANGHAI = ZoneInfo("Asia/Shanghai")
KINDS = ("policy", "interpretation", "notice", "news")
STATES = (
    "published",
    "corrected",
    "in_review",
    "rejected",
    "draft",
    "scheduled",
    "withdrawn",
    "withheld",
)
RELEASED = ("published", "corrected", "withdrawn")
WITHHELD_CODES = (
    "state_secret",
    "law_forbidden",
    "safety_stability",
    "third_party_rights",
    "internal_affairs",
    "process_info",
    "enforcement_file",
)
_CHOICES = {
    "kind": KINDS,
    "validity": ("in_force", "repealed", "lapsed"),
    "attribute": ("主动公开", "依申请公开", "不予公开"),
    "origin": ("made", "joint"),
    "interpretation_form": ("text", "qa", "picture", "scenario"),
}
_NEEDED_BY_STATE = {
    "withdrawn": ("withdraw_reason", "withdrawn_at"),
    "corrected": ("old_body_replace", "correction_note", "corrected_at"),
    "rejected": ("rejected_reason", "rejected_step"),
    "withheld": ("withheld_code", "withheld_basis", "withheld_reason"),
    "scheduled": ("published_at",),
    "published": ("published_at",),
}
_REQUIRED = (
    *("slug", "kind", "title", "unit", "theme", "genre", "formed_on", "attribute", "origin"),
    *("summary", "state", "drafter", "contact_phone", "lead_task"),
)
_OPTIONAL = (
    *("doc_no", "register_no", "published_at", "effective_on", "expires_on", "validity"),
    *("validity_note", "interprets", "interpretation_form", "withdraw_reason", "withdrawn_at"),
    *("old_body_replace", "correction_note", "corrected_at", "rejected_reason", "rejected_step"),
    *("withheld_code", "withheld_basis", "withheld_reason"),
)
_LISTS = ("keywords", "topics", "joint_units", "attachments", "work_points")
_KEYS = {*_REQUIRED, *_OPTIONAL, *_LISTS}
_ATTACHMENT_HEADING = re.compile(r"^### 附件[:：] *(.+)$", re.MULTILINE)


class ContentError(ValueError):
    """A document of the demonstration city is not written in the agreed format."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file made from a section of the body; ``kind`` is docx, csv or txt."""

    filename: str
    title: str
    kind: str
    body: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction changed: the first version held ``old``, the text of today ``new``."""

    old: str
    new: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentItem:
    """One document: its facts, its text without attachments, and the state it is shown in.

    Moments are aware, in Asia/Shanghai. ``published_at`` is None before a release is planned;
    ``review_step`` (first, secrecy) is set only while the document is in review.
    """

    path: Path
    slug: str
    kind: str
    title: str
    unit: str
    doc_no: str
    register_no: str
    theme: str
    genre: str
    formed_on: date
    published_at: datetime | None
    effective_on: date | None
    expires_on: date | None
    validity: str
    validity_note: str
    attribute: str
    origin: str
    joint_units: tuple[str, ...]
    summary: str
    keywords: tuple[str, ...]
    topics: tuple[str, ...]
    interprets: str
    interpretation_form: str
    drafter: str
    contact_phone: str
    attachments: tuple[Attachment, ...]
    state: str
    review_step: str
    withdraw_reason: str
    withdrawn_at: datetime | None
    correction: Correction | None
    rejected_reason: str
    rejected_step: str
    withheld_code: str
    withheld_basis: str
    withheld_reason: str
    work_points: tuple[int, ...]
    lead_task: str
    body: str

    @property
    def html(self) -> str:
        """The text as safe HTML, attachments left out."""
        return markdown_to_html(self.body)

    @property
    def original_body(self) -> str:
        """The text as first published: for a corrected document with its mistake."""
        if self.correction is None:
            return self.body
        return self.body.replace(self.correction.new, self.correction.old)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table of the text and of its attachments."""
        texts = (self.body, *(a.body for a in self.attachments))
        return tuple(b for text in texts for b in blocks(text) if isinstance(b, Table))


def attachment_csv(attachment: Attachment) -> str:
    """The first table of a csv attachment as text; raises ContentError when it holds none."""
    for block in blocks(attachment.body):
        if isinstance(block, Table):
            return table_to_csv(block)
    raise ContentError(f"附件“{attachment.title}”要生成表格文件，但正文里没有表格。")


def load_items(path: Path) -> list[ContentItem]:
    """Every document of a folder by file name; raises ContentError on a format fault."""
    files = sorted(path.glob("*.md"))
    if not files:
        raise ContentError(f"{path}：没有找到 .md 文件。")
    items = [load_item(file) for file in files]
    seen: dict[str, Path] = {}
    for item in items:
        if item.slug in seen:
            raise ContentError(f"{item.path.name}：slug 与 {seen[item.slug].name} 重复。")
        seen[item.slug] = item.path
    return items


def load_item(file: Path) -> ContentItem:
    """One document; raises ContentError naming the file, the key and the remedy."""
    try:
        return _item(file, file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ContentError(f"{file.name}：{error}") from error


def _item(file: Path, source: str) -> ContentItem:
    head, body = _split(source)
    values, lists = _front_matter(head)
    for key in _REQUIRED:
        if not values.get(key):
            raise ContentError(f"缺少 {key}，请在开头补上“{key}: …”。")
    state, _, step = values["state"].partition(":")
    for key in (*_NEEDED_BY_STATE.get(state, ()), *_needed_by_kind(values["kind"])):
        if not values.get(key):
            raise ContentError(f"类别 {values['kind']}、状态 {state} 需要填写 {key}。")
    _check_choices(values, state, step)
    main, sections = _cut_attachments(body)
    attachments = tuple(_attachment(line, sections) for line in lists.get("attachments", ()))
    if sections:
        raise ContentError(f"正文有附件“{next(iter(sections))}”，但 attachments 没有列出。")
    for section in (main, *(a.body for a in attachments)):
        blocks(section)

    def text(key: str) -> str:
        return values.get(key, "")

    def moment(key: str) -> datetime | None:
        return _moment(values[key]) if values.get(key) else None

    return ContentItem(
        path=file,
        slug=text("slug"),
        kind=text("kind"),
        title=text("title"),
        unit=text("unit"),
        doc_no=text("doc_no"),
        register_no=text("register_no"),
        theme=text("theme"),
        genre=text("genre"),
        formed_on=_day(values["formed_on"]),
        published_at=moment("published_at"),
        effective_on=_day(values["effective_on"]) if text("effective_on") else None,
        expires_on=_day(values["expires_on"]) if text("expires_on") else None,
        validity=text("validity"),
        validity_note=text("validity_note"),
        attribute=text("attribute"),
        origin=text("origin"),
        joint_units=lists.get("joint_units", ()),
        summary=text("summary"),
        keywords=lists.get("keywords", ()),
        topics=lists.get("topics", ()),
        interprets=text("interprets"),
        interpretation_form=text("interpretation_form"),
        drafter=text("drafter"),
        contact_phone=text("contact_phone"),
        attachments=attachments,
        state=state,
        review_step=step,
        withdraw_reason=text("withdraw_reason"),
        withdrawn_at=moment("withdrawn_at"),
        correction=_correction(values, moment("corrected_at"), main),
        rejected_reason=text("rejected_reason"),
        rejected_step=text("rejected_step"),
        withheld_code=text("withheld_code"),
        withheld_basis=text("withheld_basis"),
        withheld_reason=text("withheld_reason"),
        work_points=tuple(int(point) for point in lists.get("work_points", ())),
        lead_task=text("lead_task"),
        body=main,
    )


def _split(text: str) -> tuple[str, str]:
    match = re.match(r"\A---\n(.*?)\n---\n(.*)\Z", text, re.DOTALL)
    if match is None:
        raise ContentError("开头和结尾各需要一行 ---，中间写“键: 值”。")
    return match[1], match[2].strip("\n") + "\n"


def _front_matter(head: str) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    values: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    current = ""
    for number, line in enumerate(head.splitlines(), start=2):
        if line.startswith("- "):
            if current not in _LISTS:
                raise ContentError(f"第 {number} 行的列表项不属于任何列表键：{line}")
            lists[current] = (*lists[current], line[2:].strip())
            continue
        key, colon, value = line.partition(":")
        if not colon or key not in _KEYS:
            raise ContentError(f"第 {number} 行不认识：{line}。请写成“键: 值”。")
        if key in values or key in lists:
            raise ContentError(f"第 {number} 行重复填写了 {key}。")
        current = key
        if key in _LISTS:
            lists[key] = ()
        else:
            values[key] = value.strip()
    return values, lists


def _needed_by_kind(kind: str) -> tuple[str, ...]:
    return {
        "policy": ("validity",),
        "interpretation": ("interprets", "interpretation_form"),
    }.get(kind, ())


def _check_choices(values: dict[str, str], state: str, step: str) -> None:
    for key, allowed in _CHOICES.items():
        if values.get(key) and values[key] not in allowed:
            raise ContentError(f"{key} 不能是“{values[key]}”，可以填写：{'、'.join(allowed)}。")
    if state not in STATES:
        raise ContentError(f"state 不能是“{state}”，可以填写：{'、'.join(STATES)}。")
    if (state == "in_review") != bool(step) or step not in ("", "first", "secrecy"):
        raise ContentError("审核中的写 in_review:first 或 in_review:secrecy，其他状态不写步骤。")
    if state == "withheld" and values["withheld_code"] not in WITHHELD_CODES:
        raise ContentError(f"withheld_code 可以填写：{'、'.join(WITHHELD_CODES)}。")
    if state in ("in_review", "rejected", "draft", "withheld") and values.get("published_at"):
        raise ContentError(f"状态 {state} 尚未发布，请删去 published_at。")


def _cut_attachments(body: str) -> tuple[str, dict[str, str]]:
    parts = _ATTACHMENT_HEADING.split(body)
    titles = [title.strip() for title in parts[1::2]]
    if len(set(titles)) != len(titles):
        raise ContentError("附件标题重复，请改成不同的标题。")
    sections = dict(zip(titles, (text.strip("\n") + "\n" for text in parts[2::2]), strict=True))
    return parts[0].strip("\n") + "\n", sections


def _attachment(line: str, sections: dict[str, str]) -> Attachment:
    fields = [field.strip() for field in line.split("|")]
    if len(fields) != 3 or fields[2] not in ("docx", "csv", "txt"):
        raise ContentError(f"附件写成“文件名 | 标题 | docx、csv 或 txt”：{line}")
    filename, title, kind = fields
    if not filename.endswith(f".{kind}"):
        raise ContentError(f"附件 {filename} 的扩展名与类别 {kind} 不一致。")
    if title not in sections:
        raise ContentError(f"附件“{title}”在正文里没有“### 附件: {title}”一节。")
    return Attachment(filename, title, kind, sections.pop(title))


def _correction(values: dict[str, str], at: datetime | None, body: str) -> Correction | None:
    raw = values.get("old_body_replace")
    if not raw or at is None:
        return None
    old, arrow, new = (part.strip() for part in raw.partition("=>"))
    if not arrow or not old or not new or old == new:
        raise ContentError("old_body_replace 写成“原来的文字 => 更正后的文字”。")
    if body.count(new) != 1:
        raise ContentError(f"更正后的文字“{new}”应当在正文里恰好出现一次。")
    return Correction(old, new, values["correction_note"], at)


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ContentError(f"日期“{value}”请写成 2022-09-30。") from error


def _moment(value: str) -> datetime:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", value):
        raise ContentError(f"时间“{value}”请写成 2022-09-30 10:20。")
    return datetime.fromisoformat(value).replace(tzinfo=SHANGHAI)
