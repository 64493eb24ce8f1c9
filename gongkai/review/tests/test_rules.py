"""Rules of the gate on plain values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.review import rules
from gongkai.review.enums import ACTIVE, STEP_ROLE, CaseStatus, Step, WithholdCode

LEGAL = {
    ("", "submit"): "open",
    ("open", "approve"): "open",
    ("open", "approve_last"): "approved",
    ("open", "reject"): "rejected",
    ("open", "withhold"): "withheld",
    ("open", "void"): "voided",
    ("open", "recall"): "recalled",
    ("approved", "void"): "voided",
    ("approved", "recall"): "recalled",
    ("approved", "release"): "released",
}
STATUSES = ["", *CaseStatus.values]
EVENTS = sorted({event for _, event in LEGAL})


@pytest.mark.parametrize("event", [*EVENTS, "publish", ""])
@pytest.mark.parametrize("status", STATUSES)
def test_every_pair_of_status_and_event_is_legal_or_refused(status: str, event: str) -> None:
    assert rules.target_of(status, event) == LEGAL.get((status, event))


def test_the_lifecycle_has_no_pair_twice() -> None:
    pairs = [(move.source, move.event) for move in rules.LIFECYCLE]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("status", ["released", "rejected", "withheld", "voided", "recalled"])
def test_a_closed_case_never_moves_again(status: str) -> None:
    assert not [move for move in rules.LIFECYCLE if move.source == status]


def test_every_status_can_be_reached_and_only_known_ones_occur() -> None:
    targets = {move.target for move in rules.LIFECYCLE}
    assert targets == set(CaseStatus.values)
    assert {move.source for move in rules.LIFECYCLE} - {""} == {str(s) for s in ACTIVE}


def test_nothing_is_released_but_what_was_approved() -> None:
    assert [m.source for m in rules.LIFECYCLE if m.target == "released"] == ["approved"]


@pytest.mark.parametrize("move", rules.LIFECYCLE, ids=lambda m: f"{m.source}-{m.event}")
def test_every_move_says_in_chinese_who_may_and_what_it_needs(move: rules.Move) -> None:
    for words in (move.who, move.needs):
        assert words and not any("a" <= c.lower() <= "z" for c in words)


# --- steps -------------------------------------------------------------------------------------

STEPS = st.lists(st.sampled_from(Step.values), max_size=8)


@given(STEPS)
def test_the_secrecy_review_cannot_be_configured_away_and_comes_last(configured: list[str]) -> None:
    steps = rules.normalise_steps(configured)
    assert steps[-1] == "secrecy"
    assert steps.count("secrecy") == 1
    assert len(steps) >= 2


@given(STEPS)
def test_the_other_steps_keep_their_order_and_stand_once(configured: list[str]) -> None:
    steps = rules.normalise_steps(configured)
    wanted = [s for s in dict.fromkeys(configured) if s != "secrecy"]
    if wanted:
        assert list(steps[:-1]) == wanted
    assert rules.normalise_steps(steps) == steps


@pytest.mark.parametrize(
    ("configured", "steps"),
    [
        ([], ("first", "final", "secrecy")),
        (["secrecy"], ("final", "secrecy")),
        (["secrecy", "final"], ("final", "secrecy")),
        (["final"], ("final", "secrecy")),
        (["first", "second", "final"], ("first", "second", "final", "secrecy")),
        (["first", "secrecy", "first", "final"], ("first", "final", "secrecy")),
    ],
)
def test_the_steps_of_a_submission(configured: list[str], steps: tuple[str, ...]) -> None:
    assert rules.normalise_steps(configured) == steps


@given(STEPS)
def test_walking_the_steps_visits_each_once_and_ends(configured: list[str]) -> None:
    steps = rules.normalise_steps(configured)
    walked, current = [], steps[0]
    while current is not None:
        walked.append(current)
        current = rules.next_step(steps, current)
    assert tuple(walked) == steps


def test_a_step_that_is_not_on_the_way_has_no_follower() -> None:
    with pytest.raises(ValueError):
        rules.next_step(("final", "secrecy"), "first")


def test_every_step_has_its_own_role() -> None:
    assert set(STEP_ROLE) == set(Step)
    assert len(set(STEP_ROLE.values())) == len(Step)


# --- four eyes ---------------------------------------------------------------------------------

PEOPLE = st.frozensets(st.integers(1, 6), max_size=4)


@given(st.integers(1, 6), PEOPLE, st.none() | st.integers(1, 6), PEOPLE)
def test_only_who_had_no_part_in_it_may_decide(
    person: int, authors: frozenset[int], submitted_by: int | None, deciders: frozenset[int]
) -> None:
    problem = rules.four_eyes_problem(
        person, authors=authors, submitted_by=submitted_by, deciders=deciders
    )
    uninvolved = person not in authors and person != submitted_by and person not in deciders
    assert (problem is None) is uninvolved


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"authors": [5]}, "撰写或送审"),
        ({"submitted_by": 5}, "撰写或送审"),
        ({"deciders": [5]}, "另一步"),
    ],
)
def test_the_refusal_names_the_part_the_person_had(part: dict[str, object], words: str) -> None:
    given_parts: dict[str, object] = {"authors": [], "submitted_by": None, "deciders": [], **part}
    problem = rules.four_eyes_problem(5, **given_parts)  # type: ignore[arg-type]
    assert problem is not None and words in problem


# --- withheld information ----------------------------------------------------------------------


def test_there_are_seven_grounds_and_no_free_other() -> None:
    """条例第十四条 (three), 第十五条 (one), 第十六条 (three)."""
    articles = [
        next(a for a in ("第十四条", "第十五条", "第十六条") if a in w.label) for w in WithholdCode
    ]
    assert [articles.count(a) for a in ("第十四条", "第十五条", "第十六条")] == [3, 1, 3]
    assert not {"other", ""} & set(WithholdCode.values)
