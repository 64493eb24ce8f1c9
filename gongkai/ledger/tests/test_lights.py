"""Lights from what happened up to a day: the rule on plain values, and the facts behind it."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.ledger import rules
from gongkai.ledger.rules import Duty, EvidenceSpan, Override, Span, light_of

D = date
DUE = D(2022, 10, 31)
DUTY = Duty(2022, DUE)
TODAY = D(2022, 10, 18)


def proof(
    added: date,
    *,
    removed: date | None = None,
    rejected: date | None = None,
    visible: tuple[Span, ...] | None = None,
) -> EvidenceSpan:
    return EvidenceSpan(Span(added, removed), visible, rejected)


def public(start: date, end: date | None = None) -> Span:
    return Span(start, end)


# --- one duty, one deadline --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "light", "days"),
    [
        (D(2022, 1, 1), "grey", 303),
        (D(2022, 9, 30), "grey", 31),
        (D(2022, 10, 1), "yellow", 30),
        (D(2022, 10, 30), "yellow", 1),
        (D(2022, 10, 31), "yellow", 0),
        (D(2022, 11, 1), "red", -1),
        (D(2023, 3, 1), "red", -121),
    ],
)
def test_without_evidence_the_light_follows_the_deadline(day: date, light: str, days: int) -> None:
    verdict = light_of(DUTY, [], day)
    assert (verdict.light, verdict.days, verdict.evidence) == (light, days, 0)
    assert "2022-10-31" in verdict.because


@pytest.mark.parametrize("day", [D(2022, 3, 2), D(2022, 10, 18), D(2022, 10, 31), D(2023, 5, 1)])
def test_evidence_that_counts_makes_it_green_even_late(day: date) -> None:
    verdict = light_of(DUTY, [proof(D(2022, 3, 2))], day)
    assert (verdict.light, verdict.evidence) == ("green", 1)
    assert "1 件有效凭据" in verdict.because


def test_evidence_counts_from_the_day_it_was_handed_in() -> None:
    evidence = [proof(D(2022, 10, 18))]
    assert light_of(DUTY, evidence, D(2022, 10, 17)).light == "yellow"
    assert light_of(DUTY, evidence, D(2022, 10, 18)).light == "green"


@pytest.mark.parametrize(
    ("evidence", "light", "words"),
    [
        # Taken back by the unit: as if it were not there, and the reason is named.
        (proof(D(2022, 3, 1), removed=D(2022, 10, 17)), "yellow", "已撤下或不再公开"),
        (proof(D(2022, 3, 1), removed=D(2022, 10, 19)), "green", "有效凭据"),
        (proof(D(2022, 10, 18), removed=D(2022, 10, 18)), "yellow", "已撤下或不再公开"),
        # Sent back by the office: red at once, until something new comes.
        (proof(D(2022, 3, 1), rejected=D(2022, 10, 18)), "red", "已被退回"),
        (proof(D(2022, 3, 1), rejected=D(2022, 10, 19)), "green", "有效凭据"),
        # The item behind it was withdrawn, is not yet public, came back.
        (
            proof(D(2022, 3, 1), visible=(public(D(2022, 2, 1), D(2022, 10, 1)),)),
            "yellow",
            "不再公开",
        ),
        (proof(D(2022, 3, 1), visible=()), "yellow", "不再公开"),
        (proof(D(2022, 3, 1), visible=(public(D(2022, 11, 1)),)), "yellow", "不再公开"),
        (
            proof(
                D(2022, 3, 1), visible=(public(D(2022, 2, 1), D(2022, 5, 1)), public(D(2022, 6, 1)))
            ),
            "green",
            "有效凭据",
        ),
        (
            proof(D(2022, 3, 1), visible=(public(D(2022, 2, 1), D(2022, 10, 19)),)),
            "green",
            "有效凭据",
        ),
    ],
)
def test_what_became_of_the_evidence_decides(
    evidence: EvidenceSpan, light: str, words: str
) -> None:
    verdict = light_of(DUTY, [evidence], TODAY)
    assert verdict.light == light
    assert words in verdict.because


def test_a_withdrawal_after_the_deadline_turns_green_to_red() -> None:
    evidence = [proof(D(2022, 3, 1), visible=(public(D(2022, 2, 1), D(2022, 11, 15)),))]
    assert light_of(DUTY, evidence, D(2022, 11, 14)).light == "green"
    assert light_of(DUTY, evidence, D(2022, 11, 15)).light == "red"


def test_new_evidence_after_a_rejection_is_green_again() -> None:
    back = proof(D(2022, 3, 1), rejected=D(2022, 4, 1))
    assert light_of(DUTY, [back], D(2022, 4, 1)).light == "red"
    assert light_of(DUTY, [back, proof(D(2022, 4, 5))], D(2022, 4, 4)).light == "red"
    assert light_of(DUTY, [back, proof(D(2022, 4, 5))], D(2022, 4, 5)).light == "green"


def test_one_rejected_piece_does_not_spoil_another_that_counts() -> None:
    evidence = [proof(D(2022, 3, 1), rejected=D(2022, 4, 1)), proof(D(2022, 3, 2))]
    verdict = light_of(DUTY, evidence, TODAY)
    assert (verdict.light, verdict.evidence) == ("green", 1)


def test_a_deadline_that_is_not_written_is_the_end_of_the_year_and_says_so() -> None:
    verdict = light_of(Duty(2022, None), [], TODAY)
    assert (verdict.light, verdict.days) == ("grey", 74)
    assert "2022-12-31（文件未写期限，按年度末计）" in verdict.because
    assert light_of(Duty(2022, None), [], D(2022, 12, 1)).light == "yellow"
    assert light_of(Duty(2022, None), [], D(2023, 1, 1)).light == "red"


# --- recurring duties --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recurs", "day", "start"),
    [
        ("monthly", D(2022, 10, 18), D(2022, 10, 1)),
        ("monthly", D(2022, 10, 1), D(2022, 10, 1)),
        ("quarterly", D(2022, 10, 18), D(2022, 10, 1)),
        ("quarterly", D(2022, 12, 31), D(2022, 10, 1)),
        ("quarterly", D(2022, 3, 31), D(2022, 1, 1)),
        ("quarterly", D(2022, 4, 1), D(2022, 4, 1)),
        ("half_yearly", D(2022, 6, 30), D(2022, 1, 1)),
        ("half_yearly", D(2022, 7, 1), D(2022, 7, 1)),
        ("yearly", D(2022, 10, 18), D(2022, 1, 1)),
        ("weekly", D(2022, 10, 18), D(2022, 10, 17)),
        ("weekly", D(2022, 10, 17), D(2022, 10, 17)),
        ("weekly", D(2022, 10, 23), D(2022, 10, 17)),
        ("daily", D(2022, 10, 18), D(2022, 10, 18)),
        ("ongoing", D(2022, 10, 18), D(2022, 7, 18)),
        ("", D(2022, 10, 18), None),
        ("whenever", D(2022, 10, 18), None),
    ],
)
def test_the_period_of_a_recurring_duty(recurs: str, day: date, start: date | None) -> None:
    assert rules.period_start(recurs, day) == start


def test_every_recurrence_that_the_parser_names_has_a_period() -> None:
    from typing import get_args

    from gongkai.ledger.parsing.model import Recurrence

    for recurs in get_args(Recurrence):
        assert rules.period_start(recurs, TODAY) is not None, recurs


@pytest.mark.parametrize(
    ("recurs", "added", "light"),
    [
        ("monthly", D(2022, 10, 2), "green"),
        ("monthly", D(2022, 9, 30), "grey"),
        ("quarterly", D(2022, 10, 1), "green"),
        ("quarterly", D(2022, 9, 30), "grey"),
        ("half_yearly", D(2022, 7, 1), "green"),
        ("half_yearly", D(2022, 6, 30), "grey"),
        ("yearly", D(2022, 1, 5), "green"),
        ("yearly", D(2021, 12, 31), "grey"),
        ("ongoing", D(2022, 7, 18), "green"),
        ("ongoing", D(2022, 7, 17), "grey"),
        ("weekly", D(2022, 10, 17), "green"),
        ("weekly", D(2022, 10, 16), "grey"),
        ("daily", D(2022, 10, 17), "grey"),
        ("", D(2022, 1, 5), "green"),
    ],
)
def test_evidence_counts_for_the_period_it_was_handed_in(
    recurs: str, added: date, light: str
) -> None:
    assert light_of(Duty(2022, None, recurs), [proof(added)], TODAY).light == light


# --- set by hand -------------------------------------------------------------------------------


def test_a_light_set_by_hand_stands_with_its_reason_until_it_is_restored() -> None:
    by_hand = [Override("green", "材料已在会上核实", D(2022, 10, 5), D(2022, 10, 12))]
    lights = {day: light_of(DUTY, [], D(2022, 10, day), by_hand) for day in (4, 5, 11, 12)}
    assert [lights[d].light for d in (4, 5, 11, 12)] == ["yellow", "green", "green", "yellow"]
    assert [lights[d].overridden for d in (4, 5, 11, 12)] == [False, True, True, False]
    assert lights[5].because == "人工定灯：材料已在会上核实"


def test_a_light_set_by_hand_may_be_worse_than_the_evidence() -> None:
    verdict = light_of(DUTY, [proof(D(2022, 3, 1))], TODAY, [Override("red", "内容不实", TODAY)])
    assert (verdict.light, verdict.overridden, verdict.evidence) == ("red", True, 1)


# --- whatever happened -------------------------------------------------------------------------

DAYS = st.dates(D(2021, 12, 1), D(2023, 2, 1))
ENDS = st.none() | DAYS
LATER = st.none() | st.integers(0, 400).map(timedelta)


def _span(start: date, length: timedelta | None) -> Span:
    return Span(start, None if length is None else start + length)


SPANS = st.builds(_span, DAYS, LATER)
VISIBLE = st.none() | st.lists(SPANS, max_size=2).map(tuple)


@st.composite
def pieces(draw: st.DrawFn) -> EvidenceSpan:
    """Evidence as it can be: taken back or sent back on or after the day it was handed in."""
    stood, wait = draw(SPANS), draw(LATER)
    return EvidenceSpan(stood, draw(VISIBLE), None if wait is None else stood.start + wait)


EVIDENCE = pieces()
DUTIES = st.builds(
    Duty,
    st.just(2022),
    ENDS,
    st.sampled_from(["", "monthly", "quarterly", "half_yearly", "yearly", "ongoing"]),
)
BETTER_FIRST = {"green": 0, "grey": 1, "yellow": 2, "red": 3}


@given(DUTIES, st.lists(EVIDENCE, max_size=4), EVIDENCE, DAYS)
def test_more_evidence_that_counts_never_makes_a_light_worse(
    duty: Duty, evidence: list[EvidenceSpan], more: EvidenceSpan, day: date
) -> None:
    before = light_of(duty, evidence, day)
    after = light_of(duty, [*evidence, more], day)
    if more.counts_on(day):
        assert BETTER_FIRST[after.light] <= BETTER_FIRST[before.light]
        assert after.evidence >= before.evidence


@given(DUTIES, st.lists(EVIDENCE, max_size=4), DAYS)
def test_green_means_evidence_and_evidence_means_green(
    duty: Duty, evidence: list[EvidenceSpan], day: date
) -> None:
    verdict = light_of(duty, evidence, day)
    assert (verdict.light == "green") is (verdict.evidence > 0)
    assert verdict.evidence <= sum(e.counts_on(day) for e in evidence)


@given(DUTIES, st.lists(EVIDENCE, max_size=4), EVIDENCE, DAYS, st.permutations(range(5)))
def test_the_order_in_which_evidence_is_listed_does_not_matter(
    duty: Duty, evidence: list[EvidenceSpan], more: EvidenceSpan, day: date, order: list[int]
) -> None:
    given_all = [*evidence, more]
    shuffled = [given_all[i] for i in order if i < len(given_all)]
    assert light_of(duty, shuffled, day) == light_of(duty, given_all, day)


@given(DUTIES, st.lists(EVIDENCE, max_size=4), EVIDENCE, DAYS)
def test_what_is_handed_in_later_does_not_change_the_light_of_a_past_day(
    duty: Duty, evidence: list[EvidenceSpan], more: EvidenceSpan, day: date
) -> None:
    if more.stood.start > day:
        assert light_of(duty, [*evidence, more], day) == light_of(duty, evidence, day)


@given(DUTIES, EVIDENCE, DAYS, st.integers(1, 100))
def test_what_is_rejected_or_removed_later_does_not_change_the_light_of_a_past_day(
    duty: Duty, evidence: EvidenceSpan, day: date, later: int
) -> None:
    event = day + timedelta(days=later)
    open_end = EvidenceSpan(Span(evidence.stood.start), evidence.visible, None)
    for changed in (
        EvidenceSpan(Span(evidence.stood.start, event), evidence.visible, None),
        EvidenceSpan(Span(evidence.stood.start), evidence.visible, event),
    ):
        assert light_of(duty, [changed], day) == light_of(duty, [open_end], day)


@given(DUTIES, st.lists(EVIDENCE, max_size=3), DAYS)
def test_every_light_explains_itself_in_chinese(
    duty: Duty, evidence: list[EvidenceSpan], day: date
) -> None:
    verdict = light_of(duty, evidence, day)
    assert "期限" in verdict.because
    assert not any("a" <= c.lower() <= "z" for c in verdict.because)
    assert verdict.days == (duty.due_on()[0] - day).days


@given(st.lists(st.sampled_from(["green", "yellow", "red", "grey"]), max_size=8))
def test_several_lights_together_show_the_most_urgent_and_are_counted(lights: list[str]) -> None:
    order = ["red", "yellow", "grey", "green"]
    assert rules.worst(lights) == next((c for c in order if c in lights), "grey")
    tally = rules.tally(lights)
    assert list(tally) == ["green", "yellow", "red", "grey"]
    assert sum(tally.values()) == len(lights)
    assert all(tally[c] == lights.count(c) for c in order)


def test_a_span_is_half_open() -> None:
    span: Any = Span(D(2022, 1, 2), D(2022, 1, 4))
    assert [span.holds_on(D(2022, 1, d)) for d in (1, 2, 3, 4)] == [False, True, True, False]
    assert Span(D(2022, 1, 2), D(2022, 1, 2)).holds_on(D(2022, 1, 2)) is False
    assert Span(D(2022, 1, 2)).holds_on(D(2099, 1, 1))
