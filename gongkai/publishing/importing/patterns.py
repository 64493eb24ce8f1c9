"""Wordings by which the parts of an official paper are known (GB/T 9704-2012, chapter 7)."""

from __future__ import annotations

import re
from datetime import date
from enum import IntEnum
from itertools import pairwise
from typing import Final

from gongkai.core.codes import CodeError, DocNo, parse_doc_no
from gongkai.core.numerals import chinese_to_int

_CN: Final = "〇零○一二三四五六七八九十百千两"
_YEAR: Final = rf"(?P<y>[0-9０-９]{{4}}|[{_CN}]{{4}})[ \u3000]*年"
_DAY: Final = (
    rf"{_YEAR}[ \u3000]*(?P<m>[0-9０-９]{{1,2}}|[{_CN}]{{1,3}})[ \u3000]*月"
    rf"[ \u3000]*(?P<d>[0-9０-９]{{1,2}}|[{_CN}]{{1,3}})[ \u3000]*日"
)
DATE_LINE: Final = re.compile(rf"[（(]?[ \u3000]*{_DAY}[ \u3000]*[)）]?")
UNIT_AND_DATE: Final = re.compile(rf"(?P<unit>\S.*?)[ \u3000\t]+{_DAY}")
NUMBERED_DAY: Final = re.compile(_DAY)


class Mark(IntEnum):
    """The kinds of numbers in front of a paragraph, from the widest to the narrowest."""

    BOOK = 0
    CHAPTER = 10
    SECTION = 20
    ARTICLE = 30
    FIRST = 40
    SECOND = 50
    THIRD = 60
    FOURTH = 70


_MARKS: Final = (
    (Mark.BOOK, re.compile(rf"第[{_CN}0-9]+(?:分)?编(?=[ \u3000]|$)")),
    (Mark.CHAPTER, re.compile(rf"第[{_CN}0-9]+[章部](?:分)?(?=[ \u3000：:]|$)")),
    (Mark.SECTION, re.compile(rf"第[{_CN}0-9]+节(?=[ \u3000：:]|$)")),
    (Mark.ARTICLE, re.compile(rf"第[{_CN}0-9]+条(?:之[{_CN}]+)?(?=[ \u3000（(【：:]|$)")),
    (Mark.FIRST, re.compile(rf"[{_CN}]+[ \u3000]*[、．.，]")),
    (Mark.SECOND, re.compile(rf"[（(][ \u3000]*[{_CN}]+[ \u3000]*[)）]")),
    (Mark.FOURTH, re.compile(r"[（(][0-9０-９]{1,3}[)）]|[⑴-⒇①-⑳]")),
    (Mark.THIRD, re.compile(r"[0-9０-９]{1,3}(?:[．、]|\.(?![0-9])|[ \u3000])")),
)

ORG_MARK: Final = re.compile(r".{2,60}文件")
ORDER_MARK: Final = re.compile(r"[^的]{2,40}(?<!命)令")
ORDER_NUMBER: Final = re.compile(rf"第[ \u3000]*[{_CN}0-9]+[ \u3000]*号")
SECRECY: Final = re.compile(r"(?:绝密|机密|秘密)(?:★.*|\d+年|长期)?|内部(?:资料|文件|材料).*")
HEAD_META: Final = re.compile(r"[0-9]{6}|特急|加急|平急|特提|签发人[：:].*|急件")
SIGNER: Final = re.compile(r"[ \u3000\t]*签发人[：:].*$")
DRAFT_NOTE: Final = re.compile(
    r"[（(](?:征求意见|送审|讨论|修订|修正|公开|简|节选|摘要|草案|试行|暂行|征求|报批|审议)[^（）()]{0,20}[)）]"
)
ENACTING_NOTE: Final = re.compile(
    r"[（(].*\d{4}[ \u3000]*年.*(?:通过|公布|发布|施行|修订|修正|修改|批准).*[)）]", re.DOTALL
)
ADDRESSEE: Final = re.compile(r"[^。！？]{2,400}[：:]")
NOT_ADDRESSEE: Final = re.compile(r"如下|以下|包括|附件|通知|为了|根据|按照")
ATTACHED: Final = re.compile(r"附[ \u3000]*件[ \u3000]*[：:][ \u3000]*(?P<rest>.*)", re.DOTALL)
ATTACHED_ITEM: Final = re.compile(r"[0-9０-９]{1,2}[ \u3000]*[.．、][ \u3000]*(?P<name>\S.*)")
ATTACHED_NEXT: Final = re.compile(r"(?:^|[ \u3000\t]+)[0-9０-９]{1,2}[ \u3000]*[.．、][ \u3000]*")
ANNEX_MARK: Final = re.compile(
    rf"附[ \u3000]*[件表][ \u3000]*(?:[0-9０-９{_CN}]+(?:[-－—][0-9]+)?)?[ \u3000]*[：:]?"
)
CLOSING_NOTE: Final = re.compile(
    r"[（(](?:此件|联系|本文|此文|主动公开|依申请公开|不予公开)[^（）()]*[)）]"
)
NOT_PUBLIC: Final = re.compile(r"依申请公开|不予公开|不公开|删减后公开|内部|不宜公开|不得公开")
COLOPHON: Final = re.compile(
    r"(?:抄[ \u3000]*[送报]|[主分][ \u3000]*送|主题词|印发机关)[ \u3000]*[：:].*"
    r"|.*年[ \u3000]*[0-9]{1,2}[ \u3000]*月[ \u3000]*[0-9]{1,2}[ \u3000]*日[ \u3000]*印[ \u3000]*发"
    r"|[（(]?共[ \u3000]*印[ \u3000]*[0-9]+[ \u3000]*份[)）]?"
    r"|公开方式[：:].*|信息公开选项[：:].*",
    re.DOTALL,
)
UNIT_NAME: Final = re.compile(
    r".*(?:人民政府|委员会|办公室|办公厅|管委会|指挥部|领导小组|办事处|公安局|[局厅部委院会署处科室站所队组社馆行台园校]"
    r"|中心|公司|银行|集团|学校|大学|学院|医院|政府|法院|支队|总队|大队)(?:[（(][^）)]*[)）])?"
)
_STARTS_WITH_UNIT: Final = re.compile(
    r"(?!关于)[\u4e00-\u9fff]{2,24}?(?:[局厅委部会院署处府]|办公室|中心)(?:关于|$)"
)
TITLE_WORD: Final = re.compile(
    r".*(?:通知|通告|公告|意见|办法|规定|细则|条例|方案|决定|决议|命令|公报|通报|报告|请示|批复|议案|函"
    r"|纪要|要点|计划|规划|纲要|指南|说明|解读|规则|制度|标准|清单|目录|预案|规范|措施|章程|公示|名单|总结|答复)"
    r"(?:[（(〔\[][^）)〕\]]*[)）〕\]])*"
)
CONTENTS_HEAD: Final = re.compile(r"目[ \u3000]*[录次]")
CONTENTS_LINE: Final = re.compile(r".*(?:[.．…·]{3,}|\t)[ \u3000]*[-－—]?[0-9]{1,4}[-－—]?")
_SENTENCE_END: Final = re.compile(r"[。；，！？]")


def mark_of(text: str) -> tuple[Mark, int] | None:
    """The number in front of a paragraph and its length in characters, if there is one."""
    for mark, pattern in _MARKS:
        found = pattern.match(text)
        if found:
            return mark, found.end()
    return None


def has_sentence(text: str) -> bool:
    """Whether a line reads as running text rather than as a heading."""
    return bool(_SENTENCE_END.search(text))


def squeeze(text: str) -> str:
    """A title or name without the blanks that only space it out; Latin words stay apart."""
    text = re.sub(r"\s+", " ", text.replace("\u3000", " ")).strip()
    return re.sub(r"(?<![A-Za-z0-9.,;:)]) | (?![A-Za-z0-9(])", "", text)


def join_title(lines: list[str]) -> str:
    """Title lines as one title; the line break only shapes the printed page.

    A blank stays between the names of several issuers, which nothing else parts.
    """
    words = " ".join(lines).replace("\u3000", " ").split()
    title = words[0] if words else ""
    for before, word in pairwise(words):
        issuers = (
            len(before) > 3
            and "关于" not in before
            and UNIT_NAME.fullmatch(before)
            and _STARTS_WITH_UNIT.match(word)
        )
        title += f" {word}" if issuers or squeeze(f"{before} {word}") != before + word else word
    return title


def read_day(match: re.Match[str]) -> date | None:
    """The day a date pattern found, or None when there is no such day."""
    try:
        year, month, day = (_count(match[part]) for part in ("y", "m", "d"))
        return date(year, month, day)
    except ValueError:
        return None


def _count(text: str) -> int:
    text = text.strip()
    return int(text) if text.isdigit() else chinese_to_int(text)


def read_doc_no(text: str) -> DocNo | None:
    """A line that is a 发文字号 (in whatever brackets), or None."""
    if len(text) > 60:
        return None
    try:
        return parse_doc_no(text, lenient=True)
    except CodeError:
        return None
