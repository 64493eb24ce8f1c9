"""Notices: who gets one, once each, and what a person may do with their own."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from gongkai.core.errors import NotVisible
from gongkai.core.models import OutboxMessage
from gongkai.messaging import registry
from gongkai.messaging.audience import (
    Audience,
    holders,
    members,
    operators,
    people,
    resolve_all,
    supervisors_of,
)
from gongkai.messaging.enums import Mail
from gongkai.messaging.models import Message
from gongkai.messaging.services import (
    Notice,
    message_read,
    message_unread,
    messages_read,
    notify,
    notify_all,
    settle,
)
from gongkai.messaging.tests.conftest import (
    KIND,
    NOW,
    SILENT,
    URGENT,
    URL,
    inbox_of,
    tell,
    with_mail,
)
from gongkai.organisations.access import member_for, system_member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import User
from tests.factories import DAY, City, UserFactory, give_role, member, user_with

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


# --- audiences ----------------------------------------------------------------------------------


def found(audience: Audience) -> set[int]:
    """The audience's people, the same whichever way it is read."""
    one = set(members(audience, DAY).values_list("pk", flat=True))
    assert resolve_all([audience, Audience()], DAY) == [one, set()]
    return one


def test_holders_are_those_who_hold_the_role_in_the_unit_on_the_day(city: City) -> None:
    unit = city.bureau_a
    now_there = user_with(Role.EDITOR, unit)
    user_with(Role.FINAL_REVIEWER, unit)
    user_with(Role.EDITOR, city.bureau_b)
    past, future, gone = UserFactory(), UserFactory(), UserFactory(inactive=True)
    give_role(past, Role.EDITOR, unit, valid_to=DAY - timedelta(days=1))
    give_role(future, Role.EDITOR, unit, valid_from=DAY + timedelta(days=1))
    give_role(gone, Role.EDITOR, unit)
    last_day = UserFactory()
    give_role(last_day, Role.EDITOR, unit, valid_to=DAY)
    assert found(holders(unit, Role.EDITOR)) == {now_there.pk, last_day.pk}
    assert found(holders(unit.pk, Role.EDITOR)) == {now_there.pk, last_day.pk}


def test_audiences_are_put_together_and_people_taken_out(city: City) -> None:
    editor = user_with(Role.EDITOR, city.bureau_a)
    final = user_with(Role.FINAL_REVIEWER, city.bureau_a)
    other = UserFactory()
    both = holders(city.bureau_a, Role.EDITOR, Role.FINAL_REVIEWER) | people(other.pk, None)
    assert found(both) == {editor.pk, final.pk, other.pk}
    assert found(both.without(editor.pk, None)) == {final.pk, other.pk}
    assert found(holders(city.bureau_a, Role.EDITOR).without(other.pk) | people(other.pk)) == {
        editor.pk
    }, "left out of a part is left out of the whole"


def test_supervisors_of_a_unit_are_the_nearest_office(city: City) -> None:
    town = user_with(Role.SUPERVISOR, city.office)
    district = user_with(Role.SUPERVISOR, city.district_1_bureau)
    other = user_with(Role.SUPERVISOR, city.district_2_bureau)
    user_with(Role.EDITOR, city.district_1_bureau)
    assert found(supervisors_of(city.bureau_a)) == {town.pk}
    assert found(supervisors_of(city.district_1_bureau)) == {district.pk}
    assert found(supervisors_of(city.district_1)) == {district.pk}
    assert found(supervisors_of(city.district_2)) == {other.pk}


def test_operators_are_found_in_any_unit(city: City) -> None:
    one = user_with(Role.OPERATOR, city.office)
    two = user_with(Role.OPERATOR, city.district_1)
    user_with(Role.SUPERVISOR, city.office)
    assert found(operators()) == {one.pk, two.pk}


def test_a_superuser_without_a_role_is_reached_by_name_only(city: City) -> None:
    root = UserFactory(superuser=True)
    assert found(operators() | supervisors_of(city.bureau_a)) == set()
    assert found(people(root.pk)) == {root.pk}


def test_an_audience_of_posts_names_its_roles(city: City) -> None:
    with pytest.raises(ValueError, match="roles"):
        holders(city.bureau_a)


def test_an_empty_audience_reaches_nobody(city: City) -> None:
    user_with(Role.EDITOR, city.bureau_a)
    assert not people(None) and found(people(None)) == set()


# --- notify -------------------------------------------------------------------------------------


def test_a_notice_reaches_each_person_once_for_its_kind_and_key(city: City) -> None:
    one, two = UserFactory(), UserFactory()
    assert tell(one) == 1
    assert tell(one, two) == 1
    assert tell(one, two) == 0
    assert tell(one, key="2") == 1
    assert tell(one, kind=URGENT) == 1
    assert (len(inbox_of(one)), len(inbox_of(two))) == (3, 1)


def test_a_person_who_is_reached_in_two_ways_gets_one_message(city: City) -> None:
    person = user_with(Role.EDITOR, city.bureau_a)
    give_role(person, Role.FINAL_REVIEWER, city.bureau_a)
    give_role(person, Role.EDITOR, city.bureau_b)
    to = (
        people(person.pk)
        | holders(city.bureau_a, Role.EDITOR, Role.FINAL_REVIEWER)
        | holders(city.bureau_b, Role.EDITOR)
    )
    assert tell(to=to) == 1


def test_who_did_it_is_not_told(city: City) -> None:
    one, two = UserFactory(), UserFactory()
    assert tell(one, two, skip=one.pk) == 1
    assert inbox_of(one) == []
    assert tell(one, skip=one.pk, key="2") == 0


def test_a_message_keeps_what_it_was_told(city: City) -> None:
    person = UserFactory()
    with transaction.atomic():
        notify(
            kind=KIND, to=people(person.pk), title=" 一\n件事 ", body=" 说明 ", url="/desk/x/?a=1",
            key="k", subject=("item", 7), due=date(2022, 10, 20), now=NOW,
        )  # fmt: skip
    row = Message.objects.get()
    assert (row.title, row.body, row.url, row.due) == (
        "一 件事", "说明", "/desk/x/?a=1", date(2022, 10, 20),
    )  # fmt: skip
    assert (row.subject_kind, row.subject_id, row.created_at) == ("item", "7", NOW)
    assert (row.read_at, row.mail) == (None, Mail.NONE)


def test_a_notice_falls_with_the_act_it_tells_of(city: City) -> None:
    person = UserFactory()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(person)
        raise ZeroDivisionError
    assert inbox_of(person) == []


@pytest.mark.django_db(transaction=True)
def test_a_notice_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(RuntimeError):
        notify(kind=KIND, to=people(1), title="x", url=URL, key="1", now=NOW)
    with pytest.raises(RuntimeError):
        settle(kind=KIND, key="1", now=NOW)


def test_an_undeclared_kind_a_foreign_link_and_an_endless_key_are_mistakes(city: City) -> None:
    person = UserFactory()
    with pytest.raises(LookupError):
        tell(person, kind="test.unknown")
    for url in ("https://evil.example/", "//evil.example", "", f"/{'a' * 500}"):
        with pytest.raises(ValueError, match="page of this platform"):
            tell(person, url=url)
    for key in ("", "k" * 161):
        with pytest.raises(ValueError, match="key"):
            tell(person, key=key)
    assert Message.objects.count() == 0


def test_a_kind_is_declared_once_with_one_meaning() -> None:
    registry.register_notice_kind(KIND, "普通提醒")
    with pytest.raises(ValueError, match="twice"):
        registry.register_notice_kind(KIND, "别的意思")


def test_kinds_of_one_room_stand_together() -> None:
    registry.register_notice_kind("other.one", "甲")
    registry.register_notice_kind("test.late", "乙")
    rooms = [kind.key.partition(".")[0] for kind in registry.notice_kinds()]
    assert sum(a != b for a, b in pairwise(rooms)) == len(set(rooms)) - 1
    assert registry.kind_label("test.gone") == "test.gone"


def test_two_statements_however_many_people(city: City, django_assert_num_queries: object) -> None:
    for _ in range(30):
        user_with(Role.EDITOR, city.bureau_a)
    to = holders(city.bureau_a, Role.EDITOR) | supervisors_of(city.bureau_a)
    with transaction.atomic(), django_assert_num_queries(2):  # type: ignore[operator]
        assert notify(kind=URGENT, to=to, title="x", url=URL, key="1", now=NOW) == 30
    for user in User.objects.all()[:3]:
        with_mail(user)
    with transaction.atomic(), django_assert_num_queries(3):  # type: ignore[operator]
        assert notify(kind=URGENT, to=to, title="x", url=URL, key="2", now=NOW) == 30
    assert OutboxMessage.objects.get(kind="messaging.mail").payload["to"] == sorted(
        User.objects.filter(mail_settings__isnull=False).values_list("pk", flat=True)
    )


# --- who is mailed at once ----------------------------------------------------------------------


def asked_for_mail(user: User) -> bool:
    return Message.objects.filter(recipient=user, mail=Mail.WAITING).exists()


def test_mail_at_once_goes_to_proved_addresses_by_the_persons_choice(city: City) -> None:
    default = with_mail(UserFactory())
    chose_digest = with_mail(UserFactory(), test_urgent="digest")
    paused = with_mail(UserFactory(), off=True)
    unproved = UserFactory(email="x@mail.example")
    everybody = [default, chose_digest, paused, unproved]
    tell(*everybody, kind=URGENT)
    assert [asked_for_mail(u) for u in everybody] == [True, False, False, False]
    assert all(inbox_of(u) == ["一件事"] for u in everybody), "the inbox gets it anyway"


def test_an_ordinary_kind_is_mailed_at_once_only_to_who_wants_it(city: City) -> None:
    default, wants = with_mail(UserFactory()), with_mail(UserFactory(), test_plain="at_once")
    tell(default, wants)
    assert [asked_for_mail(u) for u in (default, wants)] == [False, True]


def test_a_kind_without_mail_is_never_mailed_even_if_a_row_says_so(city: City) -> None:
    person = with_mail(UserFactory(), test_silent="at_once")
    tell(person, kind=SILENT)
    assert not asked_for_mail(person)


def test_without_a_mail_server_no_mail_is_asked_for(city: City, settings: object) -> None:
    settings.MAIL_ENABLED = False  # type: ignore[attr-defined]
    person = with_mail(UserFactory())
    tell(person, kind=URGENT)
    assert inbox_of(person) and OutboxMessage.objects.count() == 0


def test_a_later_reader_of_the_same_notice_is_mailed_too(city: City) -> None:
    one, two = with_mail(UserFactory()), with_mail(UserFactory())
    tell(one, kind=URGENT)
    tell(one, two, kind=URGENT)
    assert sorted(m.payload["to"] for m in OutboxMessage.objects.all()) == [[one.pk], [two.pk]]


# --- many at once -------------------------------------------------------------------------------


def notice(key: str, to: Audience, kind: str = URGENT) -> Notice:
    return Notice(kind, to, f"第 {key} 件", URL, key)


def test_many_notices_follow_the_same_rules_as_one(city: City) -> None:
    mailed = with_mail(user_with(Role.EDITOR, city.bureau_a))
    plain = user_with(Role.EDITOR, city.bureau_a)
    other = user_with(Role.EDITOR, city.bureau_b)
    tell(plain, kind=URGENT, key="1")
    notices = [
        notice("1", holders(city.bureau_a, Role.EDITOR)),
        notice("2", holders(city.bureau_a, Role.EDITOR).without(plain.pk) | people(other.pk)),
        notice("2", people(other.pk)),
        notice("3", people(mailed.pk), SILENT),
    ]
    with transaction.atomic():
        assert notify_all(notices, now=NOW) == 4
        assert notify_all(notices, now=LATER) == 0
    assert sorted(inbox_of(mailed)) == ["第 1 件", "第 2 件", "第 3 件"]
    assert inbox_of(plain) == ["一件事"] and inbox_of(other) == ["第 2 件"]
    asked = sorted(m.payload["key"] for m in OutboxMessage.objects.filter(kind="messaging.mail"))
    assert asked == ["1", "2"]


def test_many_notices_take_a_handful_of_statements(
    city: City, django_assert_max_num_queries: object
) -> None:
    for _ in range(5):
        user_with(Role.EDITOR, city.bureau_a)
    to = holders(city.bureau_a, Role.EDITOR)
    notices = [notice(str(n), to) for n in range(100)]
    # A database takes so many values a statement; it is not one for each notice or person.
    with transaction.atomic(), django_assert_max_num_queries(14):  # type: ignore[operator]
        assert notify_all(notices, now=NOW) == 500


def test_a_mistake_in_one_of_many_notices_writes_none(city: City) -> None:
    person = UserFactory()
    wrong = Notice(KIND, people(person.pk), "x", "https://evil.example/", "2")
    with pytest.raises(ValueError, match="page of this platform"), transaction.atomic():
        notify_all([notice("1", people(person.pk)), wrong], now=NOW)
    assert Message.objects.count() == 0


# --- settled ------------------------------------------------------------------------------------


def test_what_has_been_done_waits_for_nobody_any_more(city: City) -> None:
    one, two = UserFactory(), UserFactory()
    tell(one, two)
    tell(one, key="2")
    with transaction.atomic():
        assert settle(kind=KIND, key="1", now=LATER) == 2
        assert settle(kind=KIND, key="1", now=LATER) == 0
    assert list(Message.objects.filter(read_at=None).values_list("key", flat=True)) == ["2"]


# --- one's own messages -------------------------------------------------------------------------


def test_reading_marks_the_own_message_once(city: City) -> None:
    person = user_with(Role.EDITOR, city.bureau_a)
    tell(person)
    row = Message.objects.get()
    assert message_read(message_id=row.pk, member=member(person), now=NOW).read_at == NOW
    assert message_read(message_id=row.pk, member=member(person), now=LATER).read_at == NOW
    assert message_unread(message_id=row.pk, member=member(person)).read_at is None
    assert message_unread(message_id=row.pk, member=member(person)).read_at is None


@pytest.mark.parametrize(
    "who", ["colleague", "supervisor", "operator", "superuser", "visitor", "job"]
)
def test_another_persons_message_does_not_exist(city: City, who: str) -> None:
    owner = user_with(Role.EDITOR, city.bureau_a)
    tell(owner)
    row = Message.objects.get()
    stranger = {
        "colleague": lambda: member(user_with(Role.EDITOR, city.bureau_a)),
        "supervisor": lambda: member(user_with(Role.SUPERVISOR, city.office)),
        "operator": lambda: member(user_with(Role.OPERATOR, city.office)),
        "superuser": lambda: member(UserFactory(superuser=True)),
        "visitor": lambda: member_for(AnonymousUser(), DAY),
        "job": lambda: system_member("tick"),
    }[who]()
    with pytest.raises(NotVisible):
        message_read(message_id=row.pk, member=stranger, now=NOW)
    with pytest.raises(NotVisible):
        message_unread(message_id=row.pk, member=stranger)
    with pytest.raises(NotVisible):
        messages_read(member=stranger, now=NOW, newest=row.pk)
    row.refresh_from_db()
    assert row.read_at is None


def test_all_read_means_what_was_seen_of_the_own_of_one_kind_or_all(city: City) -> None:
    person, other = user_with(Role.EDITOR, city.bureau_a), UserFactory()
    tell(person, other, key="1", now=NOW)
    tell(person, key="2", kind=URGENT, now=NOW + timedelta(minutes=1))
    seen = Message.objects.get(recipient=person, key="2")
    tell(person, key="3", now=NOW + timedelta(minutes=2))
    assert messages_read(member=member(person), now=LATER, newest=seen.pk, kind=URGENT) == 1
    assert messages_read(member=member(person), now=LATER, newest=seen.pk) == 1
    assert messages_read(member=member(person), now=LATER, newest=seen.pk) == 0
    unread = Message.objects.filter(read_at=None).values_list("recipient_id", "key")
    assert sorted(unread) == sorted([(person.pk, "3"), (other.pk, "1")])
