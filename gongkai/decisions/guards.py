"""What this room asks of items of its kinds, at submission and in the releasing transaction."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from gongkai.core.errors import Refusal
from gongkai.decisions import measures, meetings, rules_meetings, tracing
from gongkai.decisions.models import Meeting, TraceTerm
from gongkai.decisions.reference import given
from gongkai.decisions.rules_epidemic import (
    band_problem,
    case_counts,
    person_words,
    title_problem,
)
from gongkai.decisions.rules_plans import map_problems
from gongkai.decisions.selectors import matters_of
from gongkai.publishing.content import content_of
from gongkai.publishing.guards import Guard
from gongkai.publishing.importing.clean import plain_text
from gongkai.publishing.models import Item
from gongkai.publishing.rules import Problem


def _facts(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return content.get("facts") or {}


def _texts(content: Mapping[str, Any]) -> Iterator[str]:
    """Every text of a content that readers would see, file names included."""
    for name in ("title", "summary", "change_note"):
        yield str(content.get(name) or "")
    yield plain_text(str(content.get("body") or ""))
    yield from _strings(_facts(content))
    for entry in content.get("attachments") or []:
        yield str(entry.get("title") or "")
        yield str(entry.get("filename") or "")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


class MeetingGuard(Guard):
    """Nothing of a matter held back, not even how many there were, leaves with the item."""

    def problems(self, item: Item, content: Mapping[str, Any], *, now: datetime) -> list[Problem]:
        """Words and counts of the meeting that must not stand in the text."""
        meeting = Meeting.objects.filter(item_id=item.pk).first() if item.pk else None
        if meeting is None:
            return []
        agenda = matters_of(meeting)
        held_back = [m for m in agenda if not m.public]
        shown = len(agenda) - len(held_back)
        found = [
            Problem("body", f"“{words[:40]}”是审定不公开的议题，不能出现在公开内容里，请删去。")
            for words in rules_meetings.held_back_words(content, held_back)
        ]
        told = rules_meetings.count_told(content, total=len(agenda), shown=shown)
        if told:
            found.append(
                Problem("body", f"“{told}”透露了议题总数，请改成公开的 {shown} 项，或者不写数目。")
            )
        return found

    def releasing(self, item: Item, *, now: datetime) -> None:
        """The agenda may have changed since the submission."""
        problems = self.problems(item, content_of(item), now=now)
        if problems:
            raise Refusal(
                "议题不公开", problems[0].message, "请由编辑在会议登记里重新生成公开稿后送审。"
            )
        meeting = Meeting.objects.filter(item_id=item.pk).first()
        if meeting is not None:
            meetings.sync_links(meeting)


class PlanGuard(Guard):
    """Maps without 审图号 are refused."""

    def problems(self, item: Item, content: Mapping[str, Any], *, now: datetime) -> list[Problem]:
        """The maps of the plan, in the text and among the files."""
        rule = given("map_number")
        found = map_problems(
            _facts(content).get("maps") or [],
            content.get("attachments") or [],
            pattern=rule.value,
            words=rule.words,
        )
        note = "（待核实）" if rule.unconfirmed else ""
        return [Problem("facts.maps", f"{text}。依据：{rule.basis}{note}。") for text in found]


class BulletinGuard(Guard):
    """No case counts but those that somebody authorised published."""

    def problems(self, item: Item, content: Mapping[str, Any], *, now: datetime) -> list[Problem]:
        """Who published the figures: the unit itself is not authorised to count cases."""
        facts = _facts(content)
        counted = case_counts(facts.get("figures") or [])
        source = str(facts.get("authorised_source") or "").strip()
        own = {item.unit.short_name, item.unit.full_name}
        if not counted or (source and source not in own):
            return []
        return [
            Problem(
                "facts.authorised_source",
                f"“{counted[0]}”是病例数据，由国家和省级卫生健康部门发布或者授权发布"
                "（传染病防治法第三十八条），请写明授权的发布机关和通报，不能只写本单位。",
            )
        ]


class RumourGuard(Guard):
    """The title does not spread the rumour."""

    def problems(self, item: Item, content: Mapping[str, Any], *, now: datetime) -> list[Problem]:
        """A title read alone must not state what is untrue."""
        claim = str(_facts(content).get("claim") or "")
        wrong = title_problem(str(content.get("title") or ""), claim)
        if not wrong:
            return []
        return [
            Problem(
                "title",
                f"{wrong}，很多人只看标题。请写成“……不属实”“……是真的吗？”或者“关于……的情况说明”。",
            )
        ]


class TraceGuard(Guard):
    """Places and parts of the day only, for a term."""

    fleeting = True

    def problems(self, item: Item, content: Mapping[str, Any], *, now: datetime) -> list[Problem]:
        """Persons, minutes, doors; a term longer than allowed; a notice deleted already."""
        facts = _facts(content)
        found = []
        for number, row in enumerate(facts.get("venues") or [], start=1):
            wrong = band_problem(str(row.get("band") or ""))
            if wrong:
                found.append(Problem("facts.venues", f"第 {number} 行：{wrong}，请改写。"))
        words = person_words(_texts(content))
        if words:
            shown = "、".join(f"“{word[:1]}…”" for word in words[:3])
            found.append(
                Problem(
                    "facts.venues",
                    f"有 {len(words)} 处（{shown}）写到了个人、分钟或者门牌，只写场所和大致时段。",
                )
            )
        wrong = tracing.term_problem(facts.get("term_days"))
        if wrong:
            found.append(Problem("facts.term_days", wrong))
        if TraceTerm.objects.filter(item_id=item.pk).exclude(purged_at=None).exists():
            found.append(Problem("title", "这条提示已经期满删除，不能再次公开，请另起草一条。"))
        return found

    def releasing(self, item: Item, *, now: datetime) -> None:
        """From today on the days are counted."""
        tracing.term_begin(item=item, now=now)


class MeasureGuard(Guard):
    """One measure for one area and kind at a time."""

    ends_replaced = True

    def problems(self, item: Item, content: Mapping[str, Any], *, now: datetime) -> list[Problem]:
        """A measure in force that this one would contradict."""
        strange = measures.strange_replacements(content)
        if strange:
            return [
                Problem("facts.replaces", f"《{title}》不是同一地方、同一类的措施，不能写作代替。")
                for title in strange
            ]
        clash = measures.clash_of(item.pk, content)
        return [Problem("facts.measure_kind", clash.words)] if clash else []

    def releasing(self, item: Item, *, now: datetime) -> None:
        """Take the place under its lock; refuses what contradicts a measure in force."""
        measures.take_place(item=item, now=now)

    def withdrawn(self, item: Item, *, now: datetime) -> None:
        """The place is free again."""
        measures.leave_place(item=item)
