import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.codes import resident_id_check_character
from gongkai.core.masking import (
    HIDDEN,
    MaskKind,
    mask,
    mask_address,
    mask_card,
    mask_id_number,
    mask_landline,
    mask_mobile,
    mask_name,
    mask_text,
)

PERSON = "430199199001011237"  # no district has the code 430199
CARD = "6222020000000007"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("", ""),
        ("   ", ""),
        ("张", "*"),
        ("张三", "张*"),
        ("张 三", "张*"),
        ("张小三", "张*三"),
        ("张小小三", "张**三"),
        ("欧阳", "欧*"),
        ("欧阳三", "欧阳*"),
        ("欧阳小三", "欧阳*三"),
        ("诸葛小小三", "诸葛**三"),
        ("阿卜杜拉·买买提", "阿***·***"),
        ("阿卜杜拉•买买提•某某", "阿***·***·***"),
        ("阿卜杜拉．买买提", "阿***·***"),
        ("John Smith", "J*** S***"),
        ("José García", "J*** G***"),
        ("jean", "j***"),
    ],
)
def test_names_keep_surname_and_last_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@settings(deadline=None)
@given(st.text(alphabet="张王李欧阳司马小三四·*AB o", max_size=8))
def test_masking_a_name_twice_changes_nothing(name: str) -> None:
    assert mask_name(mask_name(name)) == mask_name(name)


@settings(deadline=None)
@given(st.text(alphabet="甲乙丙丁戊己庚辛", min_size=3, max_size=6))
def test_the_middle_of_a_name_never_shows(name: str) -> None:
    assert set(mask_name(name)[1:-1]) == {"*"}
    assert len(mask_name(name)) == len(name)


def test_identity_numbers_are_dropped_by_default() -> None:
    assert mask_id_number(PERSON) == ""
    assert mask_id_number("") == ""


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        (PERSON, "43*************237"),
        ("43019919880808001X", "43*************01X"),
        ("4301 9919 9001 0112 37", "43*************237"),
        ("430199900101123", "43**********123"),
        ("4301", HIDDEN),
        ("", ""),
    ],
)
def test_people_of_one_name_are_told_apart_by_region_and_last_three(
    number: str, masked: str
) -> None:
    assert mask_id_number(number, distinguish=True) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13800138000", "138****8000"),
        ("138 0013 8000", "138****8000"),
        ("138-0013-8000", "138****8000"),
        ("+86 13800138000", "138****8000"),
        ("008613800138000", "138****8000"),
        ("013800138000", "138****8000"),
        ("１３８００１３８０００", "138****8000"),
        ("138****8000", "138****8000"),
        ("1380013800", HIDDEN),
        ("手机不详", HIDDEN),
        ("", ""),
    ],
)
def test_mobile_numbers_keep_three_and_four_digits(number: str, masked: str) -> None:
    assert mask_mobile(number) == masked


@pytest.mark.parametrize(
    ("number", "office", "personal"),
    [
        ("0731-88665432", "0731-88665432", "0731-***"),
        ("（0731）88665432", "（0731）88665432", "0731-***"),
        ("010 66668888", "010 66668888", "010-***"),
        ("88665432", "88665432", HIDDEN),
        ("", "", ""),
    ],
)
def test_office_lines_stay_visible_and_personal_ones_do_not(
    number: str, office: str, personal: str
) -> None:
    assert mask_landline(number) == office
    assert mask_landline(number, personal=True) == personal


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("湖南省长沙市岳麓区望月湖街道12片3栋401室", "湖南省长沙市岳麓区望月湖街道"),
        ("长沙市芙蓉区五里牌街道办事处车站中路1号", "长沙市芙蓉区五里牌街道办事处"),
        ("长沙县路口镇明月村3组15号", "长沙县路口镇"),
        ("路口镇明月村", "路口镇"),
        ("长沙市岳麓区潇湘中路128号", "长沙市岳麓区"),
        ("北京市海淀区中关村大街1号", "北京市海淀区"),
        ("湘乡市东山街道1号", "湘乡市东山街道"),
        ("萍乡市安源区丹江街2号", "萍乡市安源区"),
        ("景德镇市浮梁县浮梁镇某路1号", "景德镇市浮梁县浮梁镇"),
        ("新乡市红旗区文化街道幸福路2号", "新乡市红旗区文化街道"),
        ("内蒙古自治区锡林郭勒盟阿巴嘎旗别力古台镇1号", "内蒙古自治区锡林郭勒盟阿巴嘎旗别力古台镇"),
        ("某小区3栋401室", HIDDEN),
        ("3栋401室", HIDDEN),
        (" 长沙市 岳麓区 望月湖街道 12片", "长沙市岳麓区望月湖街道"),
        ("", ""),
    ],
)
def test_addresses_end_at_the_township(address: str, masked: str) -> None:
    assert mask_address(address) == masked
    assert mask_address(masked) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("长沙县路口镇明月村3组15号", "长沙县路口镇明月村3组"),
        ("长沙县路口镇明月村十二组15号", "长沙县路口镇明月村十二组"),
        ("长沙县路口镇明月社区15号", "长沙县路口镇明月社区"),
        ("长沙县路口镇府前路15号", "长沙县路口镇"),
    ],
)
def test_village_lists_may_keep_the_group(address: str, masked: str) -> None:
    assert mask_address(address, keep_group=True) == masked


@settings(deadline=None)
@given(
    st.text(alphabet="省市区县镇乡街道村路长沙岳麓", max_size=20),
    st.integers(1, 9999),
    st.integers(100, 9999),
)
def test_no_house_number_survives(place: str, house: int, room: int) -> None:
    masked = mask_address(f"{place}{house}号{room}室")
    assert re.search("[0-9]", masked) is None


@pytest.mark.parametrize("number", [CARD, "6222 0200 0000 0007", "x", "***"])
def test_card_numbers_never_show_a_digit(number: str) -> None:
    assert mask_card(number) == HIDDEN
    assert mask_card("") == ""


def test_dispatch_reaches_every_kind() -> None:
    assert mask(MaskKind.NAME, "张小三") == "张*三"
    assert mask("id_number", PERSON) == ""
    assert mask("mobile", "13800138000") == "138****8000"
    assert mask("landline", "0731-88665432") == "0731-88665432"
    assert mask("address", "长沙县路口镇明月村") == "长沙县路口镇"
    assert mask("card", CARD) == HIDDEN
    assert mask("text", f"证{PERSON}") == f"证{'*' * 18}"
    assert {mask(kind, "") for kind in MaskKind} == {""}
    with pytest.raises(ValueError, match="colour"):
        mask("colour", "red")


def test_free_text_loses_identity_mobile_and_card_numbers_only() -> None:
    text = (
        f"张小三（身份证号{PERSON}）手机138 0013 8000，一卡通{CARD}；"
        "经办电话0731-88665432，值班手机13900139000，统一社会信用代码114301006735800977。"
    )
    assert mask_text(text, allow_phones=["139-0013-9000"]) == (
        f"张小三（身份证号{'*' * 18}）手机138****8000，一卡通{HIDDEN}；"
        "经办电话0731-88665432，值班手机13900139000，统一社会信用代码114301006735800977。"
    )


def test_disguised_numbers_are_masked_in_full() -> None:
    assert mask_text("四三零一九九一九九零零一零一一二三七") == "*" * 18
    assert mask_text("4301\u200b99199001011237") == "*" * 18
    assert mask_text("电话：一三八零零一三八零零零") == "电话：138****8000"
    assert mask_text("1380013800013900139000") == HIDDEN


@settings(deadline=None)
@given(
    st.dates().filter(lambda d: 1900 <= d.year <= 2022),
    st.integers(0, 999),
    st.text(alphabet="证号：（），。 \n甲", max_size=5),
    st.text(alphabet="证号：（），。 \n甲", max_size=5),
)
def test_no_digits_of_an_identity_number_survive_and_masking_is_idempotent(
    born: object, serial: int, before: str, after: str
) -> None:
    first = f"430199{born:%Y%m%d}{serial:03d}"
    number = first + resident_id_check_character(first)
    masked = mask_text(f"{before}{number}{after}")
    assert masked == f"{before}{'*' * 18}{after}"
    assert mask_text(masked) == masked
