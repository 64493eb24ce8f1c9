"""Public pages ask the database little, however full it is."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongkai.portal.tests.town import Town

LIMIT = 16
PATHS = (
    "/", "/qx/wangcheng/", "/zt/yingshang/", "/zt/yingshang/?fq=wenjian", "/zt/jiceng/", "/zx/",
    "/zx/?kind=policy", "/dw/", "/dw/czj/", "/dw/czj/?part=rules", "/jd/", "/jd/1/", "/jd/7/",
    "/search/?q=事项", "/columns/", "/sitemap/", "/accessibility/", "/contact/", "/nope/",
)  # fmt: skip


@pytest.fixture
def full(town: Town) -> Town:
    town.plan(points=17, tasks=3)
    town.fill(60)
    return town


@pytest.mark.parametrize("path", PATHS)
def test_no_page_asks_more_than_sixteen_questions(
    full: Town, visitor: Client, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(LIMIT):
        visitor.get(path)


def test_an_item_with_everything_asks_no_more(
    full: Town, visitor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    item = full.public(
        attachments=[full.attachment(f"甲,{n}\n", f"{n}.csv") for n in range(5)],
        origin="joint",
        joint_units=["fgw"],
    )
    for number in range(2, 6):
        item = full.correct(item, body=f"<p>第{number}版。</p>", change_note=f"第{number}次更正。")
    with django_assert_max_num_queries(LIMIT):
        visitor.get(f"/nr/{item.pk}/")
    with django_assert_max_num_queries(LIMIT):
        visitor.get(f"/nr/{item.pk}/v/2/")
    full.withdraw(item)
    with django_assert_max_num_queries(LIMIT):
        visitor.get(f"/nr/{item.pk}/")
