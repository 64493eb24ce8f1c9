"""What makes an item complete, late, or contradictory. Plain values only."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.core.codes import CodeError, build_index_number, parse_doc_no
from gongkai.publishing.rules_facts import facts_problems, needed_fields

FIELD_LABELS = {
    "title": "标题",
    "summary": "内容概述",
    "body": "正文",
    "doc_no": "发文字号",
    "theme": "主题分类",
    "genre": "体裁分类",
    "formed_on": "成文日期",
    "changed_on": "变更日期",
    "effective_on": "施行日期",
    "expires_on": "失效日期",
    "contact": "咨询电话",
    "attachments": "附件",
    "change_kind": "变更性质",
    "change_note": "变更说明",
    "joint_units": "联合制作单位",
    "addressees": "主送机关",
    "source": "转载来源",
    "keywords": "关键词",
    "topics": "专题",
    "entries": "公开事项",
    "attribute": "公开属性",
    "origin": "信息来源",
    "validity": "有效性",
    "kind": "种类",
    "unit": "公开单位",
    "facts": "专有信息",
}

# Addressed to everybody and often issued without a number.
UNNUMBERED_GENRES = frozenset({"公告", "通告", "公报", "纪要"})

# What a starting template leaves for the editor to replace.
TEMPLATE_HINT = re.compile("【请写：([^】]*)】")


@dataclass(frozen=True, slots=True)
class KindRules:
    """The parts of a kind that rules ask about; ``schema`` is a list of field descriptions
    ``{"name", "label", "type", "required", "choices"?}``."""

    key: str
    required: tuple[str, ...]
    doc_no: str
    schema: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: field name, its label, what is wrong and how to mend it."""

    field: str
    message: str

    @property
    def label(self) -> str:
        """The field's Chinese name."""
        return FIELD_LABELS.get(self.field.split(".")[0], self.field)


def _date(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if value else None


def doc_no_problem(
    value: str, *, mode: str, prefixes: Sequence[str], formed_on: date | None
) -> str | None:
    """What is wrong with a 发文字号, in Chinese; None when it is right.

    The prefix must be registered for the unit and the year lie within one of 成文日期.
    """
    if not value:
        return "请填写发文字号，例如“长财发〔2022〕3号”。" if mode == "required" else None
    if mode == "none":
        return "这类信息没有发文字号，请清空。"
    try:
        number = parse_doc_no(value)
    except CodeError as error:
        return str(error)
    if prefixes and number.prefix not in prefixes:
        return (
            f"发文代字“{number.prefix}”没有登记在本单位名下，本单位登记的有："
            f"{'、'.join(prefixes)}。请核对；确需新增的请联系政务公开主管部门。"
        )
    if formed_on and number.year and abs(number.year - formed_on.year) > 1:
        return (
            f"发文字号的年份 {number.year} 与成文日期 {formed_on:%Y-%m-%d} 相差超过一年，请核对。"
        )
    return None


def date_problems(
    *,
    formed_on: date | None,
    changed_on: date | None,
    effective_on: date | None,
    expires_on: date | None,
    today: date,
) -> list[Problem]:
    """Dates that cannot be: in the future, or in the wrong order."""
    found = []
    if formed_on and formed_on > today:
        found.append(Problem("formed_on", f"成文日期不能晚于今天（{today:%Y-%m-%d}），请核对。"))
    if formed_on and formed_on < date(1949, 10, 1):
        found.append(Problem("formed_on", "成文日期早于 1949 年 10 月 1 日，请核对年份。"))
    if changed_on and formed_on and changed_on < formed_on:
        found.append(Problem("changed_on", "变更日期早于成文日期，请核对。"))
    if changed_on and changed_on > today:
        found.append(Problem("changed_on", "变更日期不能晚于今天，请核对。"))
    if effective_on and formed_on and effective_on < formed_on:
        found.append(Problem("effective_on", "施行日期早于成文日期，请核对。"))
    if expires_on and effective_on and expires_on <= effective_on:
        found.append(Problem("expires_on", "失效日期应晚于施行日期，请核对。"))
    elif expires_on and formed_on and expires_on < formed_on:
        found.append(Problem("expires_on", "失效日期早于成文日期，请核对。"))
    return found


def schema_problems(
    schema: Sequence[Mapping[str, Any]],
    facts: Mapping[str, Any],
    files: Mapping[str, str] | None = None,
) -> list[Problem]:
    """What a kind's own fields lack; unknown keys are a mistake too."""
    return [Problem(name, text) for name, text in facts_problems(schema, facts, files=files)]


def completeness_problems(
    content: Mapping[str, Any],
    *,
    kind: KindRules,
    prefixes: Sequence[str],
    today: date,
    released_before: bool,
) -> list[Problem]:
    """Everything that keeps the item from being submitted, field by field."""
    found = []
    called_for = needed_fields(kind.schema, content.get("facts") or {})
    for name in dict.fromkeys((*kind.required, *called_for)):
        if content.get(name) in (None, "", [], {}):
            found.append(Problem(name, f"请填写{FIELD_LABELS.get(name, name)}。"))
    formed_on = _date(content.get("formed_on"))
    unnumbered = kind.doc_no == "required" and content.get("genre") in UNNUMBERED_GENRES
    mode = "optional" if unnumbered else kind.doc_no
    if content.get("doc_no") or mode == "required":
        trouble = doc_no_problem(
            content.get("doc_no") or "", mode=mode, prefixes=prefixes, formed_on=formed_on
        )
        if trouble and not any(p.field == "doc_no" for p in found):
            found.append(Problem("doc_no", trouble))
    found += date_problems(
        formed_on=formed_on,
        changed_on=_date(content.get("changed_on")),
        effective_on=_date(content.get("effective_on")),
        expires_on=_date(content.get("expires_on")),
        today=today,
    )
    files = {entry["sha256"]: entry["filename"] for entry in content.get("attachments") or []}
    found += schema_problems(kind.schema, content.get("facts") or {}, files)
    hints = TEMPLATE_HINT.findall(str(content.get("body") or ""))
    if hints:
        found.append(
            Problem(
                "body",
                f"正文里还有 {len(hints)} 处没有替换的模板提示“【请写：{hints[0][:12]}…】”，"
                "请换成内容，或者连同小标题一起删掉。",
            )
        )
    if content.get("origin") == "joint" and not content.get("joint_units"):
        found.append(Problem("joint_units", "共同制作的信息由牵头机关公开，请列出联合制作单位。"))
    if released_before:
        if not content.get("change_kind"):
            found.append(Problem("change_kind", "这条信息公开过，请选择这次变更的性质。"))
        if not content.get("change_note"):
            found.append(Problem("change_note", "请用一句话说明改了什么、为什么改，读者会看到。"))
    if content.get("attribute") != "proactive":
        found.append(Problem("attribute", "只有“主动公开”的信息可以送审发布。"))
    return found


def due_base(formed_on: date | None, changed_on: date | None) -> date | None:
    """The day from which the publishing period runs: forming, or the later change
    (条例第二十六条)."""
    days = [day for day in (formed_on, changed_on) if day]
    return max(days) if days else None


def index_number(unit_code: str, uscc: str, year: int, serial: int) -> str:
    """索引号 of a unit's ``serial``-th record of ``year``; never reused or changed once public.

    A unit whose social credit code has not been entered yet numbers under its platform code, so
    that publication need not wait for it.
    """
    if uscc:
        return build_index_number(uscc, year, serial)
    return f"{unit_code.upper()}/{year}-{serial:05d}"
