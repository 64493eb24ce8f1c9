"""How items pass the gate: one content, whichever way it is read; and what a step may cost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from gongkai.core.errors import NotVisible
from gongkai.publishing import services
from gongkai.publishing.content import content_of
from gongkai.publishing.gate import ItemReviewable
from gongkai.publishing.models import CONTENT_FIELDS, Item
from gongkai.publishing.tests.conftest import Bureau
from gongkai.review.services import step_approve
from tests.factories import member, moment

GATE = ItemReviewable()


def assert_read_alike(item: Item) -> None:
    """The narrow reading that every step compares is the content the editor sees."""
    row = Item.objects.get(pk=item.pk)
    view = GATE.present_view(str(item.pk))
    assert view == content_of(services.working_copy(row))
    assert view == GATE.subject(str(item.pk)).view
    assert set(view) == set(CONTENT_FIELDS)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"theme": "", "genre": "", "summary": "", "formed_on": "", "contact": ""},
        {"effective_on": "2022-11-01", "expires_on": "2024-11-01", "keywords": ["甲", "乙"]},
        {"theme": "1101"},
        {"body": "<p>“引号”、&amp; 与 😀 和 \u3000 空格</p>", "addressees": "各区县（市）人民政府"},
    ],
)
def test_a_draft_is_read_alike_by_gate_and_editor(bureau: Bureau, changes: dict[str, Any]) -> None:
    assert_read_alike(bureau.draft(**changes))


def test_a_changed_theme_is_the_one_of_the_newest_draft(bureau: Bureau) -> None:
    item = bureau.draft(theme="0401")
    for theme in ("1101", "", "0401"):
        bureau.edit(item, theme=theme)
        assert GATE.present_view(str(item.pk))["theme"] == theme
        assert_read_alike(item)


def test_a_public_item_and_its_next_draft_are_read_alike(bureau: Bureau) -> None:
    item = bureau.public()
    assert_read_alike(item)
    bureau.edit(item, title="改过的标题", change_kind="correction", change_note="标题有误")
    assert GATE.present_view(str(item.pk))["title"] == "改过的标题"
    assert_read_alike(item)


def test_what_the_platform_wrote_never_comes_back_from_a_draft(bureau: Bureau) -> None:
    item = bureau.draft()
    Item.objects.filter(pk=item.pk).update(index_no="X/2022-00001", version=3, live=True)
    copy = services.working_copy(Item.objects.get(pk=item.pk))
    assert (copy.index_no, copy.version, copy.live) == ("X/2022-00001", 3, True)


def test_an_unknown_item_is_not_visible_to_the_gate(db: None) -> None:
    for ask in (GATE.present_view, GATE.subject):
        with pytest.raises(NotVisible):
            ask("999999")


# --- cost ---------------------------------------------------------------------------------------

# Statements with BEGIN, COMMIT and savepoints; see benchmarks/results/publish.md. PostgreSQL also
# locks the item before its case. Telling people takes two (submission) or three (a step).
DRAFT, SUBMIT, STEP, RELEASE = 12, 14, 12, 27


@pytest.fixture
def at_most(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> Callable[[int], Any]:
    locks = 2 if connection.features.has_select_for_update else 0
    return lambda number: django_assert_max_num_queries(number + locks)


def test_no_act_asks_the_database_more_than_it_needs(
    bureau: Bureau, at_most: Callable[[int], Any]
) -> None:
    bureau.public()  # content types and serials are known afterwards
    editor = member(bureau.editor)
    with at_most(DRAFT):
        item = services.item_create(
            unit=bureau.city.bureau_a,
            kind=bureau.city.kinds["policy"],
            content=bureau.content(doc_no="长财发〔2022〕901号"),
            member=editor,
            now=moment(9),
        )
    with at_most(SUBMIT):
        case = services.item_submit(item_id=item.pk, member=editor, now=moment(10))
    for step in case.steps:
        person = member(bureau.people[step])
        with at_most(RELEASE if step == case.steps[-1] else STEP):
            step_approve(
                case_id=case.pk,
                step=step,
                digest=case.digest,
                member=person,
                now=moment(11),
                legal_basis="条例第十三条",
            )
