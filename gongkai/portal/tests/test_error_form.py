"""我为政府网站找错 as a reader meets it: from the page to the form, the receipt and the answer."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from gongkai.portal import views_errors
from gongkai.portal.tests.town import Town, moment
from gongkai.sitecare.models import ErrorReport
from gongkai.sitecare.services import report_handle
from tests.factories import member, user_with

GOOD = {"page": "/zx/", "kind": "typo", "text": "“部署”写成了“布署”。", "quote": "", "website": ""}


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def send(client: Client, **given: Any) -> Any:
    return client.post("/f/zhaocuo/", {**GOOD, **given})


def test_every_page_leads_to_a_form_that_knows_it(town: Town, visitor: Client) -> None:
    item = town.public(unit=town.city.district_1_bureau)
    text = visitor.get(f"/nr/{item.pk}/").content.decode()
    link = unescape(re.search(r'href="(/f/zhaocuo/[^"]+)"', text)[1])  # type: ignore[index]
    form = visitor.get(link)
    said = form.content.decode()
    assert f'value="/nr/{item.pk}/"' in said and 'name="site" value="wangcheng"' in said
    assert "望城政务公开" in said and form["Cache-Control"] == "private, no-store"
    assert "report.js" in text, "the selected words go along where scripts run"


def test_selected_words_come_along_and_nothing_else(town: Town, visitor: Client) -> None:
    page = visitor.get("/f/zhaocuo/", {"page": "/zx/", "text": 'a"><script>' + "字" * 400})
    said = page.content.decode()
    assert "a&quot;&gt;&lt;script&gt;" in said and said.count("字" * 189) == 1
    for bad in ("//evil.example", "https://evil.example/", "javascript:x", "/f/view/", "/\\x"):
        assert f'value="{bad}"' not in visitor.get("/f/zhaocuo/", {"page": bad}).content.decode()


def test_a_report_gets_a_receipt_and_its_state_can_be_read(town: Town, visitor: Client) -> None:
    answer = send(visitor, text="清单下不了，我的电话13912345678", kind="link")
    report = ErrorReport.objects.get()
    assert answer.status_code == 302 and report.receipt in answer["Location"]
    said = visitor.get(answer["Location"]).content.decode()
    assert "已经收到" in said and "没有保存" in said and "清单下不了" not in said
    assert "13912345678" not in report.text
    office = user_with("supervisor", town.city.office)
    report_handle(
        report_id=report.pk,
        outcome="corrected",
        answer="已经换上能打开的附件。",
        member=member(office),
        now=moment(16),
    )
    said = visitor.get("/f/zhaocuo/huizhi/", {"no": report.receipt.lower()}).content.decode()
    assert "已经换上能打开的附件" in said and "已经改正" in said
    assert "没有这个回执号" in visitor.get("/f/zhaocuo/huizhi/?no=ZCAAAAAAAAAA").content.decode()


def test_the_form_needs_its_token(town: Town) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert send(strict).status_code == 403 and not ErrorReport.objects.exists()
    page = strict.get("/f/zhaocuo/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert token and send(strict, csrfmiddlewaretoken=token[1]).status_code == 302


def test_what_was_typed_comes_back_with_the_error(town: Town, visitor: Client) -> None:
    answer = send(visitor, kind="", text="这里写错了一个字")
    said = answer.content.decode()
    assert answer.status_code == 422 and "请选择是哪一类错误" in said and "这里写错了一个字" in said


def test_programs_fall_into_the_trap(town: Town, visitor: Client) -> None:
    answer = send(visitor, website="https://spam.example/")
    assert answer.status_code == 422 and not ErrorReport.objects.exists()
    assert "请清空" in answer.content.decode()


def test_one_visitor_sends_a_few_an_hour(town: Town, visitor: Client) -> None:
    for _ in range(views_errors.SENT_AN_HOUR):
        assert send(visitor).status_code == 302
    stopped = send(visitor, text="这一条还没有交上去")
    assert stopped.status_code == 429 and "这一条还没有交上去" in stopped.content.decode()
    assert ErrorReport.objects.count() == views_errors.SENT_AN_HOUR
    other = Client(REMOTE_ADDR="10.9.8.7")
    assert send(other).status_code == 302


def test_receipts_cannot_be_guessed_by_the_thousand(
    town: Town, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views_errors, "ASKED_AN_HOUR", 2)
    codes = [visitor.get(f"/f/zhaocuo/huizhi/?no=ZC{n}").status_code for n in range(4)]
    assert codes == [200, 200, 429, 429]


def test_the_address_of_the_visitor_is_nowhere_kept(
    town: Town, visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    send(visitor, text="电话13912345678打不通，请改")
    assert "127.0.0.1" not in str(cache._cache.keys())  # type: ignore[attr-defined]
    assert "13912345678" not in caplog.text
