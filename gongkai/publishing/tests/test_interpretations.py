"""Documents that wait for an interpretation, what units made of theirs, links that hold."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Q
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import at
from gongkai.messaging.models import Message
from gongkai.messaging.reminders import remind
from gongkai.organisations.models import User
from gongkai.publishing import (
    desk_interpretations,
    interpretation_due,
    interpretations,
    overlap,
    selectors,
)
from gongkai.publishing.content import content_of
from gongkai.publishing.integrity import ACTION, broken_links, check_daily, check_links, last_check
from gongkai.publishing.models import Item, ItemLink
from gongkai.publishing.progress import doubts_of
from gongkai.publishing.tests.conftest import Bureau
from tests.factories import DAY, moment, user_with

pytestmark = pytest.mark.django_db

WHO = {"drafter": "市财政局企业处", "interpreter": "企业处处长", "phone": "0731-88660002"}
YEAR = (date(2022, 1, 1), date(2022, 12, 31))


def explain(bureau: Bureau, *documents: Item, **changes: Any) -> Item:
    """A released text interpretation of the documents."""
    facts = {"form": "text", "original": True, **WHO, "interprets": [d.pk for d in documents]}
    return bureau.public(
        **{
            "kind": "interpretation",
            "title": "一图读懂补助",
            "facts": {**facts, **changes.pop("facts", {})},
            **changes,
        }
    )


def waiting(today: date = DAY, **more: Any) -> list[interpretations.Waiting]:
    return interpretations.waiting(units=Q(), today=today, calendar=load_calendar(), **more)


# --- what is still to come ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "late"),
    [(0, False), (3, False), (4, True), (40, True)],
)
def test_three_working_days_are_left(bureau: Bureau, days: int, late: bool) -> None:
    policy = bureau.public()  # on Tuesday 18 October: Friday the 21st is the third working day
    gap = waiting(DAY + timedelta(days=days))[0]
    assert (gap.item_id, gap.due, gap.late) == (policy.pk, date(2022, 10, 21), late)


def test_a_holiday_does_not_count(bureau: Bureau) -> None:
    bureau.public(now=at(date(2022, 9, 29), 11))
    assert waiting()[0].due == date(2022, 10, 9)  # a Sunday moved to work


def test_who_is_explained_waits_no_longer_and_q_and_a_is_no_interpretation(bureau: Bureau) -> None:
    policy = bureau.public()
    bureau.public(
        kind="faq",
        facts={"interprets": [policy.pk], "answered_by": "企业处", "phone": "0731-88660002",
               "pairs": [{"question": "给谁？", "answer": "小微企业。"}]},
    )  # fmt: skip
    assert [gap.item_id for gap in waiting()] == [policy.pk]
    item = explain(bureau, policy)
    assert waiting() == []
    bureau.withdraw(item)
    assert [gap.item_id for gap in waiting()] == [policy.pk]


@pytest.mark.parametrize(
    "change",
    [
        {"original_published_on": date(2019, 1, 1)},
        {"validity": "repealed"},
        {"validity_now": "lapsed"},
        {"visibility": "withdrawn"},
    ],
)
def test_history_and_what_does_not_hold_is_not_waited_for(
    bureau: Bureau, change: dict[str, Any]
) -> None:
    policy = bureau.public()
    Item.objects.filter(pk=policy.pk).update(**change)
    assert waiting() == []


def test_other_kinds_need_none(bureau: Bureau) -> None:
    bureau.public(kind="news")
    assert waiting() == []


# --- the alarm ------------------------------------------------------------------------------------


def told(day: date) -> set[int]:
    rows = Message.objects.filter(kind=f"due.{interpretation_due.SOURCE}", created_at__gte=at(day))
    return set(rows.values_list("recipient_id", flat=True))


@pytest.fixture
def office(bureau: Bureau) -> User:
    return user_with("supervisor", bureau.city.office)


def test_the_editors_are_reminded_and_the_office_hears_once_it_is_late(
    bureau: Bureau, office: User
) -> None:
    bureau.public()
    remind(at(DAY, 12))
    assert told(DAY) == {bureau.editor.pk}
    friday, monday = date(2022, 10, 21), date(2022, 10, 24)
    remind(at(friday, 9))
    assert told(friday) == {bureau.editor.pk}
    remind(at(monday, 9))
    assert told(monday) == {bureau.editor.pk, office.pk}
    before = Message.objects.count()
    remind(at(monday, 10))
    remind(at(monday + timedelta(days=1), 9))
    assert Message.objects.count() == before, "each stage is announced once"


def test_no_alarm_for_what_was_explained(bureau: Bureau, office: User) -> None:
    explain(bureau, bureau.public())
    remind(at(date(2022, 10, 24), 9))
    assert told(DAY) == set()


def test_the_desk_says_what_is_missing_beside_the_document(bureau: Bureau, settings: Any) -> None:
    settings.DEMO_DATE = date(2022, 10, 24)
    policy = bureau.public()
    aside = desk_interpretations.aside(policy)
    assert aside is not None and "2022-10-21" in aside.lines[0] and "已经过期" in aside.lines[0]
    explain(bureau, policy)
    aside = desk_interpretations.aside(policy)
    assert aside is not None and aside.lines == ("《一图读懂补助》",)
    assert desk_interpretations.aside(bureau.public(kind="news")) is None


# --- figures --------------------------------------------------------------------------------------


def figures(**more: Any) -> tuple[interpretations.Figures, list[interpretations.Figures]]:
    return interpretations.figures(*YEAR, units=Q(), today=DAY, calendar=load_calendar(), **more)


def test_shares_count_what_was_really_made(bureau: Bureau) -> None:
    policy, lonely = bureau.public(), bureau.public()
    explain(bureau, policy)
    explain(bureau, policy, facts={"original": False})
    explain(bureau, policy, source="省财政厅网站")
    total, rows = figures()
    assert (total.interpretations, total.originals, total.share) == (3, 1, 33)
    assert (total.missing, total.overdue, total.forms) == (1, 0, {"text": 3})
    assert [(row.unit_id, row.interpretations) for row in rows] == [(bureau.city.bureau_a.pk, 3)]
    assert waiting()[0].item_id == lonely.pk


def test_days_and_lateness_run_from_the_document(bureau: Bureau) -> None:
    first = bureau.public(now=at(date(2022, 9, 28), 11))
    second = bureau.public(now=at(date(2022, 10, 13), 11))
    explain(bureau, first)
    explain(bureau, second)
    cases = list(interpretations.interpretations(*YEAR, units=Q(), calendar=load_calendar()))
    found = {case.document_id: (case.days, case.late) for case in cases}
    assert found == {first.pk: (11, True), second.pk: (3, False)}
    total, _ = figures()
    assert (total.late, total.days) == (1, 7.0)


def test_the_document_made_public_last_counts(bureau: Bureau) -> None:
    old, new = bureau.public(now=at(date(2022, 6, 1), 11)), bureau.public()
    explain(bureau, old, new)
    total, _ = figures()
    assert (total.late, total.days) == (0, 0.0)


def test_history_counts_on_its_own_day_and_is_never_late(bureau: Bureau) -> None:
    item = explain(bureau, bureau.public(now=at(date(2022, 6, 1), 11)))
    Item.objects.filter(pk=item.pk).update(original_published_on=date(2021, 3, 1))
    assert figures()[0].interpretations == 0
    old = list(
        interpretations.interpretations(
            date(2021, 1, 1), date(2021, 12, 31), units=Q(), calendar=load_calendar()
        )
    )
    assert [(case.days, case.late) for case in old] == [(None, False)]


def test_nothing_has_no_share(bureau: Bureau) -> None:
    total, rows = figures()
    assert (total.share, total.days, rows) == (None, None, [])


def test_the_public_selectors_hold_public_items_only(
    bureau: Bureau, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    policy = bureau.public()
    shown = explain(bureau, policy)
    bureau.submit(bureau.draft(kind="interpretation", facts={
        "form": "text", **WHO, "interprets": [policy.pk]}))  # fmt: skip
    with django_assert_max_num_queries(8):
        found = interpretations.public_interpretation_figures(*YEAR, today=DAY)
    assert found.total.interpretations == 1 and found.total.share == 100
    assert ("text", "文字解读", 1) in found.forms and ("video", "视频解读", 0) in found.forms
    assert found.rule.words == "3 个工作日"
    other = interpretations.public_interpretation_figures(
        *YEAR, today=DAY, unit_ids=[bureau.city.bureau_b.pk]
    )
    assert other.total.interpretations == 0
    assert interpretations.public_forms_of([shown.pk, policy.pk]) == {shown.pk: "文字解读"}
    lonely = bureau.public()
    gaps = interpretations.public_awaiting_interpretation(today=DAY)
    assert [gap.item_id for gap in gaps] == [lonely.pk]


# --- three ways -----------------------------------------------------------------------------------


def test_each_of_the_three_leads_to_both_others(bureau: Bureau) -> None:
    policy = bureau.public()
    item = explain(bureau, policy)
    answers = bureau.public(
        kind="faq",
        facts={"interprets": [policy.pk], "answered_by": "企业处", "phone": "0731-88660002",
               "pairs": [{"question": "给谁？", "answer": "小微企业。"}]},
    )  # fmt: skip
    links = selectors.public_relations(policy)
    assert [x.id for x in links.interpretations] == [item.pk]
    assert [x.id for x in links.answers] == [answers.pk]
    beside = selectors.public_companions(item, selectors.public_relations(item))
    assert ([x.id for x in beside.interpretations], [x.id for x in beside.answers]) == (
        [],
        [answers.pk],
    )
    beside = selectors.public_companions(answers, selectors.public_relations(answers))
    assert [x.id for x in beside.interpretations] == [item.pk] and beside.answers == []


def faults() -> list[tuple[int, int, str]]:
    return [(b.item_id, b.other_id, b.code) for b in broken_links()]


def test_links_that_hold_are_not_reported(bureau: Bureau) -> None:
    explain(bureau, bureau.public())
    assert faults() == []


def test_every_broken_link_is_named_and_recorded(bureau: Bureau) -> None:
    one, two = bureau.public(), bureau.public()
    item = explain(bureau, one)
    ItemLink.objects.filter(source=item).delete()
    assert faults() == [(item.pk, one.pk, "unlinked")]
    ItemLink.objects.create(source=item, target=two)
    assert faults() == [(item.pk, two.pk, "unfounded"), (item.pk, one.pk, "unlinked")]
    bureau.withdraw(one)
    assert (item.pk, one.pk, "hidden") in faults()
    Item.objects.filter(pk=item.pk).update(facts={**item.facts, "interprets": [10**9]})
    assert (item.pk, 10**9, "gone") in faults()
    check_links(now=moment(16))
    fact = last_check()
    assert fact is not None and fact.details["broken"] == 2
    assert {"item": item.pk, "other": 10**9, "code": "gone"} in fact.details["cases"]


def test_the_check_runs_once_a_day_and_by_command(bureau: Bureau, capsys: Any) -> None:
    from gongkai.core.models import Fact

    item = explain(bureau, bureau.public())
    check_daily(moment(12))
    check_daily(moment(13))
    assert Fact.objects.filter(action=ACTION).count() == 1
    call_command("check_links")
    assert "完好" in capsys.readouterr().out
    ItemLink.objects.filter(source=item).delete()
    with pytest.raises(SystemExit):
        call_command("check_links")
    assert f"编号 {item.pk}" in capsys.readouterr().out


# --- what the machine says ------------------------------------------------------------------------

LONG = "".join(
    f"第{n}条内容是市财政局对小微企业给予补助第{n}档标准为{n * 137}元。" for n in range(30)
)


@pytest.mark.parametrize(
    ("body", "warned"),
    [(LONG, True), (LONG[:250], True), ("".join(reversed(LONG)), False)],
)
def test_a_copy_of_the_document_is_a_doubt_and_no_block(
    bureau: Bureau, body: str, warned: bool
) -> None:
    policy = bureau.public(body=f"<p>{LONG}</p>")
    draft = bureau.draft(
        kind="interpretation", body=f"<p>{body}</p>",
        facts={"form": "text", **WHO, "interprets": [policy.pk]},
    )  # fmt: skip
    texts = [t for t in doubts_of(draft, draft) if "重复太多" in t]
    assert bool(texts) is warned
    if warned:
        assert "超过 60%（比例待核实）" in texts[0]
    bureau.submit(draft)


def test_a_relayed_original_is_a_contradiction(bureau: Bureau) -> None:
    draft = bureau.draft(
        kind="interpretation", source="省财政厅", facts={"form": "text", "original": True, **WHO}
    )
    found = overlap.interpretation_findings(content_of(draft), draft.kind)
    assert [f.code for f in found] == ["original_relayed"]
    assert overlap.interpretation_findings({**content_of(draft), "source": ""}, draft.kind) == []


# --- the desk -------------------------------------------------------------------------------------


def test_the_office_sees_all_figures_and_their_cases(
    bureau: Bureau, office: User, client: Client, settings: Any
) -> None:
    settings.DEMO_DATE = DAY
    policy, lonely = bureau.public(), bureau.public(title="独一份的措施")
    item = explain(bureau, policy)
    client.force_login(office)
    text = client.get("/desk/interpretations/").content.decode()
    assert "100%" in text and "1 ÷ 1 篇" in text and "文字解读 1" in text
    for what, there, gone in (
        ("all", item.title, lonely.title),
        ("original", item.title, lonely.title),
        ("relayed", "一篇也没有", item.title),
        ("late", "一篇也没有", item.title),
        ("missing", lonely.title, item.title),
    ):
        text = client.get(f"/desk/interpretations/cases/?what={what}").content.decode()
        assert there in text and gone not in text, what


@pytest.mark.parametrize(
    "query", ["?from=x&to=y&unit=z", "?from=2022-12-31&to=2022-01-01", "?unit=999"]
)
def test_odd_questions_are_answered_calmly(
    bureau: Bureau, office: User, client: Client, query: str
) -> None:
    client.force_login(office)
    assert client.get(f"/desk/interpretations/{query}").status_code == 200
    assert client.get(f"/desk/interpretations/cases/{query}&what=odd").status_code == 200


def test_another_units_editor_sees_none_of_it(
    bureau: Bureau, client: Client, settings: Any
) -> None:
    settings.DEMO_DATE = DAY
    item = explain(bureau, bureau.public())
    client.force_login(user_with("editor", bureau.city.bureau_b))
    assert item.title not in client.get("/desk/interpretations/cases/").content.decode()
    client.logout()
    assert client.get("/desk/interpretations/").status_code == 302


def test_the_page_costs_the_same_for_many(
    bureau: Bureau, office: User, client: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        explain(bureau, bureau.public())
    client.force_login(office)
    client.get("/desk/interpretations/")
    with django_assert_max_num_queries(30):
        client.get("/desk/interpretations/")
