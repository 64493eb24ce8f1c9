"""公开时限 as catalogues write it, read into a rule. Plain values only; what is not understood
is said so and never guessed.

A cell may hold several clauses (``信息形成或者变更之日起20个工作日内；长期公开``). Every clause has to
be understood, else the whole cell counts as unparsed: half a rule would be a wrong rule.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Final

from gongkai.core.numerals import chinese_to_int


class LimitKind(StrEnum):
    """What sort of limit a text states."""

    WITHIN = "within"
    CALENDAR = "calendar"
    LASTING = "lasting"
    EVENT = "event"
    UNPARSED = "unparsed"


class Span(StrEnum):
    """What a number of a limit counts."""

    WORKDAY = "workday"
    DAY = "day"
    MONTH = "month"


_SPAN_WORDS: Final = {Span.WORKDAY: "个工作日", Span.DAY: "日", Span.MONTH: "个月"}
FREQUENCIES: Final = {"yearly": "每年", "half": "每半年", "quarterly": "每季度", "monthly": "每月"}
VAGUE_WORDS: Final = {"realtime": "实时公开", "timely": "及时公开"}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as the engine counts it.

    WITHIN: ``n`` of ``span`` after the information was formed or changed (``anchor`` keeps the
    day's name as written). CALENDAR: ``freq`` with ``months`` and ``day`` (-1 = last day of the
    month) of the due date, plus ``n`` of ``span`` after it where the text counts from a period's
    end. LASTING: once published it stays, looked through every year. EVENT: as matters proceed.
    ``vague`` names a word (realtime, timely) whose number is a local value, not the text's.
    """

    kind: LimitKind
    n: int = 0
    span: Span = Span.WORKDAY
    anchor: str = ""
    freq: str = ""
    months: tuple[int, ...] = ()
    day: int = 0
    vague: str = ""
    lasting: bool = False
    unless_law: bool = False

    @property
    def parsed(self) -> bool:
        """Whether the text was understood."""
        return self.kind is not LimitKind.UNPARSED

    def to_json(self) -> dict[str, Any]:
        """Plain values for storage; :func:`from_json` reads them back."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items() if v}


UNPARSED: Final = Limit(LimitKind.UNPARSED)


def from_json(stored: Mapping[str, Any]) -> Limit:
    """A limit from what :meth:`Limit.to_json` stored; an empty object is unparsed."""
    if not stored:
        return UNPARSED
    values = dict(stored)
    values["kind"] = LimitKind(values["kind"])
    values["span"] = Span(values.get("span", Span.WORKDAY))
    values["months"] = tuple(values.get("months", ()))
    return Limit(**values)


@dataclass(frozen=True, slots=True)
class LocalDays:
    """What the vague words mean here, in working days: local values, not law."""

    realtime: int = 1
    timely: int = 5


LOCAL: Final = LocalDays()
_DITTO: Final = re.compile('同上|同前|′′|〃|″|"|”')
_NUMBER: Final = "([0-9]{1,3}|[一二三四五六七八九十百两]{1,4})"
_ACT: Final = (
    "(?:主动|对外|及时|予以|进行|向社会|在网上)*(?:公开|公布|公示|发布|更新|公开公示|公开发布)"
)
_WITHIN: Final = re.compile(
    rf"(?:自|从|在|于)?(?P<anchor>[^0-9]{{0,40}}?)(?:之日起|之日|日起|起|后|以后)?(?:的)?"
    rf"{_NUMBER}(?P<unit>个?工作日|个?自然日|日|天|个?小时|个月|月)(?:之?内|以内)?(?:{_ACT})?(?:完毕)?"
)
_ANCHORS: Final = re.compile(
    "^(?:该|本)?(?:政府|公开)?(?:信息|文件|内容|材料|数据|事项|政府信息)?"
    "(?:形成|变更|制作|获取|产生|生成|印发|出台|发布|批复|批准|审批|审核|审定|作出|做出|决定|确定|签订|签署|"
    "结束|完成|下达|拨付|发放|办结|收到|受理|通过|调整|变化|更新|成立|任命|公布|验收|立项|备案|登记|中标|成交|"
    "或者?|和|及|、|/|自制作|之|日|\\(|\\)|行政|处罚|许可|强制|检查|结果|方案|预算|决算|计划|规划|会议|报告|人大|"
    "该|政府|财政|部门|本级|合同|补助|补贴|资金|名单|评审|评估|征收|决定书|完毕|情况|工作|后|被|经|由|相关|信息)*$"
)
_FREQ: Final = {
    "每年度": "yearly", "每年": "yearly", "按年度": "yearly", "按年": "yearly", "年度": "yearly",
    "每半年": "half", "按半年": "half", "半年": "half",
    "每季度": "quarterly", "每季": "quarterly", "按季度": "quarterly", "按季": "quarterly",
    "季度": "quarterly",
    "每个月": "monthly", "每月": "monthly", "按月度": "monthly", "按月": "monthly",
    "月度": "monthly", "每月份": "monthly",
}  # fmt: skip
_FREQ_WORDS: Final = "|".join(sorted(_FREQ, key=len, reverse=True))
_PERIOD_END: Final = {"yearly": (12,), "half": (6, 12), "quarterly": (3, 6, 9, 12)}
_EVERY_MONTH: Final = tuple(range(1, 13))
_ONCE: Final = "(?:至少|不少于|集中|定期)?(?:一次|1次)?"
_PLAIN_PERIOD: Final = re.compile(rf"({_FREQ_WORDS})(?:定期)?{_ONCE}(?:{_ACT})?{_ONCE}")
_AFTER_PERIOD: Final = re.compile(
    rf"({_FREQ_WORDS})(?:终了|结束|届满|末)(?:之日)?(?:起|后)?{_NUMBER}"
    rf"(个?工作日|日|天|个月)(?:之?内|以内)?(?:{_ACT})?"
)
_YEAR_DAY: Final = re.compile(
    rf"(?:每年|次年|下一?年度?)(?:的)?([0-9]{{1,2}})月(?:份)?(?:([0-9]{{1,2}})[日号]|(底|末))?"
    rf"(?:之?前|以前|前后)?(?:{_ACT})?(?:上一?年度?.{{0,20}})?"
)
_YEAR_MONTHS: Final = re.compile(
    rf"每年(?:的)?((?:[0-9]{{1,2}}月?[、和,及]){{1,11}}[0-9]{{1,2}})月(?:份)?(?:(底|末)|([0-9]{{1,2}})[日号])?"
    rf"(?:之?前|以前)?(?:{_ACT})?"
)
_YEAR_END: Final = re.compile(rf"(?:每年|按年)(?:度)?(?:年?底|年?末)(?:之?前|以前)?(?:{_ACT})?")
_QUARTER_DAY: Final = re.compile(
    rf"(?:每|按)季度?(?:的)?(首月|第一个?月|第二个?月|末月|最后一个?月|第三个?月|首|末)?(?:份)?的?"
    rf"(?:([0-9]{{1,2}})[日号]|(底|末))(?:之?前|以前)?(?:{_ACT})?"
)
_MONTH_DAY: Final = re.compile(
    rf"(每个?月|按月|次月|下个?月)(?:份)?的?(?:([0-9]{{1,2}})[日号]|(底|末|初))(?:之?前|以前)?(?:{_ACT})?"
)
_FIRST_QUARTER: Final = re.compile(
    rf"每年(?:的)?(?:第)?([一二三四1-4])季度(?:末|底)?(?:之?前|内|以前)?(?:{_ACT})?"
)
_LASTING: Final = re.compile(
    "(?:永久|长期|常年|长年|持续|一直)(?:性)?(?:对外|主动)?(?:公开|公示|公布)?|长期有效|动态调整后?长期公开"
)
_REALTIME: Final = re.compile(
    "(?:信息)?(?:形成后)?(?:实时|即时|随时|立即)(?:对外)?(?:公开|更新|发布|公布)?"
)
_TIMELY: Final = re.compile(
    "(?:信息)?(?:形成后|变更后|发生后)?(?:及时|尽快)(?:对外)?(?:公开|更新|发布|公布)?"
)
_EVENT: Final = re.compile(
    "(?:根据|按照?|依|依据|随)?(?:工作|项目|事件|案件|实际|实施|建设)?(?:进展|进度|实际|推进|工作开展)(?:情况)?"
    "(?:及时|实时|适时|动态)?(?:公开|更新|发布|公布)?|适时公开|动态(?:公开|更新)"
)
_UPDATE: Final = re.compile(
    "(?:并|且)?(?:动态|及时|定期)(?:更新|调整)|有?(?:变更|变化|调整)的?(?:及时|实时)更新"
)
_UNLESS_LAW: Final = re.compile(
    "法律、?(?:行政)?法规(?:、?规章)?(?:对.{0,20})?(?:另有规定)(?:的)?,?从其规定|"
    "法律、?法规另有规定的除外|另有规定的?,?(?:从其规定|除外)|从其规定"
)
_SPLIT: Final = re.compile(
    "[;。\n\r]+|,(?=长期|永久|实时|及时|动态|并|法律|另有|其中|变更|有变|自?(?:政府)?信息形成)"
)


def normalise(text: str) -> str:
    """The text in half width without spaces; full stops, semicolons and line ends stay."""
    wide = unicodedata.normalize("NFKC", text.replace("\u3000", " "))
    return re.sub("[ \t\u00a0\u200b]+", "", wide).strip("\r\n;。,. ")


def is_ditto(text: str) -> bool:
    """Whether a cell only says 同上."""
    return bool(_DITTO.fullmatch(normalise(text)))


def _number(text: str) -> int | None:
    try:
        value = int(text) if text.isascii() else chinese_to_int(text)
    except ValueError:
        return None
    return value if 0 < value <= 366 else None


def _within(clause: str) -> Limit | None:
    match = _WITHIN.fullmatch(clause)
    if match is None:
        return None
    n = _number(match[2])
    anchor = match["anchor"].strip("自从,")
    unit = match["unit"]
    # A day that lies before something (会议召开前5日) is not a period after it was formed.
    if n is None or not _ANCHORS.match(anchor) or "前" in anchor:
        return None
    if "小时" in unit:
        # The engine counts days: 24 hours from some moment end on the next day.
        days = -(-n // 24)
        return Limit(LimitKind.WITHIN, days, Span.DAY, anchor)
    if unit == "月" and "内" not in clause:
        return None
    if "内" not in clause and "起" not in clause and "后" not in clause and "工作日" not in unit:
        return None
    span = Span.WORKDAY if "工作日" in unit else Span.MONTH if "月" in unit else Span.DAY
    return Limit(LimitKind.WITHIN, n, span, anchor)


def _months(freq: str) -> tuple[int, ...]:
    return _PERIOD_END.get(freq, _EVERY_MONTH)


def _valid_day(month: int, day: int) -> bool:
    most = 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
    return 1 <= month <= 12 and (day == -1 or 1 <= day <= most)


def _calendar(clause: str) -> Limit | None:
    if match := _PLAIN_PERIOD.fullmatch(clause):
        freq = _FREQ[match[1]]
        return Limit(LimitKind.CALENDAR, freq=freq, months=_months(freq), day=-1)
    if match := _AFTER_PERIOD.fullmatch(clause):
        n, freq = _number(match[2]), _FREQ[match[1]]
        span = (
            Span.WORKDAY if "工作日" in match[3] else Span.MONTH if "月" in match[3] else Span.DAY
        )
        if n is None:
            return None
        return Limit(LimitKind.CALENDAR, n, span, freq=freq, months=_months(freq), day=-1)
    if match := _YEAR_DAY.fullmatch(clause):
        month, day = int(match[1]), int(match[2]) if match[2] else -1
        if _valid_day(month, day):
            return Limit(LimitKind.CALENDAR, freq="yearly", months=(month,), day=day)
        return None
    if match := _YEAR_MONTHS.fullmatch(clause):
        months = tuple(sorted({int(m) for m in re.findall("[0-9]+", match[1])}))
        day = int(match[3]) if match[3] else -1
        if all(_valid_day(month, day) for month in months):
            freq = {1: "yearly", 2: "half", 4: "quarterly"}.get(len(months), "monthly")
            return Limit(LimitKind.CALENDAR, freq=freq, months=months, day=day)
        return None
    if _YEAR_END.fullmatch(clause):
        return Limit(LimitKind.CALENDAR, freq="yearly", months=(12,), day=-1)
    if match := _FIRST_QUARTER.fullmatch(clause):
        quarter = int(match[1]) if match[1].isdigit() else "一二三四".index(match[1]) + 1
        return Limit(LimitKind.CALENDAR, freq="yearly", months=(quarter * 3,), day=-1)
    if match := _QUARTER_DAY.fullmatch(clause):
        place = {"首": 1, "第一": 1, "第二": 2}.get((match[1] or "")[:2].rstrip("月个"), 3)
        day = int(match[2]) if match[2] else -1
        months = tuple(range(place, 13, 3))
        # "每季度15日前" does not say of which month.
        if not match[1] and match[2]:
            return None
        if all(_valid_day(month, day) for month in months):
            return Limit(LimitKind.CALENDAR, freq="quarterly", months=months, day=day)
        return None
    if match := _MONTH_DAY.fullmatch(clause):
        if match[3] == "初":
            return None
        if match[1] in ("次月", "下月", "下个月"):
            if not match[2] or not 1 <= int(match[2]) <= 28:
                return None
            return Limit(
                LimitKind.CALENDAR, int(match[2]), Span.DAY,
                freq="monthly", months=_EVERY_MONTH, day=-1,
            )  # fmt: skip
        day = int(match[2]) if match[2] else -1
        if day == -1 or 1 <= day <= 28:
            return Limit(LimitKind.CALENDAR, freq="monthly", months=_EVERY_MONTH, day=day)
    return None


def _clause(clause: str, local: LocalDays) -> Limit | None:
    if _REALTIME.fullmatch(clause):
        return Limit(LimitKind.WITHIN, local.realtime, anchor="", vague="realtime")
    if _TIMELY.fullmatch(clause):
        return Limit(LimitKind.WITHIN, local.timely, anchor="", vague="timely")
    if _LASTING.fullmatch(clause):
        return Limit(LimitKind.LASTING, lasting=True)
    if _EVENT.fullmatch(clause):
        return Limit(LimitKind.EVENT)
    return _calendar(clause) or _within(clause)


def parse_limit(text: str, local: LocalDays = LOCAL) -> Limit:
    """The rule a text of 公开时限 states; UNPARSED when any part of it is not understood.

    同上 has to be resolved before (it refers to another row) and counts as unparsed here.
    """
    whole = normalise(text)
    unless = False
    if stripped := _UNLESS_LAW.sub("", whole):
        unless = stripped != whole
        whole = re.sub(r"\(\)", "", stripped)
    if not whole:
        return UNPARSED
    found: list[Limit] = []
    lasting = False
    for clause in filter(None, (part.strip(",、()") for part in _SPLIT.split(whole))):
        if _UPDATE.fullmatch(clause) and found:
            continue
        limit = _clause(clause, local)
        if limit is None:
            return UNPARSED
        if limit.kind is LimitKind.LASTING:
            lasting = True
        elif limit not in found:
            found.append(limit)
    firm = [limit for limit in found if not limit.vague and limit.kind is not LimitKind.EVENT]
    if len(firm) > 1 or (not firm and len(found) > 1):
        return UNPARSED
    if not found:
        return Limit(LimitKind.LASTING, lasting=True, unless_law=unless) if lasting else UNPARSED
    # 实时公开 beside a firm number only exhorts; the number is the limit.
    chosen = firm[0] if firm else found[0]
    return replace(chosen, lasting=lasting, unless_law=unless)


def inherit(texts: Sequence[str]) -> list[str]:
    """Resolve 同上 down a column that was unmerged before; a first 同上 stays as it is."""
    resolved: list[str] = []
    for text in texts:
        resolved.append(resolved[-1] if is_ditto(text) and resolved else text)
    return resolved


def describe(limit: Limit) -> str:
    """The rule in words, as the desk explains it."""
    if limit.kind is LimitKind.UNPARSED:
        return "没有读懂，不计算期限"
    if limit.kind is LimitKind.EVENT:
        return "按进展公开，不设固定期限"
    tail = "，长期公开，每年核对一次" if limit.lasting else ""
    if limit.kind is LimitKind.LASTING:
        return "长期公开，每年核对一次"
    if limit.kind is LimitKind.WITHIN:
        words = f"信息形成或者变更后{limit.n}{_SPAN_WORDS[limit.span]}内"
        if limit.vague:
            words = f"“{VAGUE_WORDS[limit.vague]}”没有写明天数，按本地口径{words}"
        return words + tail
    if limit.n:
        ends = {"yearly": "年度", "half": "半年", "quarterly": "季度", "monthly": "当月"}
        return f"{ends[limit.freq]}结束后{limit.n}{_SPAN_WORDS[limit.span]}内{tail}"
    day = "底" if limit.day == -1 else f"{limit.day}日"
    if limit.freq == "monthly" and len(limit.months) == 12:
        return f"每月{day}前{tail}"
    return f"每年{'、'.join(str(m) for m in limit.months)}月{day}前{tail}"
