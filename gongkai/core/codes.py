"""Numbers with check characters or fixed forms: organisations, persons, cards, 发文字号, 索引号.

Each ``parse_…`` cleans what was typed and returns the normalised code, or raises ``CodeError``
with a Chinese message that names the fault. Each ``is_…`` asks about a stored value: only the
normalised form is true.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from gongkai.core.numerals import chinese_to_int

#: Two-digit province part of GB/T 2260, with the residence-permit prefixes 81 to 83.
PROVINCES: Final[Mapping[str, str]] = {
    "11": "北京市",
    "12": "天津市",
    "13": "河北省",
    "14": "山西省",
    "15": "内蒙古自治区",
    "21": "辽宁省",
    "22": "吉林省",
    "23": "黑龙江省",
    "31": "上海市",
    "32": "江苏省",
    "33": "浙江省",
    "34": "安徽省",
    "35": "福建省",
    "36": "江西省",
    "37": "山东省",
    "41": "河南省",
    "42": "湖北省",
    "43": "湖南省",
    "44": "广东省",
    "45": "广西壮族自治区",
    "46": "海南省",
    "50": "重庆市",
    "51": "四川省",
    "52": "贵州省",
    "53": "云南省",
    "54": "西藏自治区",
    "61": "陕西省",
    "62": "甘肃省",
    "63": "青海省",
    "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区",
    "71": "台湾省",
    "81": "香港特别行政区",
    "82": "澳门特别行政区",
    "83": "台湾居民居住证",
}

EARLIEST_BIRTH_YEAR: Final = 1900
LATEST_BIRTH_YEAR: Final = 2099

_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = tuple(pow(3, i, 31) for i in range(17))
_ORG_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ID_WEIGHTS: Final = tuple(pow(2, 17 - i, 11) for i in range(17))
_ID_CHECKS: Final = "10X98765432"
_FULL_WIDTH: Final = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: " "}
_BLANKS: Final = re.compile(r"\s")
_LARGEST_SERIAL: Final = 99_999


class CodeError(ValueError):
    """A code that is not one; the message is Chinese and names the fault."""


def fold_code(text: str) -> str:
    """Full-width forms to ASCII, upper case, no blanks: how a typed code is cleaned."""
    return _BLANKS.sub("", text.translate(_FULL_WIDTH)).upper()


# --- 统一社会信用代码, GB 32100-2015 ---------------------------------------------------------


def uscc_check_character(first17: str) -> str:
    """The 18th character for the first 17 (GB 32100-2015: weights 3^i mod 31)."""
    total = sum(_USCC_ALPHABET.index(c) * w for c, w in zip(first17, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[-total % 31]


def parse_uscc(text: str) -> str:
    """Return the normalised 18-character 统一社会信用代码 or raise CodeError."""
    code = fold_code(text)
    if len(code) != 18:
        raise CodeError(f"统一社会信用代码应为18位，现在是{len(code)}位，请核对。")
    foreign = next((c for c in code if c not in _USCC_ALPHABET), None)
    if foreign is not None:
        raise CodeError(f"统一社会信用代码里不会出现“{foreign}”，请核对（不用字母I、O、S、V、Z）。")
    if code[17] != uscc_check_character(code[:17]):
        raise CodeError("统一社会信用代码的校验码不符，可能录错了一位，请对照证书核对。")
    return code


def is_uscc(text: str) -> bool:
    """Whether ``text`` is a 统一社会信用代码 with a right check character."""
    return _holds(parse_uscc, text)


# --- 组织机构代码, GB 11714-1997 -------------------------------------------------------------


def organisation_code_check_character(first8: str) -> str:
    """The ninth character for the first eight (GB 11714: weights 3 7 9 10 5 8 4 2, mod 11)."""
    total = sum(_ORG_ALPHABET.index(c) * w for c, w in zip(first8, _ORG_WEIGHTS, strict=True))
    return {10: "X", 11: "0"}.get(rest := 11 - total % 11, str(rest))


def parse_organisation_code(text: str) -> str:
    """Return the nine-character 组织机构代码 (a hyphen before the last is dropped)."""
    code = fold_code(text).replace("-", "")
    if len(code) != 9:
        raise CodeError(f"组织机构代码应为9位，现在是{len(code)}位，请核对。")
    if any(c not in _ORG_ALPHABET for c in code):
        raise CodeError("组织机构代码只能由数字和大写字母组成，请核对。")
    if code[8] != organisation_code_check_character(code[:8]):
        raise CodeError("组织机构代码的校验码不符，可能录错了一位，请对照证书核对。")
    return code


def is_organisation_code(text: str) -> bool:
    """Whether ``text`` is a 组织机构代码 with a right check character."""
    return _holds(parse_organisation_code, text)


# --- 公民身份号码, GB 11643-1999 -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A plausible 公民身份号码; the number itself stays out of ``repr`` and so out of logs."""

    number: str = field(repr=False)
    province: str
    born_on: date = field(repr=False)


def resident_id_check_character(first17: str) -> str:
    """The 18th character for the first 17 digits (GB 11643: ISO 7064 MOD 11-2)."""
    total = sum(int(c) * w for c, w in zip(first17, _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def resident_id_shape(text: str, *, not_after: date | None = None) -> ResidentId:
    """Check length, province and birth date of a cleaned number, but not its check character.

    ``not_after`` bounds the birth date (normally the day of checking). Raises CodeError.
    """
    if re.fullmatch(r"[0-9]{17}[0-9X]", text) is None:
        raise CodeError("公民身份号码应为18位：前17位是数字，最后一位是数字或X。")
    province = PROVINCES.get(text[:2])
    if province is None or (text[2:4] == "00" and text[:2] not in {"71", "81", "82", "83"}):
        raise CodeError("公民身份号码的前6位不是行政区划代码，请核对。")
    try:
        born_on = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        raise CodeError("公民身份号码的第7至14位不是有效的出生日期，请核对。") from None
    if not EARLIEST_BIRTH_YEAR <= born_on.year <= LATEST_BIRTH_YEAR:
        raise CodeError("公民身份号码的出生年份不合理，请核对。")
    if not_after is not None and born_on > not_after:
        raise CodeError("公民身份号码的出生日期晚于今天，请核对。")
    return ResidentId(text, province, born_on)


def parse_resident_id(text: str, *, not_after: date | None = None) -> ResidentId:
    """Read a 公民身份号码: shape, province, birth date and check character. Raises CodeError."""
    found = resident_id_shape(fold_code(text), not_after=not_after)
    if found.number[17] != resident_id_check_character(found.number[:17]):
        raise CodeError("公民身份号码的校验码不符，可能录错了一位，请对照证件核对。")
    return found


def is_resident_id(text: str, *, not_after: date | None = None) -> bool:
    """Whether ``text`` is a 公民身份号码 that could belong to a person."""
    return _holds(lambda value: parse_resident_id(value, not_after=not_after).number, text)


# --- bank cards --------------------------------------------------------------------------------


def is_luhn(digits: str) -> bool:
    """Whether a string of ASCII digits satisfies the Luhn check of ISO/IEC 7812-1."""
    if not digits.isascii() or not digits.isdigit():
        return False
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# --- 发文字号 ----------------------------------------------------------------------------------

_OPENING: Final = "〔[［【（("
_CLOSING: Final = "〕]］】）)"
_INVISIBLE: Final = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff]")
_BRACKETS: Final = str.maketrans(
    {c: "〔" for c in "[［【（(﹝〖"} | {c: "〕" for c in "]］】）)﹞〗"}
)
_DOC_NO: Final = re.compile(
    rf"(?P<prefix>[^{re.escape(_OPENING)}0-9]*)"
    rf"[{re.escape(_OPENING)}](?P<year>[^{re.escape(_CLOSING)}]*)[{re.escape(_CLOSING)}]"
    r"(?P<rest>.*)"
)
_ORDER: Final = re.compile(
    rf"(?P<prefix>[\u4e00-\u9fa5]{{1,30}}令)"
    rf"(?:[{re.escape(_OPENING)}]?(?P<year>[0-9]{{4}})年[{re.escape(_CLOSING)}]?)?"
    r"第(?P<number>[^号]+)号?"
)


@dataclass(frozen=True, slots=True)
class DocNo:
    """A 发文字号. Numbers are unique per (prefix, year, number); orders may have no year."""

    prefix: str
    year: int | None
    number: int
    order: bool = False

    @property
    def canonical(self) -> str:
        if self.order:
            return f"{self.prefix}{f'（{self.year}年）' if self.year else ''}第{self.number}号"
        return f"{self.prefix}〔{self.year}〕{self.number}号"

    def year_fits(self, written_on: date) -> bool:
        """Whether the year lies within one year of the 成文日期."""
        return self.year is None or abs(self.year - written_on.year) <= 1


def parse_doc_no(text: str, *, lenient: bool = False) -> DocNo:
    """Read a 发文字号: 代字〔2022〕13号, or an order: 长沙市人民政府令第150号.

    Brackets [] ［］ 【】 （） () become 〔〕, full-width digits become ASCII, blanks go, a missing
    号 is supplied. ``lenient`` also repairs a leading zero and 第 before the number, for old lists
    and for search. Raises CodeError naming the part that is wrong.
    """
    cleaned = _INVISIBLE.sub("", text)
    cleaned = cleaned.translate({0xFF10 + i: str(i) for i in range(10)})
    if not cleaned:
        raise CodeError("发文字号是空的，请填写，例如“长政办发〔2022〕13号”。")
    if (order := _ORDER.fullmatch(cleaned)) is not None:
        return DocNo(
            prefix=order["prefix"],
            year=_doc_year(order["year"]) if order["year"] else None,
            number=_order_number(order["number"]),
            order=True,
        )
    match = _DOC_NO.fullmatch(cleaned)
    if match is None:
        raise CodeError(
            "发文字号缺少带六角括号的年份，应写成“代字〔年份〕序号号”，例如“长政办发〔2022〕13号”。"
        )
    prefix = match["prefix"]
    if re.fullmatch(r"[\u4e00-\u9fa5]{2,12}", prefix) is None:
        raise CodeError(f"发文字号的机关代字“{prefix}”应为2至12个汉字，请核对。")
    return DocNo(prefix, _doc_year(match["year"]), _doc_serial(match["rest"], lenient=lenient))


def bracket_form(text: str) -> str:
    """Text as document numbers write it: whatever brackets were typed become 〔〕."""
    return text.translate(_BRACKETS)


def is_doc_no(text: str) -> bool:
    """Whether ``text`` is a 发文字号 in canonical form."""
    return _holds(lambda value: parse_doc_no(value).canonical, text)


def _doc_year(text: str) -> int:
    if re.fullmatch(r"(?:19|20)[0-9]{2}", text) is None:
        raise CodeError(f"发文字号的年份应写全四位数，现在是“{text}”，例如“〔2022〕”。")
    return int(text)


def _doc_serial(text: str, *, lenient: bool) -> int:
    number = text.removesuffix("号")
    if lenient:
        number = number.removeprefix("第").lstrip("0")
    if number.startswith("第"):
        raise CodeError("发文字号的序号前不加“第”字，请写成“〔2022〕13号”这样的形式。")
    if re.fullmatch(r"0+[0-9]*", number):
        raise CodeError("发文字号的序号从1编起且不编虚位（不写成001），请核对。")
    if re.fullmatch(r"[0-9]{1,5}", number) is None:
        raise CodeError(f"发文字号的序号应为1至5位数字，现在是“{number}”，请核对。")
    return int(number)


def _order_number(text: str) -> int:
    if re.fullmatch(r"[1-9][0-9]{0,4}", text):
        return int(text)
    try:
        number = chinese_to_int(text)
    except ValueError:
        number = 0
    if number == 0:
        raise CodeError(f"令的序号应为数字，现在是“{text}”，例如“第150号”。")
    return number


# --- 索引号 ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IndexNumber:
    """``<publisher code>/<year>-<five digits>``: unique and immutable once published."""

    publisher: str
    year: int
    serial: int

    @property
    def canonical(self) -> str:
        return f"{self.publisher}/{self.year}-{self.serial:05d}"


def build_index_number(publisher: str, year: int, serial: int) -> str:
    """Build the 索引号 of a publisher's ``serial``-th record of ``year``.

    ``publisher`` is a 统一社会信用代码, or the nine-character 组织机构代码 that older records
    carry. Raises CodeError for a wrong code, a year that is not four digits or a serial outside
    1 to 99999.
    """
    if not 1900 <= year <= 2099:
        raise CodeError(f"索引号的年份应为四位数，现在是“{year}”，请核对。")
    if not 1 <= serial <= _LARGEST_SERIAL:
        raise CodeError(f"索引号的流水号应在1到{_LARGEST_SERIAL}之间，现在是“{serial}”。")
    return IndexNumber(_publisher(publisher), year, serial).canonical


def parse_index_number(text: str) -> IndexNumber:
    """Read ``<code>/<year>-<five digits>`` and check the publisher's code. Raises CodeError."""
    match = re.fullmatch(r"([0-9A-Z]+)/((?:19|20)[0-9]{2})-([0-9]{5})", fold_code(text))
    if match is None:
        raise CodeError(
            "索引号应写成“统一社会信用代码/年份-五位流水号”，例如“114301006735800977/2022-00001”。"
        )
    serial = int(match[3])
    if serial == 0:
        raise CodeError("索引号的流水号从00001开始，请核对。")
    return IndexNumber(_publisher(match[1]), int(match[2]), serial)


def is_index_number(text: str) -> bool:
    """Whether ``text`` is an 索引号 in the default form with a right publisher code."""
    return _holds(lambda value: parse_index_number(value).canonical, text)


def _publisher(text: str) -> str:
    code = fold_code(text)
    return parse_organisation_code(code) if len(code) == 9 else parse_uscc(code)


def _holds(canonical: Callable[[str], str], text: str) -> bool:
    try:
        return canonical(text) == text
    except CodeError:
        return False
