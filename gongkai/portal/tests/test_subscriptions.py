"""订阅 as a reader meets it: from the page to the form, the letter, one's own list, and out."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from gongkai.core import facts
from gongkai.portal import views_subscriptions
from gongkai.portal.tests.town import Town, moment
from gongkai.search.entries import PUBLIC
from gongkai.search.writing import rebuild
from gongkai.subscriptions.models import Subscriber, Subscription
from gongkai.subscriptions.tests.readers import ADDRESS, Readers, path_in, target
from tests.factories import user_with

ATOM = "{http://www.w3.org/2005/Atom}"
GOOD = {
    "what": "column",
    "key": "yingshang",
    "address": ADDRESS,
    "frequency": "daily",
    "website": "",
}


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def readers(town: Town) -> Readers:
    return Readers(town)


def text_of(response: Any) -> str:
    return response.content.decode()


def test_every_place_leads_to_a_form_that_says_what_is_followed(
    town: Town, visitor: Client
) -> None:
    item = town.public(unit=town.city.district_1_bureau, title="关于补助的通知")
    for page, words in (
        (f"/nr/{item.pk}/", "关于补助的通知"), ("/zt/yingshang/", "优化营商环境"),
        ("/zt/yingshang/?fq=wenjian", "优化营商环境·政策文件"), ("/zx/", "最新公开"),
        ("/qx/wangcheng/zx/", "望城政务公开"), ("/dw/czj/", "长沙市财政局"),
    ):  # fmt: skip
        link = unescape(re.search(r'href="(/f/dingyue/\?[^"]+)"', text_of(visitor.get(page)))[1])  # type: ignore[index]
        form = visitor.get(link)
        said = text_of(form).replace("<wbr>", "")
        assert form.status_code == 200 and words in said, link
        assert form["Cache-Control"] == "private, no-store"
        feed = re.search(r'<a class="btn quiet" href="([^"]+)"', said)
        assert feed and visitor.get(unescape(feed[1])).status_code == 200, link


def test_the_whole_way_from_form_to_farewell(town: Town, visitor: Client, readers: Readers) -> None:
    answer = visitor.post("/f/dingyue/", GOOD)
    assert answer.status_code == 302 and answer["Location"] == "/f/dingyue/fachu/"
    assert ADDRESS not in text_of(visitor.get(answer["Location"]))
    readers.run()
    [letter] = mail.outbox
    link = path_in(letter.body, "queren")
    said = text_of(visitor.get(link))
    assert "确认订阅" in said and "d***@mail.example" in said and ADDRESS not in said
    assert Subscription.objects.get().confirmed_at is None, "a scanner only looks"
    assert visitor.head(link).status_code == 200
    confirmed = visitor.post(link)
    assert confirmed.status_code == 302 and Subscription.objects.get().confirmed_at
    own = confirmed["Location"].partition("?")[0]
    said = text_of(visitor.get(confirmed["Location"]))
    assert "订阅已经开始" in said and "优化营商环境" in said and ADDRESS not in said
    assert visitor.get(link).status_code == 302, "the link again leads to the list"
    row = Subscription.objects.get()
    visitor.post(own, {"act": "frequency", "id": row.pk, "frequency": "weekly"})
    assert Subscription.objects.get().frequency == "weekly"
    for nonsense in ({"act": "leave", "id": "x"}, {"act": "x"}, {"act": "leave", "id": "9" * 30}):
        visitor.post(own, nonsense)
    assert Subscription.objects.count() == 1
    visitor.post(own, {"act": "leave", "id": row.pk})
    assert not Subscriber.objects.exists()
    assert "已经全部退订" in text_of(visitor.get(own))


def test_one_click_needs_neither_cookie_nor_token(town: Town, readers: Readers) -> None:
    readers.follow("column", target(key="yingshang"))
    second = readers.follow("unit", target(key="czj"))
    town.public()
    [letter] = readers.letters()
    link = path_in(letter.extra_headers["List-Unsubscribe"], "tuiding")
    stranger = Client(enforce_csrf_checks=True)
    said = text_of(stranger.get(link))
    assert "优化营商环境" in said and "长沙市财政局" in said and "csrf" not in said
    assert Subscription.objects.count() == 2, "looking changes nothing"
    single = path_in(letter.body, "tuiding")
    assert stranger.post(single, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Subscription.objects.get() == second
    assert "已经退订" in text_of(stranger.post(link)) and not Subscriber.objects.exists()
    assert stranger.post(link).status_code == 200 and "已经退订" in text_of(stranger.get(link))


def test_what_changes_something_needs_a_token_elsewhere(town: Town, readers: Readers) -> None:
    row = readers.follow("column", target(key="yingshang"))
    strict = Client(enforce_csrf_checks=True)
    own = readers_link(row)
    assert strict.post("/f/dingyue/", GOOD).status_code == 403
    assert strict.post(own, {"act": "all"}).status_code == 403
    assert Subscription.objects.count() == 1


def readers_link(row: Subscription) -> str:
    from gongkai.subscriptions import links

    return "/" + links.manage_link(row.subscriber).split("/", 3)[3]


def test_leaving_everything_deletes_the_address(
    town: Town, visitor: Client, readers: Readers
) -> None:
    row = readers.follow("column", target(key="yingshang"))
    readers.follow("unit", target(key="czj"))
    own = readers_link(row)
    assert text_of(visitor.get(own)).count('value="leave"') == 2
    visitor.post(own, {"act": "all"})
    assert not Subscriber.objects.exists()


def test_void_links_say_so(town: Town, visitor: Client, readers: Readers) -> None:
    row = readers.follow("column", target(key="yingshang"))
    good = readers_link(row).split("/")[4]
    for name in ("queren", "guanli", "tuiding"):
        for token in ("x", good[:-3] + "AAA", "a:b:c", good if name != "guanli" else "y"):
            for method in (visitor.get, visitor.post):
                answer = method(f"/f/dingyue/{name}/{token}/")
                assert answer.status_code == 404 and "已经失效" in text_of(answer)
    assert Subscription.objects.count() == 1


def test_the_same_answer_for_every_address(town: Town, visitor: Client, readers: Readers) -> None:
    readers.follow("column", target(key="yingshang"))
    answers = [visitor.post("/f/dingyue/", {**GOOD, "address": address})
               for address in (ADDRESS, "nobody@mail.example")]  # fmt: skip
    answers += [visitor.post("/f/dingyue/", {"address": address, "website": ""})
                for address in (ADDRESS, "stranger@mail.example")]  # fmt: skip
    where = [(a.status_code, a["Location"], a.content) for a in answers]
    assert where[0] == where[1] and where[2] == where[3]


def test_errors_come_back_with_what_was_typed(town: Town, visitor: Client) -> None:
    answer = visitor.post("/f/dingyue/", {**GOOD, "address": "li@", "frequency": ""})
    said = text_of(answer)
    assert answer.status_code == 422 and 'value="li@"' in said and "邮箱地址不完整" not in said
    assert "请选择多久发一次" in said and 'name="key" value="yingshang"' in said
    answer = visitor.post("/f/dingyue/", {**GOOD, "address": "li@"})
    assert answer.status_code == 422 and "邮箱地址不完整" in text_of(answer)
    assert visitor.post("/f/dingyue/", {**GOOD, "website": "x"}).status_code == 422
    assert visitor.post("/f/dingyue/", {"address": "li@", "website": ""}).status_code == 422
    assert not Subscriber.objects.exists()


NOWHERE = (
    "what=column&key=none", "what=document&key=987654", "what=document&key=x", "what=search&q=",
    "what=none&key=1", "what=column&key=yingshang&district=none",
    "what=search&q=430102199003071234",
)  # fmt: skip


def test_what_is_not_there_is_said(town: Town, visitor: Client) -> None:
    for query in NOWHERE:
        answer = visitor.get(f"/f/dingyue/?{query}")
        assert answer.status_code == 404 and "没有找到要订阅的内容" in text_of(answer), query


def test_one_visitor_asks_a_few_times_an_hour(
    town: Town, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views_subscriptions, "ASKED_AN_HOUR", 2)
    codes = [visitor.post("/f/dingyue/", GOOD).status_code for _ in range(3)]
    assert codes == [302, 302, 429]
    assert visitor.post("/f/dingyue/", {"address": ADDRESS, "website": ""}).status_code == 429


def test_without_mail_the_feed_is_offered(town: Town, visitor: Client, settings: Any) -> None:
    settings.MAIL_ENABLED = False
    said = text_of(visitor.get("/f/dingyue/?what=unit&key=czj"))
    assert "不发邮件" in said and "/dw/czj/feed/" in said and 'type="email"' not in said
    assert "不发邮件" in text_of(visitor.get("/f/dingyue/"))


def test_the_own_list_costs_the_same_for_many(
    town: Town, visitor: Client, readers: Readers, django_assert_max_num_queries: Any
) -> None:
    items = town.fill(12)
    for item in items:
        row = readers.document(item)
    with django_assert_max_num_queries(14):
        assert text_of(visitor.get(readers_link(row))).count('value="leave"') == 12


def entries(response: Any) -> list[tuple[str, str]]:
    assert response.status_code == 200 and response["Content-Type"].startswith(
        "application/atom+xml"
    )
    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    found = [(e.findtext(f"{ATOM}title") or "", e.find(f"{ATOM}link").get("href") or "")  # type: ignore[union-attr]
             for e in root.findall(f"{ATOM}entry")]  # fmt: skip
    ids = [e.findtext(f"{ATOM}id") for e in root.findall(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return found


def test_the_feed_of_a_documents_life(
    town: Town, visitor: Client, django_assert_max_num_queries: Any
) -> None:
    item = town.public(title="补助办法", body="<p>旧文本。</p>")
    town.correct(item, body="<p>新文本。</p>", title="补助办法（修订）")
    [explains] = town.fill(1, kind=town.city.kinds["interpretation"], title="补助办法的解读")
    explains.links_out.create(target=item, relation="interprets")
    address = f"/nr/{item.pk}/feed/"
    assert f'href="{address}"' in text_of(visitor.get(f"/nr/{item.pk}/"))
    with django_assert_max_num_queries(12):
        feed = visitor.get(address)
    titles = [title for title, _ in entries(feed)]
    assert titles[0].startswith("更正（第 2 版）") and titles[1].startswith("发布")
    assert "有了解读：补助办法的解读" in titles and "旧文本" not in text_of(feed)
    assert visitor.get(address, headers={"if-none-match": feed["ETag"]}).status_code == 304
    town.withdraw(item)
    gone = visitor.get(address)
    assert gone.status_code == 410 and "新文本" not in text_of(gone)
    assert visitor.get("/nr/987654/feed/").status_code == 404


def test_the_feed_of_a_search_and_of_a_section(town: Town, visitor: Client) -> None:
    item = town.public(title="公积金提取办法", topics=["yingshang", "yingshang/wenjian"])
    there = town.public(title="公积金提取办法", unit=town.city.district_1_bureau, now=moment(15))
    while facts.seal():
        pass
    assert entries(visitor.get("/search/feed/?q=别的词")) == []
    rebuild(PUBLIC, resume=False)
    found = [link for _, link in entries(visitor.get("/search/feed/?q=公积金&page=7"))]
    assert [link.split("/nr/")[1] for link in found] == [f"{there.pk}/", f"{item.pk}/"]
    [(_, link)] = entries(visitor.get("/qx/wangcheng/search/feed/?q=公积金"))
    assert link.endswith(f"/nr/{there.pk}/")
    town.withdraw(there)
    assert len(entries(visitor.get("/search/feed/?q=公积金"))) == 1, "the index still has it"
    for nothing in ("/search/feed/", "/search/feed/?q=", "/qx/none/search/feed/?q=x"):
        assert visitor.get(nothing).status_code == 404
    for wild in ("AND OR (", "\U0001f600", "*" * 300, "字" * 10_000, "\x00\x01"):
        assert visitor.get("/search/feed/", {"q": wild}).status_code in (200, 404)
    assert len(entries(visitor.get("/zt/yingshang/feed/?fq=wenjian"))) == 1
    assert entries(visitor.get("/zt/yingshang/feed/?fq=jiedu")) == []


def test_the_office_sees_numbers_and_no_addresses(
    town: Town, readers: Readers, django_assert_max_num_queries: Any
) -> None:
    item = town.public(title="关于补助的通知")
    readers.run()
    readers.document(item)
    readers.follow("column", target(key="yingshang"), frequency="weekly")
    readers.follow("search", target(q="我自己的名字"))
    Subscriber.objects.update(failures=1, failed_at=moment(9))
    staff = Client()
    staff.force_login(user_with("supervisor", town.city.office))
    with django_assert_max_num_queries(30):
        said = text_of(staff.get("/desk/subscriptions/"))
    assert "关于补助的通知" in said and "优化营商环境" in said and "d***@mail.example" in said
    assert ADDRESS not in said and "我自己的名字" not in said
    staff.force_login(user_with("editor", town.city.bureau_a))
    assert staff.get("/desk/subscriptions/").status_code == 403


def test_a_search_is_followed_as_its_page_reads_it(town: Town, visitor: Client) -> None:
    kept = town.public(title="公积金提取办法", unit=town.city.district_1_bureau)
    town.public(title="公积金提取办法", doc_no="长财发〔2022〕61号", now=moment(15))
    while facts.seal():
        pass
    rebuild(PUBLIC, resume=False)
    page = text_of(
        visitor.get("/qx/wangcheng/search/?q=公积金&in=policy&title=1&page=3&order=newest")
    )
    link = unescape(re.search(r'href="(/f/dingyue/\?what=search[^"]+)"', page)[1])  # type: ignore[index]
    said = text_of(visitor.get(link)).replace("<wbr>", "")
    assert "“公积金”（范围：政策文件，只查标题）" in said and "望城政务公开" in said
    feed = unescape(re.search(r'<a class="btn quiet" href="([^"]+)"', said)[1])  # type: ignore[index]
    [(_, found)] = entries(visitor.get(feed))
    assert found.endswith(f"/nr/{kept.pk}/")
    assert "dingyue/?what=search" not in text_of(visitor.get("/search/?q="))
