"""Submitting: what keeps a draft back, who counts as its author, when it is due."""

from datetime import date
from typing import Any

import pytest

from gongkai.core.calendar import load_calendar
from gongkai.core.codes import resident_id_check_character
from gongkai.core.errors import InvalidInput, PermissionRefused, Refusal
from gongkai.publishing import services
from gongkai.publishing.content import content_of
from gongkai.publishing.deadlines import Clock, clocks
from gongkai.publishing.enums import Status, Visibility
from gongkai.publishing.models import Item, ItemVersion, NumberClaim
from gongkai.publishing.tests.conftest import NOW, Bureau
from gongkai.review.models import ReviewCase
from gongkai.review.services import digest_of
from tests.factories import (
    member,
    moment,
    reviewers,
    user_with,
)


def stored(item: Item) -> Item:
    return Item.objects.get(pk=item.pk)


def copy_of(item: Item) -> Item:
    return services.working_copy(stored(item))


def claims() -> set[tuple[str, int]]:
    return set(NumberClaim.objects.values_list("value", "item_id"))


# --- submitting ----------------------------------------------------------------------------------


def test_submitting_freezes_exactly_the_newest_draft(bureau: Bureau) -> None:
    item = bureau.draft()
    bureau.edit(item, title="第二稿")
    case = bureau.submit(item, note="请审", release_at=moment(18))
    assert case.view == content_of(copy_of(item))
    assert case.digest == digest_of(case.view)
    assert (case.title, case.note, case.release_at) == ("第二稿", "请审", moment(18))
    assert stored(item).status == Status.IN_REVIEW
    assert stored(item).visibility == Visibility.HIDDEN


def test_everything_that_is_missing_is_listed_at_once(bureau: Bureau) -> None:
    item = services.item_create(
        unit=bureau.city.bureau_a, kind=bureau.city.kinds["policy"], content={"title": "只有标题"},
        member=member(bureau.editor), now=NOW,
    )  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        bureau.submit(item)
    assert set(refused.value.fields) == {
        "body", "summary", "theme", "genre", "formed_on", "doc_no",
    }  # fmt: skip
    assert refused.value.rule == "送审前检查"
    assert not ReviewCase.objects.exists()
    assert stored(item).status == Status.DRAFT


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"doc_no": "长政发〔2022〕3号"}, "doc_no"),
        ({"doc_no": "长财发〔2019〕3号"}, "doc_no"),
        ({"formed_on": "2022-10-19"}, "formed_on"),
        ({"effective_on": "2022-10-01"}, "effective_on"),
        ({"attribute": "on_request"}, "attribute"),
        ({"origin": "joint"}, "joint_units"),
        ({"facts": {"x": 1}}, "facts"),
    ],
)
def test_each_contradiction_keeps_the_draft_back(
    bureau: Bureau, change: dict[str, Any], field: str
) -> None:
    item = bureau.draft(**change)
    with pytest.raises(InvalidInput) as refused:
        bureau.submit(item)
    assert set(refused.value.fields) == {field}


def test_a_document_of_another_organ_may_carry_that_organ_s_number(bureau: Bureau) -> None:
    item = bureau.draft(doc_no="湘财企〔2022〕3号", origin="from_agency")
    assert bureau.submit(item).status == "open"


def test_an_interpretation_names_its_document_form_and_people(bureau: Bureau) -> None:
    policy = bureau.public()
    item = bureau.draft(kind="interpretation", genre="")
    with pytest.raises(InvalidInput) as refused:
        bureau.submit(item)
    assert set(refused.value.fields) == {
        f"facts.{name}" for name in ("interprets", "form", "drafter", "interpreter", "phone")
    }
    bureau.edit(
        item,
        facts={
            "interprets": [policy.pk], "form": "text", "drafter": "市财政局",
            "interpreter": "企业处负责人", "phone": "0731-88660001",
        },
    )  # fmt: skip
    assert bureau.submit(item).status == "open"


def test_what_the_machine_finds_blocking_keeps_the_draft_back(bureau: Bureau) -> None:
    number = "43010219850307002"
    number += resident_id_check_character(number)
    item = bureau.draft(body=f"<p>领取人身份证号：{number}。</p>")
    with pytest.raises(InvalidInput) as refused:
        bureau.submit(item)
    assert set(refused.value.fields) == {"body"}
    assert number not in str(refused.value.fields)


def test_public_information_without_a_change_needs_no_second_review(bureau: Bureau) -> None:
    item = bureau.public()
    with pytest.raises(Refusal, match="没有改动"):
        bureau.submit(item)
    corrected = bureau.correct(item)
    with pytest.raises(Refusal, match="没有改动"):
        bureau.submit(corrected)
    assert ItemVersion.objects.count() == 2


def test_what_is_in_review_cannot_be_submitted_again(bureau: Bureau) -> None:
    item = bureau.draft()
    bureau.submit(item)
    with pytest.raises(Refusal, match="已经在审核中"):
        bureau.submit(item)


# --- four eyes over drafts -----------------------------------------------------------------------


def test_everybody_who_wrote_on_it_since_the_last_release_is_an_author(bureau: Bureau) -> None:
    item = bureau.draft()
    colleague = user_with("editor", bureau.city.bureau_a)
    bureau.edit(item, by=colleague, title="同事改的")
    case = bureau.submit(item)
    assert set(case.authors) == {bureau.editor.pk, colleague.pk}
    released = bureau.pass_all(case)
    third = user_with("editor", bureau.city.bureau_a)
    bureau.edit(released, by=third, change_kind="update", change_note="更新")
    assert bureau.submit(released).authors == [third.pk]


def test_who_wrote_an_earlier_draft_cannot_review_a_colleague_s_rewrite(bureau: Bureau) -> None:
    from tests.factories import approve_all, give_role

    item = bureau.draft()
    give_role(bureau.editor, "first_reviewer", bureau.city.bureau_a)
    bureau.edit(item, by=user_with("editor", bureau.city.bureau_a), title="同事改的")
    case = bureau.submit(item)
    with pytest.raises(PermissionRefused):
        approve_all(case, {**reviewers(bureau.city.bureau_a), "first": bureau.editor})


# --- when it is due ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formed_on", "late"),
    # 2022-09-15 + 20 working days = 2022-10-18: the National Day week is out, 10-08 and 10-09 in.
    [("2022-09-15", False), ("2022-09-14", True), ("2022-08-01", True), ("2022-10-18", False)],
)
def test_lateness_counts_twenty_working_days_article_26(
    bureau: Bureau, formed_on: str, late: bool
) -> None:
    item = bureau.public(formed_on=formed_on)
    day = date(2022, 10, 18)

    def found() -> list[Clock]:
        return clocks(item, releases=[day], calendar=load_calendar(), today=day)

    [clock] = found()
    assert (day > clock.due_on) is late
    assert clock.verdict.late is late
    assert clock.verdict.done == day
    item.original_published_on = date(2020, 1, 1)
    assert found() == []  # imported history is exempt
