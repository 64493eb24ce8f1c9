"""Numbers inside a query: 发文字号, 令, 索引号, 统一登记号, 统一社会信用代码, in the form stored.

Forms: 党政机关公文处理工作条例 art. 9 (发文字号), GB 32100-2015 (统一社会信用代码). A reader types
whatever brackets are at hand, leaves them out, or knows the year and the serial only.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gongkai.core import codes
from gongkai.core.numerals import chinese_to_int
from gongkai.core.pairs import fold


class NumberKind(StrEnum):
    """What a number names."""

    DOC_NO = "doc_no"
    """A whole 发文字号, 长政办发〔2022〕13号."""
    DOC_PART = "doc_part"
    """Year and serial without the letters of the office, 〔2022〕13号."""
    ORDER = "order"
    """An order, 长沙市人民政府令第150号; what is typed before 令 may be shortened."""
    INDEX = "index"
    REGISTRATION = "registration"
    CREDIT_CODE = "credit_code"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as stored (``value``), as typed (folded), and its parts where it has them."""

    kind: NumberKind
    value: str
    typed: str
    prefix: str = ""
    year: int | None = None
    serial: int | None = None

    @property
    def tail(self) -> str:
        """What every number meant ends with, however its beginning is shortened or left out."""
        if self.kind in (NumberKind.DOC_NO, NumberKind.DOC_PART):
            return f"〔{self.year}〕{self.serial}号"
        return f"令第{self.serial}号" if self.kind == NumberKind.ORDER else self.value


_HAN: Final = "\u4e00-\u9fff"
_OPEN: Final = r"[〔\[(【{<〈《〖﹝〘（「]"
_CLOSE: Final = r"[〕\])】}>〉》〗﹞〙）」]"
_YEAR: Final = r"(?P<year>(?:19|20)[0-9]{2})"
_SERIAL: Final = r"第?\s*0*(?P<serial>[1-9][0-9]{0,4})(?![0-9])"
_DASH: Final = r"[-—–―−]+"
# 13号线 and 5号楼 are places, 2022年5月13号 is a day.
_NO_PLACE: Final = r"(?!线|楼|院|门|馆|栋|店|地块|路|机|台风|航站楼)"

_INDEX: Final = re.compile(
    rf"(?<![0-9a-z])(?P<code>[0-9a-z]{{18}}|[0-9a-z]{{8}}-?[0-9a-z])\s*/\s*{_YEAR}\s*{_DASH}\s*"
    r"(?P<serial>[0-9]{1,5})(?![0-9a-z])"
)
_CREDIT: Final = re.compile(r"(?<![0-9a-z])[0-9a-z]{18}(?![0-9a-z])")
_REGISTRATION: Final = re.compile(
    rf"(?<![0-9a-z])(?P<letters>[a-z]{{2,8}})\s*{_DASH}\s*{_YEAR}\s*{_DASH}\s*"
    r"(?P<digits>[0-9]{3,6})(?![0-9])"
)
_BRACKETED: Final = re.compile(
    rf"(?P<prefix>[{_HAN}]{{0,30}})\s*{_OPEN}\s*{_YEAR}\s*年?\s*{_CLOSE}\s*{_SERIAL}\s*号?"
)
_BARE: Final = re.compile(
    rf"(?P<prefix>[{_HAN}]{{1,29}}[发函字办规电通文建])\s*{_YEAR}(?:\s*(?:年|{_DASH}|[/.·])\s*|\s*)"
    rf"{_SERIAL}(?:\s*号|(?![0-9年月日个项名条万亿%]))"
)
_PART: Final = re.compile(
    rf"(?<![0-9]){_YEAR}(?:\s*年\s*|\s*{_DASH}\s*|\s*[/.·]\s*|\s+){_SERIAL}\s*号{_NO_PLACE}"
)
_COUNTED: Final = r"(?P<serial>[0-9]{1,5}|[一二三四五六七八九十百零〇]{1,8})"
_ORDER: Final = re.compile(
    rf"(?P<prefix>[{_HAN}]{{1,28}})令\s*(?:{_OPEN}?\s*{_YEAR}\s*年?\s*{_CLOSE}?\s*)?"
    rf"第?\s*{_COUNTED}\s*号"
)
_ORDER_LAST: Final = re.compile(
    rf"(?P<prefix>[{_HAN}]{{0,28}}?)第?\s*(?P<serial>[0-9]{{1,5}})\s*号令"
)
# What stands before the letters of an office in a sentence, and is none of them.
_LEAD: Final = re.compile(
    "^.*(?:关于|印发|根据|依据|按照|依照|执行|文号|字号|文件|查询|查找|搜索|请问|我要|想找|想看|转发|废止|修改"
    "|修订|查看|下载|查|找|看|的|和|与|及|或|了|是)(?=..)"
)
_OFFICE: Final = re.compile("^.*(?:局|厅|委员会|政府|办公室|管委会)(?=..)")


def _prefix(typed: str, office: bool = True) -> str:
    """The letters of the office at the end of a run; empty when fewer than two are left."""
    kept = _LEAD.sub("", typed)
    if office:
        kept = _OFFICE.sub("", kept)
    return kept if 2 <= len(kept) <= 12 else kept[-12:] if len(kept) > 12 else ""


def _serial(text: str) -> int | None:
    if text.isascii():
        return int(text) or None
    try:
        return chinese_to_int(text) or None
    except ValueError:
        return None


Read = Callable[[re.Match[str]], tuple[Number | None, str]]
"""(the number, a doubt to tell the reader about); neither when it is not one after all."""


def _index(found: re.Match[str]) -> tuple[Number | None, str]:
    code = codes.fold_code(found["code"]).replace("-", "")
    year, serial = int(found["year"]), int(found["serial"])
    value = f"{code}/{year}-{serial:05d}"
    doubt = ""
    try:
        codes.parse_index_number(value)
    except codes.CodeError:
        doubt = f"“{value}”像一个索引号，但是其中的机构代码或者流水号不对，请核对。"
    return Number(NumberKind.INDEX, value, found[0], code, year, serial), doubt


def _credit(found: re.Match[str]) -> tuple[Number | None, str]:
    typed = found[0].upper()
    try:
        return Number(NumberKind.CREDIT_CODE, codes.parse_uscc(typed), found[0]), ""
    except codes.CodeError:
        pass
    # A number of a person is no code of an organisation that was mistyped.
    with suppress(codes.CodeError):
        codes.resident_id_shape(typed)
        return None, ""
    if not re.match("[1-9ANY][0-9]{7}", typed):
        return None, ""
    return None, "您写的像一个统一社会信用代码，但是校验码不对，可能写错了一位，请对照证书核对。"


def _registration(found: re.Match[str]) -> tuple[Number | None, str]:
    value = f"{found['letters'].upper()}-{found['year']}-{found['digits']}"
    year = int(found["year"])
    return Number(
        NumberKind.REGISTRATION,
        value,
        found[0],
        found["letters"].upper(),
        year,
        int(found["digits"]),
    ), ""


def _document(found: re.Match[str]) -> tuple[Number | None, str]:
    year, serial = int(found["year"]), int(found["serial"])
    prefix = _prefix(found.groupdict().get("prefix") or "")
    kind = NumberKind.DOC_NO if prefix else NumberKind.DOC_PART
    # Only what belongs to the number is taken; words before the letters stay words.
    typed = found[0]
    whole = found.groupdict().get("prefix") or ""
    if whole:
        typed = typed[len(whole) - len(prefix) :]
    return Number(kind, f"{prefix}〔{year}〕{serial}号", typed.strip(), prefix, year, serial), ""


def _order(found: re.Match[str]) -> tuple[Number | None, str]:
    serial = _serial(found["serial"])
    if serial is None or serial > 99_999:
        return None, ""
    whole = found["prefix"]
    prefix = f"{_prefix(whole, office=False)}令"
    year = int(found["year"]) if found.groupdict().get("year") else None
    value = codes.DocNo(prefix, year, serial, order=True).canonical
    typed = found[0][len(whole) - (len(prefix) - 1) :]
    return Number(NumberKind.ORDER, value, typed.strip(), prefix, year, serial), ""


_FORMS: Final[tuple[tuple[re.Pattern[str], Read], ...]] = (
    (_INDEX, _index),
    (_CREDIT, _credit),
    (_REGISTRATION, _registration),
    (_ORDER, _order),
    (_BRACKETED, _document),
    (_ORDER_LAST, _order),
    (_BARE, _document),
    (_PART, _document),
)


def _all(text: str) -> Iterator[tuple[re.Match[str], Number | None, str]]:
    for form, read in _FORMS:
        for found in form.finditer(text):
            number, doubt = read(found)
            yield found, number, doubt


def find_numbers(folded: str) -> tuple[tuple[Number, ...], frozenset[int], list[str]]:
    """(numbers of a folded text, the offsets they take up, doubts as sentences for the reader)."""
    numbers: list[tuple[int, Number]] = []
    taken: set[int] = set()
    doubts: list[str] = []
    for found, number, doubt in _all(folded):
        if doubt:
            doubts.append(doubt)
        if number is None:
            continue
        start = found.start() + found[0].rindex(number.typed)
        span = range(start, start + len(number.typed))
        if taken.isdisjoint(span):
            taken.update(span)
            numbers.append((start, number))
    numbers.sort(key=lambda pair: pair[0])
    return tuple(n for _, n in numbers), frozenset(taken), doubts


def tail_of(stored: str) -> str:
    """The tail (see :attr:`Number.tail`) of a stored number; itself where it has none. A source
    that gives an entry both its number and the tail lets it be found by either."""
    numbers, _, _ = find_numbers(fold(stored))
    return numbers[0].tail if len(numbers) == 1 else stored
