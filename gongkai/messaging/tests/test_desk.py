"""The inbox and the settings page, as a person uses them, without script."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from gongkai.core import outbox
from gongkai.messaging.models import KindSetting, MailSettings, Message
from gongkai.messaging.registry import notice_kinds
from gongkai.messaging.selectors import MANY, PAGE, waiting
from gongkai.messaging.tests.conftest import KIND, NOW, SILENT, URGENT, tell, with_mail
from gongkai.organisations.enums import Role
from gongkai.organisations.models import User
from tests.factories import DAY, City, UserFactory, member, user_with

pytestmark = pytest.mark.django_db
INBOX, MARK, SETTINGS = "/desk/messages/", "/desk/messages/mark/", "/desk/messages/settings/"


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    settings.DEMO_DATE = DAY


@pytest.fixture
def person(city: City) -> User:
    return user_with(Role.EDITOR, city.bureau_a)


@pytest.fixture
def desk(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text_of(response: Any) -> str:
    return unescape(response.content.decode()).replace("<wbr>", "")


def titles(response: Any) -> list[str]:
    return [row["message"].title for row in response.context["rows"]]


# --- the inbox ----------------------------------------------------------------------------------


def test_the_inbox_opens_on_what_is_unread_newest_first(desk: Client, person: User) -> None:
    for number in range(3):
        tell(person, key=str(number), title=f"第{number}件", now=NOW + timedelta(minutes=number))
    Message.objects.filter(key="1").update(read_at=NOW)
    assert titles(desk.get(INBOX)) == ["第2件", "第0件"]
    assert titles(desk.get(INBOX, {"show": "all"})) == ["第2件", "第1件", "第0件"]


def test_one_kind_can_be_looked_at(desk: Client, person: User) -> None:
    tell(person, title="普通的")
    tell(person, kind=URGENT, title="紧急的")
    page = desk.get(INBOX, {"kind": URGENT})
    assert titles(page) == ["紧急的"]
    assert "普通提醒" in text_of(page) and "这一类全部已读" in text_of(page)
    assert titles(desk.get(INBOX, {"kind": "no.such.kind"})) == []


def test_a_message_shows_what_it_is_about_and_how_long_is_left(desk: Client, person: User) -> None:
    tell(person, title="督办等待回复", body="请补充佐证", due=date(2022, 10, 20))
    tell(person, key="2", title="已过期限", due=date(2022, 10, 17))
    page = text_of(desk.get(INBOX))
    for words in ("督办等待回复", "请补充佐证", "还有 2 天到期", "已逾期 1 天", "2022-10-20"):
        assert words in page


def test_words_of_others_are_shown_as_words(desk: Client, person: User) -> None:
    tell(person, title="<script>alert(1)</script>", body="<img src=x>")
    page = desk.get(INBOX).content.decode()
    assert "<script>alert" not in page and "<img src=x>" not in page


def test_an_empty_inbox_says_so_and_offers_the_way_on(desk: Client, person: User) -> None:
    page = text_of(desk.get(INBOX))
    assert "没有未读消息" in page and "?show=all" in page
    assert "还没有收到过消息" in text_of(desk.get(INBOX, {"show": "all"}))
    assert "全部标为已读" not in page


def test_deep_pages_go_on_from_a_message_and_back(desk: Client, person: User) -> None:
    for number in range(PAGE * 2 + 1):
        tell(person, key=str(number), title=f"第{number}件", now=NOW + timedelta(minutes=number))
    first = desk.get(INBOX)
    assert len(titles(first)) == PAGE and first.context["newer_url"] == ""
    second = desk.get(first.context["older_url"])
    third = desk.get(second.context["older_url"])
    assert titles(first) + titles(second) + titles(third) == [
        f"第{n}件" for n in range(PAGE * 2, -1, -1)
    ]
    assert third.context["older_url"] == ""
    assert titles(desk.get(third.context["newer_url"])) == titles(second)
    back = desk.get(second.context["newer_url"])
    assert titles(back) == titles(first) and back.context["newer_url"] == ""


def test_messages_of_the_same_moment_are_neither_lost_nor_doubled(
    desk: Client, person: User
) -> None:
    for number in range(PAGE + 5):
        tell(person, key=str(number), title=f"第{number}件")
    first = desk.get(INBOX)
    rest = desk.get(first.context["older_url"])
    assert len(set(titles(first) + titles(rest))) == PAGE + 5


@pytest.mark.parametrize("value", ["x", "-1", "0", "99999999999999999999999", "１２", ""])
def test_a_wrong_place_in_the_address_shows_the_first_page(
    desk: Client, person: User, value: str
) -> None:
    tell(person)
    assert titles(desk.get(INBOX, {"before": value, "after": value})) == ["一件事"]


def test_a_place_in_somebody_elses_inbox_tells_nothing(desk: Client, person: User) -> None:
    tell(UserFactory(), key="other", now=NOW + timedelta(hours=1))
    tell(person)
    foreign = Message.objects.get(key="other").pk
    assert titles(desk.get(INBOX, {"before": foreign})) == ["一件事"]
    assert titles(desk.get(INBOX, {"after": foreign})) == ["一件事"]


# --- opening ------------------------------------------------------------------------------------


def opened(row: Message) -> bool:
    row.refresh_from_db()
    return row.read_at is not None


def test_opening_marks_the_own_message_read_and_goes_there(desk: Client, person: User) -> None:
    tell(person, url="/desk/ledger/mine/")
    row = Message.objects.get()
    response = desk.get(reverse("messaging-desk:open", args=[row.pk]))
    assert (response.status_code, response["Location"]) == (302, "/desk/ledger/mine/")
    assert "no-store" in response["Cache-Control"]
    assert opened(row)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Purpose": "prefetch"},
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_loading_ahead_or_embedding_the_address_marks_nothing(
    desk: Client, person: User, headers: dict[str, str]
) -> None:
    tell(person)
    row = Message.objects.get()
    url = reverse("messaging-desk:open", args=[row.pk])
    assert desk.get(url, headers=headers).status_code == 302
    assert not opened(row)
    assert desk.get(url, headers={"Sec-Fetch-Mode": "navigate"}).status_code == 302
    assert opened(row)


def test_another_persons_message_is_answered_like_a_missing_page(city: City, person: User) -> None:
    tell(person)
    row = Message.objects.get()
    url = reverse("messaging-desk:open", args=[row.pk])
    for other in (
        user_with(Role.EDITOR, city.bureau_a),
        user_with(Role.SUPERVISOR, city.office),
        user_with(Role.OPERATOR, city.office),
        user_with(Role.EDITOR, city.bureau_a, superuser=True),
    ):
        client = Client()
        client.force_login(other)
        assert client.get(url).status_code == 404
        for act in ("read", "unread", "all"):
            data = {"act": act, "message": row.pk, "newest": row.pk}
            assert client.post(MARK, data).status_code == 404
        assert titles(client.get(INBOX, {"show": "all"})) == []
    assert not opened(row)
    missing = reverse("messaging-desk:open", args=[row.pk + 1000])
    owner = Client()
    owner.force_login(person)
    assert owner.get(missing).status_code == 404


def test_a_visitor_signs_in_first(person: User) -> None:
    tell(person)
    url = reverse("messaging-desk:open", args=[Message.objects.get().pk])
    for address in (url, INBOX, SETTINGS):
        response = Client().get(address)
        assert response.status_code == 302 and "/desk/login/" in response["Location"]


def test_a_stored_link_that_leads_elsewhere_is_not_followed(desk: Client, person: User) -> None:
    tell(person)
    Message.objects.update(url="https://evil.example/")
    url = reverse("messaging-desk:open", args=[Message.objects.get().pk])
    assert desk.get(url).status_code == 404


# --- marking ------------------------------------------------------------------------------------


def test_marking_one_and_all_and_one_back(desk: Client, person: User) -> None:
    tell(person, key="1")
    tell(person, key="2", kind=URGENT)
    one, two = Message.objects.order_by("id")
    desk.post(MARK, {"act": "read", "message": one.pk})
    assert opened(one) and not opened(two)
    desk.post(MARK, {"act": "unread", "message": one.pk})
    assert not opened(one)
    done = desk.post(MARK, {"act": "all", "newest": two.pk, "kind": ""}, follow=True)
    assert "已把 2 条消息标为已读" in text_of(done)
    assert opened(one) and opened(two)


def test_the_button_marks_what_was_shown_and_not_what_came_afterwards(
    desk: Client, person: User
) -> None:
    tell(person, key="1")
    page = desk.get(INBOX)
    tell(person, key="2", now=NOW + timedelta(minutes=1))
    newest = re.findall(r'name="newest" value="(\d+)"', page.content.decode())
    desk.post(MARK, {"act": "all", "newest": newest[0]})
    assert list(Message.objects.filter(read_at=None).values_list("key", flat=True)) == ["2"]


@pytest.mark.parametrize(
    "data",
    [{}, {"act": "delete"}, {"act": "read"}, {"act": "all"}, {"act": "read", "message": "x"}],
)
def test_an_unknown_act_is_refused_in_words(desk: Client, data: dict[str, str]) -> None:
    response = desk.post(MARK, data)
    assert response.status_code == 409 and "没有看懂要做什么" in text_of(response)


def test_marking_goes_back_to_the_list_and_nowhere_else(desk: Client, person: User) -> None:
    tell(person)
    pk = Message.objects.get().pk
    for back, target in (
        (f"{INBOX}?show=all&kind=x", f"{INBOX}?show=all&kind=x"),
        ("https://evil.example/", INBOX),
        ("//evil.example/", INBOX),
        ("/desk/logout/", INBOX),
        ("", INBOX),
    ):
        data = {"act": "read", "message": pk, "back": back}
        assert desk.post(MARK, data)["Location"] == target


def test_reading_changes_nothing_without_a_form(desk: Client, person: User) -> None:
    tell(person)
    assert desk.get(MARK).status_code == 405
    assert desk.get(INBOX).status_code == 200
    assert not opened(Message.objects.get())
    assert desk.post(INBOX).status_code == 405


# --- the badge, and what a page costs -----------------------------------------------------------


def test_the_menu_counts_what_is_unread(desk: Client, person: User) -> None:
    for number in range(3):
        tell(person, key=str(number))
    tell(UserFactory())
    menu = desk.get(INBOX).context["desk_menu"]
    (entry,) = [row for row in menu if row["key"] == "messages"]
    assert (entry["count"], entry["label"], entry["url"]) == (3, "消息", INBOX)


def fill(person: User, many: int) -> None:
    Message.objects.bulk_create(
        [
            Message(
                recipient=person, kind=(KIND, URGENT, SILENT)[n % 3], key=f"f{n}", title=f"第{n}件",
                url="/desk/", created_at=NOW + timedelta(seconds=n),
                read_at=None if n % 2 else NOW,
            )
            for n in range(many)
        ]
    )  # fmt: skip


def test_the_badge_stops_counting_at_many(person: User) -> None:
    fill(person, MANY * 2 + 20)
    assert sum(rows.count() for rows in waiting(member(person))) == MANY


@pytest.mark.parametrize("query", ["", "?show=all", f"?kind={KIND}", "?show=all&kind=test.urgent"])
def test_the_inbox_costs_at_most_twelve_queries_however_many_messages(
    desk: Client, person: User, query: str, django_assert_max_num_queries: Any
) -> None:
    fill(person, 200)
    desk.get(INBOX)  # the session is known
    with django_assert_max_num_queries(12):
        page = desk.get(f"{INBOX}{query}")
    with django_assert_max_num_queries(12):
        desk.get(page.context["older_url"])


@pytest.mark.sqlite
def test_the_pages_of_the_inbox_read_an_index(person: User) -> None:
    """At 200,000 messages a scan or a sort would be felt on every page of the desk."""
    from gongkai.messaging import selectors

    fill(person, 400)
    me = member(person)
    for rows in (
        selectors.own(me)[:30],
        selectors.own(me).filter(read_at=None)[:30],
        selectors.own(me).filter(kind=KIND)[:30],
        selectors.own(me).filter(kind=KIND, read_at=None)[:30],
    ):
        plan = rows.explain()
        assert "USING" in plan and "INDEX message_" in plan, plan
        assert "TEMP B-TREE" not in plan, plan


# --- the settings page --------------------------------------------------------------------------


def settings_data(**changes: str) -> dict[str, str]:
    data = {"act": "settings", "digest_hour": "8"}
    for kind in (kind for kind in notice_kinds() if not kind.roles):
        channel = "at_once" if kind.urgent else "digest"
        data[f"kind-{kind.key.replace('.', '-')}"] = channel if kind.mail else "inbox"
    return {**data, **changes}


def test_every_kind_has_a_row_with_the_present_choice(desk: Client, person: User) -> None:
    page = desk.get(SETTINGS)
    text = text_of(page)
    for kind in notice_kinds():
        assert (kind.label in text) is not bool(kind.roles), kind.key
    assert re.search(
        r'<input type="radio" name="kind-test-urgent" value="at_once"[^>]* checked', text
    )
    assert not re.search(r'name="kind-test-silent" value="at_once"', text)


def test_choices_are_saved_without_script(desk: Client, person: User) -> None:
    data = settings_data(**{"kind-test-plain": "inbox", "digest_hour": "17", "mail_off": "on"})
    page = desk.post(SETTINGS, data, follow=True)
    assert "提醒设置已经保存" in text_of(page)
    assert list(KindSetting.objects.values_list("kind", "channel")) == [(KIND, "inbox")]
    row = MailSettings.objects.get(user=person)
    assert (row.digest_hour, row.mail_off) == (17, True)
    assert 'value="17" selected' in text_of(desk.get(SETTINGS))


def test_a_wrong_choice_keeps_the_others_as_typed(desk: Client, person: User) -> None:
    data = settings_data(**{"kind-test-plain": "inbox", "kind-test-urgent": "pigeon"})
    page = desk.post(SETTINGS, data)
    assert page.status_code == 422 and "“紧急提醒”请选择一种方式" in text_of(page)
    assert re.search(r'name="kind-test-plain" value="inbox"[^>]* checked', text_of(page))
    assert KindSetting.objects.count() == 0


def test_the_whole_way_from_address_to_first_mail(desk: Client, person: User) -> None:
    page = desk.post(SETTINGS, {"act": "address", "address": "lisi@mail.example"}, follow=True)
    assert "验证码已经发出" in text_of(page) and "未验证，不发邮件" in text_of(page)
    moment = MailSettings.objects.get().code_sent_at
    assert moment is not None
    outbox.run(now=moment)
    (code,) = re.findall(r"验证码：(\d{6})", str(mail.outbox[0].body))
    page = desk.post(SETTINGS, {"act": "code", "code": code}, follow=True)
    assert "邮箱已经验证" in text_of(page) and "l***@mail.example" in text_of(page)
    assert "lisi@mail.example" not in text_of(page)
    tell(person, kind=URGENT, now=moment)
    outbox.run(now=moment)
    assert mail.outbox[1].to == ["lisi@mail.example"]
    page = desk.post(SETTINGS, {"act": "remove"}, follow=True)
    assert "还没有填写邮箱" in text_of(page)


def test_a_wrong_address_and_a_wrong_code_are_told_at_their_fields(
    desk: Client, person: User
) -> None:
    page = desk.post(SETTINGS, {"act": "address", "address": "lisi@"})
    assert page.status_code == 422 and "邮箱地址不完整" in text_of(page)
    assert 'value="lisi@"' in text_of(page), "what was typed is still there"
    assert "请填写邮箱地址" in text_of(desk.post(SETTINGS, {"act": "address"}))
    desk.post(SETTINGS, {"act": "address", "address": "lisi@mail.example"})
    page = desk.post(SETTINGS, {"act": "code", "code": "00000x"})
    assert page.status_code == 422 and "还可以再试 4 次" in text_of(page)


def test_a_refusal_is_told_on_the_page(desk: Client, person: User) -> None:
    desk.post(SETTINGS, {"act": "address", "address": "lisi@mail.example"})
    page = desk.post(SETTINGS, {"act": "address", "address": "lisi@mail.example"})
    assert page.status_code == 409 and "每分钟最多发一次" in text_of(page)
    page = desk.post(SETTINGS, {"act": "fly"})
    assert page.status_code == 409 and "没有看懂要做什么" in text_of(page)


def test_the_page_says_when_mail_is_off(desk: Client, person: User, settings: Any) -> None:
    assert "平台还没有接入邮件服务器" not in text_of(desk.get(SETTINGS))
    settings.MAIL_ENABLED = False
    page = text_of(desk.get(SETTINGS))
    assert "平台还没有接入邮件服务器" in page and "发送验证码" not in page


def test_the_page_says_that_an_address_was_refused(desk: Client, person: User) -> None:
    with_mail(person)
    MailSettings.objects.update(verified_at=None, refused_at=NOW)
    assert "上次的邮件被对方邮箱拒收" in text_of(desk.get(SETTINGS))


def test_the_settings_page_costs_a_fixed_number_of_queries(
    desk: Client, person: User, django_assert_max_num_queries: Any
) -> None:
    with_mail(person)
    desk.get(SETTINGS)
    with django_assert_max_num_queries(14):
        desk.get(SETTINGS)


def test_kinds_for_operators_stand_in_the_settings_of_operators_only(
    city: City, desk: Client
) -> None:
    operator = Client()
    operator.force_login(user_with(Role.OPERATOR, city.office))
    assert "后台任务失败" in text_of(operator.get(SETTINGS))
    assert "后台任务失败" not in text_of(desk.get(SETTINGS))
