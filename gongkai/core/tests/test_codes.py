from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.codes import (
    CodeError,
    DocNo,
    build_index_number,
    fold_code,
    is_doc_no,
    is_index_number,
    is_luhn,
    is_organisation_code,
    is_resident_id,
    is_uscc,
    organisation_code_check_character,
    parse_doc_no,
    parse_index_number,
    parse_organisation_code,
    parse_resident_id,
    parse_uscc,
    resident_id_check_character,
    uscc_check_character,
)

CHANGSHA = "114301006735800977"
HUIZHOU = "11441300007187648G"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
INVENTED_ID = "430199199001011237"  # no district has the code 430199


# --- GB 32100 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [CHANGSHA, HUIZHOU, "11441700007280420Y", "11620622013933539B"])
def test_gb_32100_accepts_codes_that_governments_publish(code: str) -> None:
    assert is_uscc(code)
    assert parse_uscc(code) == code


def test_gb_32100_cleans_what_was_typed_but_stores_only_the_clean_form() -> None:
    assert parse_uscc(" １１４４１３００００７１８７６４８ｇ ") == HUIZHOU
    assert not is_uscc(HUIZHOU.lower())
    assert not is_uscc(f" {HUIZHOU}")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1144130000718764", "18位"),
        ("", "18位"),
        ("11441300007187648I", "“I”"),
        ("1144130000718764OG", "“O”"),
        ("114413000071876480", "校验码"),
        ("114301006735800978", "校验码"),
    ],
)
def test_gb_32100_errors_name_the_fault(code: str, message: str) -> None:
    with pytest.raises(CodeError, match=message):
        parse_uscc(code)


@settings(deadline=None)
@given(st.text(alphabet=USCC_ALPHABET, min_size=17, max_size=17), st.integers(0, 17), st.data())
def test_gb_32100_catches_every_single_wrong_character(
    first: str, place: int, data: st.DataObject
) -> None:
    code = first + uscc_check_character(first)
    assert is_uscc(code)
    other = data.draw(st.sampled_from([c for c in USCC_ALPHABET if c != code[place]]))
    assert not is_uscc(code[:place] + other + code[place + 1 :])


# --- GB 11714 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["000014349", "01527918X", "673580097", "007187648"])
def test_gb_11714_accepts_published_codes(code: str) -> None:
    assert is_organisation_code(code)


@pytest.mark.parametrize(
    ("code", "message"),
    [("00001434", "9位"), ("00001434汉", "数字和大写字母"), ("000014340", "校验码")],
)
def test_gb_11714_errors_name_the_fault(code: str, message: str) -> None:
    with pytest.raises(CodeError, match=message):
        parse_organisation_code(code)


def test_gb_11714_reads_the_hyphenated_form() -> None:
    assert parse_organisation_code("01527918-x") == "01527918X"


@settings(deadline=None)
@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_gb_11714_check_character_is_a_digit_or_x(first: str) -> None:
    check = organisation_code_check_character(first)
    assert check in set("0123456789X")
    assert is_organisation_code(first + check)


# --- GB 11643 -----------------------------------------------------------------------------------


def test_gb_11643_reads_province_and_birth_date() -> None:
    found = parse_resident_id(INVENTED_ID)
    assert (found.province, found.born_on) == ("湖南省", date(1990, 1, 1))


def test_gb_11643_accepts_the_example_in_the_standard() -> None:
    assert is_resident_id("11010519491231002X")
    assert parse_resident_id("11010519491231002x").number == "11010519491231002X"


def test_a_resident_id_never_shows_in_repr() -> None:
    shown = repr(parse_resident_id(INVENTED_ID))
    assert INVENTED_ID not in shown
    assert "1990" not in shown


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("43010219900101123", "18位"),
        ("43010219900101123A", "18位"),
        ("X30102199001011239", "18位"),
        ("990102199001011234", "行政区划"),
        ("430002199001011234", "行政区划"),
        ("430102199013011234", "出生日期"),
        ("430102199002301234", "出生日期"),
        ("430102189901011234", "出生年份"),
        ("430199199001011230", "校验码"),
    ],
)
def test_gb_11643_errors_name_the_fault(number: str, message: str) -> None:
    with pytest.raises(CodeError, match=message):
        parse_resident_id(number)


def test_a_birth_date_after_the_day_of_checking_is_refused() -> None:
    with pytest.raises(CodeError, match="晚于今天"):
        parse_resident_id(INVENTED_ID, not_after=date(1989, 12, 31))
    assert is_resident_id(INVENTED_ID, not_after=date(1990, 1, 1))


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2022, 10, 18)), st.integers(0, 999), st.data())
def test_gb_11643_catches_every_single_wrong_digit(
    born: date, serial: int, data: st.DataObject
) -> None:
    first = f"430102{born:%Y%m%d}{serial:03d}"
    number = first + resident_id_check_character(first)
    assert is_resident_id(number)
    place = data.draw(st.integers(0, 16))
    other = data.draw(st.sampled_from([c for c in "0123456789" if c != number[place]]))
    assert not is_resident_id(number[:place] + other + number[place + 1 :])


def test_published_organisation_codes_are_no_resident_ids() -> None:
    assert not is_resident_id(CHANGSHA)


# --- Luhn ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", ["4111111111111111", "6222020000000000000", "79927398713"])
def test_luhn_accepts(digits: str) -> None:
    assert is_luhn(digits)


@pytest.mark.parametrize("digits", ["4111111111111112", "", "41111111 11111111", "٤١١١", "abc"])
def test_luhn_refuses(digits: str) -> None:
    assert not is_luhn(digits)


# --- 发文字号 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("长政办发〔2022〕13号", "长政办发〔2022〕13号"),
        ("长政办发[2022]13号", "长政办发〔2022〕13号"),
        ("长政办发［２０２２］１３号", "长政办发〔2022〕13号"),
        ("长政办发【2022】13号", "长政办发〔2022〕13号"),
        ("长政办发（2022）13号", "长政办发〔2022〕13号"),
        ("长政办发(2022)13号", "长政办发〔2022〕13号"),
        ("长政办发 〔 2022 〕 13 号", "长政办发〔2022〕13号"),
        ("长政办发\u200b〔2022〕13", "长政办发〔2022〕13号"),
        ("湘政办发[2003]48号", "湘政办发〔2003〕48号"),
        ("湘工发2015[4]号", None),
        ("发改办财金〔2018〕424号", "发改办财金〔2018〕424号"),
        ("长沙市人民政府令第150号", "长沙市人民政府令第150号"),
        ("长沙市人民政府令 第１５０号", "长沙市人民政府令第150号"),
        ("国务院令第711号", "国务院令第711号"),
        ("国令第711号", "国令第711号"),
        ("主席令第七十一号", "主席令第71号"),
        ("交通运输部令2022年第7号", "交通运输部令（2022年）第7号"),
        ("交通运输部令（2022年）第7号", "交通运输部令（2022年）第7号"),
    ],
)
def test_document_numbers_are_normalised(typed: str, canonical: str | None) -> None:
    if canonical is None:
        with pytest.raises(CodeError):
            parse_doc_no(typed)
        return
    found = parse_doc_no(typed)
    assert found.canonical == canonical
    assert parse_doc_no(canonical) == found
    assert is_doc_no(canonical)
    assert is_doc_no(typed) == (typed == canonical)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "空的"),
        ("长政办发2022年13号", "六角括号"),
        ("长政办发〔22〕13号", "写全四位数"),
        ("长政办发〔2122〕13号", "写全四位数"),
        ("长政办发〔2022〕013号", "虚位"),
        ("长政办发〔2022〕0号", "虚位"),
        ("长政办发〔2022〕第13号", "不加“第”"),
        ("长政办发〔2022〕号", "序号应为"),
        ("长政办发〔2022〕十三号", "序号应为"),
        ("长政办发〔2022〕123456号", "序号应为"),
        ("CZB〔2022〕13号", "机关代字"),
        ("〔2022〕13号", "机关代字"),
        ("发〔2022〕13号", "机关代字"),
        ("长沙市人民政府令第甲号", "令的序号"),
        ("长沙市人民政府令第0号", "令的序号"),
    ],
)
def test_document_number_errors_name_the_wrong_part(typed: str, message: str) -> None:
    with pytest.raises(CodeError, match=message):
        parse_doc_no(typed)


@pytest.mark.parametrize("typed", ["长政办发〔2022〕013号", "长政办发[2022]第13号"])
def test_old_lists_can_be_repaired_on_import(typed: str) -> None:
    assert parse_doc_no(typed, lenient=True) == DocNo("长政办发", 2022, 13)


def test_the_year_of_a_document_number_lies_near_its_date() -> None:
    found = parse_doc_no("长政办发〔2022〕13号")
    assert found.year_fits(date(2023, 1, 5))
    assert not found.year_fits(date(2024, 1, 5))
    assert parse_doc_no("国务院令第711号").year_fits(date(2019, 4, 3))


@settings(deadline=None)
@given(
    st.text(alphabet="长政办发财税公开", min_size=2, max_size=12),
    st.integers(1949, 2099),
    st.integers(1, 99999),
    st.sampled_from(["[]", "［］", "【】", "（）", "()", "〔〕"]),
)
def test_every_bracket_style_leads_to_one_number(
    prefix: str, year: int, number: int, brackets: str
) -> None:
    found = parse_doc_no(f"{prefix}{brackets[0]}{year}{brackets[1]}{number}号")
    assert found == DocNo(prefix, year, number)
    assert found.canonical == f"{prefix}〔{year}〕{number}号"


# --- 索引号 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "000014349/2022-00039",
        "11441700007280420Y/2021-00050",
        "11620622013933539B/2021-03844",
        f"{CHANGSHA}/2022-00001",
    ],
)
def test_published_index_numbers_are_read(text: str) -> None:
    assert parse_index_number(text).canonical == text
    assert is_index_number(text)


def test_index_numbers_are_built_with_five_digits() -> None:
    assert build_index_number(CHANGSHA, 2022, 39) == f"{CHANGSHA}/2022-00039"


@pytest.mark.parametrize(
    ("publisher", "year", "serial", "message"),
    [
        ("114301006735800978", 2022, 1, "校验码"),
        ("1143010067", 2022, 1, "18位"),
        (CHANGSHA, 22, 1, "年份"),
        (CHANGSHA, 2022, 0, "流水号"),
        (CHANGSHA, 2022, 100000, "流水号"),
    ],
)
def test_index_numbers_refuse_wrong_parts(
    publisher: str, year: int, serial: int, message: str
) -> None:
    with pytest.raises(CodeError, match=message):
        build_index_number(publisher, year, serial)


@pytest.mark.parametrize(
    "text",
    ["", "2022-00001", f"{CHANGSHA}/2022-001", f"{CHANGSHA}/2022-00000", "000014340/2022-00001"],
)
def test_malformed_index_numbers_are_refused(text: str) -> None:
    with pytest.raises(CodeError):
        parse_index_number(text)


def test_folding_changes_only_width_case_and_blanks() -> None:
    assert fold_code("ａ１　b\t２") == "A1B2"
