"""Error reports: cleaning, receipts, services with every refusal, the desk."""

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import at
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.core.models import Fact
from gongkai.organisations.enums import Role
from gongkai.sitecare import rules, selectors, services
from gongkai.sitecare.enums import Outcome
from gongkai.sitecare.models import ErrorReport
from tests.factories import DAY, City, make_city, member, moment, user_with
from tests.screens import html, queries, refused, sign_in, stop_clock, words

NUMBER = "11010519491231002X"


@pytest.fixture
def city(db: None, settings: Any) -> City:
    settings.DEMO_DATE = DAY
    return make_city()


def make(city: City, **given: Any) -> ErrorReport:
    values = {
        "site": city.site,
        "page": "/zx/",
        "kind": "typo",
        "text": "“部署”写成了“布署”。",
        "now": moment(9),
        **given,
    }
    return services.report_make(**values)


# --- rules ---------------------------------------------------------------------------------------


@given(st.integers(0, 2**32))
def test_a_receipt_is_read_back_however_it_is_typed(seed: int) -> None:
    receipt = rules.make_receipt(random.Random(seed).choice)
    for typed in (
        receipt,
        rules.shown_receipt(receipt),
        rules.shown_receipt(receipt).lower(),
        f" {receipt} ",
    ):
        assert rules.read_receipt(typed) == receipt


@pytest.mark.parametrize("text", ["", "ZC", "ZC1111111111", "ZC" + "A" * 11, "' or 1=1", "Ｚ" * 40])
def test_what_is_no_receipt(text: str) -> None:
    assert rules.read_receipt(text) == ""


@pytest.mark.parametrize(
    ("page", "item", "unit", "prefix"),
    [
        ("/nr/12/", 12, "", ""),
        ("/nr/12/v/1/", 12, "", ""),
        ("/dw/czj/?part=guide", 0, "czj", ""),
        ("/qx/wangcheng/dw/wangcheng_czj/", 0, "wangcheng_czj", "qx/wangcheng"),
        ("/zx/", 0, "", ""),
        ("/nr/x/", 0, "", ""),
        ("/nr/" + "9" * 30 + "/", 0, "", ""),
    ],
)
def test_what_a_page_belongs_to(page: str, item: int, unit: str, prefix: str) -> None:
    assert (rules.item_of(page), rules.unit_of(page), rules.prefix_of(page)) == (item, unit, prefix)


@given(st.text(max_size=300), st.integers(1, 200))
def test_cleaning_is_stable_and_within_the_limit(text: str, limit: int) -> None:
    once = rules.cleaned(text, limit)
    assert len(once) <= limit and "\x00" not in once and "\r" not in once
    assert rules.cleaned(once, limit) == once or once.endswith((" ", "\n"))


# --- services ------------------------------------------------------------------------------------


def test_a_report_is_kept_with_a_fact_that_tells_no_words(city: City) -> None:
    report = make(city, page="/dw/czj/", quote="布署  工作")
    assert report.unit == city.bureau_a and report.quote == "布署 工作" and not report.masked
    fact = Fact.objects.get(action="sitecare.report.made")
    assert fact.actor_key == "public:reader" and fact.unit_id == city.bureau_a.pk
    assert "布署" not in str(fact.details) and report.receipt not in str(fact.details)


def test_personal_numbers_are_masked_before_anything_is_stored(city: City) -> None:
    report = make(city, text=f"名单里有身份证号{NUMBER}，电话13912345678。", quote=NUMBER)
    kept = ErrorReport.objects.get(pk=report.pk)
    assert report.masked and NUMBER not in f"{kept.text}{kept.quote}{kept.page}"
    assert "13912345678" not in kept.text
    assert not any("contact" in f.name or "phone" in f.name for f in ErrorReport._meta.fields)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "x"}, "kind"),
        ({"text": "错了"}, "text"),
        ({"text": " \n "}, "text"),
        ({"page": "https://evil.example/"}, "page"),
        ({"page": "//evil.example"}, "page"),
        ({"page": "/" + "x" * 600}, "page"),
        ({"page": ""}, "page"),
    ],
)
def test_what_is_missing_is_named(city: City, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        make(city, **given)
    assert set(refusal.value.fields) == {field} and not ErrorReport.objects.exists()


def handle(report: ErrorReport, user: Any, **given: Any) -> ErrorReport:
    values = {"outcome": "corrected", "answer": "已经改正。", "now": moment(16), **given}
    return services.report_handle(report_id=report.pk, member=member(user), **values)


def test_an_answer_is_given_once_by_the_office(city: City) -> None:
    report = make(city)
    office = user_with(Role.SUPERVISOR, city.office)
    handle(report, office)
    shown = selectors.public_report(rules.shown_receipt(report.receipt))
    assert shown is not None and shown.answer == "已经改正。" and shown.outcome == "corrected"
    assert Fact.objects.get(action="sitecare.report.handled").details["outcome"] == "corrected"
    with pytest.raises(Refusal, match="已经处理过"):
        handle(report, office)


@pytest.mark.parametrize("outcome", [*Outcome.values])
def test_every_outcome(city: City, outcome: str) -> None:
    done = handle(make(city), user_with(Role.SUPERVISOR, city.office), outcome=outcome)
    assert done.status == "handled" and done.get_outcome_display()


def test_who_may_not_answer(city: City) -> None:
    report = make(city, site=city.district_site)
    with pytest.raises(NotVisible):
        handle(report, user_with(Role.SUPERVISOR, city.district_2))
    with pytest.raises(PermissionRefused):
        handle(report, user_with(Role.EDITOR, city.district_1))
    with pytest.raises(InvalidInput) as refusal:
        handle(report, user_with(Role.SUPERVISOR, city.district_1), outcome="x", answer=" ")
    assert set(refusal.value.fields) == {"outcome", "answer"}
    handle(report, user_with(Role.SUPERVISOR, city.district_1))


# --- the clock -----------------------------------------------------------------------------------


def test_three_working_days_over_a_weekend(city: City) -> None:
    assert selectors.policy().answer_workdays == 3 and selectors.policy().unconfirmed
    report = make(city, now=at(date(2022, 10, 20), 9))  # a Thursday
    calendar = load_calendar()
    for day, late in [(date(2022, 10, 25), False), (date(2022, 10, 26), True)]:
        found = selectors.shown(report, calendar, day)
        assert found.due.date == date(2022, 10, 25) and found.late is late


# --- the desk ------------------------------------------------------------------------------------


def test_the_office_answers_at_the_desk(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch)
    report = make(city, now=at(date(2022, 10, 11), 9))
    desk = sign_in(user_with(Role.SUPERVISOR, city.office))
    said = words(desk.get("/desk/errors/"))
    assert "逾期未答复" in said and "尚未核对原文" in said
    page = f"/desk/errors/{report.pk}/"
    assert "布署" in words(desk.get(page)) and "2022年10月14日" in words(desk.get(page))
    wrong = desk.post(page, {"outcome": "", "answer": "打过字的"})
    assert wrong.status_code == 422 and "打过字的" in html(wrong)
    assert desk.post(page, {"outcome": "corrected", "answer": "改好了。"}).status_code == 302
    assert "改好了。" in words(desk.get(page))
    assert "逾期答复" in words(desk.get("/desk/errors/?status=handled"))
    assert "没有找错" in words(desk.get("/desk/errors/?status=new"))


def test_the_desk_is_for_the_office_of_the_site(city: City) -> None:
    report = make(city, site=city.district_site)
    assert refused(sign_in(user_with(Role.EDITOR, city.office)).get("/desk/errors/"), 403, "岗位")
    stranger = sign_in(user_with(Role.SUPERVISOR, city.district_2))
    assert stranger.get(f"/desk/errors/{report.pk}/").status_code == 404
    assert "布署" not in words(stranger.get("/desk/errors/"))


def test_the_list_costs_the_same_however_long(city: City) -> None:
    desk = sign_in(user_with(Role.SUPERVISOR, city.office))
    make(city)
    few = queries(desk, "/desk/errors/")
    for _ in range(25):
        make(city)
    assert queries(desk, "/desk/errors/") <= few <= 12
    assert "/desk/errors/?page=2" in html(desk.get("/desk/errors/")) or "page=2" in html(
        desk.get("/desk/errors/")
    )


def test_what_readers_quoted_goes_with_what_is_deleted_for_good(city: City) -> None:
    quoted = make(city, page="/nr/41/", quote="某商场 14 时", text="时间写错了。")
    other = make(city, page="/nr/410/", quote="留下", text="这里有错字。")
    services.forget(41)
    quoted.refresh_from_db()
    other.refresh_from_db()
    assert quoted.quote == "" and "写错" not in quoted.text
    assert other.quote == "留下" and other.text == "这里有错字。"
