"""Handing in evidence: a public item, a government address, a file."""

import pytest

from gongkai.core import blobs, facts
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused
from gongkai.core.models import Blob
from gongkai.ledger import services
from gongkai.ledger.models import Assignment, Evidence
from gongkai.ledger.tests.offices import Office, assignment
from gongkai.ledger.tests.proofs import GOOD, NOW, Newsroom, add_file, add_item, add_url, light, pdf
from gongkai.organisations.models import User
from tests.factories import UnitFactory, UserFactory, member, user_with

# --- evidence: an item ---------------------------------------------------------------------------


def test_a_public_item_of_the_own_unit_is_evidence(
    duty: Assignment, editor: User, newsroom: Newsroom
) -> None:
    item = newsroom.public()
    evidence = add_item(duty, item, editor)
    assert (evidence.kind, evidence.item_id, evidence.title) == ("item", item.pk, "一件事")
    assert (evidence.note, evidence.added_by, evidence.added_at) == ("见附件", editor, NOW)
    fact = facts.trail("ledger_assignment", duty.pk)[0]
    assert fact.action == "ledger.evidence.added"
    assert (fact.details["evidence"], fact.details["item"]) == (evidence.pk, item.pk)
    assert (fact.details["point"], fact.unit_id) == (3, duty.unit_id)
    assert light(duty) == "green"


@pytest.mark.parametrize("state", ["draft", "withdrawn", "unknown"])
def test_what_is_not_public_is_no_evidence(
    duty: Assignment, editor: User, newsroom: Newsroom, state: str
) -> None:
    item = newsroom.draft() if state == "draft" else newsroom.public()
    if state == "withdrawn":
        newsroom.withdraw(item)
    if state == "unknown":
        item.pk = 10**9
    with pytest.raises(InvalidInput) as refused:
        add_item(duty, item, editor)
    assert list(refused.value.fields) == ["item"]
    assert not Evidence.objects.exists()


def test_another_unit_s_item_is_no_evidence(office: Office, duty: Assignment, editor: User) -> None:
    item = Newsroom(office.bureaus["fgw"]).public()
    with pytest.raises(InvalidInput, match="本单位"):
        add_item(duty, item, editor)


def test_a_district_government_s_evidence_may_come_from_its_own_bureaus(office: Office) -> None:
    district, neighbour = office.districts[:2]
    own = Newsroom(UnitFactory(area=district, district_bureau=True)).public()
    other = Newsroom(UnitFactory(area=neighbour, district_bureau=True)).public()
    row, who = assignment(office, district), user_with("editor", district)
    assert add_item(row, own, who).item_id == own.pk
    with pytest.raises(InvalidInput, match="没有找到"):
        add_item(row, other, who)


def test_one_item_proves_a_task_once_until_it_was_taken_or_sent_back(
    office: Office, duty: Assignment, editor: User, newsroom: Newsroom
) -> None:
    item = newsroom.public()
    first = add_item(duty, item, editor)
    with pytest.raises(InvalidInput, match="已经是"):
        add_item(duty, item, editor)
    services.evidence_remove(evidence_id=first.pk, reason="换一件", member=member(editor), now=NOW)
    second = add_item(duty, item, editor)
    services.evidence_reject(
        evidence_id=second.pk, reason="不完整", member=member(office.supervisor), now=NOW
    )
    assert add_item(duty, item, editor).pk not in (first.pk, second.pk)


# --- evidence: an address ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        GOOD,
        "https://www.gov.cn/zhengce/content.htm",
        "  http://czj.changsha.gov.cn/  ",
        "http://czj.changsha.gov.cn:8080/a?b=1#c",
        "HTTP://CZJ.CHANGSHA.GOV.CN/A",
    ],
)
def test_an_address_of_a_government_site_is_evidence(
    duty: Assignment, editor: User, url: str
) -> None:
    evidence = add_url(duty, editor, url=url)
    assert (evidence.kind, evidence.url) == ("url", url.strip())
    assert light(duty) == "green"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "czj.changsha.gov.cn/a",
        "ftp://czj.changsha.gov.cn/a",
        "javascript:alert(1)//.gov.cn",
        "http://example.com/a.gov.cn",
        "http://evilgov.cn/",
        "http://gov.cn.example.com/",
        "http://czj.changsha.gov.cn@example.com/",
        "http://example.com\\.gov.cn/",
        "http://example.com\\@czj.changsha.gov.cn/",
        "http://example.com#.gov.cn",
        "http://example.com?.gov.cn",
        "http://a b.gov.cn/",
        "http://[::1.gov.cn/",
        "http://.gov.cn/",
        "http://czj.changsha.gov.cn/" + "a" * 480,
        "data:text/html,x.gov.cn",
    ],
)
def test_any_other_address_is_refused(duty: Assignment, editor: User, url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_url(duty, editor, url=url)
    assert list(refused.value.fields) == ["url"]
    assert not Evidence.objects.exists()


def test_an_address_needs_a_title_and_both_faults_are_named(duty: Assignment, editor: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.evidence_add_url(
            assignment_id=duty.pk, url="x", title=" ", member=member(editor), now=NOW
        )
    assert set(refused.value.fields) == {"url", "title"}


# --- evidence: a file ----------------------------------------------------------------------------


def test_a_file_is_evidence_and_kept_by_its_content(duty: Assignment, editor: User) -> None:
    data = pdf()
    evidence = add_file(duty, editor, data)
    assert (evidence.kind, evidence.title) == ("file", "登记表.pdf")
    assert evidence.blob is not None
    assert blobs.read(evidence.blob.sha256) == data
    assert light(duty) == "green"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\x00" + b"\0" * 200, "登记表.exe"),
        (b"MZ\x90\x00" + b"\0" * 200, "登记表.pdf"),
        (b"", "空.pdf"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_not_kept(
    duty: Assignment, editor: User, data: bytes, name: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_file(duty, editor, data, name)
    assert list(refused.value.fields) == ["file"]
    assert not Blob.objects.exists()


def test_nothing_that_a_stranger_sends_is_kept(office: Office, duty: Assignment) -> None:
    for who in (user_with("editor", office.bureaus["fgw"]), UserFactory(superuser=True)):
        with pytest.raises(NotVisible):
            add_file(duty, who, pdf())
    with pytest.raises(PermissionRefused):
        add_file(duty, user_with("first_reviewer", office.bureaus["czj"]), pdf())
    assert not Blob.objects.exists()
