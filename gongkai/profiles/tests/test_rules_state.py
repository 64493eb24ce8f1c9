"""The state of each part and its one next act."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from gongkai.profiles.rules import PARTS, directory_finding
from gongkai.profiles.rules_guide import generate
from gongkai.profiles.rules_state import (
    ACTS,
    Entry,
    PartState,
    Pending,
    Profile,
    ProfileState,
    profile_state,
)
from gongkai.profiles.tests.test_rules import DAY, LEADER, WHOLE
from gongkai.profiles.tests.test_rules_guide import data


def entry(kind: str, number: int = 1, *, age: int = 10, **more: Any) -> Entry:
    facts: Mapping[str, Any] = {
        "functions": WHOLE, "leader": LEADER, "guide": generate(data()).facts,
        "annual_report": {"year": "2021"},
    }.get(kind, {})  # fmt: skip
    day = DAY - timedelta(days=age)
    values: dict[str, Any] = {
        "id": number, "kind": kind, "title": kind, "facts": facts, "reviewed_on": day,
        "published_on": day,
    }  # fmt: skip
    return Entry(**{**values, **more})


def whole() -> list[Entry]:
    return [entry(part.kind, number) for number, part in enumerate(PARTS, start=1)]


def profile(entries: list[Entry], pending: list[Pending] | None = None, **more: Any) -> Profile:
    values: dict[str, Any] = {
        "entries": entries, "pending": pending or [], "data": data(),
        "founded": date(2010, 1, 1), "whole_government": False,
    }  # fmt: skip
    return Profile(**{**values, **more})


def state(
    entries: list[Entry], pending: list[Pending] | None = None, **more: Any
) -> dict[str, PartState]:
    found = profile_state(profile(entries, pending, **more), DAY)
    return {p.part.key: p for p in found.parts}


def test_a_whole_profile_has_no_finding_and_only_looking_left() -> None:
    found = state(whole())
    assert {p.word for p in found.values()} == {"正常"}
    assert {p.act for p in found.values()} == {"look"}
    assert all(p.present and p.complete and p.matches and p.tone == "ok" for p in found.values())


def test_an_empty_profile_asks_for_drafts_and_for_a_generated_guide() -> None:
    found = state([])
    assert {key: p.act for key, p in found.items()} == {
        "overview": "draft", "functions": "draft", "leaders": "draft", "guide": "guide",
        "system": "draft", "report": "draft",
    }  # fmt: skip
    assert all(not p.present and p.tone == "red" and p.findings for p in found.values())


@pytest.mark.parametrize("part", PARTS, ids=lambda p: p.key)
def test_each_missing_part_is_named_alone(part: Any) -> None:
    found = profile_state(profile([e for e in whole() if e.kind != part.kind]), DAY)
    assert [p.part.key for p in found.parts if p.findings] == [part.key]
    assert found.next is not None and found.next.part.key == part.key
    assert found.present == 5


def test_a_new_unit_owes_no_report_yet() -> None:
    entries = [e for e in whole() if e.kind != "annual_report"]
    found = state(entries, founded=DAY)["report"]
    assert (found.word, found.tone, found.findings) == ("还不用公布", "idle", ())


@pytest.mark.parametrize("key", [p.key for p in PARTS if p.review_days])
@pytest.mark.parametrize(("age", "word"), [(366, "逾期未核对"), (350, "临近核对"), (300, "正常")])
def test_each_part_is_reviewed_once_a_year(key: str, age: int, word: str) -> None:
    kind = next(p.kind for p in PARTS if p.key == key)
    entries = [entry(kind, e.id, age=age) if e.kind == kind else e for e in whole()]
    found = state(entries)[key]
    assert found.word == word
    assert found.act == ("look" if word == "正常" else "confirm")
    assert found.due_on == DAY - timedelta(days=age) + timedelta(days=365)


def test_the_report_has_no_review_day() -> None:
    entries = [entry("annual_report", 6, age=600) if e.kind == "annual_report" else e
               for e in whole()]  # fmt: skip
    assert state(entries)["report"].due_on is None
    assert state(entries)["report"].word == "正常"


def test_a_differing_phone_makes_the_guide_the_thing_to_update() -> None:
    facts = {**generate(data()).facts, "phone": "0731-80000000"}
    entries = [entry("guide", 4, facts=facts) if e.kind == "guide" else e for e in whole()]
    found = state(entries)["guide"]
    assert (found.act, found.word, found.matches, found.complete) == (
        "guide", "不一致", False, True,
    )  # fmt: skip


def test_incomplete_functions_are_edited_and_so_is_the_leader_at_fault() -> None:
    bad = entry("leader", 9, facts={**LEADER, "name": "李演示", "resume": ""})
    facts = {**WHOLE, "head": ""}
    entries = [entry("functions", 2, facts=facts) if e.kind == "functions" else e for e in whole()]
    found = state([*entries, bad])
    assert (found["functions"].act, found["functions"].act_item) == ("edit", 2)
    assert (found["leaders"].act, found["leaders"].act_item) == ("edit", 9)
    assert not found["leaders"].complete and found["leaders"].matches


def test_the_oldest_leader_counts_for_the_review() -> None:
    old = entry("leader", 9, age=400, facts={**LEADER, "name": "李演示"})
    found = state([*whole(), old])["leaders"]
    assert (found.act, found.act_item) == ("confirm", 9)


@pytest.mark.parametrize(("in_review", "act"), [(False, "continue"), (True, "wait")])
@pytest.mark.parametrize("published", [False, True])
def test_work_under_way_comes_first(in_review: bool, published: bool, act: str) -> None:
    found = state([], [Pending(7, "overview", in_review, published)])["overview"]
    assert (found.act, found.act_item) == (act, 7)


def test_an_own_draft_comes_before_what_others_review() -> None:
    found = state([], [Pending(7, "leader", True, False), Pending(8, "leader", False, False)])
    assert found["leaders"].act_item == 8


def test_units_with_more_missing_are_worse() -> None:
    empty = profile_state(profile([]), DAY)
    half = profile_state(profile(whole()[:3]), DAY)
    stale = profile_state(profile([entry(e.kind, e.id, age=400) for e in whole()]), DAY)
    good = profile_state(profile(whole()), DAY)
    order = sorted([good, stale, empty, half], key=lambda s: s.badness, reverse=True)
    assert order == [empty, half, stale, good]
    assert good.next is None and good.findings == ()


def test_what_the_directory_lacks_counts_too() -> None:
    lacking = [directory_finding("summary", 3, "通知")]
    found = profile_state(profile(whole(), directory=lacking), DAY)
    assert found.findings == tuple(lacking)
    assert found.badness > ProfileState(found.parts).badness


def test_every_act_has_a_word() -> None:
    every = [state([]), state(whole()), state([], [Pending(1, "guide", True, False)])]
    assert {p.act for found in every for p in found.values()} <= set(ACTS)
