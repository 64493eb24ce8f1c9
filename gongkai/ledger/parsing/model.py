"""What the parser finds in a document of work points.

Positions are offsets into the text of the document that was read, so every finding can be shown
at its place. ``apply_edits(item.raw, item.edits) == item.clean`` always holds: the parser never
changes a character without saying so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Precision = Literal["day", "month", "quarter", "half", "year", "none"]
Recurrence = Literal["yearly", "half_yearly", "quarterly", "monthly", "weekly", "daily", "ongoing"]
Part = Literal["lead", "responsible"]
ItemKind = Literal["task", "requirement"]
Numbering = Literal["continuous", "per_section", "table", "none"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the office should look at. ``where`` names the place in words (第15项)."""

    code: str
    message: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """Why an item is doubtful; ``cost`` is what it takes off the confidence (0 to 1)."""

    code: str
    message: str
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Edit:
    """One change between raw and clean text; ``offset`` counts from the start of the raw text."""

    kind: str
    offset: int
    before: str
    after: str


def apply_edits(raw: str, edits: Iterable[Edit]) -> str:
    """Make the clean text from the raw text."""
    out: list[str] = []
    position = 0
    for edit in edits:
        out.append(raw[position : edit.offset])
        out.append(edit.after)
        position = edit.offset + len(edit.before)
    out.append(raw[position:])
    return "".join(out)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due date as the document puts it.

    ``date`` is the last day (ISO), None for recurring or open-ended duties and for dates that do
    not exist; ``raw`` is the wording in the source; ``times`` is "每年组织1次以上" → 1;
    ``ongoing`` says that the duty continues after the date (…前完成并持续落实).
    """

    date: str | None
    precision: Precision
    raw: str
    recurs: Recurrence | None = None
    times: int | None = None
    ongoing: bool = False

    def as_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "date": self.date,
            "precision": self.precision,
            "raw": self.raw,
            "recurs": self.recurs,
        }
        if self.times is not None:
            data["times"] = self.times
        if self.ongoing:
            data["ongoing"] = True
        return data


@dataclass(frozen=True, slots=True)
class ParsedTask:
    """One duty of an item: a sentence with a duty verb and the deadline of that sentence."""

    text: str
    deadline: Deadline | None = None

    def as_json(self) -> dict[str, Any]:
        return {"text": self.text, "deadline": self.deadline and self.deadline.as_json()}


@dataclass(frozen=True, slots=True)
class Duty:
    """One unit as written, its part, and the word that gave it the part (配合, 牵头落实)."""

    unit: str
    part: Part
    word: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    number: int
    title: str
    label: str = ""


@dataclass(slots=True)
class ParsedItem:
    """One work point.

    ``no`` is unique within the plan: the written number when numbers run through the document,
    otherwise the running position; ``label`` and ``path`` keep what is written. ``lead`` and
    ``responsible`` hold names exactly as written; ``lead_units`` and ``responsible_units`` the
    canonical names when a register was given. ``to_be_named`` are collectives without fixed
    members (市直相关单位), which the supervising office fills in.
    """

    no: int
    section: str
    title: str
    text: str
    lead: list[str] = field(default_factory=list)
    responsible: list[str] = field(default_factory=list)
    role: str | None = None
    deadlines: list[Deadline] = field(default_factory=list)
    tasks: list[ParsedTask] = field(default_factory=list)
    confidence: float = 1.0
    raw: str = ""
    label: str = ""
    path: list[str] = field(default_factory=list)
    section_no: int = 0
    part: int = 1
    kind: ItemKind = "task"
    clean: str = ""
    span: tuple[int, int] = (0, 0)
    edits: list[Edit] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    inherited: list[str] = field(default_factory=list)
    to_be_named: list[str] = field(default_factory=list)
    unknown_units: list[str] = field(default_factory=list)
    lead_units: list[str] = field(default_factory=list)
    responsible_units: list[str] = field(default_factory=list)
    open_list: bool = False
    ongoing: bool = False
    bracket: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "no": self.no,
            "section": self.section,
            "title": self.title,
            "text": self.text,
            "lead": list(self.lead),
            "responsible": list(self.responsible),
            "role": self.role,
            "deadlines": [deadline.as_json() for deadline in self.deadlines],
            "tasks": [task.as_json() for task in self.tasks],
            "confidence": self.confidence,
            "raw": self.raw,
            "label": self.label,
            "path": list(self.path),
            "section_no": self.section_no,
            "part": self.part,
            "kind": self.kind,
            "clean": self.clean,
            "span": list(self.span),
            "edits": [
                {"kind": e.kind, "offset": e.offset, "before": e.before, "after": e.after}
                for e in self.edits
            ],
            "issues": [{"code": issue.code, "message": issue.message} for issue in self.issues],
            "duties": [
                {"unit": duty.unit, "part": duty.part, "word": duty.word} for duty in self.duties
            ],
            "inherited": list(self.inherited),
            "to_be_named": list(self.to_be_named),
            "unknown_units": list(self.unknown_units),
            "lead_units": list(self.lead_units),
            "responsible_units": list(self.responsible_units),
            "open_list": self.open_list,
            "ongoing": self.ongoing,
            "bracket": self.bracket,
        }


@dataclass(slots=True)
class ParsedPlan:
    """A whole document of work points."""

    title: str = ""
    doc_no: str = ""
    year: int | None = None
    problems: list[Problem] = field(default_factory=list)
    items: list[ParsedItem] = field(default_factory=list)
    issuer: str = ""
    issued_on: str | None = None
    addressees: list[str] = field(default_factory=list)
    reference_addressees: list[str] = field(default_factory=list)
    default_responsible: list[str] = field(default_factory=list)
    aliases: dict[str, list[str]] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
    numbering: Numbering = "none"
    preamble: str = ""


def to_json_dict(plan: ParsedPlan) -> dict[str, Any]:
    """The plan as plain JSON values; the first five keys are the agreed exchange form."""
    return {
        "title": plan.title,
        "doc_no": plan.doc_no,
        "year": plan.year,
        "problems": [
            {"code": problem.code, "message": problem.message, "where": problem.where}
            for problem in plan.problems
        ],
        "items": [item.as_json() for item in plan.items],
        "issuer": plan.issuer,
        "issued_on": plan.issued_on,
        "addressees": list(plan.addressees),
        "reference_addressees": list(plan.reference_addressees),
        "default_responsible": list(plan.default_responsible),
        "aliases": {alias: list(names) for alias, names in plan.aliases.items()},
        "sections": [
            {"no": section.number, "title": section.title, "label": section.label}
            for section in plan.sections
        ],
        "numbering": plan.numbering,
        "preamble": plan.preamble,
    }
