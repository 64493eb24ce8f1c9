"""The screens of deposits: who sees what, every act through its form, nothing typed is lost."""

import io
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongkai.core.clock import at
from gongkai.deposits.models import DepositBatch, DepositRecall, DepositTarget, ReadingPlace
from gongkai.deposits.tests.conftest import Town, drain
from gongkai.deposits.tests.test_services import PNG
from gongkai.organisations.enums import Role
from tests.factories import user_with
from tests.screens import html, queries, refused, sign_in, stop_clock, words

EARLY = at(date(2022, 9, 5), 10)


@pytest.fixture
def desk(town: Town, monkeypatch: pytest.MonkeyPatch) -> Client:
    stop_clock(monkeypatch)
    return sign_in(town.keeper)


def page(batch: DepositBatch) -> str:
    return f"/desk/deposits/{batch.pk}/"


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_an_empty_desk_says_what_will_come(town: Town, desk: Client) -> None:
    said = words(desk.get("/desk/deposits/"))
    assert "还没有归集过" in said and "市档案馆" in said and "平台约定" in said


def test_without_targets_the_desk_says_where_to_begin(town: Town, desk: Client) -> None:
    DepositTarget.objects.all().delete()
    assert "还没有登记接收单位" in words(desk.get("/desk/deposits/"))


def test_the_way_of_a_month_from_queue_to_receipt(town: Town, desk: Client) -> None:
    item = town.public(EARLY)
    drain()
    said = html(desk.get("/desk/deposits/"))
    assert "1 条" in said and "归集 2022 年 8 月" in said
    made = desk.post("/desk/deposits/make/", {"target": town.archive.pk, "period": "2022-09-01"})
    batch = DepositBatch.objects.get()
    assert made["Location"] == page(batch)
    said = words(desk.get(page(batch)))
    assert item.title in said and "登记移送" in said and "为什么是这一天" in said
    fetched = desk.get(f"{page(batch)}package/1/")
    assert fetched["Content-Type"] == "application/zip"
    assert "manifest.csv" in zipfile.ZipFile(io.BytesIO(body(fetched))).namelist()
    digest = re.search(r'name="manifest" value="(\w+)"', html(desk.get(page(batch))))
    assert digest is not None
    desk.post(f"{page(batch)}dispatch/", {"manifest": digest[1], "method": "光盘一张"})
    assert "登记回执" in words(desk.get(page(batch)))
    given = {
        "receipt_no": "收 1 号", "receipt_on": "2022-10-18", "receiver": "接收处",
        "receipt_file": SimpleUploadedFile("回执.png", PNG),
    }  # fmt: skip
    desk.post(f"{page(batch)}receipt/", given)
    said = html(desk.get(page(batch)))
    assert "已回执" in said and "收 1 号" in said
    link = re.search(r'href="(/files/deposit/[^"]+)"', said)
    assert link is not None and body(desk.get(link[1])) == PNG
    assert "已回执，收 1 号" in words(desk.get(f"/desk/items/{item.pk}/"))


def test_the_receipt_file_is_for_keepers_only(town: Town, desk: Client) -> None:
    test_the_way_of_a_month_from_queue_to_receipt(town, desk)
    link = re.search(r'href="(/files/deposit/[^"]+)"', html(desk.get(page(the_batch()))))
    assert link is not None
    assert Client().get(link[1]).status_code == 404
    for who in (
        user_with("editor", town.city.office), user_with("supervisor", town.city.district_1)
    ):  # fmt: skip
        assert sign_in(who).get(link[1]).status_code == 404
    assert sign_in(user_with("operator", town.city.bureau_b)).get(link[1]).status_code == 200


def the_batch() -> DepositBatch:
    return DepositBatch.objects.get()


def test_what_was_typed_comes_back_with_the_error(town: Town, desk: Client) -> None:
    town.public(EARLY)
    batch = town.make()
    response = desk.post(f"{page(batch)}dispatch/", {"manifest": batch.manifest_sha256})
    assert response.status_code == 422 and "请写明怎样移送的" in words(response)
    town.send(batch)
    response = desk.post(f"{page(batch)}receipt/", {"receipt_no": "收 77 号", "receipt_on": "x"})
    assert response.status_code == 422
    said = html(response)
    assert "收 77 号" in said and "有效的日期" in said and "请选择回执" in said
    false = {
        "receipt_no": "收 77 号", "receipt_on": "2022-10-18", "receiver": "接收处",
        "receipt_file": SimpleUploadedFile("回执.pdf", PNG),
    }  # fmt: skip
    response = desk.post(f"{page(batch)}receipt/", false)
    assert response.status_code == 422 and "收 77 号" in html(response)


def test_a_stale_page_cannot_send_another_package(town: Town, desk: Client) -> None:
    town.public(EARLY)
    gone = town.public(EARLY)
    batch = town.make()
    town.withdraw(gone, at(date(2022, 10, 10), 9))
    response = desk.post(
        f"{page(batch)}dispatch/", {"manifest": batch.manifest_sha256, "method": "光盘"}
    )
    assert refused(response, 409, "移送档案馆和图书馆")
    assert "清单变了" in words(response)


def test_a_recall_is_announced_and_settled(town: Town, desk: Client) -> None:
    item = town.public(EARLY)
    batch = town.send(town.make())
    town.withdraw(item, at(date(2022, 10, 11), 9), "privacy")
    drain(at(date(2022, 10, 11), 10))
    assert "要通知接收单位撤出查阅" in words(desk.get("/desk/deposits/"))
    recall = DepositRecall.objects.get()
    response = desk.post(f"/desk/deposits/recalls/{recall.pk}/", {"note": ""})
    assert response.status_code == 422 and "请写明怎样通知的" in words(response)
    desk.post(f"/desk/deposits/recalls/{recall.pk}/", {"note": "电话通知，李工接收"})
    assert "电话通知，李工接收" in words(desk.get(page(batch)))
    assert "已通知撤出" in words(desk.get(f"/desk/items/{item.pk}/"))


@pytest.mark.parametrize("part", [0, 2, 99])
def test_there_are_no_volumes_beyond_the_last(town: Town, desk: Client, part: int) -> None:
    town.public(EARLY)
    assert desk.get(f"{page(town.make())}package/{part}/").status_code == 404


@pytest.mark.parametrize("data", [{}, {"target": "x", "period": "2022-09-01"}, {"period": "x"}])
def test_a_crooked_request_for_a_month_is_refused(
    town: Town, desk: Client, data: dict[str, str]
) -> None:
    assert desk.post("/desk/deposits/make/", data).status_code in (404, 422)
    assert not DepositBatch.objects.exists()


def test_targets_are_entered_and_ended(town: Town, desk: Client) -> None:
    given = {
        "kind": "library", "name": "市图书馆", "owner": town.city.office.pk, "since": "2022-09",
        "contact": "特藏部",
    }  # fmt: skip
    assert desk.post("/desk/deposits/targets/", {**given, "since": "九月"}).status_code == 422
    assert desk.post("/desk/deposits/targets/", given).status_code == 302
    made = DepositTarget.objects.get(name="市图书馆")
    assert made.since == date(2022, 9, 1)
    assert "特藏部" in words(desk.get("/desk/deposits/targets/"))
    desk.post(f"/desk/deposits/targets/{made.pk}/end/")
    made.refresh_from_db()
    assert not made.active


def test_a_unit_outside_the_area_cannot_be_named_as_owner(town: Town, desk: Client) -> None:
    office = sign_in(user_with("supervisor", town.city.district_1))
    given = {"kind": "library", "name": "图书馆", "owner": town.city.office.pk, "since": "2022-09"}
    assert "不归您办理" in words(office.post("/desk/deposits/targets/", given))


def test_lists_are_filtered_by_target_and_state(town: Town, desk: Client) -> None:
    town.public(EARLY)
    town.send(town.make())
    assert "市档案馆" in words(desk.get("/desk/deposits/?state=sent"))
    empty = words(desk.get("/desk/deposits/?state=received"))
    assert "没有符合条件的批次" in empty and "清空条件" in empty
    assert desk.get("/desk/deposits/?state=nonsense&target=nonsense").status_code == 200


def test_an_overdue_batch_is_marked(
    town: Town, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.public(at(date(2022, 8, 5), 9))
    town.make(period=date(2022, 8, 1))
    assert "逾期未移送" in words(desk.get("/desk/deposits/"))


@pytest.mark.parametrize("role", [r for r in Role.values if r not in ("supervisor", "operator")])
def test_others_are_told_who_may_come_here(town: Town, desk: Client, role: str) -> None:
    browser = sign_in(user_with(role, town.city.office))
    for address in ("/desk/deposits/", "/desk/deposits/targets/", "/desk/places/"):
        assert refused(browser.get(address), 403, "岗位权限")


def test_another_districts_batch_does_not_exist(town: Town, desk: Client) -> None:
    town.public(EARLY)
    batch = town.make()
    browser = sign_in(user_with("supervisor", town.city.district_1))
    assert browser.get(page(batch)).status_code == 404
    assert browser.get(f"{page(batch)}package/1/").status_code == 404
    assert "市档案馆" not in words(browser.get("/desk/deposits/"))


def test_places_are_kept_through_their_form(town: Town, desk: Client) -> None:
    assert "还没有登记查阅场所" in words(desk.get("/desk/places/"))
    given = {
        "kind": "archive", "name": "市档案馆", "owner": town.city.office.pk,
        "address": "某路 1 号", "hours": "工作日",
    }  # fmt: skip
    response = desk.post("/desk/places/add/", {**given, "hours": ""})
    assert response.status_code == 422 and "某路 1 号" in html(response)
    assert desk.post("/desk/places/add/", given).status_code == 302
    place = ReadingPlace.objects.get()
    desk.post(f"/desk/places/{place.pk}/", {**given, "hours": "每天"})
    place.refresh_from_db()
    assert place.hours == "每天"
    assert "每天" in words(desk.get("/desk/places/"))
    desk.post(f"/desk/places/{place.pk}/end/")
    assert "已停用" in words(desk.get("/desk/places/"))


def test_the_lists_cost_the_same_however_long(town: Town, desk: Client) -> None:
    for day in range(5, 9):
        town.public(at(date(2022, 9, day), 10))
    town.make()
    few = queries(desk, "/desk/deposits/"), queries(desk, page(the_batch()))
    for day in range(9, 17):
        town.public(at(date(2022, 8, day), 10))
    town.make(period=date(2022, 8, 1))
    for number in range(4):
        town.target(town.city.office, f"图书馆{number}")
        town.make(DepositTarget.objects.get(name=f"图书馆{number}"))
    batch = DepositBatch.objects.order_by("-item_count")[0]
    many = queries(desk, "/desk/deposits/"), queries(desk, page(batch))
    assert many[0] <= few[0] and many[1] <= few[1]
    assert few[0] <= 20 and few[1] <= 20
