"""题注, files and choices of the lists of 规范性文件 and 规章."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.portal import rules_documents as said
from gongkai.portal.rules_documents import Ending

ORDER = "长沙市人民政府令第139号"
MADE, BEGINS = date(2020, 5, 6), date(2020, 7, 1)


@pytest.mark.parametrize(
    ("doc_no", "order"),
    [
        (ORDER, True),
        ("交通运输部令（2020年）第3号", True),
        ("长政发〔2022〕3号", False),
        ("关于禁令第三章的说明", False),
        ("", False),
    ],
)
def test_a_rule_is_made_known_by_an_order(doc_no: str, order: bool) -> None:
    assert said.is_order(doc_no) is order


def test_a_caption_names_order_and_beginning() -> None:
    assert said.caption(ORDER, MADE, BEGINS) == (
        "2020年5月6日长沙市人民政府令第139号公布　自2020年7月1日起施行"
    )
    assert said.caption(ORDER, MADE, None) == "2020年5月6日长沙市人民政府令第139号公布"


def test_a_caption_names_what_ended_the_rule() -> None:
    ending = Ending("废止", "新办法", "/nr/9/", "长沙市人民政府令第150号", date(2022, 8, 1))
    text = said.caption(ORDER, MADE, BEGINS, ending=ending)
    assert text.endswith("　2022年8月1日长沙市人民政府令第150号废止")
    unknown = Ending("废止", "新办法", "/nr/9/", "", None)
    assert said.caption(ORDER, MADE, BEGINS, ending=unknown) == said.caption(ORDER, MADE, BEGINS)


@pytest.mark.parametrize(("doc_no", "formed"), [("", MADE), (ORDER, None)])
def test_no_caption_is_made_up(doc_no: str, formed: date | None) -> None:
    assert said.caption(doc_no, formed, BEGINS) == ""


def _file(title: str, name: str) -> dict[str, str]:
    return {"title": title, "filename": name, "sha256": "0" * 64}


def test_the_text_itself_is_told_from_its_annexes() -> None:
    annex = _file("收费标准表", "biaozhun.docx")
    text, pages = _file("甲办法（文字版）", "a.docx"), _file("《甲办法》（图片版）", "a.PDF")
    found = said.versions("甲办法", [annex, pages, text])
    assert (found.text, found.picture, found.others) == (text, pages, (annex,))


def test_an_annex_alone_is_no_text() -> None:
    found = said.versions("甲办法", [_file("附表", "a.docx"), _file("甲办法", "a.xlsx")])
    assert found.text is None and found.picture is None and len(found.others) == 2


def test_a_second_file_of_one_format_stays_an_annex() -> None:
    files = [_file("甲办法", "a.docx"), _file("甲办法", "b.docx")]
    assert said.versions("甲办法", files).others == (files[1],)


@pytest.mark.parametrize(
    ("value", "choice", "states"),
    [
        ("", "in_force", ("in_force",)),
        ("ended", "ended", ("lapsed", "repealed")),
        ("repealed", "repealed", ("repealed",)),
        ("all", "all", tuple(said.STATES)),
        ("'; drop", "in_force", ("in_force",)),
    ],
)
def test_what_can_be_asked_for(value: str, choice: str, states: tuple[str, ...]) -> None:
    assert said.choice_of(value) == choice
    assert said.states_of(said.choice_of(value)) == states


@pytest.mark.parametrize(
    ("value", "number"),
    [("21", 21), ("", 1), ("-4", 1), ("0", 1), ("٣", 1), ("99999999", 1), ("1e3", 1)],
)
def test_the_first_number_of_a_page(value: str, number: int) -> None:
    assert said.place_number(value) == number


@pytest.mark.parametrize("dash", ["-", "—", "－", "–"])
def test_a_register_number_is_found_with_any_dash(dash: str) -> None:
    import re

    pattern = said.register_pattern(f"cscr{dash}2022{dash}01001")
    assert re.search(pattern, "CSCR—2022—01001", re.IGNORECASE)


@given(st.text(max_size=40))
def test_whatever_is_typed_gives_a_pattern_or_none(word: str) -> None:
    import re

    re.compile(said.register_pattern(word))
