from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.codes import is_luhn, resident_id_check_character, uscc_check_character
from gongkai.core.personal_numbers import Ground, Hit, NumberKind, find_numbers, phone_key

PERSON = "430199199001011237"  # no district has the code 430199
WITH_X = "43019919880808001X"
BAD_CHECK = "430199199001011230"
MOBILE = "13800138000"
CARD = "6222020000000007"
CARD_19 = "6222020000000000000"


def _only(text: str, **options: object) -> Hit:
    hits = find_numbers(text, **options)  # type: ignore[arg-type]
    assert len(hits) == 1, hits
    return hits[0]


def _kinds(text: str, **options: object) -> list[tuple[str, bool]]:
    hits = find_numbers(text, **options)  # type: ignore[arg-type]
    return [(h.kind.value, h.certain) for h in hits]


# --- 公民身份号码 -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        (f"身份证号：{PERSON}。", PERSON),
        (f"证{PERSON}号", PERSON),
        (f"张三{PERSON}李四", PERSON),
        (WITH_X.lower(), WITH_X),
        ("43019919880808001×", WITH_X),
        ("43019919880808001Х", WITH_X),
        ("４３０１９９１９９００１０１１２３７", PERSON),
        ("430199 19900101 1237", PERSON),
        ("430199-19900101-1237", PERSON),
        ("430199 1990-01-01 1237", PERSON),
        ("4301 9919 9001 0112 37", PERSON),
        ("4 3 0 1 9 9 1 9 9 0 0 1 0 1 1 2 3 7", PERSON),
        ("4\t3\t0\t1\t9\t9\t1\t9\t9\t0\t0\t1\t0\t1\t1\t2\t3\t7", PERSON),
        ("430199199001\n011237", PERSON),
        ("430199·19900101·1237", PERSON),
        ("430199，19900101，1237", PERSON),
        ("4301\u200b9919\u200b9001\u200b0112\u200b37", PERSON),
        ("4301\ufeff99199001011237", PERSON),
        ("四三零一九九一九九零零一零一一二三七", PERSON),
        ("四三〇一九九 一九九〇〇一〇一 一二三七", PERSON),
        ("肆叁零壹玖玖壹玖玖零零壹零壹壹贰叁柒", PERSON),
        ("430199一九九〇01011237", PERSON),
        ("④③⓪①⑨⑨①⑨⑨⓪⓪①⓪①①②③⑦", PERSON),
        ("٤٣٠١٩٩١٩٩٠٠١٠١١٢٣٧", PERSON),
        (f"sfz_{PERSON}.jpg", PERSON),
        (f"ID{PERSON}", PERSON),
        ("43019919880808001 x", WITH_X),
        (f"https://example.test/p?id={PERSON}", PERSON),
    ],
)
def test_identity_numbers_are_found_however_they_are_written(text: str, digits: str) -> None:
    hit = _only(text)
    assert (hit.kind, hit.digits, hit.certain) == (NumberKind.RESIDENT_ID, digits, True)


def test_the_span_covers_exactly_what_was_written() -> None:
    text = f"甲\u200b：430199 1990\u200b0101 1237，乙{MOBILE}"
    hits = find_numbers(text)
    assert [text[h.start : h.end] for h in hits] == ["430199 1990\u200b0101 1237", MOBILE]
    assert hits[0].disguises == ("夹有不可见字符", "夹有空格")


def test_a_wrong_check_digit_still_counts_under_its_name() -> None:
    hit = _only(f"身份证号码：{BAD_CHECK}")
    assert (hit.ground, hit.certain) == (Ground.CONTEXT, True)
    assert _only(BAD_CHECK, header="身份证号").certain
    assert _only(f"{BAD_CHECK}（身份证）").certain


def test_a_wrong_check_digit_without_its_name_is_a_doubt() -> None:
    hit = _only(f"编码为{BAD_CHECK}的")
    assert (hit.ground, hit.certain) == (Ground.BAD_CHECK, False)


def test_a_wrong_birth_date_still_counts_right_behind_its_name() -> None:
    assert _only("身份证号码为：430199199013011230").certain
    doubtful = _only("没有身份证的人申请编号430199199013011230")
    assert not doubtful.certain


@pytest.mark.parametrize(
    "text",
    [
        "身份证号：43019919900101123",
        "身份证号：4301991990010112377",
    ],
)
def test_one_digit_too_few_or_too_many_is_a_doubt(text: str) -> None:
    hit = _only(text)
    assert (hit.ground, hit.certain) == (Ground.BAD_CHECK, False)


def test_first_generation_numbers_count_only_under_their_name() -> None:
    assert _only("身份证号430199900101123").certain
    assert find_numbers("编号430199900101123") == []


@pytest.mark.parametrize(
    "number", ["43019919900101****", "4301991990****1237", "43****199001011237"]
)
def test_a_mask_of_four_digits_or_fewer_is_a_leak(number: str) -> None:
    hit = _only(f"证件{number}")
    assert (hit.ground, hit.certain) == (Ground.WEAK_MASK, True)


@pytest.mark.parametrize("number", ["43*************237", "430199********1237", "*" * 18])
def test_a_proper_mask_is_no_leak(number: str) -> None:
    assert find_numbers(f"身份证号{number}") == []


@pytest.mark.parametrize(
    "written", ["43O199199OO1O11237", "4301991990O1O1I237", "430l99l99001011237"]
)
def test_letters_for_digits_are_a_doubt(written: str) -> None:
    hit = _only(f"号{written}号")
    assert hit.digits == PERSON
    assert (hit.ground, hit.certain) == (Ground.LOOKALIKE, False)
    assert "用形近字母代替数字" in hit.disguises


def test_a_birth_date_in_the_future_is_no_identity_number() -> None:
    future = "43019920990101123"
    number = future + resident_id_check_character(future)
    assert find_numbers(number, not_after=date(2022, 10, 18)) == []
    assert len(find_numbers(number)) == 1


def test_digits_stay_out_of_repr() -> None:
    assert PERSON not in repr(find_numbers(PERSON))


# --- what must never be called an identity number -----------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "统一社会信用代码：114301006735800977",
        "114301006735800977",
        "11441300007187648G",
        "索引号：114301006735800977/2022-00001",
        "索引号000014349/2022-00039",
        "项目代码：2210-430100-04-01-123456",
        "长政办发〔2022〕13号",
        "电话：0731-88665432，88665433，88665434",
        "0731-88665432 0731-88665433",
        "咨询电话：6690801966908067",
        "热线12345，传真0731-88665432-801",
        "2022-10-18 09:30:00 2022-10-18 17:30:00",
        "总计000000000000000",
        "金额1380013800.50元，合计13800138000.00元",
        "共13800138000元",
        "约13800138000万元",
        "￥13800138000",
        "2019 2020 2021 2022 1.38 2.45 3.67 4.52 128 256 512",
        "91430100MA4L16JQ8Q",
        "订单20221018123045678901",
        "身份证明、户口簿、居民身份证复印件各1份",
        "二〇二二年十月十八日，一、二、三，第一百二十三条",
        "ISBN 978-7-5216-0123-4",
        "43 30 19 91 99 00",
        "113800138000",
        "138001380001",
        "A13800138000",
        "MA13800138000",
        "",
    ],
)
def test_ordinary_official_numbers_are_left_alone(text: str) -> None:
    assert find_numbers(text) == []


@given(
    st.sampled_from(["11", "12", "51", "52", "91", "92", "93"]),
    st.sampled_from(["430100", "430111", "110119", "441300", "130220"]),
    st.text(alphabet="0123456789", min_size=9, max_size=9),
)
@settings(max_examples=300, deadline=None)
def test_an_all_digit_organisation_code_is_never_called_an_identity_number(
    kind: str, region: str, organisation: str
) -> None:
    code = kind + region + organisation
    code += uscc_check_character(code)
    assert find_numbers(f"统一社会信用代码：{code}") == []
    assert not any(hit.certain for hit in find_numbers(f"单位{code}"))


@given(
    st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=15, max_size=15).map(
        lambda s: "91" + s
    )
)
@settings(max_examples=300, deadline=None)
def test_an_organisation_code_with_letters_is_left_alone(first: str) -> None:
    code = first + uscc_check_character(first)
    assert not any(h.certain for h in find_numbers(f"代码{code}，"))


def test_a_number_that_could_be_either_is_a_doubt_unless_named() -> None:
    found = next(
        code
        for serial in range(1000)
        for first in [f"53232519900101{serial:03d}"]
        for code in [first + resident_id_check_character(first)]
        if code[17] == uscc_check_character(first)
    )
    assert _only(found).ground is Ground.AMBIGUOUS
    assert not _only(found).certain
    assert _only(f"身份证号{found}").certain
    assert find_numbers(f"社会信用代码{found}") == []


# --- mobile numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"电话{MOBILE}",
        f"{MOBILE}",
        f"①{MOBILE}",
        f"1.{MOBILE}张三",
        "138-0013-8000",
        "138.0013.8000",
        "+86 138 0013 8000",
        "+8613800138000",
        "0086-13800138000",
        "013800138000",
        "１３８００１３８０００",
        "13800\u200b138000",
        "1 3 8 0 0 1 3 8 0 0 0",
        "手机138 0013 8000",
        "联系人 1380 013 8000",
        "联系电话：1380013\n8000",
        "电话：一三八零零一三八零零零",
        "138零零一三八零零零",
        f"tel:{MOBILE}",
        f"TEL{MOBILE}",
        f"0731-88665432/{MOBILE}",
        f"{MOBILE}@mail.test",
    ],
)
def test_mobile_numbers_are_found_however_they_are_written(text: str) -> None:
    hit = _only(text)
    assert hit.kind is NumberKind.MOBILE
    assert hit.digits.endswith(MOBILE)
    assert hit.certain


@pytest.mark.parametrize(
    "text",
    ["138 0013 8000", f"http://example.test/h5/{MOBILE}/", f"2022-{MOBILE}", "l38OO138000"],
)
def test_digits_that_may_be_no_mobile_number_are_a_doubt(text: str) -> None:
    hit = _only(text)
    assert (hit.kind, hit.certain) == (NumberKind.MOBILE, False)


def test_two_mobile_numbers_written_together_are_found() -> None:
    assert _kinds("1380013800013900139000") == [("mobile", True)]


@pytest.mark.parametrize(
    "allowed", [MOBILE, "138 0013 8000", "+86-13800138000", "１３８００１３８０００"]
)
@pytest.mark.parametrize("written", [MOBILE, "138-0013-8000", "+86 138 0013 8000"])
def test_published_office_numbers_are_left_alone(allowed: str, written: str) -> None:
    assert find_numbers(f"值班手机{written}", allow_phones=[allowed]) == []
    assert len(find_numbers(f"手机{written}、13900139000", allow_phones=[allowed])) == 1


def test_phone_keys_ignore_the_country_prefix_only() -> None:
    assert phone_key("+86 138-0013-8000") == MOBILE
    assert phone_key("0731-88665432") == "073188665432"
    assert phone_key("86543210") == "86543210"


# --- bank cards ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        (f"卡号：{CARD}", True),
        (f"一卡通{CARD_19}", True),
        (CARD, True),
        (CARD_19, True),
        ("6222 0200 0000 0007", True),
        ("6222-0200-0000-0007", True),
        ("6222 0200 0000 0000 000", True),
        ("４１１１１１１１１１１１１１１１", False),
        ("账户4111111111111111", True),
        ("账号：6222020000000008", False),
    ],
)
def test_cards_are_found_by_luhn_or_by_name(text: str, certain: bool) -> None:
    assert _kinds(text) == [("bank_card", certain)]


@pytest.mark.parametrize(
    "text",
    [
        "6222020000000008",
        "编号1234567812345670",
        f"https://example.test/a/{CARD}.html",
        f"a{CARD}",
        "6222020000000007.5",
        "62 22 02 00 00 00 00 07",
    ],
)
def test_other_long_numbers_are_no_cards(text: str) -> None:
    assert find_numbers(text) == []


# --- together -----------------------------------------------------------------------------------


def test_a_table_row_yields_each_number_once() -> None:
    row = f"1\t张三\t{PERSON}\t{CARD_19}\t{MOBILE}\t600.00"
    assert [h.kind for h in find_numbers(row)] == [
        NumberKind.RESIDENT_ID,
        NumberKind.CARD,
        NumberKind.MOBILE,
    ]


@given(
    st.dates(date(1900, 1, 1), date(2022, 10, 18)),
    st.integers(0, 999),
    st.lists(st.integers(1, 17), max_size=5, unique=True),
    st.sampled_from([" ", "-", "\n", "\u3000", "\u200b", "·", "—"]),
)
@settings(max_examples=200, deadline=None)
def test_any_valid_identity_number_split_in_any_places_is_found(
    born: date, serial: int, cuts: list[int], gap: str
) -> None:
    first = f"430199{born:%Y%m%d}{serial:03d}"
    number = first + resident_id_check_character(first)
    written = number
    for cut in sorted(cuts, reverse=True):
        written = written[:cut] + gap + written[cut:]
    hit = _only(f"姓名{written}，")
    assert (hit.kind, hit.digits, hit.certain) == (NumberKind.RESIDENT_ID, number, True)


@given(st.text(alphabet="0123456789Xx×*-. \n\u200b身份证电话卡号一二三lO甲,，", max_size=80))
@settings(max_examples=300, deadline=None)
def test_hits_are_ordered_and_never_overlap(text: str) -> None:
    hits = find_numbers(text)
    for hit in hits:
        assert 0 <= hit.start < hit.end <= len(text)
    for before, after in pairwise(hits):
        assert before.end <= after.start


def test_a_long_table_of_statistics_is_searched_quickly_and_quietly() -> None:
    rows = "\n".join(f"{year} 128.5 {year * 7} 3.2% 1,024 88" for year in range(1900, 4900))
    assert [h for h in find_numbers(rows) if h.certain] == []


def test_every_card_in_these_tests_is_invented_and_passes_luhn() -> None:
    assert is_luhn(CARD)
    assert is_luhn(CARD_19)
