"""`gongkai import_items`: clear words before anything is written, figures a program can read."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gongkai.legacy.models import ImportRun
from gongkai.legacy.tests import world
from tests.factories import City, make_city, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return world.write(tmp_path / "a.jsonl", [world.row(1), world.row(2), world.row(3, date="")])


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "map.json"
    path.write_text(json.dumps(world.MAPPING), encoding="utf-8")
    return path


def run(*args: Any, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_items", *map(str, args), format="json", stdout=out, **options)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_figures_and_bad_rows(city: City, source: Path, mapping: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    found = run(source, mapping=mapping, unit=city.bureau_a.code, bad_rows=str(bad))
    assert found["status"] == "prepared"
    assert (found["counts"]["staged"], found["counts"]["bad"]) == (2, 1)
    assert found["reasons"] == {"no_date": 1}
    line = json.loads(bad.read_text(encoding="utf-8"))
    assert (line["row"], line["field"], line["code"]) == (3, "original_on", "no_date")
    assert line["reason"]
    assert line["remedy"]


def test_the_same_file_again_is_reported_and_doubles_nothing(
    city: City, source: Path, mapping: Path
) -> None:
    first = run(source, mapping=mapping, unit=city.bureau_a.code)
    again = run(source, mapping=mapping, unit=city.bureau_a.code)
    assert again["already"]
    assert again["run"] == first["run"]
    assert ImportRun.objects.count() == 1


def test_a_dry_run_writes_nothing(city: City, source: Path, mapping: Path) -> None:
    found = run(source, mapping=mapping, unit=city.bureau_a.code, dry_run=True)
    assert found["status"] == "dry_run"
    assert found["counts"]["staged"] == 2
    assert not ImportRun.objects.exists()


def test_an_interrupted_file_asks_for_resume(city: City, source: Path, mapping: Path) -> None:
    first = run(source, mapping=mapping, unit=city.bureau_a.code)
    ImportRun.objects.update(status="preparing", cursor=1)
    with pytest.raises(CommandError, match="--resume"):
        run(source, mapping=mapping, unit=city.bureau_a.code)
    assert first["run"] == ImportRun.objects.get().pk


def test_submit_at_once_under_a_name(city: City, source: Path, mapping: Path) -> None:
    user = user_with("operator", city.office)
    found = run(source, mapping=mapping, unit=city.bureau_a.code, user=user.username, submit=True)
    assert found["status"] == "in_review"
    with pytest.raises(CommandError, match="没有账号"):
        run(source, mapping=mapping, unit=city.bureau_b.code, user="nobody")
    editor = user_with("editor", city.bureau_b)
    with pytest.raises(CommandError, match="岗位权限"):
        run(source, mapping=mapping, unit=city.bureau_b.code, user=editor.username)


def test_units_from_a_field(city: City, mapping: Path, tmp_path: Path) -> None:
    path = world.write(tmp_path / "u.jsonl", [world.row(1, dept=city.bureau_b.full_name)])
    found = run(path, mapping=mapping, unit_field="dept", office=city.office.code)
    assert found["counts"]["staged"] == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mapping": None}, "--mapping"),
        ({"unit": None}, "--unit"),
        ({"unit_field": "dept"}, "选一个"),
        ({"unit": "nobody"}, "没有代码"),
        ({"files": "/nowhere/at/all"}, "没有附件目录"),
        ({"limit": -1}, "正整数"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_written(
    city: City, source: Path, mapping: Path, options: dict[str, Any], words: str
) -> None:
    given = {"mapping": str(mapping), "unit": city.bureau_a.code, **options}
    with pytest.raises(CommandError, match=words):
        run(source, **{k: v for k, v in given.items() if v is not None})
    assert not ImportRun.objects.exists()


def test_missing_columns_and_a_wrong_mapping_are_named(
    city: City, source: Path, tmp_path: Path
) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps(world.mapping(original_on="fbrq")), encoding="utf-8")
    with pytest.raises(CommandError, match="fbrq（对应原发布日期）"):
        run(source, mapping=path, unit=city.bureau_a.code)
    path.write_text(json.dumps(world.mapping(title=None)), encoding="utf-8")
    with pytest.raises(CommandError, match="缺少“title”"):
        run(source, mapping=path, unit=city.bureau_a.code)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(CommandError, match="不是完整的 JSON"):
        run(source, mapping=path, unit=city.bureau_a.code)
    with pytest.raises(CommandError, match="读不到文件"):
        run(tmp_path / "none.jsonl", mapping=path, unit=city.bureau_a.code)


def test_a_mapping_is_proposed(city: City, source: Path) -> None:
    out = io.StringIO()
    call_command("import_items", str(source), suggest_mapping=True, stdout=out)
    found = json.loads(out.getvalue())
    assert found["fields"]["title"] == "title"
    assert found["fields"]["original_on"] == "date"
    assert found["key"] == "id"
