"""What pages remember ends with the next fact, and one reader's choice is not another's."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from gongkai.core import memo
from gongkai.portal.tests import town as towns
from gongkai.portal.tests.test_forms import STEPS, explain
from gongkai.portal.tests.town import Town

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def remembering(transactional_db: None, settings: Settings) -> Iterator[None]:
    settings.DEMO_DATE = towns.DAY
    settings.MEMO_SECONDS = 60
    memo.clear()
    yield
    memo.clear()


@pytest.fixture
def warm(remembering: None) -> Town:
    return towns.build()


def read(visitor: Client, path: str) -> str:
    answer: Any = visitor.get(path)
    return str(answer.content.decode())


def test_a_withdrawal_is_seen_by_the_next_reader(warm: Town, visitor: Client) -> None:
    policy = warm.public(topics=["yingshang"])
    explained = explain(warm, policy, "scenario", {"steps": STEPS})
    own, paths = f"/nr/{explained.pk}/", ("/", "/zt/yingshang/", f"/nr/{policy.pk}/")
    for _ in range(2):
        assert all(f'href="{own}"' in read(visitor, path) for path in (paths[0], paths[2]))
        assert f"/nr/{policy.pk}/" in read(visitor, paths[1])
        assert visitor.get(own).status_code == 200
    warm.withdraw(explained)
    assert not any(f'href="{own}"' in read(visitor, path) for path in paths)
    assert visitor.get(own).status_code == 410
    warm.withdraw(policy)
    assert not any(f"/nr/{policy.pk}/" in read(visitor, path) for path in paths[:2])
    assert visitor.get(paths[2]).status_code == 410


def test_a_correction_is_seen_by_the_next_reader(warm: Town, visitor: Client) -> None:
    item = warm.public()
    path = f"/nr/{item.pk}/"
    assert "改过的正文" not in read(visitor, path)
    warm.correct(item, body="<p>改过的正文。</p>")
    assert "改过的正文" in read(visitor, path)


@pytest.mark.sqlite  # on PostgreSQL the commit of any other test at the same time ends the memory
def test_a_page_that_was_just_read_asks_next_to_nothing(
    warm: Town, visitor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    warm.plan()
    warm.fill(20)
    for path, most in (("/", 1), ("/zt/yingshang/", 4), (f"/nr/{warm.public().pk}/", 2)):
        first = read(visitor, path)
        with django_assert_max_num_queries(most):
            assert read(visitor, path) == first


def test_what_the_address_asks_for_is_not_remembered(warm: Town, visitor: Client) -> None:
    warm.fill(8)
    plain = read(visitor, "/zt/yingshang/")
    before = len(memo._LARGE)
    for number in range(5):
        read(visitor, f"/zt/yingshang/?qx={number}")
    assert len(memo._LARGE) == before
    assert read(visitor, "/zt/yingshang/") == plain


def test_one_reader_of_a_scenario_does_not_move_another(warm: Town, visitor: Client) -> None:
    base = f"/nr/{explain(warm, warm.public(), 'scenario', {'steps': STEPS}).pk}/"
    start = read(visitor, base)
    second = read(visitor, f"{base}qingjing/1/")
    assert "第 2 问" in second and "第 2 问" not in start
    assert visitor.get(f"{base}qingjing/9/").status_code == 404
    assert read(visitor, base) == start
    assert read(visitor, f"{base}qingjing/1/") == second
