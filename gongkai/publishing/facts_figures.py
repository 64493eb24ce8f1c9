"""Progress data and projects made ready for drawing: on their own page and in columns.

Facts are read by the names their kinds give them (reference/kinds.json: progress, project); what
is missing or no figure is left out, never guessed. Pure functions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gongkai.design.figures import Measure, measure, measures, number
from gongkai.design.spans import Node, node

BUILDING: Final = ("批准服务", "批准结果", "征收土地", "招标投标", "施工建设", "竣工验收")
RESEARCH: Final = ("立项", "研发攻关", "中试验证", "成果应用")
# The supervision of quality goes on while something is built.
_PLACES: Final[Mapping[str, tuple[tuple[str, ...], int]]] = {
    "approval": (BUILDING, 0),
    "result": (BUILDING, 1),
    "land": (BUILDING, 2),
    "tender": (BUILDING, 3),
    "building": (BUILDING, 4),
    "quality": (BUILDING, 4),
    "finished": (BUILDING, 5),
    "set": (RESEARCH, 0),
    "research": (RESEARCH, 1),
    "pilot": (RESEARCH, 2),
    "applied": (RESEARCH, 3),
}


def day(value: Any) -> date | None:
    """A day as facts hold it (YYYY-MM-DD); None for anything else."""
    try:
        return date.fromisoformat(str(value or "")[:10])
    except ValueError:
        return None


def rows_of(value: Any) -> list[Mapping[str, Any]]:
    """The rows of a table among the facts; what is no row is left out."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class ProgressView:
    """Targets and what is done on a day."""

    programme: str
    as_of: date | None
    rows: Sequence[Measure]
    basis: str


def progress_view(facts: Mapping[str, Any]) -> ProgressView:
    """The figures of an item of the kind ``progress``."""
    as_of = day(facts.get("as_of"))
    return ProgressView(
        programme=str(facts.get("programme") or ""),
        as_of=as_of,
        rows=measures(rows_of(facts.get("measures")), as_of),
        basis=str(facts.get("target_basis") or ""),
    )


@dataclass(frozen=True, slots=True)
class ProjectView:
    """A project: the list it is on, its stage, its money of the year, its planned steps."""

    roster: str
    """The list it is on; empty for none."""
    list_no: int
    owner: str
    place: str
    investment: float | None
    """亿元 in all."""
    stages: Sequence[str]
    stage: int
    as_of: date | None
    planned: float | None
    """This year's plan, 亿元."""
    spent: float | None
    """This year's investment so far, 亿元."""
    invested: Measure | None
    """The same as it is drawn: below one 亿元 in 万元."""
    nodes: Sequence[Node]

    @property
    def overdue(self) -> int:
        """Planned steps whose day had passed undone by the day of the data."""
        return sum(n.state == "overdue" for n in self.nodes)

    @property
    def late(self) -> int:
        """Planned steps that were done after their day."""
        return sum(n.state == "late" for n in self.nodes)

    @property
    def invested_rows(self) -> list[Measure]:
        """The investment as rows for drawing; none without a plan."""
        return [self.invested] if self.invested else []

    @property
    def next_node(self) -> Node | None:
        """The first planned step that is not done."""
        return next((n for n in self.nodes if n.done is None), None)


def project_view(facts: Mapping[str, Any]) -> ProjectView:
    """The figures of an item of the kind ``project``; steps are judged by the day of its data
    (``as_of``), and only named where that day is not told."""
    as_of = day(facts.get("as_of"))
    stages, stage = _PLACES.get(str(facts.get("stage") or ""), ((), 0))
    plan, done = number(facts.get("plan_year")), number(facts.get("done_year"))
    unit, times = ("万元", 10000) if plan and plan < 1 else ("亿元", 1)
    row = {
        "name": "本年投资",
        "unit": unit,
        "target": plan * times if plan else None,
        "done": done * times if done is not None else None,
    }
    return ProjectView(
        roster=str(facts.get("list") or ""),
        list_no=int(number(facts.get("list_no")) or 0),
        owner=str(facts.get("owner") or ""),
        place=str(facts.get("place") or ""),
        investment=number(facts.get("investment")),
        stages=stages,
        stage=stage,
        as_of=as_of,
        planned=plan,
        spent=done,
        invested=measure(row, as_of) if plan else None,
        nodes=_nodes(rows_of(facts.get("nodes")), as_of),
    )


def _nodes(rows: Sequence[Mapping[str, Any]], as_of: date | None) -> list[Node]:
    found = []
    for row in rows:
        planned, done = day(row.get("planned_on")), day(row.get("done_on"))
        # Without a day of the data nothing can be called overdue.
        judged = as_of or date.min
        found.append(
            node(str(row.get("node") or ""), planned, done, judged, str(row.get("note") or ""))
        )
    return found


def money(amount: float | None) -> str:
    """An amount of 亿元 in words; below one 亿 in 万元."""
    if amount is None:
        return ""
    if 0 < abs(amount) < 1:
        return f"{amount * 10000:,.0f} 万元"
    return f"{amount:,.2f}".rstrip("0").rstrip(".") + " 亿元"
