"""Whether rows are new: the same record, a near duplicate, a number that is taken already."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from gongkai.legacy.candidate import Candidate, Issue
from gongkai.legacy.enums import COUNTING, IssueKind
from gongkai.legacy.models import StagedItem
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item, NumberClaim


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a key was met before: in words, and what stood there (``Candidate.substance``)."""

    place: str
    substance: str


@dataclass(slots=True)
class Marks:
    """What was met before, by key; one dictionary for each sort of key."""

    source: dict[str, Mark] = field(default_factory=dict)
    near: dict[str, Mark] = field(default_factory=dict)
    text: dict[str, Mark] = field(default_factory=dict)
    doc_no: dict[str, Mark] = field(default_factory=dict)
    index_no: set[str] = field(default_factory=set)

    def add(self, candidate: Candidate) -> None:
        """Remember a row that was taken."""
        mark = Mark(f"第 {candidate.row} 行", candidate.substance)
        self.source.setdefault(candidate.source_key, mark)
        self.near.setdefault(candidate.near_key, mark)
        if candidate.text_key:
            self.text.setdefault(candidate.text_key, mark)
        if candidate.doc_no:
            self.doc_no.setdefault(candidate.doc_no, mark)
        if candidate.index_no:
            self.index_no.add(candidate.index_no)


class Memory(Protocol):
    """What was staged or published before the rows at hand."""

    def recall(self, candidates: list[Candidate]) -> Marks:
        """The marks that these rows could meet."""

    def keep(self, candidate: Candidate) -> None:
        """A row was taken."""


class StoredMemory:
    """The database remembers; a fixed number of queries for each chunk, no growing memory."""

    def __init__(self, run_id: int) -> None:
        self._run_id = run_id

    def recall(self, candidates: list[Candidate]) -> Marks:
        """See Memory."""
        marks = Marks()
        _recall_public(marks, candidates)
        staged = StagedItem.objects.filter(run__status__in=COUNTING)
        for name, key, wanted in (
            ("source_key", marks.source, [c.source_key for c in candidates]),
            ("near_key", marks.near, [c.near_key for c in candidates]),
            ("text_key", marks.text, [c.text_key for c in candidates if c.text_key]),
            ("doc_no", marks.doc_no, [c.doc_no for c in candidates if c.doc_no]),
        ):
            if not wanted:
                continue
            rows = staged.filter(**{f"{name}__in": wanted}).order_by()
            columns = (name, "run_id", "row", "near_key", "text_key")
            for value, run_id, row, near, text in rows.values_list(*columns):
                here = run_id == self._run_id
                place = f"第 {row} 行" if here else f"第 {run_id} 号迁入的第 {row} 行"
                key.setdefault(value, Mark(place, near + text))
        numbers = [c.index_no for c in candidates if c.index_no]
        if numbers:
            taken = staged.filter(index_no__in=numbers).order_by()
            marks.index_no.update(taken.values_list("index_no", flat=True))
        return marks

    def keep(self, candidate: Candidate) -> None:
        """It will be read back from the database."""


class OwnMemory:
    """For a dry run, which writes nothing: the keys of this file are held in memory."""

    def __init__(self) -> None:
        self._stored = StoredMemory(0)
        self._own = Marks()

    def recall(self, candidates: list[Candidate]) -> Marks:
        """See Memory."""
        marks = self._stored.recall(candidates)
        for name in ("source", "near", "text", "doc_no"):
            own = getattr(self._own, name)
            met = getattr(marks, name)
            for candidate in candidates:
                key = getattr(candidate, name if name == "doc_no" else f"{name}_key")
                if key in own:
                    met.setdefault(key, own[key])
        marks.index_no |= self._own.index_no & {c.index_no for c in candidates}
        return marks

    def keep(self, candidate: Candidate) -> None:
        """See Memory."""
        self._own.add(candidate)


def _recall_public(marks: Marks, candidates: list[Candidate]) -> None:
    """Numbers and titles of what this platform holds already, other than imported rows."""
    numbers = [c.doc_no for c in candidates if c.doc_no]
    if numbers:
        claims = NumberClaim.objects.filter(scheme="doc_no", value__in=numbers)
        for value, item_id in claims.values_list("value", "item_id"):
            marks.doc_no[value] = Mark(f"已有信息 {item_id}", "")
    indexes = [c.index_no for c in candidates if c.index_no]
    if indexes:
        rows = Item.objects.filter(index_no__in=indexes)
        marks.index_no.update(rows.order_by().values_list("index_no", flat=True))
    by_title: dict[tuple[int, str], list[Candidate]] = {}
    for candidate in candidates:
        by_title.setdefault((candidate.unit_id, candidate.title), []).append(candidate)
    native = Item.objects.filter(
        unit_id__in={unit_id for unit_id, _ in by_title},
        visibility=Visibility.PUBLIC,
        original_published_on=None,
        title__in={title for _, title in by_title},
    )
    for item_id, unit_id, title in native.order_by().values_list("pk", "unit_id", "title"):
        for candidate in by_title.get((unit_id, title), ()):
            marks.near[candidate.near_key] = Mark(f"已公开的信息 {item_id}", "")


def sort_out(
    candidates: Iterable[Candidate], marks: Marks, memory: Memory, *, skip_near: bool
) -> tuple[list[Candidate], list[Issue]]:
    """The rows to take and what is to be said about the others; first come, first served."""
    taken: list[Candidate] = []
    issues: list[Issue] = []
    for candidate in candidates:
        issue = _duplicate(candidate, marks, skip_near=skip_near)
        if issue is not None:
            issues.append(issue)
            continue
        issues += _remarks(candidate, marks)
        issues += candidate.notes
        marks.add(candidate)
        memory.keep(candidate)
        taken.append(candidate)
    return taken, issues


def _issue(c: Candidate, kind: IssueKind, code: str, field: str, reason: str, remedy: str) -> Issue:
    return Issue(c.row, kind, code, reason, remedy, field, c.title[:120])


def _duplicate(c: Candidate, marks: Marks, *, skip_near: bool) -> Issue | None:
    met = marks.source.get(c.source_key)
    if met is not None:
        if met.substance == c.substance:
            reason, remedy = f"和{met.place}是同一条，内容相同", "不需要处理。"
        else:
            reason = f"和{met.place}是同一个编号或网址，内容却不同"
            remedy = "先到的已收下；这一行是更新的，请在公开后由编辑更正。"
        return _issue(c, IssueKind.DUPLICATE, "same_record", "key", reason, remedy)
    taken = marks.doc_no.get(c.doc_no) if c.doc_no else None
    if taken is not None:
        reason = f"发文字号“{c.doc_no}”已经用于{taken.place}"
        remedy = "一个字号只用于一份文件：是同一份的不需要处理；不是的请改正字号后再读这一行。"
        return _issue(c, IssueKind.DUPLICATE, "doc_no_taken", "doc_no", reason, remedy)
    if skip_near and (near := _near(c, marks)) is not None:
        return _issue(c, IssueKind.DUPLICATE, "near", "title", near, "是不同信息的，请改正后再读。")
    return None


def _near(c: Candidate, marks: Marks) -> str | None:
    if (met := marks.near.get(c.near_key)) is not None:
        return f"标题、日期、单位和{met.place}相同"
    if c.text_key and (met := marks.text.get(c.text_key)) is not None:
        return f"正文和{met.place}相同"
    return None


def _remarks(c: Candidate, marks: Marks) -> list[Issue]:
    found = []
    if (near := _near(c, marks)) is not None:
        remedy = "已收下。请核对；确是重复的，公开后由终审撤回其中一条。"
        found.append(_issue(c, IssueKind.NEAR, "near", "title", near, remedy))
    if c.index_no and c.index_no in marks.index_no:
        reason = f"索引号“{c.index_no}”已经用过，将另编一个"
        found.append(_issue(c, IssueKind.NOTICE, "index_no_taken", "index_no", reason, ""))
        c.index_no = ""
    return found
