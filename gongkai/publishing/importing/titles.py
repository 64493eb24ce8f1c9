"""Where a Chinese title may break: between phrases, not inside words.

The page sets titles with ``word-break: keep-all``; the only places to break are the ``<wbr>``
set here. A heuristic on wording, without a dictionary: a missed place costs an uneven line,
a wrong one a broken word, so places are chosen sparingly.
"""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise
from typing import Final

_MIN: Final = 2
# A phrase longer than this is looked through for the weaker places too.
_LONG: Final = 8
# A place behind these words; the longest first so that 关于进一步 is not cut inside.
_AFTER: Final = re.compile(
    r"(?<=关于)|(?<=[》”）】、，。；：？！])(?![》”）】、，。；：？！的])"
    r"|(?<=人民政府)(?!办公|工作|网|令|文件|门户)|(?<=办公厅)|(?<=人民政府办公室)|(?<=委员会)"
    r"|(?<=领导小组)(?!办)|(?<=领导小组办公室)"
)
# A place in front of these words.
_BEFORE: Final = re.compile(
    r"(?<!^)(?=[《“（【])(?<![《“（【])|(?<=[\u4e00-\u9fff])(?=关于)"
    r"|(?=的(?:通知|通告|公告|意见|办法|规定|决定|决议|通报|报告|请示|批复|函|方案|实施|若干|指导"
    r"|说明|解读|公示|命令|建议|复函|补充)|等\d*[件项部]|等(?:文件|规章))"
)
_WEAK: Final = re.compile(
    r"(?<=[印转]发)(?!的)|(?<=公布)(?!的)|(?<=废止)(?!的|和)|(?<=修改)(?!的|和)|(?<=批转)"
    r"|(?=进一步)|(?<=进一步)|(?=全面推进|深入推进|扎实推进|加快推进|贯彻落实|切实做好|认真做好)"
    r"|(?<=加强)(?=.{3})|(?<=做好)(?=.{3})|(?<=推进)(?=.{3})|(?<=支持)(?=.{3})|(?<=促进)(?=.{3})"
    r"|(?<=优化)(?=.{3})|(?<=深化)(?=.{3})|(?<=规范)(?!性|化|的|管理)(?=.{4})|(?<=完善)(?=.{3})|(?<=开展)(?=.{3})"
    r"|(?<=\d年)(?!度|版|底|初)|(?<=\d年度)|(?<=\d年版)"
    r"|(?<=[\u4e00-\u9fff][\u4e00-\u9fff]市)(?=[\u4e00-\u9fff\d]{2})(?!场|政|民|级|长|区|属|直|容|域|人民政府)"
    r"|(?<=[\u4e00-\u9fff][\u4e00-\u9fff]省)(?=[\u4e00-\u9fff\d]{2})(?!级|长|属|直|内|会|人民政府)"
    r"|(?=实施方案|实施意见|实施细则|实施办法|工作方案|工作要点|工作规则|工作规程|行动方案|行动计划"
    r"|管理办法|管理规定|管理条例|暂行办法|暂行规定|若干措施|若干意见|若干规定|指导意见|指导目录"
    r"|应急预案|专项规划|发展规划|服务指南|任务分解|责任清单|权力清单|事项清单|年度报告)"
    r"|(?<=[\u4e00-\u9fff]{2})(?=工作的|有关工作|相关工作|有关事项|有关问题)"
    r"|(?<=[\u4e00-\u9fff]{3})(?<![参普涉以给])(?=(?:以及|和|与|及)[\u4e00-\u9fff]{3})"
    r"(?!和平|和谐|和国|和社会保障|和信息化|和改革|和旅游|和城乡|和生态|与会|及时)"
)
_DIGIT_JOIN: Final = re.compile(r"[A-Za-z0-9.,%‰\-—–〔〕\[\]/]")


def title_breaks(title: str) -> str:
    """The title as safe HTML with ``<wbr>`` where a line may end.

    Breaks never stand at the ends, inside a number or a Latin word, before a closing bracket or
    behind an opening one, and leave no piece of a single character.
    """
    text = " ".join(title.split())
    places = set(_places(text, _AFTER)) | set(_places(text, _BEFORE))
    strong = [0, *_spaced(sorted(places), len(text)), len(text)]
    result: list[int] = []
    for start, end in pairwise(strong):
        result.append(start)
        if end - start > _LONG:
            inner = [start + place for place in _places(text[start:end], _WEAK)]
            inner = [place for place in inner if _fits(text, place)]
            result.extend(_within(inner, start, end))
    pieces = [
        escape(text[start:end]) for start, end in zip(result, [*result[1:], len(text)], strict=True)
    ]
    return "<wbr>".join(pieces)


def _places(text: str, pattern: re.Pattern[str]) -> list[int]:
    return [found.start() for found in pattern.finditer(text) if _fits(text, found.start())]


def _fits(text: str, place: int) -> bool:
    """Whether a line may end at this place whatever the words."""
    if place <= 0 or place >= len(text):
        return False
    before, after = text[place - 1], text[place]
    if before in "《“（【〔‘(" or after in "》”）】〕’)、，。；：？！" or " " in (before, after):
        return False
    return not (_DIGIT_JOIN.match(before) and _DIGIT_JOIN.match(after))


def _spaced(places: list[int], length: int) -> list[int]:
    """Places at least two characters apart and two from the ends."""
    result: list[int] = []
    last = 0
    for place in places:
        if place - last >= _MIN and length - place >= _MIN:
            result.append(place)
            last = place
    return result


def _within(places: list[int], start: int, end: int) -> list[int]:
    result: list[int] = []
    last = start
    for place in sorted(set(places)):
        # A bracket is not a piece: 《长沙市 counts from behind 《.
        if place - last >= _MIN + 1 and end - place >= _MIN + 1:
            result.append(place)
            last = place
    return result
