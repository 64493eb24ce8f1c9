"""Many people at once: nobody is turned away by the database, nothing is lost or given twice."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.db import connection

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, Refusal
from gongkai.core.models import Fact
from gongkai.organisations.models import User
from gongkai.publishing import services as publishing
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import IndexSerial, Item, ItemVersion, NumberClaim
from gongkai.review import services as review
from gongkai.review.enums import CaseStatus
from gongkai.review.models import Review, ReviewCase
from tests.factories import (
    City,
    draft_content,
    make_city,
    make_draft,
    member,
    moment,
    reviewers,
    submit,
    user_with,
)

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8


def together(acts: Sequence[Callable[[], object]]) -> list[object]:
    """Do all acts at the same moment, each on a connection of its own; what each returned, or
    the exception it ended with."""
    begin = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(position: int, act: Callable[[], object]) -> None:
        try:
            begin.wait(timeout=30)
            results[position] = act()
        except Exception as error:  # noqa: BLE001 - the test looks at what it was
            results[position] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads), "some never came to an end"
    return results


def failures(results: Sequence[object]) -> list[str]:
    return [f"{type(r).__name__}: {r}" for r in results if isinstance(r, Exception)]


@pytest.fixture
def city() -> City:
    return make_city()


def approve(case: ReviewCase, step: str, person: User) -> ReviewCase:
    return review.step_approve(
        case_id=case.pk,
        step=step,
        digest=case.digest,
        member=member(person),
        now=moment(11),
        legal_basis="条例第十三条",
    )


def before_the_last_step(
    city: City, editor: User, people: dict[str, User], number: int
) -> ReviewCase:
    """A submission of the unit that lacks only its secrecy review."""
    item = make_draft(city, city.bureau_a, editor, doc_no=f"长财发〔2022〕{number}号")
    case = submit(item, editor)
    for step in case.steps[:-1]:
        approve(case, step, people[step])
    return case


def test_eight_people_write_at_once_and_every_act_is_kept(city: City) -> None:
    units = (city.bureau_a, city.bureau_b, city.district_1_bureau, city.district_2_bureau)
    before = Fact.objects.count()

    def writer(position: int) -> Callable[[], object]:
        unit = units[position % len(units)]
        person = user_with("editor", unit)

        def write() -> int:
            acts = 0
            for number in range(3):
                now = moment(9) + timedelta(minutes=number)
                content = draft_content(
                    city, doc_no=f"{unit.doc_prefixes[0]}〔2022〕{position * 100 + number + 1}号"
                )
                item = publishing.item_create(
                    unit=unit,
                    kind=city.kinds["policy"],
                    content=content,
                    member=member(person),
                    now=now,
                )
                publishing.item_edit(
                    item_id=item.pk,
                    content={"summary": f"第{position}人第{number}稿的概述。"},
                    member=member(person),
                    now=now,
                )
                publishing.item_submit(item_id=item.pk, member=member(person), now=now)
                acts += 3
            publishing.item_create(
                unit=unit,
                kind=city.kinds["news"],
                content={"title": f"第{position}人的一条动态"},
                member=member(person),
                now=moment(10),
            )
            return acts + 1

        return write

    results = together([writer(position) for position in range(WRITERS)])
    assert failures(results) == []
    assert results == [10] * WRITERS
    assert Item.objects.count() == 4 * WRITERS
    assert ReviewCase.objects.filter(status=CaseStatus.OPEN).count() == 3 * WRITERS
    assert NumberClaim.objects.count() == 3 * WRITERS
    assert Fact.objects.count() - before == 10 * WRITERS
    while facts.seal():
        pass
    verdict = facts.verify()
    assert verdict.ok
    assert verdict.unsealed == 0


def test_one_document_number_claimed_by_many_at_once_goes_to_exactly_one(city: City) -> None:
    people = [user_with("editor", city.bureau_a) for _ in range(WRITERS)]

    def claim(person: User) -> Callable[[], object]:
        return lambda: make_draft(city, city.bureau_a, person, doc_no="长财发〔2022〕77号")

    results = together([claim(person) for person in people])
    winners = [r for r in results if isinstance(r, Item)]
    refused = [r for r in results if isinstance(r, InvalidInput)]
    assert len(winners) == 1
    assert len(refused) == WRITERS - 1, failures(results)
    assert all(set(r.fields) == {"doc_no"} for r in refused)
    assert [c.item_id for c in NumberClaim.objects.all()] == [winners[0].pk]
    assert Item.objects.count() == 1, "a refused draft leaves nothing behind"


def test_two_drafts_that_take_the_same_number_by_an_edit_at_once_have_one_winner(
    city: City,
) -> None:
    editor = user_with("editor", city.bureau_a)
    drafts = [
        make_draft(city, city.bureau_a, editor, doc_no=f"长财发〔2022〕{n}号") for n in (1, 2)
    ]

    def take(item: Item) -> Callable[[], object]:
        return lambda: publishing.item_edit(
            item_id=item.pk,
            content={"doc_no": "长财发〔2022〕88号"},
            member=member(editor),
            now=moment(10),
        )

    results = together([take(item) for item in drafts])
    won = [draft for draft, r in zip(drafts, results, strict=True) if isinstance(r, Item)]
    lost = [r for r in results if isinstance(r, InvalidInput)]
    assert (len(won), len(lost)) == (1, 1), failures(results)
    assert NumberClaim.objects.get(value="长财发〔2022〕88号").item_id == won[0].pk
    assert NumberClaim.objects.count() == 2, "the loser keeps the number it had"


def test_index_numbers_given_at_once_are_all_different_and_leave_no_gap(city: City) -> None:
    editor, people = user_with("editor", city.bureau_a), reviewers(city.bureau_a)
    cases = [before_the_last_step(city, editor, people, n) for n in range(1, WRITERS + 1)]
    assert not IndexSerial.objects.exists(), "the first number of the year is raced for too"
    results = together(
        [lambda case=case: approve(case, "secrecy", people["secrecy"]) for case in cases]  # type: ignore[misc]
    )
    assert failures(results) == []
    numbers = sorted(Item.objects.values_list("index_no", flat=True))
    assert len(set(numbers)) == WRITERS
    assert [int(n.rpartition("-")[2]) for n in numbers] == list(range(1, WRITERS + 1))
    assert IndexSerial.objects.get().last == WRITERS


def test_a_step_decided_by_two_reviewers_at_once_has_one_verdict(city: City) -> None:
    editor, people = user_with("editor", city.bureau_a), reviewers(city.bureau_a)
    case = submit(make_draft(city, city.bureau_a, editor), editor)
    others = [people["first"], user_with("first_reviewer", city.bureau_a)]
    results = together(
        [lambda person=person: approve(case, "first", person) for person in others]  # type: ignore[misc]
    )
    assert sum(isinstance(r, ReviewCase) for r in results) == 1, failures(results)
    assert sum(isinstance(r, Refusal) for r in results) == 1, failures(results)
    assert Review.objects.filter(case=case, step="first").count() == 1


def test_an_edit_at_the_moment_of_the_last_verdict_never_reaches_the_public(city: City) -> None:
    """所审即所发: whichever comes first, what is public is what was read, and neither of the two
    people meets an error of the database."""
    editor, people = user_with("editor", city.bureau_a), reviewers(city.bureau_a)
    for number in range(1, 6):
        case = before_the_last_step(city, editor, people, number)
        results = together(
            [
                lambda case=case: approve(case, "secrecy", people["secrecy"]),  # type: ignore[misc]
                lambda case=case: publishing.item_edit(  # type: ignore[misc]
                    item_id=case.subject_id,
                    content={"body": "<p>审核以后才写的话。</p>"},
                    member=member(editor),
                    now=moment(11),
                ),
            ]
        )
        unexpected = [r for r in results if isinstance(r, Exception) and not isinstance(r, Refusal)]
        assert unexpected == []
        item = Item.objects.get(pk=case.subject_id)
        case.refresh_from_db()
        if case.status == CaseStatus.RELEASED:
            assert item.visibility == Visibility.PUBLIC
            assert ItemVersion.objects.get(item=item).digest == case.digest
            assert "审核以后才写的话" not in item.body
        else:
            assert case.status == CaseStatus.VOIDED
            assert item.visibility == Visibility.HIDDEN
