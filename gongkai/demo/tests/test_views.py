"""The tour and the role switcher: open in a demonstration, absent everywhere else."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongkai.core.documents import read_document
from gongkai.core.models import Blob, Fact
from gongkai.demo.people import IDENTITIES, populate
from gongkai.demo.views import WALK, Place, _linked
from gongkai.ledger.models import PlanImport
from gongkai.ledger.parsing import parse_work_points
from gongkai.ledger.tests.offices import TAXES, document
from gongkai.organisations.models import User
from gongkai.review.models import ReviewCase
from tests.factories import DAY, City, UnitFactory, make_city, make_draft, submit
from tests.screens import html, queries, refused, sign_in, stop_clock, words

SWITCH = "/f/role/"


@pytest.fixture
def city(db: None, monkeypatch: pytest.MonkeyPatch) -> City:
    stop_clock(monkeypatch)
    city = make_city()
    UnitFactory(code="wjw", short_name="市卫生健康委")
    UnitFactory(code="sjzyj", short_name="市数据资源局")
    UnitFactory(code="wangcheng_xzspj", short_name="望城区行政审批服务局", area=city.district_1)
    populate({"czj", "wjw"})
    return city


@pytest.fixture
def demo(city: City, settings: Any) -> City:
    settings.DEMO_DATE = DAY
    return city


def person(username: str) -> User:
    return User.objects.get(username=username)


def who(client: Client) -> str | None:
    """Who is signed in in this browser."""
    number = client.session.get("_auth_user_id")
    return User.objects.get(pk=number).username if number else None


def upload(data: bytes | None = None, name: str = "要点.md") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, document(TAXES) if data is None else data)}


# --- outside a demonstration ---------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/tour/", "/tour/sample/", SWITCH])
def test_in_production_there_is_no_tour_and_no_switch(city: City, path: str) -> None:
    assert sign_in(None).get(path).status_code == 404
    assert sign_in(person("yunwei")).get(path).status_code == 404


@pytest.mark.parametrize("identity", [i.username for i in IDENTITIES])
def test_in_production_nobody_becomes_anybody_by_a_click(city: City, identity: str) -> None:
    client = sign_in(None)
    assert client.post(SWITCH, {"identity": identity, "next": "/desk/"}).status_code == 404
    assert who(client) is None
    assert client.get("/desk/").status_code == 302


def test_in_production_the_switch_does_not_even_sign_out(city: City) -> None:
    client = sign_in(person("czj_bianji"))
    assert client.post(SWITCH, {"identity": ""}).status_code == 404
    assert who(client) == "czj_bianji"


def test_in_production_the_desk_has_no_demonstration_bar(city: City) -> None:
    sent = html(sign_in(person("czj_bianji")).get("/desk/"))
    assert "换个身份" not in sent and SWITCH not in sent


def test_in_production_the_tour_reads_nothing_in(city: City) -> None:
    client = sign_in(person("zwgkb_zhuguan"))
    assert client.post("/tour/", upload()).status_code == 404
    assert not PlanImport.objects.exists()


# --- switching -----------------------------------------------------------------------------------


@pytest.mark.parametrize("identity", IDENTITIES, ids=lambda i: i.username)
def test_one_click_becomes_each_identity_and_its_first_page_opens(
    demo: City, identity: Any
) -> None:
    client = sign_in(None)
    response = client.post(SWITCH, {"identity": identity.username})
    assert response["Location"] == identity.landing
    assert who(client) == identity.username
    response = client.get(identity.landing)
    assert response.status_code == 200 and identity.label in html(response)


def test_every_switch_is_recorded(demo: City) -> None:
    sign_in(None).post(SWITCH, {"identity": "czj_chushen"})
    fact = Fact.objects.get(action="organisations.demo.switched")
    assert fact.subject_id == str(person("czj_chushen").pk)


def test_somebody_elses_session_is_left_behind(demo: City) -> None:
    client = sign_in(person("czj_bianji"))
    before = client.session.session_key
    client.post(SWITCH, {"identity": "czj_chushen"})
    assert who(client) == "czj_chushen" and client.session.session_key != before


def test_the_citizen_is_signed_out_and_sees_the_site(demo: City) -> None:
    client = sign_in(person("czj_bianji"))
    assert client.post(SWITCH, {"identity": ""})["Location"] == "/"
    assert who(client) is None


@pytest.mark.parametrize("identity", ["root", "czj_fushen", "CZJ_BIANJI", "zwgkb_zhuguan "])
def test_only_the_listed_identities_can_be_taken(demo: City, identity: str) -> None:
    User.objects.create(username="root", is_superuser=True)
    client = sign_in(None)
    assert client.post(SWITCH, {"identity": identity}).status_code == 404
    assert who(client) is None


@pytest.mark.parametrize(
    ("goal", "place"),
    [
        ("/desk/review/7/", "/desk/review/7/"),
        ("/desk/items/?q=补贴", "/desk/items/?q=补贴"),
        ("https://example.com/", "/desk/"),
        ("//example.com/", "/desk/"),
        ("javascript:alert(1)", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_the_way_back_stays_on_this_site(demo: City, goal: str, place: str) -> None:
    response = sign_in(None).post(SWITCH, {"identity": "czj_bianji", "next": goal})
    assert response.status_code == 302
    from urllib.parse import unquote

    assert unquote(response["Location"]) == place


def test_the_page_of_identities_puts_the_one_whose_turn_it_is_first(demo: City) -> None:
    client = sign_in(person("czj_bianji"))
    response = client.get(f"{SWITCH}?as=czj_zhongshen&next=/desk/review/3/")
    sent = html(response).partition("<main")[2]
    assert sent.count("以此身份进入") == len(IDENTITIES)
    assert sent.index('value="czj_zhongshen"') < sent.index('value="zwgkb_zhuguan"')
    assert sent.count('value="/desk/review/3/"') == 1
    assert "下一步轮到" in words(response) and "当前" in words(response)


def test_the_page_of_identities_does_not_pass_a_foreign_address_on(demo: City) -> None:
    sent = html(sign_in(None).get(f"{SWITCH}?as=czj_bianji&next=https://example.com/"))
    assert "example.com" not in sent


# --- the bar: what comes next --------------------------------------------------------------------


def bar(username: str, path: str = "/desk/") -> str:
    sent = html(sign_in(person(username)).get(path))
    return sent.partition('class="demo')[2].partition("<details")[0]


def in_review(city: City) -> ReviewCase:
    title = "长沙市财政局关于印发《托育补助资金管理办法》的通知"
    return submit(
        make_draft(city, city.bureau_a, person("czj_bianji"), title=title), person("czj_bianji")
    )


def test_with_nothing_in_review_the_editor_is_led_to_writing(demo: City) -> None:
    assert "起草一条信息" in bar("czj_bianji") and 'href="/admin/items/"' in bar("czj_bianji")
    assert "as=czj_bianji" in bar("czj_chushen")


def test_the_next_step_is_one_click_away_with_a_short_title(demo: City) -> None:
    case = in_review(demo)
    shown = bar("czj_bianji")
    assert f"/f/role/?as=czj_chushen&amp;next=/desk/review/{case.pk}/" in shown
    assert "初审《印发托育补助资金管理办法…》" in shown


def test_whose_turn_it_is_goes_straight_to_the_case(demo: City) -> None:
    case = in_review(demo)
    assert f'href="/desk/review/{case.pk}/"' in bar("czj_chushen")


def test_the_supervisor_is_led_to_the_tour_and_strangers_nowhere(demo: City) -> None:
    in_review(demo)
    assert 'href="/tour/"' in bar("zwgkb_zhuguan") and "读入一份要点" in bar("zwgkb_zhuguan")
    for stranger in ("wjw_bianji", "yunwei"):
        assert "下一步" not in bar(stranger) and "托育" not in bar(stranger)


# --- the tour ------------------------------------------------------------------------------------


def test_a_visitor_is_offered_the_supervisors_seat_instead_of_the_drop_zone(demo: City) -> None:
    response = sign_in(None).get("/tour/")
    assert response.status_code == 200
    assert 'type="file"' not in html(response)
    assert "以“市政务公开办 · 主管”身份开始" in words(response)


def test_the_supervisor_drops_a_document_in_and_goes_on_to_what_was_read(demo: City) -> None:
    client = sign_in(person("zwgkb_zhuguan"))
    assert 'type="file"' in html(client.get("/tour/"))
    response = client.post("/tour/", upload())
    opened = PlanImport.objects.get()
    assert response["Location"] == f"/desk/ledger/imports/{opened.pk}/"
    assert "1 项要点" in words(client.get(response["Location"]))


def test_a_districts_supervisor_reads_into_the_districts_ledger(demo: City) -> None:
    sign_in(person("wangcheng_xzspj_zhuguan")).post("/tour/", upload())
    assert PlanImport.objects.get().office.code == "wangcheng_xzspj"


@pytest.mark.parametrize("username", ["czj_bianji", "yunwei", None])
def test_reading_in_is_refused_to_everybody_else_with_the_rule(
    demo: City, username: str | None
) -> None:
    client = sign_in(person(username) if username else None)
    response = client.post("/tour/", upload())
    assert refused(response, 403, "岗位权限") and "主管" in words(response)
    assert not PlanImport.objects.exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "请选择文件。"),
        (upload(b""), "这个文件是空的。"),
        (upload(b"just text", "要点.docx"), "内容却是纯文本"),
        (upload(b"MZ\x00\x00", "要点.exe"), "不能读入 .exe 文件"),
        (upload("各单位：\n请做好公开工作。\n".encode()), "没有找到编号的要点"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_the_field_and_leaves_nothing_behind(
    demo: City, given: dict[str, Any], message: str
) -> None:
    response = sign_in(person("zwgkb_zhuguan")).post("/tour/", given)
    assert response.status_code == 422
    assert message in words(response) and 'href="#id_file"' in html(response)
    assert 'id="id_file_error"' in html(response) and 'type="file"' in html(response)
    assert not PlanImport.objects.exists() and not Blob.objects.exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_read(demo: City, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 1024 * 1024
    response = sign_in(person("zwgkb_zhuguan")).post("/tour/", upload(b"a" * (1024 * 1024 + 1)))
    assert response.status_code == 422 and "文件超过 1 MB" in words(response)


def confirmed(client: Client) -> None:
    client.post("/tour/", upload(document(TAXES, "做好“优化营商环境”专栏。（市财政局牵头）")))
    opened = PlanImport.objects.latest("pk")
    client.post(f"/desk/ledger/imports/{opened.pk}/confirm/")


def test_every_point_is_lit_and_leads_to_where_it_lives(demo: City) -> None:
    confirmed(sign_in(person("zwgkb_zhuguan")))
    response = sign_in(None).get("/tour/")
    said, sent = words(response), html(response)
    assert "2 项，各在哪里、做到哪一步" in said and "有凭据的任务" in said
    assert 'id="t1"' in sent and 'href="#t2"' in sent and 'href="/jd/2/"' in sent
    # The test city's column belongs to point 2, and its name is a link in the text itself.
    point = sent.partition('id="t2"')[2]
    assert point.count('href="/zt/yingshang/"') == 2


def test_the_tour_takes_at_most_twenty_queries(demo: City) -> None:
    client = sign_in(person("zwgkb_zhuguan"))
    confirmed(client)
    assert queries(client, "/tour/") <= 20


def test_the_walk_only_uses_identities_that_exist_and_addresses_of_ours(demo: City) -> None:
    known = {i.username for i in IDENTITIES}
    for step in WALK:
        assert step.username in known
        client = sign_in(None)
        response = client.post(SWITCH, {"identity": step.username, "next": step.goal})
        assert client.get(response["Location"]).status_code == 200


def test_the_sample_is_a_word_file_that_can_be_read_in_again(demo: City) -> None:
    response = sign_in(None).get("/tour/sample/")
    assert "attachment" in response["Content-Disposition"]
    name = "要点.docx"
    parsed = parse_work_points(read_document(io.BytesIO(response.content).read(), name))
    assert len(parsed.items) == 17 and parsed.year == 2022


# --- links in the text ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names", "linked"),
    [
        ("办好优化营商环境专栏", ["优化营商环境"], ["优化营商环境"]),
        ("专栏、专栏", ["专栏"], ["专栏"]),
        ("没有提到", ["规章库"], []),
        ("规划公开和决策公开", ["决策公开", "规划公开"], ["规划公开", "决策公开"]),
        ("政策问答平台", ["政策问答平台", "问答平台"], ["政策问答平台"]),
    ],
)
def test_the_first_mention_of_each_place_becomes_a_link_and_no_word_is_lost(
    text: str, names: list[str], linked: list[str]
) -> None:
    pieces = _linked(text, [Place(name, f"/{name}/", 1) for name in names])
    assert "".join(words for words, _ in pieces) == text
    assert [words for words, path in pieces if path] == linked
    assert all(path == f"/{words}/" for words, path in pieces if path)
