"""Reading the values of an old site: dates, validity words, addresses, keys. Plain values only."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit
from zoneinfo import ZoneInfo


class ValueProblem(ValueError):
    """A value that cannot be taken over; says what is wrong and what to do, in Chinese."""

    def __init__(self, code: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.remedy = remedy


# --- dates ---------------------------------------------------------------------------------------

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_FULL_WIDTH: Final = {0xFF10 + i: str(i) for i in range(10)} | {
    ord("："): ":", ord("．"): ".", ord("／"): "/", ord("－"): "-", ord("—"): "-", 0x3000: " ",
}  # fmt: skip
_TIME: Final = r"(?:[ T]*\d{1,2}(?::\d{1,2}){1,2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?"
DATE_FORMATS: Final = {
    "iso": re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){_TIME}"),
    "cn": re.compile(rf"(\d{{4}})\s*年\s*(\d{{1,2}})\s*月\s*(\d{{1,2}})\s*日?{_TIME}"),
    "slash": re.compile(rf"(\d{{4}})/(\d{{1,2}})/(\d{{1,2}}){_TIME}"),
    "dot": re.compile(rf"(\d{{4}})\.(\d{{1,2}})\.(\d{{1,2}}){_TIME}"),
    "compact": re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})"),
}
_EPOCH: Final = re.compile(r"\d{9,10}|\d{12,13}")
_WRITTEN: Final = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_NUMERALS: Final = {c: i % 10 for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
FORMAT_NAMES: Final = (*DATE_FORMATS, "written", "epoch")
_REMEDY: Final = "请改成 2022-10-18 这样的形式，或在对应表里换一个日期字段。"


def _small(text: str) -> int:
    """十八 → 18."""
    tens, has_ten, ones = text.rpartition("十")
    if not has_ten:
        return _NUMERALS[text]
    return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)


def parse_day(value: Any, formats: tuple[str, ...] = FORMAT_NAMES) -> date | None:
    """The calendar day of a value; None for an empty one.

    Reads 2022-10-18 (with or without a time), 2022年10月18日, 2022/10/18 09:30, 2022.10.18,
    20221018, 二〇二二年十月十八日, and seconds or milliseconds since 1970 in Shanghai's day.
    The order day-month is never guessed. Raises ValueProblem.
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).translate(_FULL_WIDTH).strip()
    if not text or text in {"-", "无", "null", "None"}:
        return None
    for name in formats:
        if name in DATE_FORMATS and (found := DATE_FORMATS[name].fullmatch(text)):
            return _day(text, int(found[1]), int(found[2]), int(found[3]))
    if "written" in formats and (found := _WRITTEN.fullmatch(text)):
        year = int("".join(str(_NUMERALS[c]) for c in found[1]))
        return _day(text, year, _small(found[2]), _small(found[3]))
    if "epoch" in formats and _EPOCH.fullmatch(text):
        seconds = int(text) / (1000 if len(text) > 10 else 1)
        return datetime.fromtimestamp(seconds, _SHANGHAI).date()
    raise ValueProblem("date", f"日期“{text[:30]}”看不懂", _REMEDY)


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueProblem("date", f"没有“{text[:30]}”这一天", "请对照原网页核对日期。") from None
    if found < date(1949, 10, 1):
        raise ValueProblem(
            "date", f"日期“{text[:30]}”早于 1949 年 10 月 1 日", "请对照原网页核对年份。"
        )
    return found


# --- words ---------------------------------------------------------------------------------------

VALIDITY_WORDS: Final = {
    "有效": "in_force", "现行有效": "in_force", "有效期内": "in_force", "是": "in_force",
    "继续有效": "in_force", "in_force": "in_force",
    "失效": "lapsed", "已失效": "lapsed", "无效": "lapsed", "宣布失效": "lapsed", "否": "lapsed",
    "过期": "lapsed", "lapsed": "lapsed",
    "废止": "repealed", "已废止": "repealed", "全文废止": "repealed", "repealed": "repealed",
    "修改": "amended", "已修改": "amended", "已修订": "amended", "部分废止": "amended",
    "amended": "amended", "尚未施行": "not_yet", "未生效": "not_yet", "not_yet": "not_yet",
}  # fmt: skip


def validity_of(word: str) -> str:
    """The stored value of a word for validity. Raises ValueProblem for an unknown one."""
    found = VALIDITY_WORDS.get(word.strip())
    if found is None:
        raise ValueProblem(
            "validity",
            f"有效性“{word[:20]}”不认识",
            "请在对应表 validity 的 map 里写明它相当于现行有效、已修改、已废止还是已失效。",
        )
    return found


# --- texts ---------------------------------------------------------------------------------------

_PARAGRAPH: Final = re.compile(r"[\r\n]+|\u3000{2,}")


def paragraphs(text: str) -> list[str]:
    """Plain text cut into paragraphs: at line ends, and at the two wide blanks that begin one."""
    return [part for part in map(str.strip, _PARAGRAPH.split(text)) if part]


def paragraphs_html(lines: list[str]) -> str:
    """Paragraphs as the sanitizer itself would write them; see the test that compares them."""
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)


_NOISE: Final = re.compile(r"[\s\W_]+")


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def near_key(title: str, day: date, unit: str) -> str:
    """The same for the same title (signs and blanks aside), day and unit."""
    return _short(f"{_NOISE.sub('', title)}|{day.isoformat()}|{unit}")


def text_key(text: str, *, least: int = 60) -> str:
    """The same for the same words; empty for texts too short to say anything."""
    words = _NOISE.sub("", text)
    return _short(words) if len(words) >= least else ""


def source_key(source: str, value: str) -> str:
    """The same for the same record of the same old site."""
    return _short(f"{source}|{value}")


def quoted_titles(text: str) -> list[str]:
    """What stands in 《》, outermost, each once."""
    found: list[str] = []
    depth = start = 0
    for place, char in enumerate(text):
        if char == "《":
            depth += 1
            start = place + 1 if depth == 1 else start
        elif char == "》" and depth:
            depth -= 1
            if depth == 0 and place > start:
                found.append(text[start:place].strip())
    return list(dict.fromkeys(filter(None, found)))


def name_key(title: str) -> str:
    """The same for a document and for the 《…》 that names it: what a title quotes, when it quotes
    one document (关于印发《甲》的通知 → 甲), else the title itself."""
    quoted = quoted_titles(title)
    return _short(_NOISE.sub("", quoted[0] if len(quoted) == 1 else title))


# --- addresses -----------------------------------------------------------------------------------

LONGEST_PATH: Final = 500
_CONTROL: Final = re.compile("[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class OldAddress:
    """An address of the old site: host without port, path with its query in one spelling."""

    host: str
    path: str


@lru_cache(maxsize=4096)
def old_address(url: str) -> OldAddress | None:
    """Read an old URL or path; None for what cannot be the address of a page.

    Double slashes and ``.``/``..`` go, escapes get one spelling, queries keep their order, the
    part behind # goes.
    """
    text = url.strip()
    if not text or len(text) > 2000 or _CONTROL.search(text):
        return None
    if re.match(r"(?:javascript|mailto|tel|data|ftp|file):", text, re.IGNORECASE):
        return None
    if "://" not in text and not text.startswith("/"):
        text = f"http://{text}" if re.match(r"[\w-]+(\.[\w-]+)+/", text) else f"/{text}"
    if text.startswith("//") and not re.match(r"//[\w-]+(\.[\w-]+)+", text):
        text = "/" + text.lstrip("/")
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme not in ("", "http", "https"):
        return None
    kept: list[str] = []
    segments = [s for s in unquote(parts.path, errors="replace").split("/") if s not in ("", ".")]
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        else:
            kept.append(segment)
    path = "/" + "/".join(quote(s, safe="~!$&'()*+,;=:@-._") for s in kept)
    if kept and parts.path.endswith("/"):
        path += "/"
    query = urlencode(parse_qsl(parts.query, keep_blank_values=True))
    path = f"{path}?{query}" if query else path
    if path == "/" or len(path) > LONGEST_PATH:
        return None
    return OldAddress(host[:120], path)


def url_key(address: OldAddress) -> str:
    """The same for every spelling of an old address."""
    return _short(f"{address.host}{address.path}")


def file_names(value: str) -> list[str]:
    """Names under which a file of the old site may lie in the folder: the whole path behind the
    host, then only its last part; escapes undone, never leading out of the folder."""
    text = value.strip()
    parts = urlsplit(text) if "://" in text else None
    path = unquote(parts.path if parts else text.split("#")[0]).replace("\\", "/")
    whole = [s for s in path.split("/") if s not in ("", ".", "..")]
    names = ["/".join(whole), whole[-1]] if whole else []
    if parts and parts.query:
        # Downloads by script carry the file's name in the query.
        names += [v.rsplit("/", 1)[-1] for _, v in parse_qsl(parts.query) if "." in v]
    return list(dict.fromkeys(filter(None, names)))
