"""Rules of notices: channels, stages, addresses, and what a mail may say."""

from datetime import UTC, date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.core.clock import at
from gongkai.messaging import rules

DAY = date(2022, 10, 18)
SOON = date(2022, 10, 21)


@pytest.mark.parametrize(
    ("due", "stage"),
    [
        (date(2022, 10, 24), None),
        (date(2022, 10, 21), "soon"),
        (date(2022, 10, 19), "soon"),
        (DAY, "today"),
        (date(2022, 10, 17), "overdue"),
        (DAY - timedelta(days=rules.OVERDUE_DAYS), "overdue"),
        (DAY - timedelta(days=rules.OVERDUE_DAYS + 1), None),
    ],
)
def test_a_due_date_is_told_three_working_days_ahead_on_the_day_and_when_overdue(
    due: date, stage: str | None
) -> None:
    assert rules.stage(due, today=DAY, soon=SOON) == stage


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 12))
def test_every_day_calls_for_one_stage_at_most_and_they_come_in_order(
    due: date, ahead: int
) -> None:
    order = {None: 0, "soon": 1, "today": 2, "overdue": 3}
    days = [due + timedelta(days=offset) for offset in range(-20, 30)]
    stages = [order[rules.stage(due, today=d, soon=d + timedelta(days=ahead))] for d in days]
    assert stages == sorted(stages)
    assert stages.count(2) == 1


@pytest.mark.parametrize(
    ("mail", "urgent", "channel"),
    [
        (True, True, "at_once"),
        (True, False, "digest"),
        (False, False, "inbox"),
        (False, True, "inbox"),
    ],
)
def test_what_is_urgent_is_mailed_at_once_and_the_rest_waits_for_the_digest(
    mail: bool, urgent: bool, channel: str
) -> None:
    assert rules.default_channel(mail=mail, urgent=urgent) == channel


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("/desk/review/7/", True),
        ("/desk/ledger/reports/?month=2022-10&unit=3", True),
        ("/", True),
        ("", False),
        ("desk/", False),
        ("//evil.example/", False),
        ("/\\evil.example/", False),
        ("\\\\evil.example", False),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
        ("/desk/\r\nSet-Cookie: a=b", False),
        ("/desk/ /", False),
        ("/desk/\t/", False),
    ],
)
def test_a_link_leads_to_a_page_of_this_platform_only(url: str, local: bool) -> None:
    assert rules.is_local_path(url) is local


@pytest.mark.parametrize(
    "address",
    ["zhangsan@changsha.gov.cn", "z.san+gk@mail.changsha.gov.cn", "a@b.cn", "9x_y%z@a-b.example"],
)
def test_an_ordinary_address_is_taken(address: str) -> None:
    assert rules.address_problem(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "zhangsan",
        "@changsha.gov.cn",
        "zhang san@changsha.gov.cn",
        "zhangsan@localhost",
        "张三@changsha.gov.cn",
        "zhangsan＠changsha.gov.cn",
        "a@b.cn,c@d.cn",
        "a@b.cn;c@d.cn",
        "a@b.cn\nBcc: c@d.cn",
        "a@b.cn\r",
        "a..b@c.cn",
        "<a@b.cn>",
        "a@-b.cn",
        "a@b-.cn",
        f"a@{'b' * 130}.cn",
        "",
    ],
)
def test_what_could_not_be_written_to_or_would_write_to_others_is_refused(address: str) -> None:
    assert rules.address_problem(address)


@given(st.text(max_size=60))
def test_an_accepted_address_is_one_line_with_one_at_sign(text: str) -> None:
    if rules.address_problem(text) is None:
        assert text.count("@") == 1
        assert text.isascii() and text.isprintable() and " " not in text


@given(st.text(max_size=400), st.integers(5, 120))
def test_one_line_has_no_line_break_or_control_character_and_keeps_its_limit(
    text: str, limit: int
) -> None:
    flat = rules.one_line(text, limit)
    assert len(flat) <= limit
    assert len(flat.splitlines()) <= 1
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in flat)


def test_one_line_says_that_something_was_cut() -> None:
    assert rules.one_line("一二三四五六", 4) == "一二三…"
    assert rules.one_line("一二三四", 4) == "一二三四"


@pytest.mark.parametrize(
    ("days", "words"), [(3, "还有 3 天到期"), (0, "今天到期"), (-2, "已逾期 2 天")]
)
def test_how_long_is_left_is_said_in_words(days: int, words: str) -> None:
    assert rules.due_words(DAY + timedelta(days=days), today=DAY) == words


# --- codes --------------------------------------------------------------------------------------


def code(**changes: object) -> str:
    given_: dict[str, object] = {
        "user_id": 1, "address": "a@b.cn", "sent_at": at(DAY, 9), **changes
    }  # fmt: skip
    return rules.code_for("s" * 50, **given_)  # type: ignore[arg-type]


def test_a_code_has_six_digits_and_belongs_to_person_address_and_moment() -> None:
    own = code()
    assert len(own) == 6 and own.isdigit()
    assert own == code()
    others = {code(user_id=2), code(address="c@b.cn"), code(sent_at=at(DAY, 9, 1))}
    assert own not in others
    other = rules.code_for("t" * 50, user_id=1, address="a@b.cn", sent_at=at(DAY, 9))
    assert other != own
    utc = at(DAY, 9).astimezone(UTC)
    assert code(sent_at=utc) == own, "a database may give the moment back in another zone"


# --- letters ------------------------------------------------------------------------------------

LINK = "https://gk.example/desk/messages/7/"
SETTINGS = "https://gk.example/desk/messages/settings/"


def test_a_notice_letter_holds_title_due_date_link_and_the_way_to_change_it() -> None:
    letter = rules.notice_letter(
        rules.Line("您送审的信息被退回修改", LINK, "2022-10-20（还有 2 天到期）"),
        name="李工",
        settings_link=SETTINGS,
    )
    assert letter.subject == "【政务公开】您送审的信息被退回修改"
    assert "李工，您好" in letter.text
    assert "期限：2022-10-20（还有 2 天到期）" in letter.text
    assert LINK in letter.text and SETTINGS in letter.text
    assert "<" not in letter.text


def test_a_notice_without_due_date_says_nothing_of_one() -> None:
    letter = rules.notice_letter(rules.Line("已公开", LINK), name="李工", settings_link=SETTINGS)
    assert "期限" not in letter.text


@given(st.text(min_size=1, max_size=300), st.text(max_size=60))
def test_nothing_in_a_title_or_name_makes_a_further_header(title: str, name: str) -> None:
    letter = rules.notice_letter(rules.Line(title, LINK), name=name, settings_link=SETTINGS)
    assert len(letter.subject.splitlines()) == 1
    assert len(letter.subject) <= 90


def test_a_digest_counts_what_waits_and_names_the_newest() -> None:
    letter = rules.digest_letter(
        [
            rules.Bundle("等待审核", 5, ("一条信息等您初审", "一条信息等您初审")),
            rules.Bundle("已公开", 1, ("已公开：通知",)),
        ],
        [rules.Line("市财政局 2 项台账任务", LINK, "2022-10-20，还有 2 天到期")],
        name="李工",
        day=DAY,
        inbox_link="https://gk.example/desk/messages/",
        settings_link=SETTINGS,
    )
    assert letter is not None
    assert letter.subject == "【政务公开】10月18日汇总：1 件事到期或快到期，6 条未读消息"
    for words in ("等待审核：5 条", "另有 3 条", "已公开：1 条", "2022-10-20，还有 2 天到期", LINK):
        assert words in letter.text
    assert letter.text.index("到期") < letter.text.index("未读消息\n")
    assert SETTINGS in letter.text


def test_a_digest_with_only_one_part_counts_from_one() -> None:
    letter = rules.digest_letter(
        [rules.Bundle("已公开", 1, ("已公开：通知",))], [],
        name="李工", day=DAY, inbox_link=LINK, settings_link=SETTINGS,
    )  # fmt: skip
    assert letter is not None and "一、未读消息" in letter.text and "二、" not in letter.text


def test_nothing_waiting_makes_no_digest() -> None:
    assert (
        rules.digest_letter([], [], name="李", day=DAY, inbox_link=LINK, settings_link=SETTINGS)
        is None
    )


def test_the_code_letter_warns_who_did_not_ask() -> None:
    letter = rules.code_letter("012345", name="李工", settings_link=SETTINGS)
    assert "012345" in letter.text and "不要把验证码告诉别人" in letter.text
    assert "012345" not in letter.subject
