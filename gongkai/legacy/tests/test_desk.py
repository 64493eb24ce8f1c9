"""The screens: who sees what, what a small upload does, nothing typed is lost."""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from gongkai.legacy.models import ImportRun, StagedItem
from gongkai.legacy.services import run_submit
from gongkai.legacy.tests import world
from gongkai.organisations.models import User
from gongkai.publishing.models import Item
from tests.factories import DAY, City, make_city, member, moment, reviewers, user_with

pytestmark = pytest.mark.django_db
LINES = "".join(json.dumps(world.row(n), ensure_ascii=False) + "\n" for n in (1, 2))


@pytest.fixture(autouse=True)
def _day(settings: Settings) -> None:
    settings.DEMO_DATE = DAY


@pytest.fixture
def city() -> City:
    return make_city()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(city: City, **changes: object) -> dict[str, object]:
    return {
        "source": SimpleUploadedFile("旧站.jsonl", LINES.encode("gb18030")),
        "mapping": SimpleUploadedFile("map.json", json.dumps(world.MAPPING).encode()),
        "unit": city.bureau_a.pk,
        **changes,
    }


def test_an_operator_reads_in_a_small_file(city: City) -> None:
    client = signed_in(user_with("operator", city.office))
    answer = client.post("/desk/legacy/", upload(city))
    run = ImportRun.objects.get()
    assert answer["Location"] == f"/desk/legacy/{run.pk}/"
    assert (run.filename, run.count("staged")) == ("旧站.jsonl", 2)
    page = client.get(f"/desk/legacy/{run.pk}/").content.decode()
    assert "已备好 2 条，可以送审" in page
    assert "送审这一批" in page
    assert "旧站.jsonl" in client.get("/desk/legacy/").content.decode()


def test_without_a_mapping_one_is_proposed_and_nothing_is_written(city: City) -> None:
    client = signed_in(user_with("operator", city.office))
    answer = client.post("/desk/legacy/", upload(city, mapping=""))
    assert "original_on" in answer.content.decode()
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": SimpleUploadedFile("a.exe", b"MZ")}, "不是可以读入的格式"),
        ({"source": SimpleUploadedFile("a.csv", b"")}, "空"),
        ({"source": ""}, "请选择数据文件"),
        ({"mapping": SimpleUploadedFile("m.json", b"{")}, "不是完整的 JSON"),
        ({"mapping": SimpleUploadedFile("m.json", b'{"fields": {}}')}, "缺少"),
        ({"mapping": SimpleUploadedFile("m.json", "编码".encode("gbk"))}, "UTF-8"),
        ({"unit": ""}, "请选择审核单位"),
        ({"unit": "99999"}, "请从列表里选择"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    city: City, changes: dict[str, object], words: str
) -> None:
    client = signed_in(user_with("operator", city.office))
    answer = client.post("/desk/legacy/", upload(city, **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_a_district_supervisor_chooses_among_own_units_only(city: City) -> None:
    client = signed_in(user_with("supervisor", city.district_1_bureau))
    page = client.get("/desk/legacy/").content.decode()
    assert city.district_1_bureau.short_name in page
    assert f'value="{city.bureau_a.pk}"' not in page
    assert client.post("/desk/legacy/", upload(city)).status_code == 422


@pytest.fixture
def keeper(city: City) -> User:
    return user_with("operator", city.office)


@pytest.fixture
def run(city: City, keeper: User, tmp_path: Path) -> ImportRun:
    operator = member(keeper)
    rows = [world.row(1), world.row(2), world.row(3, date="?"), world.row(1)]
    path = world.write(tmp_path / "a.jsonl", rows)
    return world.prepared(path, unit=city.bureau_a, operator=operator)


def test_lists_rows_and_downloads(city: City, run: ImportRun) -> None:
    client = signed_in(user_with("first_reviewer", city.bureau_a))
    page = client.get(f"/desk/legacy/{run.pk}/").content.decode()
    assert "看不懂" in page
    assert "内容相同" in client.get(f"/desk/legacy/{run.pk}/?kind=duplicate").content.decode()
    assert "送审这一批" not in page
    rows = client.get(f"/desk/legacy/{run.pk}/rows/?q=第2号").content.decode()
    assert "第2号桥梁" in rows
    assert "第1号桥梁" not in rows
    one = client.get(f"/desk/legacy/{run.pk}/rows/1/").content.decode()
    assert "还没有公开" in one
    assert "请绕行" in one
    assert client.get(f"/desk/legacy/{run.pk}/rows/3/").status_code == 404
    answer = client.get(f"/desk/legacy/{run.pk}/download/manifest/")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert json.loads(lines[0])["manifest"] == run.manifest
    assert len(lines) == 3
    answer = client.get(f"/desk/legacy/{run.pk}/download/bad-rows/")
    bad = [json.loads(line) for line in b"".join(answer.streaming_content).decode().splitlines()]
    assert [(b["row"], b["kind"]) for b in bad] == [(3, "bad"), (4, "duplicate")]
    assert client.get(f"/desk/legacy/{run.pk}/download/other/").status_code == 404


@pytest.mark.parametrize("path", ["", "rows/", "rows/1/", "download/manifest/"])
def test_strangers_find_nothing(city: City, run: ImportRun, path: str) -> None:
    others = (("editor", city.bureau_b), ("supervisor", city.district_1_bureau))
    for role, unit in (*others, ("operator", city.bureau_b)):
        client = signed_in(user_with(role, unit))
        assert client.get(f"/desk/legacy/{run.pk}/{path}").status_code == 404


def test_the_reviewers_page_shows_counts_samples_and_findings(
    city: City, keeper: User, run: ImportRun
) -> None:
    operator = member(keeper)
    case = run_submit(run_id=run.pk, member=operator, now=moment(10))
    people = reviewers(city.bureau_a)
    page = signed_in(people["first"]).get(f"/desk/review/{case.pk}/").content.decode()
    for words in ("迁入旧网站历史信息 2 条", run.manifest, "关于第1号桥梁", "没有收下"):
        assert words in page


def test_all_the_way_by_clicks(city: City, keeper: User, run: ImportRun) -> None:
    operator = signed_in(keeper)
    assert operator.post(f"/desk/legacy/{run.pk}/submit/").status_code == 302
    people = reviewers(city.bureau_a)
    from gongkai.review.models import ReviewCase

    case = ReviewCase.objects.get()
    for step in case.steps:
        secrecy = step == "secrecy"
        answer = signed_in(people[step]).post(
            f"/desk/review/{case.pk}/",
            {
                "verdict": "open" if secrecy else "approve", "digest": case.digest,
                "remark": "", "legal_basis": "条例第十三条" if secrecy else "",
            },
            follow=True,
        )  # fmt: skip
        assert answer.status_code == 200
    assert Item.objects.filter(visibility="public").count() == 2
    page = operator.get(f"/desk/legacy/{run.pk}/").content.decode()
    assert "已全部公开" in page
    case_page = signed_in(people["first"]).get(f"/desk/review/{case.pk}/")
    assert "关于第1号桥梁" in case_page.content.decode()
    first = StagedItem.objects.get(run=run, row=1)
    answer = operator.get(f"/desk/legacy/{run.pk}/rows/1/")
    assert answer["Location"] == f"/nr/{first.item_id}/"
    public = Client().get(f"/nr/{first.item_id}/").content.decode()
    assert "历史信息" in public
    assert "2019年2月15日" in public
    assert "迁入本站" in public
    assert "在以前的网站第一次公开" in public


def test_an_import_can_be_dropped(keeper: User, run: ImportRun) -> None:
    client = signed_in(keeper)
    client.post(f"/desk/legacy/{run.pk}/abandon/")
    page = client.get(f"/desk/legacy/{run.pk}/").content.decode()
    assert "这次迁入已经放弃" in page
    assert not StagedItem.objects.exists()
