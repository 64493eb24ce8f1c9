"""Deadlines as official papers put them, turned into a last day and a recurrence.

Only wording that sets a limit counts: 2022年底前 does, 2021年5月10日印发的 does not. A date
that does not exist (2月30日) is kept with ``date`` None and reported, never guessed.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from gongkai.core.numerals import chinese_to_int
from gongkai.ledger.parsing.model import Deadline, Precision, Recurrence

_CN: Final = "〇○零一二三四五六七八九十"
_YEAR: Final = rf"(?P<year>(?:19|20)\d\d|[{_CN}]{{4}})\s?年"
_MONTH: Final = r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,3})\s?月(?:份)?"
_DAY: Final = r"(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s?[日号]"
_LIMIT: Final = r"(?:底前|底之前|底以前|末前|底|末|以前|之前|前|止|内)"

#: Ordered: the first alternative that matches at a place wins.
_DATE: Final = re.compile(
    rf"(?P<until>截至|截止到|截止|到|至|于|在|力争|争取)?\s?"
    rf"(?:(?:(?P<this>今年|当年|本年度|本年|次年|明年|每年)|{_YEAR})度?\s?[，,]?)?"
    rf"(?:"
    rf"{_MONTH}\s?(?:{_DAY}|(?P<third>上旬|中旬|下旬))?\s?(?P<limit1>{_LIMIT})?"
    rf"|第?(?P<quarter>[一二三四1-4])季度\s?(?P<limit2>{_LIMIT})?"
    rf"|(?P<half>上半年|下半年)\s?(?P<limit3>{_LIMIT})?"
    rf"|(?P<yearend>(?:年)?(?:底|末|终)(?:之前|以前|前)?|年内|内|前|以前|之前)"
    rf")"
)
_BARE_YEAR: Final = re.compile(
    rf"(?P<until>到|至|截至|力争到|争取到)\s?{_YEAR}(?:底|末)?(?=[，,。；;]|$)"
)
_ANY_YEAR: Final = re.compile(_YEAR)
_BARE_YEAR_END: Final = re.compile(
    r"(?<![一二三四五六七八九十几\d])年(?:底|末)(?:之前|以前|前)?|(?<![一二三四五六七八九十几半\d同往历])年内(?=[，,]?[完全实基建出开制])"
)
_RECURS: Final[tuple[tuple[str, Recurrence, Precision], ...]] = (
    ("每半年", "half_yearly", "half"),
    ("每季度", "quarterly", "quarter"),
    ("每季", "quarterly", "quarter"),
    ("逐季", "quarterly", "quarter"),
    ("每个月", "monthly", "month"),
    ("每月", "monthly", "month"),
    ("逐月", "monthly", "month"),
    ("每周", "weekly", "none"),
    ("每日", "daily", "day"),
    ("每天", "daily", "day"),
    ("每年度", "yearly", "year"),
    ("每年", "yearly", "year"),
)
_PERIODIC: Final = re.compile(
    r"按(?P<period>月|季度|季|年度|年)(?=(?:度)?(?:公开|通报|报送|公布|发布|更新|调度|公示|汇总|上报|报告|检查))"
)
_RECUR_WORD: Final = re.compile("|".join(word for word, _, _ in _RECURS))
_TIMES: Final = re.compile(
    r"[^，。；]{0,20}?(?P<times>\d{1,2}|[一二两三四五六七八九十])\s*(?:次|场|期|轮)"
)
_ONGOING_AFTER: Final = re.compile(
    r"[^，。；]{0,16}?[，,]?并?(?:持续落实|长期坚持|持续推进|长期推进|持续实施|动态调整|动态更新|长期落实|常态化)"
)
_ONGOING: Final = re.compile(
    r"(?:长期坚持|持续推进|长期|持续|常年|即时|及时|常态化|长期推进|持续实施|持续开展|持续落实|全年|实时|动态更新|适时|常态化推进|贯穿全年|立即|即行即改|按规定时限|常态|持续进行|长期实施|全年推进|常态推进)"
)
_CLAUSE_TAIL: Final = re.compile(
    r"(?:(?:基本|全面|全部)?完成|落实|到位|完成任务|启动|并?持续(?:落实|推进)|并?长期坚持|取得明显成效|取得阶段性成效|、|,|，|并|和|\s)*"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A deadline and its place in the text that was searched; ``bad`` says why it has no date."""

    deadline: Deadline
    start: int
    end: int
    bad: str = ""


def _number(text: str) -> int:
    try:
        return int(text) if text.isdigit() else chinese_to_int(text.replace("○", "〇"))
    except ValueError:
        return 0


_YEARS: Final = range(1949, 2101)


def _last_day(year: int, month: int) -> str:
    return date(year, month, calendar.monthrange(year, month)[1]).isoformat()


def _is_limit(match: re.Match[str], labelled: bool) -> bool:
    """Is this date a limit, or only mentioned?"""
    if labelled or match.group("yearend"):
        return True
    limit = match.group("limit1") or match.group("limit2") or match.group("limit3")
    if limit:
        return True
    until = match.group("until") in ("截至", "截止", "截止到", "到", "至", "力争", "争取")
    if match.group("day"):
        return until and match.group("until") not in ("到", "至")
    if match.group("quarter") or match.group("half"):
        return bool(match.group("half")) or until
    return until or bool(match.group("third"))


def _resolve(
    match: re.Match[str], plan_year: int | None, last_year: int | None
) -> tuple[str | None, Precision, Recurrence | None, str]:
    """(date, precision, recurrence, what is wrong) of a date match."""
    this = match.group("this") or ""
    year: int | None
    if match.group("year"):
        year = _number(match.group("year"))
        if year not in _YEARS:
            return None, "none", None, f"年份“{match.group('year')}年”不合理"
    else:
        year = last_year or plan_year
        if this in ("次年", "明年") and year:
            year += 1
    recurs: Recurrence | None = "yearly" if this == "每年" else None
    if recurs:
        year = plan_year
    if match.group("month"):
        month = _number(match.group("month"))
        if not 1 <= month <= 12:
            return None, "month", recurs, f"没有“{match.group('month')}月”"
        if match.group("day"):
            day = _number(match.group("day"))
            if year is None:
                return None, "day", recurs, "文件没有写明年份"
            if not 1 <= day <= calendar.monthrange(year, month)[1]:
                return None, "day", recurs, f"{year}年{month}月没有{match.group('day')}日"
            return date(year, month, day).isoformat(), "day", recurs, ""
        if year is None:
            return None, "month", recurs, "文件没有写明年份"
        third = match.group("third")
        if third in ("上旬", "中旬"):
            return date(year, month, 10 if third == "上旬" else 20).isoformat(), "day", recurs, ""
        # 10月前 is read like 10月底前: the papers seen use both for the end of the month.
        return _last_day(year, month), "month", recurs, ""
    if year is None:
        return None, "none", recurs, "文件没有写明年份"
    if match.group("quarter"):
        quarter = _number(match.group("quarter"))
        return _last_day(year, quarter * 3), "quarter", recurs, ""
    if match.group("half"):
        return _last_day(year, 6 if match.group("half") == "上半年" else 12), "half", recurs, ""
    return _last_day(year, 12), "year", recurs, ""


def _trim(match: re.Match[str]) -> tuple[int, int]:
    """The span without a leading preposition."""
    start, end = match.span()
    if match.group("until"):
        start = match.end("until")
    text = match.string
    while start < end and text[start] in " ，,\u3000":
        start += 1
    return start, end


def find_deadlines(text: str, plan_year: int | None, *, labelled: bool = False) -> Iterator[Found]:
    """Deadlines in one sentence, in order.

    ``plan_year`` completes dates without a year (年底前). ``labelled`` means that the text stands
    behind 完成时限 or in that column, where a bare date or 持续推进 is a deadline too.
    """
    last_year: int | None = None
    found: list[Found] = []
    for match in _DATE.finditer(text):
        yearend = match.group("yearend")
        if yearend and not match.group("year") and not match.group("this"):
            continue  # 年底前 without a year is read below; 内 and 前 alone mean nothing.
        if match.group("year") and _after_quote(text, match.start("year")):
            continue
        if not _is_limit(match, labelled) or _is_duration(match):
            continue
        start, end = _trim(match)
        iso, precision, recurs, bad = _resolve(match, plan_year, last_year)
        if match.group("year") and iso:
            last_year = int(iso[:4])
        ongoing = bool(_ONGOING_AFTER.match(text, end))
        raw = text[start:end]
        found.append(Found(Deadline(iso, precision, raw, recurs, None, ongoing), start, end, bad))
    taken = [(item.start, item.end) for item in found]

    def free(start: int, end: int) -> bool:
        return all(end <= a or start >= b for a, b in taken)

    for match in (*_BARE_YEAR.finditer(text), *_BARE_YEAR_END.finditer(text)):
        if not free(*match.span()):
            continue
        groups = match.groupdict()
        start = match.start("year") if groups.get("year") else match.start()
        year = _number(groups["year"]) if groups.get("year") else plan_year
        if groups.get("year") and year not in _YEARS:
            continue
        iso = _last_day(year, 12) if year else None
        bad = "" if year else "文件没有写明年份"
        ongoing = bool(_ONGOING_AFTER.match(text, match.end()))
        raw = text[start : match.end()]
        found.append(
            Found(Deadline(iso, "year", raw, None, None, ongoing), start, match.end(), bad)
        )
        taken.append(match.span())
    found.extend(_recurring(text, free))
    if labelled and not found:
        years = [
            match for match in _ANY_YEAR.finditer(text) if _number(match.group("year")) in _YEARS
        ]
        if years:
            iso = _last_day(_number(years[-1].group("year")), 12)
            span = years[0].start(), years[-1].end()
            found.append(Found(Deadline(iso, "year", text[slice(*span)]), *span))
    if labelled and not found:
        word = _ONGOING.search(text)
        if word:
            deadline = Deadline(None, "none", word.group(), "ongoing", None, True)
            found.append(Found(deadline, word.start(), word.end()))
    found.sort(key=lambda item: item.start)
    yield from found


def _recurring(text: str, free: Callable[[int, int], bool]) -> Iterator[Found]:
    for match in _RECUR_WORD.finditer(text):
        if not free(*match.span()):
            continue
        recurs, precision = next((r, p) for word, r, p in _RECURS if word == match.group())
        times = _TIMES.match(text, match.end())
        count = _number(times.group("times").replace("两", "二")) if times else None
        deadline = Deadline(None, precision, match.group(), recurs, count or None)
        yield Found(deadline, match.start(), match.end())
    periods: dict[str, tuple[Recurrence, Precision]] = {
        "月": ("monthly", "month"),
        "季度": ("quarterly", "quarter"),
        "季": ("quarterly", "quarter"),
        "年度": ("yearly", "year"),
        "年": ("yearly", "year"),
    }
    for match in _PERIODIC.finditer(text):
        recurs, precision = periods[match.group("period")]
        yield Found(Deadline(None, precision, match.group(), recurs), match.start(), match.end())


def _after_quote(text: str, position: int) -> bool:
    """The year stands inside 《…》 or 〔…〕: a title or a document number."""
    before = text[:position]
    return before.rfind("《") > before.rfind("》") or before.rfind("〔") > before.rfind("〕")


def _is_duration(match: re.Match[str]) -> bool:
    """3月内 without a year is a span of time, not a date; 2022年内部 is no date at all."""
    limit = match.group("limit1")
    if limit == "内" and not match.group("year"):
        return True
    tail = match.string[match.end() : match.end() + 1]
    ends_open = limit in ("内", "前") or match.group("yearend") in ("内", "前")
    return bool(tail) and ends_open and tail in "部外容设涵期后述列往来三五"


def is_deadline_clause(clause: str) -> bool:
    """The clause says only when: 2022年10月底前完成, 长期坚持, 持续推进."""
    text = clause.strip()
    if not text or len(text) > 40:
        return False
    ongoing = _ONGOING.match(text)
    if ongoing and _CLAUSE_TAIL.fullmatch(text, ongoing.end()):
        return True
    match = _DATE.match(text) or _BARE_YEAR_END.match(text)
    return bool(match and match.end() > 2 and _CLAUSE_TAIL.fullmatch(text, match.end()))
