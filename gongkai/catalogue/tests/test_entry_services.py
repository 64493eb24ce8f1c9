"""Importing catalogues and linking what is published: every transition, refusal and role."""

from datetime import date, timedelta

import pytest

from gongkai.catalogue.entries import absences, importing, public, selectors, services, states
from gongkai.catalogue.entries.enums import AbsenceStatus, ImportStatus, State
from gongkai.catalogue.entries.models import (
    Entry,
    EntryAbsence,
    EntryInstance,
    EntryLink,
    EntryUnit,
)
from gongkai.catalogue.entries.register import due_items
from gongkai.catalogue.tests.entry_town import START, Town
from gongkai.catalogue.tests.tables import row, table
from gongkai.core.clock import at
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.core.models import CalendarDay, Fact
from gongkai.organisations.enums import Role
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item
from tests.factories import (
    DAY,
    approve_all,
    make_draft,
    member,
    moment,
    submit,
    user_with,
)

# --- import ---------------------------------------------------------------------------------------


def test_a_confirmed_table_becomes_entries_with_units_and_instances(town: Town) -> None:
    catalogue = town.bring_in(row(), row(n="2", item2="招生结果", units="相关部门"))
    assert (catalogue.key, catalogue.version) == ("changsha-yiwujiaoyu", 1)
    entry = town.entry()
    assert entry.code == "changsha-yiwujiaoyu-0001"
    assert list(entry.answering.values_list("unit__code", "since")) == [("czj", START)]
    named = town.entry("招生结果")
    assert (named.to_name, named.answering.count()) == ("相关部门", 0)
    assert town.state(date(2022, 10, 18)) == ["due_soon"]
    assert Fact.objects.filter(action="catalogue.catalogue.confirmed").count() == 1


def test_codes_stay_when_rows_are_renumbered_and_nothing_is_lost(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="招生结果"), row(n="3", item2="学校名录"))
    before = dict(Entry.objects.values_list("item2", "code"))
    link = EntryLink.objects.create(
        entry=town.entry("招生结果"), unit=town.city.bureau_a, subject_kind="item", subject_id=9,
        published_on=START, linked_at=moment(),
    )  # fmt: skip
    later = moment(9, day=date(2022, 10, 10))
    town.bring_in(
        row(n="1", item2="课后服务"), row(n="2", item2="招生结果"),
        row(n="3", limit="10个工作日"), now=later,
    )  # fmt: skip
    after = {e.item2: e for e in Entry.objects.all()}
    assert after["招生结果"].code == before["招生结果"]
    assert after["学校招生方案"].code == before["学校招生方案"]
    assert after["学校招生方案"].limit.n == 10
    assert after["课后服务"].code not in before.values()
    assert after["学校名录"].retired_at == later
    link.refresh_from_db()
    assert link.ended_at is None
    assert not EntryInstance.objects.filter(entry=after["学校名录"]).exists()


def test_a_retired_entry_comes_back_under_its_own_code(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="招生结果"))
    code = town.entry("招生结果").code
    town.bring_in(row())
    town.bring_in(row(), row(n="2", item2="招生结果"))
    entry = town.entry("招生结果")
    assert (entry.code, entry.retired_at) == (code, None)


def test_a_refused_row_does_not_retire_its_entry(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="招生结果"))
    town.bring_in(row(), row(n="2", item2="招生结果", active="", request=""))
    assert town.entry("招生结果").retired_at is None


def test_reading_the_same_table_again_changes_nothing(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="招生结果"))
    opened = importing.import_open(
        owner=town.city.government, data=table(row(), row(n="2", item2="招生结果")),
        filename="x.xlsx", member=town.keeper, now=moment(),
    )  # fmt: skip
    (plan,) = importing.plans(opened)
    assert plan.changes == () and plan.existing


def test_what_would_change_is_told_before_confirming(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="招生结果"))
    opened = importing.import_open(
        owner=town.city.government, data=table(row(limit="长期公开"), row(n="2", item2="新的事项",
        elements="完全不同")), filename="x.xlsx", member=town.keeper, now=moment(),
    )  # fmt: skip
    (plan,) = importing.plans(opened)
    by_state = {c.state: c for c in plan.changes}
    assert ("公开时限", "信息形成或者变更之日起20个工作日内", "长期公开") in by_state[
        "changed"
    ].details
    assert by_state["added"].name == "招生管理·新的事项"
    assert by_state["retired"].name == "招生管理·招生结果"
    assert Entry.objects.count() == 2, "nothing changes before it is confirmed"


def test_only_the_supervising_office_imports(town: Town) -> None:
    district = member(user_with(Role.SUPERVISOR, town.city.district_1))
    for stranger in (town.editor, district):
        with pytest.raises(PermissionRefused):
            importing.import_open(
                owner=town.city.government, data=table(), filename="x.xlsx", member=stranger,
                now=moment(),
            )  # fmt: skip


def test_an_import_is_confirmed_or_dropped_once_and_never_by_a_stranger(town: Town) -> None:
    def opened() -> int:
        return importing.import_open(
            owner=town.city.government, data=table(), filename="x.xlsx", member=town.keeper,
            now=moment(),
        ).pk  # fmt: skip

    first = opened()
    with pytest.raises(NotVisible):
        importing.import_confirm(import_id=first, member=town.editor, now=moment())
    importing.import_discard(import_id=first, member=town.keeper, now=moment())
    assert Entry.objects.count() == 0
    for act in (importing.import_confirm, importing.import_discard):
        with pytest.raises(Refusal, match=ImportStatus.DISCARDED.label):
            act(import_id=first, member=town.keeper, now=moment())


def test_a_file_without_a_readable_row_is_refused_with_the_places(town: Town) -> None:
    with pytest.raises(InvalidInput) as error:
        importing.import_open(
            owner=town.city.government, data=table(row(elements="")), filename="x.xlsx",
            member=town.keeper, now=moment(),
        )  # fmt: skip
    assert "第 3 行 D 列" in error.value.fields["file"][0]


def test_units_named_by_hand_stay_when_the_table_says_the_same(town: Town) -> None:
    town.bring_in(row(units="相关部门"))
    entry = town.entry()
    with pytest.raises(InvalidInput, match="市不存在局"):
        services.entry_units_set(
            entry_id=entry.pk, names="市财政局、市不存在局", member=town.keeper, now=moment()
        )
    with pytest.raises(NotVisible):
        services.entry_units_set(
            entry_id=entry.pk, names="市财政局", member=town.editor, now=moment()
        )
    services.entry_units_set(
        entry_id=entry.pk, names="市财政局、市发展改革委", member=town.keeper, now=moment()
    )
    assert town.state(DAY) == ["not_due", "not_due"]
    services.entry_units_set(entry_id=entry.pk, names="市财政局", member=town.keeper, now=moment())
    assert EntryUnit.objects.get(unit=town.city.bureau_b).ended_on == DAY
    town.bring_in(row(units="相关部门", limit="10个工作日"))
    assert EntryUnit.objects.filter(entry=entry, ended_on=None).count() == 1


# --- from publication ---------------------------------------------------------------------------


def test_release_links_the_entries_that_were_reviewed_with_the_item(town: Town) -> None:
    town.bring_in(row())
    item = town.publish(town.entry().code)
    link = EntryLink.objects.get()
    assert (link.subject_id, link.published_on, link.formed_on) == (
        item.pk, DAY, date(2022, 10, 10),
    )  # fmt: skip
    assert town.state(DAY) == ["published"]
    assert public.public_satisfied("item", item.pk) == [
        ("yiwujiaoyu", "义务教育", "招生管理·学校招生方案")
    ]


def test_the_entries_are_part_of_what_is_reviewed(town: Town) -> None:
    town.bring_in(row())
    item = make_draft(town.city, town.city.bureau_a, town.editor_user)
    case = submit(item, town.editor_user)
    publishing.item_edit(
        item_id=item.pk,
        content={"entries": [town.entry().code]},
        member=town.editor,
        now=moment(11),
    )
    case.refresh_from_db()
    assert case.status == "voided"


def test_a_submitted_item_is_watched_by_its_own_deadline_and_settles_on_release(town: Town) -> None:
    town.bring_in(row())
    item = make_draft(
        town.city, town.city.bureau_a, town.editor_user, entries=[town.entry().code],
        formed_on="2022-09-01",
    )  # fmt: skip
    case = submit(item, town.editor_user)
    assert town.state(DAY) == ["overdue"]
    approve_all(case, town.people)
    assert town.state(DAY) == ["late"]
    assert EntryLink.objects.count() == 1


def test_entries_of_other_units_keep_an_item_from_review(town: Town) -> None:
    town.bring_in(row(units="市发展改革委"))
    item = make_draft(
        town.city, town.city.bureau_a, town.editor_user, entries=[town.entry().code, "nothing-1"]
    )
    with pytest.raises(InvalidInput) as error:
        submit(item, town.editor_user)
    assert "nothing-1" in error.value.fields["entries"][0]
    assert town.entry().code in error.value.fields["entries"][0]


def test_withdrawal_ends_the_link_and_the_entry_is_owed_again(town: Town) -> None:
    town.bring_in(row())
    item = town.publish(town.entry().code)
    publishing.item_withdraw(
        item_id=item.pk, category="error", reason="数据有误",
        member=member(town.people["final"]), now=moment(15),
    )  # fmt: skip
    assert EntryLink.objects.get().ended_at == moment(15)
    assert town.state(DAY) == ["due_soon"]
    assert public.public_satisfied("item", item.pk) == []


def test_a_correction_keeps_the_first_day_and_may_change_the_entries(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="招生结果"))
    item = town.publish(town.entry().code)
    publishing.item_edit(
        item_id=item.pk,
        content={"entries": [town.entry("招生结果").code], "change_kind": "correction",
                 "change_note": "改挂事项"},
        member=town.editor, now=moment(12),
    )  # fmt: skip
    later = moment(9, day=date(2022, 10, 20))
    case = submit(Item.objects.get(pk=item.pk), town.editor_user, now=later)
    approve_all(case, town.people, now=later)
    old, new = EntryLink.objects.order_by("pk")
    assert old.ended_at == later
    assert (new.published_on, new.ended_at) == (DAY, None)
    assert town.state(DAY, "招生结果") == ["published"]


def test_linking_outside_the_publishing_transaction_is_a_mistake() -> None:
    with pytest.raises(RuntimeError):
        services.unlink(kind="item", record_id=1, now=moment())


@pytest.mark.django_db
def test_imported_history_keeps_its_day_and_is_not_late(town: Town) -> None:
    town.bring_in(row())
    services.link(
        kind="item", record_id=77, unit_id=town.city.bureau_a.pk, codes=[town.entry().code],
        published_on=date(2022, 6, 1), formed_on=date(2021, 1, 1), now=moment(), exempt=True,
    )  # fmt: skip
    assert town.state(DAY) == ["published"]


# --- at the desk ----------------------------------------------------------------------------------


def _later(town: Town, item: Item, **more: object) -> EntryLink:
    return services.link_later(
        entry_id=town.entry().pk, unit_id=town.city.bureau_a.pk, record_id=item.pk,
        **{"member": town.editor, "now": moment(16), **more},  # type: ignore[arg-type]
    )  # fmt: skip


def test_an_editor_links_what_is_public_already_and_takes_it_back(town: Town) -> None:
    town.bring_in(row())
    item = town.publish()
    link = _later(town, item)
    assert (link.formed_on, link.published_on) == (date(2022, 10, 10), DAY)
    assert town.state(DAY) == ["published"]
    with pytest.raises(InvalidInput, match="已经挂接"):
        _later(town, item)
    services.link_end(link_id=link.pk, member=town.editor, now=moment(17))
    assert town.state(DAY) == ["due_soon"]
    with pytest.raises(NotVisible):
        services.link_end(link_id=link.pk, member=town.editor, now=moment(17))


def test_later_links_are_refused_to_others_and_for_what_is_not_public(town: Town) -> None:
    town.bring_in(row())
    item = town.publish()
    draft = make_draft(town.city, town.city.bureau_a, town.editor_user)
    stranger = member(user_with(Role.EDITOR, town.city.bureau_b))
    with pytest.raises(NotVisible):
        _later(town, item, member=stranger)
    with pytest.raises(PermissionRefused):
        _later(town, item, member=member(town.people["final"]))
    with pytest.raises(InvalidInput, match="没有这条已公开的信息"):
        _later(town, draft)
    with pytest.raises(InvalidInput, match="2022Q3"):
        _later(town, item, period="三季度")


def test_a_link_chosen_under_review_is_not_ended_by_hand(town: Town) -> None:
    town.bring_in(row())
    town.publish(town.entry().code)
    with pytest.raises(Refusal, match="随审核选定"):
        services.link_end(link_id=EntryLink.objects.get().pk, member=town.editor, now=moment())


def test_lasting_content_is_checked_by_its_editor_once_it_is_public(town: Town) -> None:
    town.bring_in(row(limit="长期公开"))
    entry, unit = town.entry(), town.city.bureau_a
    with pytest.raises(Refusal, match="还没有公开的信息"):
        services.entry_checked(entry_id=entry.pk, unit_id=unit.pk, member=town.editor, now=moment())
    town.publish(entry.code)
    duty = services.entry_checked(
        entry_id=entry.pk, unit_id=unit.pk, member=town.editor, now=moment()
    )
    assert duty.checked_on == DAY
    with pytest.raises(PermissionRefused):
        services.entry_checked(entry_id=entry.pk, unit_id=unit.pk, member=town.keeper, now=moment())


# --- 无此事项 -------------------------------------------------------------------------------------


def _ask(town: Town, **more: object) -> EntryAbsence:
    values = {
        "entry_id": town.entry().pk, "unit_id": town.city.bureau_a.pk, "period": "2022",
        "reason": "今年没有这类信息。", "member": town.editor, "now": moment(9), **more,
    }  # fmt: skip
    return absences.absence_request(**values)  # type: ignore[arg-type]


def test_an_absence_counts_only_once_somebody_else_agreed(town: Town) -> None:
    town.bring_in(row())
    asked = _ask(town)
    overdue = date(2022, 12, 1)
    assert town.state(overdue) == ["overdue"]
    decided = absences.absence_decide(
        absence_id=asked.pk, approve=True, member=member(town.people["final"]), now=moment(10)
    )
    assert decided.status == AbsenceStatus.APPROVED
    assert town.state(overdue) == ["absent"]
    with pytest.raises(Refusal, match="已批准"):
        absences.absence_decide(absence_id=asked.pk, approve=True, member=town.keeper, now=moment())
    absences.absence_cancel(absence_id=asked.pk, member=town.editor, now=moment(11))
    assert town.state(overdue) == ["overdue"]
    with pytest.raises(Refusal, match="已撤销"):
        absences.absence_cancel(absence_id=asked.pk, member=town.editor, now=moment(12))


def test_who_asked_never_decides_even_as_final_reviewer(town: Town) -> None:
    from tests.factories import give_role

    town.bring_in(row())
    give_role(town.editor_user, Role.FINAL_REVIEWER, town.city.bureau_a)
    asked = _ask(town)
    with pytest.raises(PermissionRefused, match="四眼原则"):
        absences.absence_decide(
            absence_id=asked.pk, approve=True, member=member(town.editor_user), now=moment()
        )


@pytest.mark.parametrize("role", [Role.EDITOR, Role.FIRST_REVIEWER, Role.SECRECY_REVIEWER])
def test_other_posts_of_the_unit_do_not_decide(town: Town, role: Role) -> None:
    town.bring_in(row())
    asked = _ask(town)
    with pytest.raises(PermissionRefused):
        absences.absence_decide(
            absence_id=asked.pk, approve=True, now=moment(),
            member=member(user_with(role, town.city.bureau_a)),
        )  # fmt: skip


def test_the_supervisor_may_refuse_and_says_why(town: Town) -> None:
    town.bring_in(row())
    asked = _ask(town)
    with pytest.raises(InvalidInput, match="为什么不批准"):
        absences.absence_decide(
            absence_id=asked.pk, approve=False, member=town.keeper, now=moment()
        )
    absences.absence_decide(
        absence_id=asked.pk, approve=False, remark="应当公开", member=town.keeper, now=moment()
    )
    assert town.state(date(2022, 12, 1)) == ["overdue"]
    assert _ask(town, now=moment(12)).status == AbsenceStatus.REQUESTED, "may be asked again"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"period": ""}, "period"), ({"period": "去年"}, "period"), ({"reason": "无"}, "reason")],
)
def test_a_request_names_its_period_and_reason(
    town: Town, changes: dict[str, str], field: str
) -> None:
    town.bring_in(row())
    with pytest.raises(InvalidInput) as error:
        _ask(town, **changes)
    assert field in error.value.fields


def test_a_request_is_made_once_and_only_by_the_units_editor(town: Town) -> None:
    town.bring_in(row())
    _ask(town)
    with pytest.raises(InvalidInput, match="已经申报过"):
        _ask(town)
    with pytest.raises(NotVisible):
        _ask(town, member=member(user_with(Role.EDITOR, town.city.bureau_b)), period="2023")
    with pytest.raises(PermissionRefused):
        _ask(town, member=town.keeper, period="2023")


# --- states ---------------------------------------------------------------------------------------


def test_the_query_for_each_state_agrees_with_the_rule(town: Town) -> None:
    """selectors.condition and rules.state_on say the same of every row on every day."""
    town.bring_in(
        row(), row(n="2", item2="每季", limit="每季度结束后10个工作日内"),
        row(n="3", item2="长期", limit="长期公开"), row(n="4", item2="不明", limit="另行通知"),
        row(n="5", item2="进展", limit="按进展"),
    )  # fmt: skip
    town.publish(town.entry().code, town.entry("进展").code)
    day = date(2022, 9, 1)
    while day < date(2023, 2, 20):
        rows = list(EntryInstance.objects.all())
        for state in State:
            found = set(
                EntryInstance.objects.filter(selectors.condition(state, day)).values_list(
                    "pk", flat=True
                )
            )
            assert found == {r.pk for r in rows if selectors.state_of(r, day) == state}, (
                day,
                state,
            )
        assert sum(selectors.counts(EntryInstance.objects.all(), day).values()) == len(rows)
        day += timedelta(days=5)


def test_a_rebuild_writes_what_the_single_steps_wrote(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="每月", limit="每月10日前"))
    town.publish(town.entry().code)
    fields = ("entry_id", "unit_id", "period", "due_on", "published_on", "late", "absent")
    before = sorted(map(str, EntryInstance.objects.values_list(*fields)))
    states.rebuild(now=moment())
    assert sorted(map(str, EntryInstance.objects.values_list(*fields))) == before


def test_the_timer_rebuilds_for_a_new_year_and_a_changed_calendar_only(town: Town) -> None:
    town.bring_in(row())
    assert states.follow(moment()) == 1
    assert states.follow(moment(12)) == 0
    CalendarDay.objects.create(
        day=date(2022, 10, 20), kind="holiday", name="测试", source="测试通知"
    )
    states.follow(moment(13))
    assert EntryInstance.objects.get().due_on == date(2022, 10, 24)
    assert states.follow(at(date(2023, 1, 1), 1)) >= 1


def test_editors_are_reminded_once_for_each_unit_and_day(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="招生结果"))
    (item,) = due_items(DAY, date(2022, 10, 21))
    assert item.due == date(2022, 10, 21)
    assert "2 个公开事项" in item.title
    assert list(due_items(DAY, date(2022, 10, 20))) == []


# --- public ---------------------------------------------------------------------------------------


def test_entries_for_a_named_group_show_nothing_to_the_public(town: Town) -> None:
    town.bring_in(row(all="", group="在校学生"))
    item = town.publish(town.entry().code)
    (shown,) = public.public_entries([town.entry()])
    assert shown.restricted and shown.records == () and shown.count == 0
    assert public.public_satisfied("item", item.pk) == []
    assert public.public_article_counts(town.city.bureau_a.pk) == {}


def test_the_articles_of_the_regulation_count_public_records_once(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="招生结果"))
    item = town.publish(town.entry().code, town.entry("招生结果").code)
    assert public.public_article_counts(town.city.bureau_a.pk) == {"20-11": 1}
    assert public.public_article_records(town.city.bureau_a.pk, "20-11") == [item.pk]


def test_catalogues_tell_how_much_of_them_is_published(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="招生结果"))
    town.publish(town.entry().code)
    (found,) = public.public_catalogues(town.city.government)
    assert (found.entries, found.covered, found.newest, found.units) == (2, 1, DAY, ("市财政局",))
