"""What measures, bulletins, trace notices and rebuttals may say. Plain values only."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from gongkai.publishing.rules_screening import DOOR, FAMILY, HOME, PERSON

BANDS: Final = ("全天", "上午", "中午", "下午", "晚间", "凌晨")
_HOURS: Final = re.compile(r"^(\d{1,2})\s*(?:时|点)\s*(?:—|-|－|–|至|到)\s*(\d{1,2})\s*(?:时|点)$")
_MINUTES: Final = re.compile(r"\d{1,2}\s*[:：]\s*\d{2}|\d{1,2}\s*[时点]\s*\d{1,2}\s*分")
_PEOPLE: Final = re.compile(
    r"[男女](?:性|士|子|童|孩|生)|[，,、（(]\s*[男女]\s*[，,、）)]|\d{1,3}\s*(?:周)?岁|籍贯|户籍|"
    r"[省市县区]籍|[一-龥]{2}籍(?:人|居民|旅客|男|女)|[赵钱孙李周吴郑王陈张刘杨黄何谢罗彭邓唐]某|[一-龥]某某|"
    r"(?:病例|患者|感染者|阳性人员|无症状)\s*\d+|身份证|电话号码|同住|密接者|的?(?:丈夫|妻子|儿子|女儿)"
)
_CASES: Final = re.compile(r"病例|确诊|无症状|感染者|阳性|死亡|重症")
LONGEST_NEW: Final = 2


def band_problem(band: str) -> str:
    """Why a time band is too exact to be published; empty when it may be.

    A part of the day, or whole hours at least two hours apart (场所和大致时段).
    """
    text = band.strip()
    if text in BANDS:
        return ""
    if _MINUTES.search(text):
        return "时段写到了分钟"
    match = _HOURS.match(text)
    if match is None:
        return "时段应为上午、下午、晚间等，或者“10时—12时”这样的整点区间"
    first, last = int(match[1]), int(match[2])
    if not 0 <= first < last <= 24:
        return "时段的起止不对"
    return "" if last - first >= LONGEST_NEW else "时段短于两小时"


def person_words(texts: Iterable[str]) -> list[str]:
    """Words that describe somebody, or an exact minute or door, in texts for everybody."""
    found = []
    patterns = (_PEOPLE, _MINUTES, PERSON.words, DOOR.words, HOME.words, FAMILY.words)
    for text in texts:
        for pattern in patterns:
            match = pattern.search(text)
            if match:
                found.append(match[0])
    return list(dict.fromkeys(found))


def case_counts(figures: Sequence[Mapping[str, Any]]) -> list[str]:
    """The figures that count cases: these need an authorised source."""
    names = (str(row.get("name") or "") for row in figures)
    return [name for name in names if _CASES.search(name)]


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when a measure holds; ``ends`` None = until further notice."""

    item_id: int
    title: str
    begins: date
    ends: date | None


def overlap(a: Period, b: Period) -> bool:
    """Whether both hold on some day."""
    return (a.ends is None or b.begins <= a.ends) and (b.ends is None or a.begins <= b.ends)


def cut_off(old: Period, new: Period) -> Period | None:
    """What is left of a measure when a new one replaces it: it ends the day before the new one
    begins. None when nothing is left, because it would have begun on that day or later."""
    last = new.begins - timedelta(days=1)
    if last < old.begins:
        return None
    ends = last if old.ends is None or old.ends > last else old.ends
    return Period(old.item_id, old.title, old.begins, ends)


def in_force(begins: date, ends: date | None, day: date) -> bool:
    """Whether a measure holds on a day."""
    return begins <= day and (ends is None or day <= ends)


_REFUTES: Final = re.compile(
    r"不属实|不实|谣言|辟谣|不是真的|假消息|是假的|虚假|误读|旧闻|没有(?:发布|发生|这回事)|并未|未发布|无此事|不可信|系误传|属实"
)
_ASKS: Final = re.compile(r"[？?]|吗$|真相|真的吗|是真是假")
_NEUTRAL: Final = re.compile(
    r"^关于.{2,60}(?:情况说明|核查情况|有关情况|说明|回应|通报)$|核实|查证"
)
_LABEL: Final = re.compile(
    r"^(?:\s*(?:[【\[（(]\s*(?:辟谣|谣言|网传|注意)\s*[】\]）)]\s*[：:]?"
    r"|(?:辟谣|谣言|网传|注意)\s*[：:丨|｜\s])\s*)+"
)


def title_problem(title: str, claim: str = "") -> str:
    """Why the title of a rebuttal states the rumour; empty when it does not.

    People read titles and nothing else: a title has to say by itself that the claim does not
    hold, ask whether it does, or announce an account without taking it over. A bare label in
    front (辟谣：) does not do that when what follows is the claim itself.
    """
    text = title.strip()
    rest = _LABEL.sub("", text)
    if _ASKS.search(rest) or _NEUTRAL.search(rest):
        return ""
    if _REFUTES.search(rest):
        return ""
    if rest != text:
        return "标题去掉“辟谣”字样后，剩下的就是谣言本身"
    if claim and _core(claim) and _core(claim) in _core(text):
        return "标题照搬了流传的说法"
    return "标题没有说清这个说法不属实"


def _core(text: str) -> str:
    return re.sub(r"[\s，。、！!“”\"：:；;]+", "", text)[:12]


VERDICT_TONES: Final = {
    "false": "red",
    "partly": "warn",
    "old": "warn",
    "misread": "warn",
    "true": "ok",
    "checking": "idle",
}
