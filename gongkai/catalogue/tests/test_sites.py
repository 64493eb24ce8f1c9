"""Writes of the life of sites and topics: who, from where, with which facts, and the desk."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from gongkai.catalogue.models import Column, ColumnKind, Placement, PublicSite, SiteChange
from gongkai.catalogue.services import rebuild
from gongkai.catalogue.sites import selectors, services
from gongkai.core import blobs
from gongkai.core.actors import Actor
from gongkai.core.clock import at
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.core.models import Fact
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.portal.tests import town as towns
from gongkai.portal.tests.town import Town
from tests.factories import member, moment, user_with
from tests.screens import html, queries, refused, sign_in, words

NOTICE = "https://www.changsha.gov.cn/gg/1.html"
UNTIL = date(2022, 10, 20)


@pytest.fixture
def town(db: None, settings: Any) -> Town:
    settings.DEMO_DATE = towns.DAY
    return towns.build()


@pytest.fixture
def keeper(town: Town) -> Member:
    return member(user_with(Role.OPERATOR, town.city.office))


def change(town: Town, keeper: Member, event: str, **given: Any) -> SiteChange:
    key = given.pop("key", town.city.district_site.key)
    return services.site_change(key=key, event=event, member=keeper, now=moment(16), **given)


def state(town: Town) -> str:
    return PublicSite.objects.get(pk=town.city.district_site.pk).state


def close(town: Town, keeper: Member) -> PublicSite:
    change(town, keeper, "move", note="并入市级网站", notice_url=NOTICE)
    change(town, keeper, "close", note="已并入市级网站", notice_url="/nr/1/")
    return PublicSite.objects.get(pk=town.city.district_site.pk)


def test_the_whole_life_leaves_rows_and_facts(town: Town, keeper: Member) -> None:
    town.fill(3, town.city.district_1_bureau)
    change(town, keeper, "maintain", note="升级", until=UNTIL)
    change(town, keeper, "take_offline", note="迁机房", until=UNTIL, notice_url=NOTICE)
    change(town, keeper, "resume")
    site = close(town, keeper)
    assert site.state == "closed" and site.archive_manifest["count"] == 3
    events = [c.event for c in SiteChange.objects.filter(site=site).order_by("pk")]
    assert events == ["maintain", "take_offline", "resume", "move", "close"]
    facts = Fact.objects.filter(action="catalogue.site.changed")
    assert facts.count() == 5 and facts.last().details["to"] == "closed"  # type: ignore[union-attr]


def test_the_manifest_lists_every_public_item_with_its_digest(town: Town, keeper: Member) -> None:
    items = town.fill(3, town.city.district_1_bureau)
    items[0].title = "=1+1"
    site = close(town, keeper)
    text = blobs.read(site.archive_manifest["sha256"]).decode("utf-8-sig")
    lines = text.strip().split("\r\n")
    assert len(lines) == 4
    for item in items:
        line = next(one for one in lines if f"/nr/{item.pk}/" in one)
        assert item.live_digest in line


@pytest.mark.parametrize(
    ("event", "missing"),
    [("maintain", {"note", "until"}), ("take_offline", {"note", "until", "notice_url"})],
)
def test_what_the_public_must_be_told_is_asked_for(
    town: Town, keeper: Member, event: str, missing: set[str]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        change(town, keeper, event)
    assert set(refusal.value.fields) == missing and state(town) == "running"


@pytest.mark.parametrize("url", ["//evil.example", "javascript:x", "http://x", "abc"])
def test_a_notice_has_a_safe_address(town: Town, keeper: Member, url: str) -> None:
    with pytest.raises(InvalidInput):
        change(town, keeper, "move", note="x", notice_url=url)


def test_an_end_before_today_is_refused(town: Town, keeper: Member) -> None:
    with pytest.raises(InvalidInput):
        change(town, keeper, "maintain", note="x", until=date(2022, 10, 17))


@pytest.mark.parametrize("event", ["open", "resume", "close", "nonsense"])
def test_events_that_do_not_fit_are_refused(town: Town, keeper: Member, event: str) -> None:
    with pytest.raises(Refusal, match="不能办理"):
        change(town, keeper, event, note="x", notice_url=NOTICE)


def test_a_second_time_off_line_warns_but_passes(town: Town, keeper: Member) -> None:
    change(town, keeper, "take_offline", note="一", until=UNTIL, notice_url=NOTICE)
    change(town, keeper, "resume")
    again = change(
        town, keeper, "take_offline", note="二", until=date(2022, 12, 30), notice_url=NOTICE
    )
    assert len(again.details["warnings"]) == 2 and state(town) == "offline"
    assert [a.last is None for a in selectors.absences(again.site)] == [False, True]


def test_only_operators_and_the_area_s_supervisors(town: Town, keeper: Member) -> None:
    own = member(user_with(Role.SUPERVISOR, town.city.district_1))
    change(town, own, "maintain", note="升级", until=UNTIL)
    editor = member(user_with(Role.EDITOR, town.city.district_1))
    with pytest.raises(PermissionRefused):
        change(town, editor, "resume")
    stranger = member(user_with(Role.SUPERVISOR, town.city.district_2))
    with pytest.raises(NotVisible):
        change(town, stranger, "resume")
    with pytest.raises(NotVisible):
        change(town, keeper, "resume", key="none")


# --- what the public sees ------------------------------------------------------------------------


def test_maintenance_shows_a_notice_on_every_page(town: Town, keeper: Member) -> None:
    change(town, keeper, "maintain", note="升级服务器。", until=UNTIL)
    said = html(Client().get("/qx/wangcheng/dw/"))
    assert "正在例行维护" in said and "升级服务器" in said and "2022年10月20日" in said
    assert "正在例行维护" not in html(Client().get("/dw/"))


def test_off_line_is_503_with_notice_and_foot_everywhere(town: Town, keeper: Member) -> None:
    item = town.fill(1, town.city.district_1_bureau)[0]
    change(town, keeper, "take_offline", note="迁机房", until=UNTIL, notice_url=NOTICE)
    visitor = Client()
    for path in (
        "/qx/wangcheng/",
        "/qx/wangcheng/zx/",
        "/qx/wangcheng/feed/",
        f"/nr/{item.pk}/",
        f"/nr/{item.pk}/pdf/",
    ):
        answer = visitor.get(path)
        assert answer.status_code == 503, path
        said = html(answer)
        assert "迁机房" in said and NOTICE in said and "网站标识码" in said, path
        assert answer["Retry-After"] and answer["Cache-Control"] == "no-store"
    assert visitor.get("/").status_code == 200


def test_a_closed_site_keeps_its_home_with_the_manifest(town: Town, keeper: Member) -> None:
    item = town.fill(1, town.city.district_1_bureau)[0]
    site = close(town, keeper)
    visitor = Client()
    home = visitor.get("/qx/wangcheng/")
    said = html(home)
    assert home.status_code == 200 and "已经" in said and site.archive_manifest["sha256"] in said
    assert visitor.get("/qx/wangcheng/zx/").status_code == 410
    link = said.split('href="/files/site/')[1].split('"')[0]
    got = visitor.get(f"/files/site/{link}")
    assert got.status_code == 200 and f"/nr/{item.pk}/".encode() in b"".join(got.streaming_content)
    # What was public there is read on in the city's frame.
    page = visitor.get(f"/nr/{item.pk}/")
    assert page.status_code == 200 and 'content="长沙政务公开"' in html(page)


def test_the_manifest_of_an_open_site_is_nobody_s(town: Town, keeper: Member) -> None:
    site = close(town, keeper)
    sha = site.archive_manifest["sha256"]
    PublicSite.objects.filter(pk=site.pk).update(state="running")
    assert Client().get(f"/files/site/{site.key}/{sha[:16]}/x.csv").status_code == 404


def test_a_site_being_built_is_not_there(town: Town, keeper: Member) -> None:
    PublicSite.objects.filter(pk=town.city.district_site.pk).update(state="preparing")
    assert Client().get("/qx/wangcheng/").status_code == 404
    assert "望城" not in html(Client().get("/contact/")).split("<main")[0]
    change(town, keeper, "open", note="开通")
    assert Client().get("/qx/wangcheng/").status_code == 200


# --- topics that are over ------------------------------------------------------------------------


def topic(town: Town, key: str = "jiceng") -> Column:
    return Column.objects.get(site=town.city.site, key=key)


def test_an_archived_topic_is_marked_and_owes_nothing(town: Town, keeper: Member) -> None:
    column = topic(town)
    assert column.duty_days == 14
    services.column_close(column_id=column.pk, note="活动已经结束", member=keeper, now=moment(16))
    column.refresh_from_db()
    assert column.duty_days is None
    page = html(Client().get("/zt/jiceng/"))
    assert "专题已经归档" in page and "活动已经结束" in page and "至少更新一次" not in page
    home = html(Client().get("/")).split('id="topics"')[-1]
    assert "/zt/jiceng/" not in home.split("</section>")[0]
    listed = html(Client().get("/columns/")).split('id="archive"')[1]
    assert "/zt/jiceng/" in listed
    assert Fact.objects.filter(action="catalogue.column.closed", subject_id=column.pk).exists()
    services.column_reopen(column_id=column.pk, member=keeper, now=moment(17))
    assert "专题已经归档" not in html(Client().get("/zt/jiceng/"))


def test_an_archived_topic_takes_nothing_new_and_keeps_the_old(town: Town, keeper: Member) -> None:
    column = topic(town, "yingshang")
    old = town.fill(1)[0]
    services.column_close(column_id=column.pk, note="结束", member=keeper, now=moment(16))
    late = at(date(2022, 10, 19), 9)
    new = town.public(now=late)
    rebuild(now=moment(17), actor=Actor.system("test"))
    placed = set(Placement.objects.filter(column=column).values_list("subject_id", flat=True))
    assert old.pk in placed and new.pk not in placed


def test_refusals_of_archiving(town: Town, keeper: Member) -> None:
    column = topic(town)
    with pytest.raises(InvalidInput):
        services.column_close(column_id=column.pk, note=" ", member=keeper, now=moment(16))
    with pytest.raises(Refusal, match="没有归档"):
        services.column_reopen(column_id=column.pk, member=keeper, now=moment(16))
    unit = Column.objects.filter(kind=ColumnKind.UNIT)[0]
    with pytest.raises(Refusal, match="只有专题"):
        services.column_close(column_id=unit.pk, note="x", member=keeper, now=moment(16))
    services.column_close(column_id=column.pk, note="x", member=keeper, now=moment(16))
    with pytest.raises(Refusal, match="已经归档"):
        services.column_close(column_id=column.pk, note="x", member=keeper, now=moment(16))
    editor = member(user_with(Role.EDITOR, town.city.government))
    with pytest.raises(PermissionRefused):
        services.column_reopen(column_id=column.pk, member=editor, now=moment(16))


# --- the desk ------------------------------------------------------------------------------------


def test_the_desk_shows_states_and_does_what_is_allowed(town: Town) -> None:
    desk = sign_in(user_with(Role.OPERATOR, town.city.office))
    key = town.city.district_site.key
    assert "望城" in words(desk.get("/desk/sites/"))
    page = f"/desk/sites/{key}/"
    assert "尚未核对原文" in words(desk.get(page))
    wrong = desk.post(page, {"event": "take_offline", "note": "迁机房"})
    assert wrong.status_code == 422 and "迁机房" in html(wrong) and "预计结束" in words(wrong)
    assert desk.post(page, {"event": "close", "note": "x"}).status_code == 422
    good = {"event": "take_offline", "note": "迁机房", "until": "2022-10-20", "notice_url": NOTICE}
    assert desk.post(page, good).status_code == 302
    assert "临时下线" in words(desk.get(page)) and state(town) == "offline"
    column = Column.objects.get(pk=town.city.district_column.pk)
    place = f"{page}columns/{column.pk}/"
    assert desk.post(place, {"note": ""}).status_code == 422
    assert desk.post(place, {"note": "结束"}).status_code == 302
    assert "已归档" in words(desk.get(place))
    assert desk.post(place).status_code == 302
    column.refresh_from_db()
    assert column.closed_on is None


def test_the_desk_is_for_keepers_and_their_own_sites(town: Town) -> None:
    editor = sign_in(user_with(Role.EDITOR, town.city.office))
    assert refused(editor.get("/desk/sites/"), 403, "岗位权限")
    stranger = sign_in(user_with(Role.SUPERVISOR, town.city.district_2))
    assert stranger.get(f"/desk/sites/{town.city.district_site.key}/").status_code == 404
    assert "没有归您办理的网站" in words(stranger.get("/desk/sites/"))


def test_the_desk_asks_little(town: Town, keeper: Member) -> None:
    for _ in range(6):
        change(town, keeper, "maintain", note="升级", until=UNTIL)
        change(town, keeper, "resume")
    desk = sign_in(user_with(Role.OPERATOR, town.city.office))
    assert queries(desk, "/desk/sites/") <= 10
    assert queries(desk, f"/desk/sites/{town.city.district_site.key}/") <= 13
