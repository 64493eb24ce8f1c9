"""Who may do what at the gate: every role against every act, own unit and another one."""

from collections.abc import Callable
from typing import Any

import pytest

from gongkai.core import facts
from gongkai.core.errors import NotVisible, PermissionRefused
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role, UnitKind
from gongkai.review import consulting, services
from gongkai.review.models import Consultation, Review, ReviewCase
from gongkai.review.tests.rooms import KIND, NOW, Office
from tests.factories import UnitFactory, member, user_with

REVIEWERS = {"first_reviewer", "second_reviewer", "final_reviewer", "secrecy_reviewer"}

# act → (what has to be there before, what the person does, roles that may)
Act = tuple[Callable[[Office], Any], Callable[[Any, Member], Any], set[str]]


def _nothing(office: Office) -> None:
    return None


def _at(step: str) -> Callable[[Office], ReviewCase]:
    from gongkai.review.models import ReviewStep

    def prepare(office: Office) -> ReviewCase:
        for order, name in enumerate(("first", "second", "final"), start=1):
            ReviewStep.objects.create(unit=office.unit, step=name, order=order)
        return office.pass_until(office.submit(), step)

    return prepare


def _asked(office: Office, *, agrees: bool | None = None) -> Consultation:
    """The office is the consulted unit when nothing is answered yet, else the asking one."""
    case = office.submit()
    asked = consulting.consultation_ask(
        case_id=case.pk, units=[office.other], question="是否可以公开", now=NOW,
        member=member(office.editor),
    )[0]  # fmt: skip
    if agrees is not None:
        consulting.consultation_answer(
            consultation_id=asked.pk, agrees=agrees, opinion="涉及商业秘密", now=NOW,
            member=member(user_with("final_reviewer", office.other)),
        )  # fmt: skip
    return asked


def _asked_us(office: Office) -> Consultation:
    editor = user_with("editor", office.other)
    office.room.put("2", office.other, editor)
    case = office.submit("2", by=editor)
    return consulting.consultation_ask(
        case_id=case.pk, units=[office.unit], question="是否可以公开", now=NOW,
        member=member(editor),
    )[0]  # fmt: skip


def _approve(step: str) -> Callable[[ReviewCase, Member], Any]:
    return lambda case, who: services.step_approve(
        case_id=case.pk,
        step=step,
        digest=case.digest,
        member=who,
        now=NOW,
        legal_basis="条例第十三条",
    )


def _reject(step: str) -> Callable[[ReviewCase, Member], Any]:
    return lambda case, who: services.step_reject(
        case_id=case.pk, step=step, digest=case.digest, member=who, now=NOW, remark="请改"
    )


ACTS: dict[str, Act] = {
    "submit": (
        _nothing,
        lambda _, who: services.case_submit(kind=KIND, subject_id="1", member=who, now=NOW),
        {"editor"},
    ),
    "recall": (
        lambda office: office.submit(),
        lambda case, who: services.case_recall(case_id=case.pk, member=who, now=NOW),
        {"editor"},
    ),
    "approve first": (_at("first"), _approve("first"), {"first_reviewer"}),
    "approve second": (_at("second"), _approve("second"), {"second_reviewer"}),
    "approve final": (_at("final"), _approve("final"), {"final_reviewer"}),
    "approve secrecy": (_at("secrecy"), _approve("secrecy"), {"secrecy_reviewer"}),
    "reject first": (_at("first"), _reject("first"), {"first_reviewer"}),
    "reject final": (_at("final"), _reject("final"), {"final_reviewer"}),
    "reject secrecy": (_at("secrecy"), _reject("secrecy"), {"secrecy_reviewer"}),
    "withhold": (
        _at("secrecy"),
        lambda case, who: services.case_withhold(
            case_id=case.pk, digest=case.digest, member=who, now=NOW, code="process_info",
            reason="讨论稿",
        ),
        {"secrecy_reviewer"},
    ),
    "ask another organ": (
        lambda office: (office.submit(), office.other),
        lambda case, who: consulting.consultation_ask(
            case_id=case[0].pk, units=[case[1]], question="能否公开", member=who, now=NOW
        ),
        {"editor", *REVIEWERS},
    ),
    "answer another organ": (
        _asked_us,
        lambda asked, who: consulting.consultation_answer(
            consultation_id=asked.pk, agrees=True, opinion="", member=who, now=NOW
        ),
        REVIEWERS,
    ),
    "settle an objection": (
        lambda office: _asked(office, agrees=False),
        lambda asked, who: consulting.consultation_settle(
            consultation_id=asked.pk, settlement="删去单价后公开", member=who, now=NOW
        ),
        REVIEWERS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("act", ACTS)
def test_in_the_own_unit_exactly_the_named_roles_may(office: Office, act: str, role: str) -> None:
    prepare, do, allowed = ACTS[act]
    given = prepare(office)
    who = member(user_with(role, office.unit))
    before = facts.Fact.objects.count()
    if role in allowed:
        do(given, who)
        assert facts.Fact.objects.count() > before
        return
    reviews = Review.objects.count()
    with pytest.raises(PermissionRefused) as refused:
        do(given, who)
    assert office.unit.short_name in refused.value.reason
    assert (facts.Fact.objects.count(), Review.objects.count()) == (before, reviews)


@pytest.mark.parametrize("act", ACTS)
def test_for_another_unit_the_work_does_not_exist(office: Office, act: str) -> None:
    prepare, do, _ = ACTS[act]
    given = prepare(office)
    stranger = UnitFactory()
    before = facts.Fact.objects.count()
    for role in Role.values:
        if role == Role.SUPERVISOR:
            continue
        with pytest.raises(NotVisible):
            do(given, member(user_with(role, stranger)))
    assert facts.Fact.objects.count() == before


@pytest.mark.parametrize("act", ACTS)
def test_the_supervising_office_sees_but_does_not_decide(office: Office, act: str) -> None:
    prepare, do, _ = ACTS[act]
    given = prepare(office)
    supervisor = user_with("supervisor", UnitFactory(kind=UnitKind.OFFICE))
    with pytest.raises(PermissionRefused):
        do(given, member(supervisor))


@pytest.mark.parametrize("act", ACTS)
def test_somebody_without_any_role_sees_nothing(office: Office, act: str) -> None:
    from tests.factories import UserFactory

    prepare, do, _ = ACTS[act]
    given = prepare(office)
    for person in (UserFactory(), UserFactory(superuser=True)):
        with pytest.raises(NotVisible):
            do(given, member(person))
