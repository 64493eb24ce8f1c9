"""From drafts to finished points: names resolved, tasks cut, doubts counted."""

from typing import Final

from gongkai.ledger.parsing.deadlines import find_deadlines
from gongkai.ledger.parsing.items import Draft
from gongkai.ledger.parsing.model import Deadline, Duty, Issue, ItemKind, ParsedItem, ParsedTask
from gongkai.ledger.parsing.names import UnitRegister, is_open_group, looks_like_unit
from gongkai.ledger.parsing.responsibility import Assignment
from gongkai.ledger.parsing.tasks import TaskList, read_tasks
from gongkai.ledger.parsing.vocabulary import FIXED_TERMS, REQUIREMENT_SECTIONS


def _damaged_terms() -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    whole = "\n".join(term for term, _ in FIXED_TERMS)
    for term, correct in FIXED_TERMS:
        for index in range(1, len(term) - 1):
            variant = term[:index] + term[index + 1 :]
            if variant not in correct and variant not in whole and "、" not in term[index]:
                pairs.append((variant, term))
    return tuple(dict(pairs).items())


_DAMAGED: Final = _damaged_terms()


def missing_character(text: str) -> Issue | None:
    """A fixed term with one character missing is reported, never repaired."""
    for variant, term in _DAMAGED:
        if variant in text:
            return Issue(
                "missing_character",
                f"疑似缺字：文中写作“{variant}”，通常写作“{term}”，请对照原件；系统没有改动。",
                0.2,
            )
    return None


class Resolver:
    """Looks names up in the register and through the aliases the document declares."""

    def __init__(self, register: UnitRegister | None, aliases: dict[str, list[str]]) -> None:
        self.register = register
        self.aliases = aliases

    def resolve(self, item: ParsedItem) -> None:
        for name in (*item.lead, *item.responsible):
            units = self._units(name, item, 0)
            target = item.lead_units if name in item.lead else item.responsible_units
            for unit in units:
                if unit not in item.lead_units and unit not in target:
                    target.append(unit)

    def _units(self, name: str, item: ParsedItem, depth: int) -> list[str]:
        register = self.register
        if register is not None:
            canonical = register.canonical(name)
            if canonical is not None:
                return [canonical]
            members = register.members(name)
            if members is not None:
                if not members and name not in item.to_be_named:
                    item.to_be_named.append(name)
                return [register.canonical(member) or member for member in members]
        if name in self.aliases and depth < 3:
            units: list[str] = []
            for member in self.aliases[name]:
                if member != name:
                    units += self._units(member, item, depth + 1)
            return units
        if is_open_group(name):
            if name not in item.to_be_named:
                item.to_be_named.append(name)
        elif register is not None and name not in item.unknown_units:
            item.unknown_units.append(name)
        return []


def _label_deadlines(
    assignment: Assignment | None, year: int | None
) -> tuple[list[Deadline], list[str]]:
    deadlines: list[Deadline] = []
    bad: list[str] = []
    for text in assignment.deadline_texts if assignment else ():
        found = list(find_deadlines(text, year, labelled=True))
        for item in found:
            deadlines.append(item.deadline)
            if item.bad:
                bad.append(f"“{item.deadline.raw}”：{item.bad}")
        if not found:
            deadlines.append(Deadline(None, "none", text[:40]))
            bad.append(f"“{text[:40]}”：看不出具体日期")
    return deadlines, bad


def _kind(draft: Draft, deadlines: list[Deadline]) -> ItemKind:
    headings = (*draft.path, draft.section)
    if deadlines or not any(word in h for word in REQUIREMENT_SECTIONS for h in headings):
        return "task"
    return "requirement"


def _unique(deadlines: list[Deadline]) -> list[Deadline]:
    return list(dict.fromkeys(deadlines))


def finish(draft: Draft, year: int | None, issued_on: str | None) -> ParsedItem:
    """Make the point of a draft; its number, units and confidence come later."""
    strand, assignment = draft.strand, draft.assignment
    fragment = strand.fragment(draft.start, draft.end)
    issues = list(draft.issues)
    if assignment is not None:
        assignment.settle()
        issues += assignment.issues
    from_label, bad = _label_deadlines(assignment, year)
    item_deadline = from_label[0] if from_label else None
    tasks, own = _tasks(draft, year, item_deadline)
    bad += tasks.bad
    text = "\n".join(strand.text[a:b].strip(" \n\u3000") for a, b in draft.bodies).strip()
    item = ParsedItem(
        no=0,
        section=draft.section,
        title=draft.title or "（无标题）",
        text=text or draft.title,
        deadlines=_unique(own + from_label),
        tasks=tasks.tasks,
        raw=fragment.raw,
        label=draft.label,
        path=list(draft.path),
        part=draft.part,
        clean=fragment.clean,
        span=(fragment.start, fragment.end),
        edits=list(fragment.edits),
        issues=issues,
        bracket=draft.bracket,
    )
    if assignment is not None:
        item.duties = list(assignment.duties)
        item.lead = assignment.units("lead")
        item.responsible = [u for u in assignment.units("responsible") if u not in item.lead]
        item.role = "、".join(assignment.roles) or None
        item.open_list = assignment.open_list
    item.kind = _kind(draft, item.deadlines)
    item.ongoing = any(d.ongoing or d.recurs == "ongoing" for d in item.deadlines)
    _doubts(item, assignment, bad, tasks, from_label, own, issued_on)
    return item


def _tasks(
    draft: Draft, year: int | None, item_deadline: Deadline | None
) -> tuple[TaskList, list[Deadline]]:
    merged = TaskList()
    verbless = 0
    for start, end in draft.bodies:
        part = read_tasks(draft.strand, start, end, year, item_deadline=item_deadline)
        if part.no_duty_verb:
            verbless += 1
        merged.tasks += part.tasks
        merged.deadlines += part.deadlines
        merged.bad += part.bad
    merged.no_duty_verb = bool(draft.bodies) and verbless == len(draft.bodies)
    if not draft.bodies and draft.title:
        found = [item.deadline for item in find_deadlines(draft.title, year)]
        merged.deadlines += found
        merged.tasks.append(ParsedTask(draft.title, found[0] if found else item_deadline))
    return merged, merged.deadlines


def _doubts(
    item: ParsedItem,
    assignment: Assignment | None,
    bad: list[str],
    tasks: TaskList,
    from_label: list[Deadline],
    own: list[Deadline],
    issued_on: str | None,
) -> None:
    issues = item.issues
    if assignment is None or not (item.lead or item.responsible or item.role):
        issues.append(Issue("no_units", "没有写明牵头单位或责任单位，请人工指定。", 0.5))
    if item.role:
        issues.append(
            Issue(
                "abstract_role",
                f"“{item.role}”是一类部门，不是具体单位，请指定由哪些单位承担。",
                0.25,
            )
        )
    if item.open_list:
        issues.append(
            Issue("open_list", "单位名单带“等”或“成员单位”，没有列全，请补全单位。", 0.15)
        )
    damaged = missing_character(item.clean)
    if damaged:
        issues.append(damaged)
    if any(edit.kind == "pinyin" for edit in item.edits):
        issues.append(
            Issue("pinyin_removed", "字后夹带的拼音已去掉，这份文档可能是转载件，请对照原件。", 0.1)
        )
    for message in bad:
        issues.append(Issue("bad_date", f"时限有误：{message}，请对照原件改正。", 0.25))
    if tasks.no_duty_verb:
        issues.append(
            Issue("no_duty_verb", "正文里没有看出要做什么（公开、发布、建立等），请核对任务。", 0.1)
        )
    late = [d.date for d in own if d.date and from_label and from_label[0].date]
    if late and from_label[0].date and max(late) > from_label[0].date:
        issues.append(
            Issue("deadline_conflict", "正文里的时限晚于本项的完成时限，请核对以哪个为准。", 0.1)
        )
    if issued_on:
        early = [d for d in item.deadlines if d.date and not d.recurs and d.date < issued_on]
        if early:
            issues.append(
                Issue(
                    "deadline_before_issue",
                    f"时限“{early[0].raw}”早于发文日期，请核对年份。",
                    0.1,
                )
            )


def odd_names(item: ParsedItem, register: UnitRegister | None) -> None:
    """Doubts about the names themselves; call after the names have been resolved."""
    if item.unknown_units:
        shown = "、".join(item.unknown_units[:4])
        item.issues.append(
            Issue(
                "unknown_unit",
                f"单位库里没有“{shown}”，请选择对应的单位或补充简称。",
                min(0.3, 0.1 * len(item.unknown_units)),
            )
        )
    if register is None:
        odd = [
            name
            for name in (*item.lead, *item.responsible)
            if not (looks_like_unit(name) or name.startswith("各"))
        ]
        if odd:
            shown = "、".join(odd[:3])
            item.issues.append(
                Issue("odd_name", f"“{shown}”不像单位名称，请核对。", min(0.3, 0.1 * len(odd)))
            )


def confidence(item: ParsedItem) -> float:
    """1 minus what the doubts cost, never below 0.05."""
    return round(max(0.05, 1.0 - sum(issue.cost for issue in item.issues)), 2)


def inherit(item: ParsedItem, names: list[str]) -> None:
    """Units that one sentence of the document makes responsible for many points."""
    for name in names:
        if name not in item.lead and name not in item.responsible:
            item.responsible.append(name)
            item.inherited.append(name)
            item.duties.append(Duty(name, "responsible", "均为责任单位"))


def let_first_lead(item: ParsedItem) -> None:
    """The document says that the unit named first leads."""
    own = [name for name in item.responsible if name not in item.inherited]
    if item.lead or not own:
        return
    first = own[0]
    item.lead = [first]
    item.responsible = [name for name in item.responsible if name != first]
    item.duties = [
        Duty(duty.unit, "lead", duty.word or "排在首位") if duty.unit == first else duty
        for duty in item.duties
    ]
