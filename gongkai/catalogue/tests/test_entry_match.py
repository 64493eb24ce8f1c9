"""Which row is which entry when a table is read again, and which entries an item may belong to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalogue.entries.rules_match import Known, match_rows
from gongkai.catalogue.entries.rules_propose import Candidate, propose

PRESENT = [
    Known("a-1", "招生管理", "学校招生方案", ("招生计划", "报名条件")),
    Known("a-2", "招生管理", "招生结果", ("录取人数",)),
    Known("a-3", "学校信息", "学校名录", ("名称", "地址")),
]


def _new(*parts: str, elements: tuple[str, ...] = ("要素",)) -> Known:
    return Known("", parts[0], parts[1] if len(parts) > 1 else "", elements)


def test_equal_rows_keep_their_codes_in_any_order() -> None:
    rows = [Known("", k.item1, k.item2, k.elements) for k in reversed(PRESENT)]
    assert match_rows(PRESENT, rows).codes == ("a-3", "a-2", "a-1")


def test_changed_elements_under_the_same_items_are_the_same_entry() -> None:
    found = match_rows(PRESENT, [_new("招生管理", "招生结果", elements=("录取人数", "查询方式"))])
    assert found.codes == ("a-2",)
    assert found.gone == ("a-1", "a-3")


def test_a_reworded_item_is_recognised_and_another_subject_is_not() -> None:
    reworded = _new("招生管理", "学校招生工作方案", elements=("招生计划", "报名条件"))
    assert match_rows(PRESENT, [reworded]).codes == ("a-1",)
    other = _new("招生管理", "收费标准", elements=("招生计划", "报名条件"))
    assert match_rows(PRESENT, [other]).codes == ("",)


def test_punctuation_and_spaces_do_not_matter() -> None:
    row = _new("招生 管理", "学校招生方案", elements=("招生计划；", "报名条件"))
    assert match_rows(PRESENT, [row]).codes == ("a-1",)


def test_a_retired_entry_comes_back_only_when_it_is_the_same() -> None:
    retired = [Known("a-9", "招生管理", "补录", ("名额",), retired=True)]
    assert match_rows(retired, [_new("招生管理", "补录", elements=("名额",))]).codes == ("a-9",)
    assert match_rows(retired, [_new("招生管理", "补录", elements=("别的",))]).codes == ("",)
    assert match_rows(retired, []).gone == ()


_rows = st.lists(
    st.builds(
        Known, st.just(""), st.sampled_from("甲乙丙"), st.sampled_from(["一", "二", "三", ""]),
        st.lists(st.sampled_from(["名称", "地址", "条件"]), min_size=1, max_size=2).map(tuple),
    ),
    max_size=8,
)  # fmt: skip


@given(_rows, _rows)
def test_no_code_is_given_twice_and_none_is_lost(old: list[Known], new: list[Known]) -> None:
    present = [k._replace(code=f"c-{n}", retired=False) for n, k in enumerate(old)]
    found = match_rows(present, new)
    given_codes = [code for code in found.codes if code]
    assert len(given_codes) == len(set(given_codes))
    assert set(given_codes) | set(found.gone) == {k.code for k in present}
    assert len(found.codes) == len(new)


ENTRIES = [
    Candidate(
        "s-1", "补贴政策", "惠民惠农补贴政策目录清单", ("补贴标准", "发放方式"), "涉农补贴", "20-11"
    ),
    Candidate(
        "s-2", "履职依据", "行政规范性文件", ("文件名称", "文件全文"), "法定主动公开内容", "20-1"
    ),
    Candidate("s-3", "财政预算、决算", "部门预算、决算", ("收支总表",), "法定主动公开内容", "20-7"),
]


def test_an_entry_is_proposed_for_the_words_of_its_name_with_the_reason() -> None:
    title = "长沙市财政局关于公布《长沙市2022年财政惠民惠农补贴政策目录清单》的通知"
    first = propose(title, ENTRIES, kind="policy")[0]
    assert (first.code, first.reason) == ("s-1", "标题里有“惠民惠农补贴政策目录清单”")


def test_the_kind_strengthens_a_match_and_never_makes_one() -> None:
    assert propose("关于开放日的公告", ENTRIES, kind="policy") == []
    (found,) = propose("行政规范性文件管理办法", ENTRIES, kind="policy")
    assert found.reason == "标题里有“行政规范性文件”，种类也相符"


def test_what_is_chosen_is_not_proposed_again() -> None:
    assert propose("部门预算、决算公开", ENTRIES, chosen=["s-3"]) == []


@pytest.mark.parametrize("title", ["", "通知", "关于做好有关工作的通知", "2022年工作"])
def test_words_that_stand_in_every_title_propose_nothing(title: str) -> None:
    assert propose(title, ENTRIES) == []
