"""Masking of personal data: one library for pages, API, exports and posters.

The forms follow what published self-checks of county governments use: 138****1234 for mobiles,
two digits of region and the last three of a 公民身份号码 where a list must separate people of one
name, addresses down to 乡镇/街道. Bank cards never show a digit. Every function may be applied
again to its own result.
"""

import re
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Final

from gongkai.core.digit_windows import digits_of
from gongkai.core.personal_numbers import Hit, NumberKind, find_numbers

#: Stands for a value of which nothing may be shown.
HIDDEN: Final = "***"

COMPOUND_SURNAMES: Final = frozenset(
    re.findall(
        "..",
        "欧阳上官司马诸葛东方皇甫尉迟公孙慕容令狐长孙宇文司徒司空夏侯端木"
        "闻人澹台濮阳淳于单于申屠轩辕钟离鲜于独孤南宫西门东郭百里呼延太史"
        "公羊完颜赫连拓跋第五左丘梁丘万俟宗政公冶太叔公西颛孙巫马闾丘仲孙",
    )
)

_DOT_SIGNS: Final = "·•・‧∙⋅.．"
_DOTS: Final = re.compile(f"[{_DOT_SIGNS}]")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
_MOBILE_SHAPE: Final = re.compile(r"1[3-9][0-9]{9}")
_AREA_CODE: Final = re.compile(r"\s*[(（]?(0[0-9]{2,3})[)）]?[\s-]*")

_PLACE: Final = r"[\u4e00-\u9fa5]"
# 小区, 社区 and 园区 are no divisions; 萍乡市 and 景德镇市 are no townships.
_UP_TO_COUNTY: Final = (
    rf"(?:{_PLACE}{{2,8}}?(?:省|自治区|特别行政区))?"
    rf"(?:{_PLACE}{{2,8}}?(?:自治州|地区|市|盟))?"
    rf"(?:{_PLACE}{{1,8}}?(?:自治县|自治旗|县|旗|(?<![小社园])区|市))?"
)
_COUNTY: Final = re.compile(_UP_TO_COUNTY)
_TOWN: Final = re.compile(
    rf"{_UP_TO_COUNTY}{_PLACE}{{1,10}}?(?:街道办事处|街道|民族乡|镇|乡|苏木)(?![市县区州])"
)
_VILLAGE_GROUP: Final = re.compile(
    r"[\u4e00-\u9fa5]{1,10}?(?:村|社区)(?:[0-9]{1,2}组|[一二三四五六七八九十]{1,3}组)?"
)
_DETAIL: Final = re.compile("[号栋幢室弄]")


class MaskKind(StrEnum):
    """The kinds of value a schema may mark for masking."""

    NAME = "name"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    LANDLINE = "landline"
    ADDRESS = "address"
    CARD = "card"
    EMAIL = "email"
    TEXT = "text"


def mask_name(name: str) -> str:
    """张三 → 张*, 张小三 → 张*三, 欧阳小三 → 欧阳*三, 阿卜杜拉·买买提 → 阿***·***.

    A compound surname stays; names in Latin letters keep their initials; a single character
    is hidden; an empty name stays empty.
    """
    compact = re.sub(r"\s+", " ", name).strip(f"{_DOT_SIGNS} ")
    if _LATIN.match(compact):
        words = compact.split(" ")
        return " ".join(f"{w[0] if _LATIN.match(w) else ''}{HIDDEN}" for w in words)
    compact = compact.replace(" ", "")
    if not compact:
        return ""
    parts = [part for part in _DOTS.split(compact) if part]
    if len(parts) > 1:
        return "·".join([f"{parts[0][0]}{HIDDEN}", *[HIDDEN for _ in parts[1:]]])
    surname = compact[:2] if compact[:2] in COMPOUND_SURNAMES and len(compact) > 2 else compact[0]
    given = compact[len(surname) :]
    if not given:
        return "*"
    if len(given) == 1:
        return f"{surname}*"
    return f"{surname}{'*' * (len(given) - 1)}{given[-1]}"


def mask_id_number(number: str, *, distinguish: bool = False) -> str:
    """Drop the number; ``distinguish`` keeps two digits of region and the last three.

    Use ``distinguish`` only where a list must separate people of one name. What does not have
    15 or 18 characters is hidden whole.
    """
    compact = re.sub(r"\s", "", number)
    if not distinguish or not compact:
        return ""
    if len(compact) not in {15, 18}:
        return HIDDEN
    return f"{compact[:2]}{'*' * (len(compact) - 5)}{compact[-3:]}"


def mask_mobile(number: str) -> str:
    """13812341234 → 138****1234, however it is written; anything else is hidden whole."""
    if not number.strip():
        return ""
    if re.fullmatch(r"1[3-9][0-9]\*{4}[0-9]{4}", number.strip()):
        return number.strip()
    digits = re.sub(r"^(?:0086|86|0)(?=1[3-9][0-9]{9}$)", "", digits_of(number))
    if _MOBILE_SHAPE.fullmatch(digits) is None:
        return HIDDEN
    return f"{digits[:3]}****{digits[-4:]}"


def mask_landline(number: str, *, personal: bool = False) -> str:
    """Office lines stay as they are; a ``personal`` line keeps its area code only."""
    text = number.strip()
    if not personal or not text:
        return text
    area = _AREA_CODE.match(text)
    return f"{area[1]}-{HIDDEN}" if area else HIDDEN


def mask_address(address: str, *, keep_group: bool = False) -> str:
    """Keep an address down to 乡镇/街道, or to the county where none is named.

    ``keep_group`` keeps the village and its 组, for village lists. An address of which no
    division can be recognised is hidden whole.
    """
    compact = re.sub(r"\s", "", address)
    if not compact:
        return ""
    town = _TOWN.match(compact)
    if town is not None and not _DETAIL.search(town[0]):
        group = _VILLAGE_GROUP.match(compact, town.end()) if keep_group else None
        return compact[: group.end() if group else town.end()]
    county = _COUNTY.match(compact)
    return county[0] if county is not None and county[0] else HIDDEN


def mask_card(number: str) -> str:
    """Hide a bank card or 一卡通 number whole: no digit is ever shown."""
    return HIDDEN if number.strip() else ""


def mask_email(address: str) -> str:
    """lisi@changsha.gov.cn → l***@changsha.gov.cn; what is no address is hidden whole."""
    name, at, host = address.strip().partition("@")
    if not name:
        return HIDDEN if at else ""
    return f"{name[0]}{HIDDEN}@{host}" if at and host and "@" not in host else HIDDEN


def mask_text(text: str, *, allow_phones: Collection[str] = ()) -> str:
    """Mask every 公民身份号码, mobile and card number in running text.

    Disguised numbers are masked too. Published office numbers in ``allow_phones`` stay, as do
    landlines and the codes of organisations.
    """
    return replace_hits(text, find_numbers(text, allow_phones=allow_phones))


def replace_hits(text: str, hits: Collection[Hit]) -> str:
    """Replace found numbers by their masks; ``hits`` must come from ``text`` itself."""
    pieces: list[str] = []
    end = 0
    for hit in sorted(hits, key=lambda h: h.start):
        pieces += [text[end : hit.start], mask_hit(hit)]
        end = hit.end
    return "".join([*pieces, text[end:]])


def mask_hit(hit: Hit) -> str:
    """What stands in the place of a found number."""
    if hit.kind is NumberKind.MOBILE and _MOBILE_SHAPE.fullmatch(hit.digits[-11:]):
        return mask_mobile(hit.digits[-11:]) if len(hit.digits) < 20 else HIDDEN
    return "*" * 18 if hit.kind is NumberKind.RESIDENT_ID else HIDDEN


_MASKS: Final[Mapping[MaskKind, Callable[[str], str]]] = {
    MaskKind.NAME: mask_name,
    MaskKind.ID_NUMBER: mask_id_number,
    MaskKind.MOBILE: mask_mobile,
    MaskKind.LANDLINE: mask_landline,
    MaskKind.ADDRESS: mask_address,
    MaskKind.CARD: mask_card,
    MaskKind.EMAIL: mask_email,
    MaskKind.TEXT: mask_text,
}


def mask(kind: MaskKind | str, value: str) -> str:
    """Mask ``value`` by its kind. Raises ValueError for a kind that is not in ``MaskKind``."""
    return _MASKS[MaskKind(kind)](value)
