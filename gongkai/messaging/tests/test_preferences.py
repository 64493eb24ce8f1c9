"""A person's own settings: the address and its proof, channels, the hour, the pause."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from gongkai.core.errors import InvalidInput, PermissionRefused, Refusal
from gongkai.core.models import Fact, OutboxMessage
from gongkai.messaging import rules
from gongkai.messaging.models import KindSetting, MailSettings
from gongkai.messaging.preferences import (
    address_remove,
    address_set,
    address_verify,
    settings_change,
)
from gongkai.messaging.selectors import choices_of, mail_state
from gongkai.messaging.tests.conftest import KIND, NOW, SILENT, URGENT, with_mail
from gongkai.organisations.access import Member, member_for, system_member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import User
from tests.factories import DAY, City, UserFactory, member, user_with

pytestmark = pytest.mark.django_db
ADDRESS = "lisi@changsha.gov.cn"
SOON = NOW + timedelta(minutes=5)


@pytest.fixture
def person(city: City) -> User:
    return user_with(Role.EDITOR, city.bureau_a)


@pytest.fixture
def me(person: User) -> Member:
    return member(person)


def right_code(user: User, settings: Any, *, sent_at: Any = NOW) -> str:
    return rules.code_for(settings.SECRET_KEY, user_id=user.pk, address=ADDRESS, sent_at=sent_at)


def actions() -> list[str]:
    return list(Fact.objects.order_by("id").values_list("action", flat=True))


# --- the address --------------------------------------------------------------------------------


def test_an_address_is_proved_by_the_code_that_was_mailed_to_it(
    person: User, me: Member, settings: Any
) -> None:
    address_set(address=f" {ADDRESS} ", member=me, now=NOW)
    person.refresh_from_db()
    assert person.email == ADDRESS
    assert mail_state(person.pk).verified is False and mail_state(person.pk).code_sent
    address_verify(code=f" {right_code(person, settings)} ", member=me, now=SOON)
    state = mail_state(person.pk)
    assert state.verified and state.address == "l***@changsha.gov.cn"
    assert actions() == ["messaging.address.set", "messaging.address.verified"]
    assert ADDRESS not in str(list(Fact.objects.values())) + str(
        list(OutboxMessage.objects.values())
    )


def test_the_code_stands_in_no_table(person: User, me: Member, settings: Any) -> None:
    address_set(address=ADDRESS, member=me, now=NOW)
    code = right_code(person, settings)
    rows = [*MailSettings.objects.values(), *OutboxMessage.objects.values("payload", "error")]
    assert code not in str(rows) + str(list(Fact.objects.values("details")))


@pytest.mark.parametrize("address", ["", "lisi", "a@b.cn\nBcc: c@d.cn", "a@b.cn, c@d.cn"])
def test_an_address_that_cannot_be_written_to_is_refused_and_nothing_is_sent(
    person: User, me: Member, address: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        address_set(address=address, member=me, now=NOW)
    assert "address" in caught.value.fields
    person.refresh_from_db()
    assert person.email == "" and OutboxMessage.objects.count() == 0 and actions() == []


def test_nobody_floods_a_mailbox_with_codes(person: User, me: Member, settings: Any) -> None:
    address_set(address=ADDRESS, member=me, now=NOW)
    with pytest.raises(Refusal, match="每分钟"):
        address_set(address="other@changsha.gov.cn", member=me, now=NOW + timedelta(seconds=59))
    person.refresh_from_db()
    assert person.email == ADDRESS
    later = NOW + timedelta(seconds=60)
    address_set(address=ADDRESS, member=me, now=later)
    assert OutboxMessage.objects.count() == 2
    with pytest.raises(InvalidInput):
        address_verify(code=right_code(person, settings), member=me, now=SOON)
    address_verify(code=right_code(person, settings, sent_at=later), member=me, now=SOON)


def test_a_new_address_has_to_be_proved_anew(person: User, me: Member, settings: Any) -> None:
    address_set(address=ADDRESS, member=me, now=NOW)
    address_verify(code=right_code(person, settings), member=me, now=NOW)
    with pytest.raises(Refusal, match="已经验证过"):
        address_set(address=ADDRESS, member=me, now=SOON)
    with pytest.raises(Refusal, match="已经验证过"):
        address_verify(code=right_code(person, settings), member=me, now=SOON)
    address_set(address="new@changsha.gov.cn", member=me, now=SOON)
    assert not mail_state(person.pk).verified


def test_five_wrong_codes_void_it(person: User, me: Member, settings: Any) -> None:
    address_set(address=ADDRESS, member=me, now=NOW)
    right = right_code(person, settings)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(InvalidInput) as caught:
            address_verify(code=wrong, member=me, now=NOW)
        (words,) = caught.value.fields["code"]
        assert (f"还可以再试 {left} 次" in words) is (left > 0)
    with pytest.raises(Refusal, match="输错次数过多"):
        address_verify(code=right, member=me, now=NOW)
    assert not mail_state(person.pk).verified


def test_a_code_is_good_for_a_day(person: User, me: Member, settings: Any) -> None:
    address_set(address=ADDRESS, member=me, now=NOW)
    code = right_code(person, settings)
    with pytest.raises(Refusal, match="24 小时"):
        address_verify(code=code, member=me, now=NOW + timedelta(hours=24, seconds=1))
    address_verify(code=code, member=me, now=NOW + timedelta(hours=24))


def test_without_an_address_there_is_nothing_to_prove_or_to_delete(me: Member) -> None:
    with pytest.raises(Refusal, match="没有等待验证"):
        address_verify(code="123456", member=me, now=NOW)
    with pytest.raises(Refusal, match="没有填写过"):
        address_remove(member=me, now=NOW)


@pytest.mark.parametrize("code", ["", "１２３４５６", "abc", "12345678901"])
def test_what_is_no_code_is_simply_wrong(person: User, me: Member, code: str) -> None:
    address_set(address=ADDRESS, member=me, now=NOW)
    with pytest.raises(InvalidInput):
        address_verify(code=code, member=me, now=NOW)


def test_deleting_the_address_ends_mail(person: User, me: Member) -> None:
    with_mail(person)
    address_remove(member=me, now=NOW)
    person.refresh_from_db()
    row = MailSettings.objects.get(user=person)
    assert (person.email, row.verified_at, row.code_sent_at) == ("", None, None)
    assert actions() == ["messaging.address.removed"]


def test_without_a_mail_server_no_address_is_taken(me: Member, settings: Any) -> None:
    settings.MAIL_ENABLED = False
    with pytest.raises(Refusal, match="还没有接入邮件服务器"):
        address_set(address=ADDRESS, member=me, now=NOW)


# --- channels, hour, pause ----------------------------------------------------------------------


def change(me: Member, **more: Any) -> MailSettings:
    wanted: dict[str, Any] = {"channels": {}, "mail_off": False, "digest_hour": 8, **more}
    return settings_change(member=me, now=NOW, **wanted)


def channel(person: User, kind: str) -> str:
    return next(c.channel for c in choices_of(member(person)) if c.kind.key == kind)


def test_defaults_follow_the_kind_until_the_person_chooses(person: User, me: Member) -> None:
    assert [channel(person, k) for k in (KIND, URGENT, SILENT)] == ["digest", "at_once", "inbox"]
    change(me, channels={KIND: "at_once", URGENT: "inbox", SILENT: "digest"})
    assert [channel(person, k) for k in (KIND, URGENT, SILENT)] == ["at_once", "inbox", "digest"]
    change(me, channels={KIND: "digest"})
    assert [channel(person, k) for k in (KIND, URGENT)] == ["digest", "inbox"]


def test_what_was_not_changed_is_not_written_and_records_no_fact(person: User, me: Member) -> None:
    change(me, channels={KIND: "digest", URGENT: "at_once"})
    assert KindSetting.objects.count() == 0 and actions() == []
    change(me, mail_off=True, digest_hour=17)
    row = MailSettings.objects.get(user=person)
    assert (row.mail_off, row.digest_hour) == (True, 17)
    assert actions() == ["messaging.settings.changed"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"channels": {KIND: "pigeon"}}, KIND),
        ({"channels": {SILENT: "at_once"}}, SILENT),
        ({"channels": {"test.unknown": "inbox"}}, "channels"),
        ({"digest_hour": 24}, "digest_hour"),
        ({"digest_hour": -1}, "digest_hour"),
    ],
)
def test_a_wrong_choice_is_named_and_nothing_is_kept(
    me: Member, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        change(me, **{"channels": {KIND: "inbox"}, **wrong})
    assert list(caught.value.fields) == [field]
    assert KindSetting.objects.count() == 0


def test_settings_are_ones_own(person: User, me: Member, city: City) -> None:
    other = user_with(Role.EDITOR, city.bureau_a)
    change(me, channels={KIND: "inbox"}, mail_off=True)
    assert channel(other, KIND) == "digest" and not mail_state(other.pk).off


@pytest.mark.parametrize("who", ["visitor", "job"])
def test_settings_belong_to_a_person(db: None, who: str) -> None:
    nobody = member_for(AnonymousUser(), DAY) if who == "visitor" else system_member("tick")
    for act in (
        lambda: change(nobody),
        lambda: address_set(address=ADDRESS, member=nobody, now=NOW),
        lambda: address_verify(code="1", member=nobody, now=NOW),
        lambda: address_remove(member=nobody, now=NOW),
    ):
        with pytest.raises(PermissionRefused):
            act()


def test_a_person_without_settings_gets_no_mail(db: None) -> None:
    state = mail_state(UserFactory().pk)
    assert (state.address, state.verified, state.code_sent, state.off) == ("", False, False, False)
