"""Whom publishing tells: the writers of a release; editors and the office of a withdrawal."""

import pytest

from gongkai.messaging.models import Message
from gongkai.organisations.enums import Role
from gongkai.organisations.models import User
from gongkai.publishing import notices, services
from gongkai.publishing.models import Item
from tests.factories import (
    City,
    approve_all,
    make_city,
    make_public,
    member,
    moment,
    reviewers,
    submit,
    user_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def editor(city: City) -> User:
    return user_with(Role.EDITOR, city.bureau_a)


def told(kind: str) -> set[int]:
    return set(Message.objects.filter(kind=kind).values_list("recipient_id", flat=True))


def test_a_release_is_told_to_its_writers_with_its_title(city: City, editor: User) -> None:
    colleague = user_with(Role.EDITOR, city.bureau_a)
    item = make_public(city, city.bureau_a, editor)
    assert told(notices.RELEASED) == {editor.pk} != {colleague.pk}
    row = Message.objects.get(kind=notices.RELEASED)
    assert row.title == f"已公开：{item.title}"
    assert row.url == f"/desk/items/{item.pk}/"


def test_a_correction_is_told_as_one_and_anew(city: City, editor: User) -> None:
    people = reviewers(city.bureau_a)
    item = make_public(city, city.bureau_a, editor, people)
    services.item_edit(
        item_id=item.pk,
        content={"summary": "更正后的摘要", "change_kind": "correction", "change_note": "更正错字"},
        member=member(editor),
        now=moment(13),
    )
    approve_all(submit(item, editor, now=moment(14)), people, now=moment(15))
    titles = Message.objects.filter(kind=notices.RELEASED).order_by("id")
    assert [m.title.partition("：")[0] for m in titles] == ["已公开", "更正已公开"]


def withdraw(item: Item, by: User, category: str = "privacy") -> None:
    services.item_withdraw(
        item_id=item.pk, category=category, reason="含有个人信息", member=member(by), now=moment(16)
    )


def test_a_withdrawal_is_told_to_submitter_editors_and_the_office_above(
    city: City, editor: User
) -> None:
    colleague = user_with(Role.EDITOR, city.bureau_a)
    office = user_with(Role.SUPERVISOR, city.office)
    user_with(Role.SUPERVISOR, city.district_1_bureau)
    user_with(Role.EDITOR, city.bureau_b)
    people = reviewers(city.bureau_a)
    item = make_public(city, city.bureau_a, editor, people)
    withdraw(item, people["final"])
    assert told(notices.WITHDRAWN) == {editor.pk, colleague.pk, office.pk}


def test_the_office_that_withdraws_is_not_told_of_it(city: City, editor: User) -> None:
    office = user_with(Role.SUPERVISOR, city.office)
    item = make_public(city, city.bureau_a, editor)
    withdraw(item, office)
    assert told(notices.WITHDRAWN) == {editor.pk}


def test_the_title_of_what_was_withdrawn_is_not_mailed(city: City, editor: User) -> None:
    """What had to go may stand in the title itself."""
    people = reviewers(city.bureau_a)
    item = make_public(city, city.bureau_a, editor, people, title="张三的补助发放情况")
    withdraw(item, people["final"])
    row = Message.objects.get(kind=notices.WITHDRAWN)
    assert row.title == "市财政局一条已公开的信息被撤回"
    assert "张三" in row.body and "含有个人信息" in row.body


def test_an_item_of_a_district_is_the_districts_affair(city: City) -> None:
    unit = city.district_1_bureau
    editor, district = user_with(Role.EDITOR, unit), user_with(Role.SUPERVISOR, unit)
    user_with(Role.SUPERVISOR, city.office)
    people = reviewers(unit)
    item = make_public(city, unit, editor, people)
    withdraw(item, people["secrecy"])
    assert told(notices.WITHDRAWN) == {editor.pk, district.pk}
