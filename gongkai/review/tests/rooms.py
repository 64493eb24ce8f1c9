"""A content room for tests of the gate: its records live in memory, the gate's in the database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gongkai.core import facts
from gongkai.core.errors import NotVisible
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit, User
from gongkai.review import services
from gongkai.review.enums import STEP_ROLE, Step
from gongkai.review.models import ReviewCase
from gongkai.review.registry import Reading, Subject
from tests.factories import UnitFactory, member, moment, user_with

KIND = "testpaper"
NOW = moment(9)


@dataclass
class Room:
    """Papers by id, and what the gate told the room."""

    label: str = "测试稿件"
    papers: dict[str, Subject] = field(default_factory=dict)
    released: list[tuple[str, Mapping[str, Any], str]] = field(default_factory=list)
    closed: list[tuple[str, str]] = field(default_factory=list)
    on_release: Callable[[ReviewCase], None] = lambda case: None

    def put(self, subject_id: str, unit: Unit, *authors: User, **view: Any) -> None:
        self.papers[subject_id] = Subject(
            id=subject_id,
            title=view.get("title", "稿件"),
            unit=unit,
            view={"title": "稿件", "body": "正文", **view},
            authors=frozenset(a.pk for a in authors),
        )

    def rewrite(self, subject_id: str, **view: Any) -> None:
        """Change the content behind the gate's back."""
        old = self.papers[subject_id]
        self.papers[subject_id] = Subject(
            old.id, old.title, old.unit, {**old.view, **view}, old.authors
        )

    def lock(self, subject_id: str) -> None:
        pass

    def subject(self, subject_id: str) -> Subject:
        if subject_id not in self.papers:
            raise NotVisible
        return self.papers[subject_id]

    def present_view(self, subject_id: str) -> Mapping[str, Any]:
        return self.subject(subject_id).view

    def released_view(self, subject_id: str) -> Mapping[str, Any] | None:
        return next((v for s, v, _ in reversed(self.released) if s == subject_id), None)

    def reading(self, view: Mapping[str, Any], subject_id: str) -> Reading:
        return Reading({}, "", (), ())

    def release(self, *, case: ReviewCase, member: Member, now: datetime) -> None:
        self.on_release(case)
        self.released.append((case.subject_id, case.view, member.actor.key))

    def case_closed(self, *, case: ReviewCase, now: datetime) -> None:
        self.closed.append((case.subject_id, case.status))

    def reopened(self, *, subject_id: str, now: datetime) -> None:
        self.closed.append((subject_id, "reopened"))

    def edit_url(self, subject_id: str) -> str:
        return f"/papers/{subject_id}/"


@dataclass
class Office:
    """A unit with one person for everything, a neighbour unit, and a room with paper 1."""

    unit: Unit
    other: Unit
    editor: User
    people: dict[str, User]
    room: Room

    def submit(self, subject_id: str = "1", *, by: User | None = None, **more: Any) -> ReviewCase:
        more.setdefault("now", NOW)
        return services.case_submit(
            kind=KIND, subject_id=subject_id, member=member(by or self.editor), **more
        )

    def approve(self, case: ReviewCase, step: str, *, by: User | None = None, **more: Any) -> Any:
        given: dict[str, Any] = {
            "digest": case.digest,
            "now": NOW + timedelta(hours=1),
            "legal_basis": "条例第十三条" if step == "secrecy" else "",
            **more,
        }
        return services.step_approve(
            case_id=case.pk, step=step, member=member(by or self.people[step]), **given
        )

    def pass_until(self, case: ReviewCase, step: str) -> ReviewCase:
        """Approve every step before this one."""
        for earlier in case.steps[: case.steps.index(step)]:
            self.approve(case, earlier)
        return ReviewCase.objects.get(pk=case.pk)

    def pass_all(self, case: ReviewCase, **more: Any) -> ReviewCase:
        """Approve every step."""
        for step in case.steps:
            self.approve(case, step, **more)
        return ReviewCase.objects.get(pk=case.pk)

    def actions(self, subject_id: str = "1") -> list[str]:
        """What the fact store says happened to a paper."""
        return [f.action.removeprefix("review.") for f in facts.trail(KIND, subject_id)]


def open_office(room: Room) -> Office:
    """Build the office; paper 1 was written by its editor."""
    unit, other = UnitFactory(code="czj", short_name="市财政局"), UnitFactory(code="fgw")
    editor = user_with("editor", unit)
    people = {step: user_with(STEP_ROLE[Step(step)], unit) for step in Step.values}
    room.put("1", unit, editor)
    return Office(unit, other, editor, people, room)
