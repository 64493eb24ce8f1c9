"""parse_work_points: a document in, a plan of numbered points out."""

from itertools import pairwise
from typing import Final

from gongkai.core.documents import Cell, Paragraph, SourceDocument, Table
from gongkai.ledger.parsing.cleaning import Line, clean_line, count_pinyin
from gongkai.ledger.parsing.finish import (
    Resolver,
    confidence,
    finish,
    inherit,
    let_first_lead,
    odd_names,
)
from gongkai.ledger.parsing.front import Front, is_park, read_front
from gongkai.ledger.parsing.items import Draft, ItemReader
from gongkai.ledger.parsing.model import Numbering, ParsedItem, ParsedPlan, Problem, Section
from gongkai.ledger.parsing.names import UnitRegister
from gongkai.ledger.parsing.numbering import marker_at
from gongkai.ledger.parsing.outline import Node, build_outline
from gongkai.ledger.parsing.responsibility import default_units_in, says_first_leads
from gongkai.ledger.parsing.tables import TableReader
from gongkai.ledger.parsing.wrapping import unwrap

_PINYIN_NOISE: Final = 5
_MAX_NUMBER_PROBLEMS: Final = 20
_MAX_STRAYS: Final = 8


def parse_work_points(
    doc: SourceDocument,
    *,
    units: UnitRegister | None = None,
    year: int | None = None,
    title: str | None = None,
) -> ParsedPlan:
    """Read yearly work points, a task table, or any 方案/意见 whose points name units.

    ``units`` resolves names to canonical units; ``year`` and ``title`` override what the document
    says (``year`` completes 年底前). Never raises: what cannot be read is in ``plan.problems`` and
    in the issues of the points, and a person confirms before anything goes live.
    """
    pinyin = count_pinyin(doc.text) >= _PINYIN_NOISE
    markup = doc.kind == "markdown"
    lines = _lines(doc, pinyin=pinyin, markup=markup)
    front = read_front(lines, units, title)
    plan = ParsedPlan(
        title=front.title,
        doc_no=front.doc_no,
        year=year or front.year,
        issuer=front.issuer,
        issued_on=front.issued_on,
        addressees=front.addressees,
        problems=list(front.problems),
    )
    body = lines[front.body_start :]
    plan.preamble = _preamble(body)
    ignored = {name for name in (front.issuer, f"{front.issuer}文件") if name and name != "文件"}
    outline = build_outline(doc.text, body, ignored)
    reader = ItemReader(units)
    drafts = reader.read(outline.root)

    def clean(cell: Cell) -> Line:
        return clean_line(cell.text, cell.start, pinyin=pinyin, markup=markup)

    tables = TableReader(doc.text, clean, units)
    for block in doc.blocks:
        if isinstance(block, Table):
            tables.read(block)
    plan.problems += outline.problems + reader.problems + tables.result.problems
    plan.problems += _number_problems(outline.root)
    drafts, numbering = _choose(plan, drafts, tables.result.drafts, reader)
    _assemble(plan, drafts, numbering, lines, front, units)
    plan.problems = _summed_up(plan.problems)
    if pinyin:
        plan.problems.append(
            Problem("pinyin_removed", "文中夹带拼音，可能是转载件，已去掉拼音，请对照原件。")
        )
    return plan


def _summed_up(problems: list[Problem]) -> list[Problem]:
    """Many stray lines are one problem, or they would hide the others."""
    strays = [problem for problem in problems if problem.code == "stray_line"]
    if len(strays) <= _MAX_STRAYS:
        return problems
    dropped = set(map(id, strays[_MAX_STRAYS:]))
    kept = [problem for problem in problems if id(problem) not in dropped]
    more = len(strays) - _MAX_STRAYS
    kept.append(
        Problem("stray_line", f"另有{more}行单独成行、不知属于哪里的文字已略去，请对照原件核对。")
    )
    return kept


def _lines(doc: SourceDocument, *, pinyin: bool, markup: bool) -> list[Line]:
    lines = []
    for block in doc.blocks:
        if isinstance(block, Paragraph):
            line = clean_line(
                block.text,
                block.start,
                pinyin=pinyin,
                markup=markup and block.style != "rule",
                level=block.level,
                style=block.style,
            )
            if line.text:
                lines.append(line)
    return unwrap(doc.text, lines) if doc.kind == "text" else lines


def _preamble(body: list[Line]) -> str:
    out: list[str] = []
    for line in body:
        if marker_at(line.text) is not None or len(out) >= 6:
            break
        if len(line.text) > 20:
            out.append(line.text)
    return "\n".join(out)


def _choose(
    plan: ParsedPlan, from_text: list[Draft], from_tables: list[Draft], reader: ItemReader
) -> tuple[list[Draft], Numbering]:
    """Points of the text, of the tables, or of both."""
    if not from_tables:
        return from_text, _numbering(from_text)
    if not reader.any_assigned:
        if from_text:
            plan.problems.append(
                Problem(
                    "text_points_skipped",
                    f"任务取自表格；正文中{len(from_text)}个没有写明单位的要点没有列为任务，请核对。",
                )
            )
        return from_tables, "table"
    plan.problems.append(
        Problem("text_and_table", "正文和表格里都有带单位的任务，已全部列出，可能有重复，请核对。")
    )
    return from_text + from_tables, "table"


def _numbering(drafts: list[Draft]) -> Numbering:
    if not drafts or all(draft.number is None for draft in drafts):
        return "none"
    numbers = [draft.number or 0 for draft in drafts]
    rising = all(a < b for a, b in pairwise(numbers))
    same_rank = len({draft.rank for draft in drafts}) == 1
    alone = all(draft.part == 1 for draft in drafts)
    return "continuous" if rising and same_rank and alone and numbers[0] > 0 else "per_section"


def _number_items(drafts: list[Draft], numbering: Numbering) -> list[int]:
    written = [draft.number for draft in drafts]
    if numbering == "table":
        numbers = [number for number in written if number]
        rising = all(a < b for a, b in pairwise(numbers))
        if len(numbers) == len(drafts) and rising:
            return numbers
    if numbering == "continuous":
        return [number or 0 for number in written]
    return list(range(1, len(drafts) + 1))


def _assemble(
    plan: ParsedPlan,
    drafts: list[Draft],
    numbering: Numbering,
    lines: list[Line],
    front: Front,
    units: UnitRegister | None,
) -> None:
    plan.numbering = numbering
    for draft in drafts:
        if draft.assignment is not None:
            plan.aliases.update(draft.assignment.aliases)
    items = [finish(draft, plan.year, plan.issued_on) for draft in drafts]
    for item, number in zip(items, _number_items(drafts, numbering), strict=True):
        item.no = number
    plan.items = items
    _sections(plan, drafts)
    head = lines[: front.body_start] or lines[:6]
    _first_leads(plan, drafts, head)
    _defaults(plan, drafts, head, units)
    resolver = Resolver(units, plan.aliases)
    for item in items:
        resolver.resolve(item)
        odd_names(item, units)
        item.confidence = confidence(item)
    _reference_addressees(plan)
    _plan_problems(plan, drafts)


def _sections(plan: ParsedPlan, drafts: list[Draft]) -> None:
    last: tuple[str, str] | None = None
    for item, draft in zip(plan.items, drafts, strict=True):
        key = (draft.section_label, draft.section)
        if draft.section and key != last:
            plan.sections.append(
                Section(len(plan.sections) + 1, draft.section, draft.section_label)
            )
            last = key
        item.section_no = len(plan.sections) if draft.section else 0


def _first_leads(plan: ParsedPlan, drafts: list[Draft], head: list[Line]) -> None:
    """From where the document says so, the unit named first leads."""
    start = 0 if any(says_first_leads(line.text) for line in head) else len(drafts)
    for index, draft in enumerate(drafts):
        if draft.assignment is not None and draft.assignment.first_leads:
            start = min(start, index)
    if start < len(drafts):
        for item in plan.items[start:]:
            let_first_lead(item)
        plan.problems.append(
            Problem(
                "first_leads",
                "文件写明排在首位的单位为牵头单位，已照此读入，请核对。",
                f"自第{plan.items[start].no}项起",
            )
        )


def _defaults(
    plan: ParsedPlan, drafts: list[Draft], head: list[Line], units: UnitRegister | None
) -> None:
    """One sentence may make units responsible for everything that follows (均为责任单位)."""
    sources: list[tuple[int, list[str]]] = []
    for line in head:
        names, _ = default_units_in(line.text, units)
        if names:
            sources.append((0, names))
    for index, draft in enumerate(drafts):
        if draft.assignment is not None and draft.assignment.default_units:
            first = 0 if draft.assignment.default_everywhere else index
            sources.append((first, draft.assignment.default_units))
    for first, names in sources:
        plan.default_responsible += [n for n in names if n not in plan.default_responsible]
        for item in plan.items[first:]:
            inherit(item, names)
        plan.problems.append(
            Problem(
                "default_responsible",
                f"“{'、'.join(names)}”按文件规定列为多项任务的责任单位，请核对。",
                f"自第{plan.items[first].no}项起" if plan.items else "",
            )
        )


def _reference_addressees(plan: ParsedPlan) -> None:
    """Parks the document is sent to but that no bracket names: 参照 tasks, off by default."""
    named = {name for item in plan.items for name in (*item.lead, *item.responsible)}
    plan.reference_addressees = [
        name for name in plan.addressees if is_park(name) and name not in named
    ]


def _plan_problems(plan: ParsedPlan, drafts: list[Draft]) -> None:
    if not plan.title:
        plan.problems.append(Problem("no_title", "没有找到文件标题，请填写。"))
    if not plan.items:
        plan.problems.append(
            Problem(
                "no_points",
                "没有找到编号的要点，也没有找到任务分工表。请核对是否选错了文件，或手工录入要点。",
            )
        )
        return
    if not any(item.lead or item.responsible or item.role for item in plan.items):
        plan.problems.append(
            Problem("no_units", "全文没有写明牵头单位和责任单位，所有要点都需要人工指定单位。")
        )
    if plan.year is None and any(d.date is None for item in plan.items for d in item.deadlines):
        plan.problems.append(
            Problem("no_year", "没有找到文件年份，“年底前”等时限无法换算，请填写年份。")
        )
    for item in plan.items:
        for issue in item.issues:
            if issue.code in ("bad_date", "unbalanced_bracket", "missing_character"):
                plan.problems.append(Problem(issue.code, issue.message, where(item)))


def where(item: ParsedItem) -> str:
    return f"第{item.no}项{item.title[:12]}"


def _number_problems(root: Node) -> list[Problem]:
    """Numbers that are missing or written twice among the points of one heading."""
    problems: list[Problem] = []
    last_of_rank: dict[int, int] = {}
    for parent in (root, *root.descendants()):
        previous = None
        for child in parent.children:
            if child.marker is None:
                previous = None
                continue
            number, label = child.marker.number, child.marker.label
            carried = last_of_rank.get(child.rank, 0)
            last_of_rank[child.rank] = number
            opens = previous is None or number == 1
            expected = {1, carried + 1} if opens else {(previous or 0) + 1}
            previous = number
            if number in expected:
                continue
            if number < min(expected):
                code, text = "number_duplicate", f"编号“{label}”重复或倒退，请对照原件核对。"
            else:
                code, text = "number_gap", f"编号“{label}”之前似乎缺了一项，请对照原件核对。"
            problems.append(Problem(code, text, child.strand.text[:20]))
    return problems[:_MAX_NUMBER_PROBLEMS]
