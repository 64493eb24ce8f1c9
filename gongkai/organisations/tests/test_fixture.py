"""The register of units of May 2022, read as plain text: no database."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

FIXTURE = Path(__file__).parents[1] / "fixtures" / "changsha_2022.csv"
COLUMNS = [
    *("code", "short_name", "full_name", "aliases", "kind", "level", "parent", "region_code"),
    *("uscc", "doc_prefixes", "doc_prefixes_demo", "vertical", "valid_from", "valid_to"),
    *("successor", "uncertain", "note"),
]
KINDS = {
    *("government", "office", "department", "party", "vertical", "park", "district"),
    *("district_department", "township", "village", "public_utility"),
}
# The names written in 长政务公开办发〔2022〕1号; collectives and abstract roles are not units.
NAMES_IN_THE_WORK_POINTS = (
    *("市发展改革委", "市司法局", "市商务局", "市市场监督管理局", "市财政局", "市税务局"),
    *("市卫生健康委", "市委宣传部", "市农业农村局", "市数据资源局", "市行政审批服务局"),
    *("市政府办公厅", "市人民政府", "长沙市政务公开政务服务工作领导小组办公室"),
)
OTHER_NAMES_IN_USE = {
    "市发改委": "fgw",
    "市卫健委": "wjw",
    "市市监局": "scjgj",
    "市人社局": "rsj",
    "市住建局": "zjj",
    "市工信局": "gxj",
    "市资规局": "zrgh",
    "市政府办": "szfb",
    "市政务公开办": "zwgkb",
    "长沙市发展和改革委员会": "fgw",
    "望城区政务公开办": "wangcheng_xzspj",
    "浏阳市卫健局": "liuyang_wjj",
}
DIVISIONS = [
    *(("芙蓉区", "430102"), ("天心区", "430103"), ("岳麓区", "430104"), ("开福区", "430105")),
    *(("雨花区", "430111"), ("望城区", "430112"), ("长沙县", "430121")),
    *(("浏阳市", "430181"), ("宁乡市", "430182")),
]


def rows() -> list[dict[str, str]]:
    with FIXTURE.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


ROWS = rows()
BY_CODE = {row["code"]: row for row in ROWS}


def split(value: str) -> list[str]:
    return [part for part in value.split("|") if part]


def names_of(row: dict[str, str]) -> set[str]:
    return {row["short_name"], row["full_name"], *split(row["aliases"])}


def owners() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in ROWS:
        for name in names_of(row):
            found[name].add(row["code"])
    return found


def uscc_check_character(code: str) -> str:
    """GB 32100-2015: weights 3^i mod 31 over the first seventeen characters."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(char) * pow(3, i, 31) for i, char in enumerate(code[:17]))
    return alphabet[(31 - total % 31) % 31]


def test_columns_are_the_agreed_ones() -> None:
    assert list(ROWS[0]) == COLUMNS
    assert all(None not in row and None not in row.values() for row in ROWS)


def test_codes_are_unique_ascii_slugs() -> None:
    assert [code for code, n in Counter(r["code"] for r in ROWS).items() if n > 1] == []
    for row in ROWS:
        assert row["code"].isascii() and row["code"].replace("_", "").isalnum()


@pytest.mark.parametrize("column", ["parent", "successor"])
def test_every_unit_that_is_pointed_at_exists(column: str) -> None:
    assert [r["code"] for r in ROWS if r[column] and r[column] not in BY_CODE] == []


def test_no_unit_is_its_own_ancestor() -> None:
    for row in ROWS:
        seen = {row["code"]}
        while row["parent"]:
            row = BY_CODE[row["parent"]]
            assert row["code"] not in seen
            seen.add(row["code"])


def test_no_written_name_belongs_to_two_units() -> None:
    assert {name: codes for name, codes in owners().items() if len(codes) > 1} == {}


def test_no_alias_repeats_the_unit_s_own_name() -> None:
    for row in ROWS:
        names = [row["short_name"], *split(row["aliases"])]
        assert len(names) == len(set(names)), row["code"]


def test_kind_and_flags_hold_known_values() -> None:
    for row in ROWS:
        assert row["kind"] in KINDS
        assert row["level"] in {"city", "district", "township", "village"}
        assert row["vertical"] in {"0", "1"} and row["uncertain"] in {"0", "1"}
        assert row["region_code"].startswith("4301") and len(row["region_code"]) == 6
        assert len(row["note"]) <= 300


def test_nine_divisions_stand_in_official_order_with_their_codes() -> None:
    districts = [r for r in ROWS if r["kind"] == "district"]
    assert [
        (r["short_name"].removesuffix("政府"), r["region_code"]) for r in districts
    ] == DIVISIONS
    assert all(r["parent"] == "changsha" and r["level"] == "district" for r in districts)


def test_every_unit_named_in_the_work_points_resolves_to_one_unit() -> None:
    found = owners()
    assert {name: len(found[name]) for name in NAMES_IN_THE_WORK_POINTS} == dict.fromkeys(
        NAMES_IN_THE_WORK_POINTS, 1
    )


@pytest.mark.parametrize(("name", "code"), sorted(OTHER_NAMES_IN_USE.items()))
def test_other_written_names_resolve(name: str, code: str) -> None:
    assert owners()[name] == {code}


@pytest.mark.parametrize("short", [short for short, _ in DIVISIONS])
def test_a_division_resolves_with_and_without_government(short: str) -> None:
    assert owners()[short] == owners()[f"{short}人民政府"] != set()


def test_only_a_code_seen_in_a_source_is_given_and_it_passes_its_check_character() -> None:
    assert {r["code"]: r["uscc"] for r in ROWS if r["uscc"]} == {"changsha": "114301006735800977"}
    assert uscc_check_character("114301006735800977") == "7"


def test_document_prefixes_belong_to_one_unit_and_unseen_ones_are_marked() -> None:
    every = [p for r in ROWS for p in split(r["doc_prefixes"])]
    assert len(every) == len(set(every))
    for row in ROWS:
        assert set(split(row["doc_prefixes_demo"])) <= set(split(row["doc_prefixes"]))
        if row["doc_prefixes_demo"]:
            assert "演示" in row["note"], row["code"]
    seen = {p for r in ROWS for p in split(r["doc_prefixes"])} - {
        p for r in ROWS for p in split(r["doc_prefixes_demo"])
    }
    assert seen == {"长政发", "长政务公开办发"}


def test_the_supervising_office_is_hosted_by_the_approval_bureau() -> None:
    office = BY_CODE["zwgkb"]
    assert office["kind"] == "office" and office["parent"] == "xzspj"
    assert [r["code"] for r in ROWS if r["kind"] == "office"] == ["zwgkb"]


@pytest.mark.parametrize("district", ["wangcheng", "liuyang"])
def test_two_districts_have_departments_townships_and_invented_villages(district: str) -> None:
    children = [r for r in ROWS if r["parent"] == district]
    assert sum(r["kind"] == "district_department" for r in children) == 8
    towns = [r["code"] for r in children if r["kind"] == "township"]
    assert len(towns) == 3
    villages = [r for r in ROWS if r["parent"] in towns]
    assert len(villages) == 2
    assert all("（演示）" in r["short_name"] and "虚构" in r["note"] for r in villages)


def test_vertical_bodies_are_not_under_the_city_government() -> None:
    for row in ROWS:
        if row["kind"] == "vertical":
            assert row["vertical"] == "1" and row["parent"] == ""


def test_an_uncertain_unit_says_what_has_to_be_confirmed() -> None:
    uncertain = {r["code"] for r in ROWS if r["uncertain"] == "1"}
    assert {"jrb", "rjj", "yljj", "wsb", "wwj", "gthz", "dxkjc", "yuelu", "xjxq"} <= uncertain
    assert all("待确认" in BY_CODE[code]["note"] for code in uncertain)
