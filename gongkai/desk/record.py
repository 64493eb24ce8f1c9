"""Facts of one subject in words, for the trail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gongkai.core import facts
from gongkai.core.models import Fact
from gongkai.ledger.enums import EvidenceKind, Light, UnitRole
from gongkai.publishing.enums import WithdrawCategory
from gongkai.publishing.models import ItemKind
from gongkai.publishing.rules import FIELD_LABELS
from gongkai.review.enums import Step, WithholdCode

_WORDS = {
    "title": "标题", "kind": "种类", "fields": "修改了", "steps": "步骤", "step": "步骤",
    "legal_basis": "依据", "remark": "意见", "index_no": "索引号", "category": "情形",
    "placements": "撤下栏目收录", "note": "说明", "code": "情形", "unit": "单位", "agrees": "同意公开",
    "point": "要点", "reason": "理由", "light": "灯", "role": "责任", "filename": "文件",
    "points": "读出要点", "changes": "更正了",
}  # fmt: skip
_CHANGED = {"title": "标题", "lead": "牵头单位", "responsible": "责任单位", "tasks": "任务"}


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One line of the trail; ``digest`` is the beginning of what was read, ``tone`` as design's."""

    fact: Fact
    label: str
    words: str
    digest: str
    tone: str


def _values() -> dict[str, str]:
    """Stored values and their words."""
    return {
        **dict(ItemKind.objects.values_list("key", "name")),
        **dict(WithdrawCategory.choices),
        **dict(WithholdCode.choices),
        **dict(Step.choices),
        **dict(Light.choices),
        **dict(UnitRole.choices),
        **dict(EvidenceKind.choices),
        **FIELD_LABELS,
        **_CHANGED,
    }


def rows_of(found: Iterable[Fact]) -> list[RecordRow]:
    """Facts in words; one query however many there are."""
    values = _values()
    return [
        RecordRow(
            fact=fact,
            label=facts.action_label(fact.action),
            words=_words(fact.details, values),
            digest=str(fact.details.get("digest", ""))[:12],
            tone=_tone(fact.action),
        )
        for fact in found
    ]


def _tone(action: str) -> str:
    return "red" if action.rpartition(".")[2] in STOPPED else ""


STOPPED = ("rejected", "withheld", "withdrawn", "voided", "overridden", "discarded")


def _words(details: Mapping[str, Any], values: Mapping[str, str]) -> str:
    parts = []
    if details.get("version"):
        parts.append(f"第 {details['version']} 版")
    if details.get("round", 1) != 1:
        parts.append(f"第 {details['round']} 次送审")
    if details.get("columns"):
        parts.append(f"收录到 {len(details['columns'])} 个栏目")
    for key, word in _WORDS.items():
        value = details.get(key)
        if value in (None, "", []):
            continue
        parts.append(f"{word}：{_shown(value, values)}")
    return "；".join(parts)


def _shown(value: Any, values: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | dict):
        return "、".join(_shown(part, values) for part in value)
    return values.get(str(value), str(value))
