import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.pairs import fold, pairs


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("，。 \n", []),
        ("政", ["政"]),
        ("政务公开", ["政务", "务公", "公开"]),
        ("政务。公开", ["政务", "公开"]),
        ("长政办发〔2022〕13号", ["长政", "政办", "办发", "2022", "13", "号"]),
        ("A股市场", ["a", "股市", "市场"]),
        ("COVID-19疫情", ["covid", "19", "疫情"]),
        ("ＷＴＯ规则１２３", ["wto", "规则", "123"]),
        ("5G基站", ["5g", "基站"]),
        ("3.5万元", ["3.5", "万元"]),
        ("第3.条", ["第", "3", "条"]),
        ("二〇二二年", ["二〇", "〇二", "二二", "二年"]),
        ("〇二二年", ["〇二", "二二", "二年"]),
        ("한국어 テスト", ["한국어", "テスト"]),
        ("政\u200b务", ["政务"]),
        ("政\u3000务", ["政", "务"]),
        ("snake_case", ["snake", "case"]),
        ("𠮷林", ["𠮷林"]),
        ("補貼", ["补贴"]),
        (
            "長沙市財政局關於補貼的通知",
            [
                "长沙",
                "沙市",
                "市财",
                "财政",
                "政局",
                "局关",
                "关于",
                "于补",
                "补贴",
                "贴的",
                "的通",
                "通知",
            ],
        ),
        ("①补贴㎡", ["①", "补贴"]),
        ("公开公开", ["公开", "开公", "公开"]),
    ],
)
def test_terms(text: str, terms: list[str]) -> None:
    assert pairs(text) == terms


@settings(deadline=None)
@given(st.text(alphabet="政务公开ABCabc１２34 ，。", max_size=40))
def test_width_and_case_do_not_change_the_terms(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert pairs(wide.upper()) == pairs(text)


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_sentences_are_independent(first: str, second: str) -> None:
    assert pairs(f"{first}。\n{second}") == pairs(first) + pairs(second)


@settings(deadline=None)
@given(st.text(alphabet="政务公开信息", min_size=2, max_size=30))
def test_a_phrase_of_a_document_is_found_by_its_pairs(text: str) -> None:
    document = pairs(f"关于{text}的通知")
    assert set(pairs(text)) <= set(document)
    assert len(pairs(text)) == len(text) - 1


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ　１２", "abc 12"),
        ("關於補貼", "关于补贴"),
        ("İSTANBUL", "İstanbul"),
        ("政\u200b务", "政\u200b务"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@settings(deadline=None)
@given(st.text(max_size=80))
def test_fold_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert pairs(fold(text)) == pairs(text)
