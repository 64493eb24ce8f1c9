"""Unit names: splitting a list of them as officials write it, and looking them up.

A conjunction inside a name (市住房和城乡建设局) never splits it: 和, 与, 及 and 以及 separate only
where the left side already ends like a unit and the right side begins like one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gongkai.ledger.parsing.brackets import Cover, outermost, split_top
from gongkai.ledger.parsing.vocabulary import (
    CELL_NAME_BEGINNINGS,
    CELL_NAME_ENDINGS,
    OPEN_GROUP_WORDS,
    ROLE_ENDINGS,
    STRONG_ENDINGS,
    UNIT_BEGINNINGS,
    UNIT_ENDINGS,
)

_CONJUNCTION: Final = re.compile("以及|和|与|及|暨")
_TAIL_BRACKET: Final = re.compile(r"[（(][^（）()]{0,40}[）)]$")
_OPEN_TAIL: Final = re.compile(
    r"(?P<names>.+?)等(?:\d{1,3}(?:个|家))?(?:(?P<group>.*成员单位)|(?:省|市|区|县)?(?:直)?(?:各|有关|相关|其他|多)?"
    r"(?:个)?(?:职能|责任|主管|中央驻[^、]{0,4})?(?:部门|单位|部门和单位|单位和部门|机构|地区|地方|企业|方面)?(?:和单位)?)$"
)
#: Bare nouns over which a leading 各 distributes: 各乡、街办、管理处.
_GENERIC: Final = re.compile(
    r"(?:县|区|市|乡|镇|乡镇|街道|街办|州|旗|县区|区县|场|园|园区|开发区|管理处|管理区|高新区|新区|村|社区|部门|单位|直属机构|科室|盟"
    r"|县（市、区）|县\(市、区\)|区（市）县|县（市）区|市、区|行政区|功能区|管委会|办事处|街道办事处|镇街|企业|机构)"
    r"(?:人民)?(?:政府|管委会|办事处|委员会)?(?:（[^（）]{0,20}）|\([^()]{0,20}\))?(?:人民政府|政府|管委会)?"
)
_COMPLETE: Final = ("政府", "管委会", "单位", "部门", "办事处", "局", "机构", "委员会")
_PREFIXES: Final = ("由", "请", "其中", "分别由", "以及", "会同", "和", "及", "与", "并由", "各由")
#: Words that stand where a name could but are none.
_NO_NAMES: Final = frozenset(("下同", "不再列出", "不再单独列出", "等", "单位", "部门"))
#: 各市 before 县人社局: the level alone, completed by what follows.
_BARE_LEVEL: Final = re.compile(r"各(?:地)?[省市区县州盟旗乡镇]{1,3}(?:[（(][^（）()]{0,20}[）)])?")
_PLACE: Final = re.compile(r"[\u4e00-\u9fff]{2,4}")


def normalise(name: str) -> str:
    """A name for comparison: no spaces, full-width round brackets."""
    return re.sub(r"\s", "", name).replace("(", "（").replace(")", "）")


@dataclass(frozen=True)
class UnitRegister:
    """Known units for one plan.

    ``names`` maps any written name or alias to the canonical short name; ``collectives`` maps a
    collective as written to its members, an empty list meaning that the office names them.
    """

    names: Mapping[str, str]
    collectives: Mapping[str, Sequence[str]] = field(default_factory=dict)
    _by_name: dict[str, str] = field(init=False, repr=False, compare=False)
    _by_collective: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    with_conjunction: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {normalise(name): short for name, short in self.names.items()}
        by_name.update({normalise(short): short for short in self.names.values()})
        groups = {normalise(name): tuple(members) for name, members in self.collectives.items()}
        object.__setattr__(self, "_by_name", by_name)
        object.__setattr__(self, "_by_collective", groups)
        known = [*by_name, *groups]
        object.__setattr__(
            self,
            "with_conjunction",
            tuple(name for name in known if _CONJUNCTION.search(name)),
        )

    def canonical(self, name: str) -> str | None:
        """The canonical short name of one unit, None when it is not in the register."""
        return self._by_name.get(normalise(name))

    def members(self, name: str) -> tuple[str, ...] | None:
        """The members of a collective, None when the name is not a known collective."""
        return self._by_collective.get(normalise(name))

    def knows(self, name: str) -> bool:
        return self.canonical(name) is not None or self.members(name) is not None


@dataclass(slots=True)
class NameList:
    """Names in order; ``open_list`` when 等 or 成员单位 says that there are more."""

    names: list[str] = field(default_factory=list)
    open_list: bool = False


def looks_like_unit(name: str) -> bool:
    """Does the name end or begin the way units do?"""
    bare = _TAIL_BRACKET.sub("", name)
    return 2 <= len(name) <= 40 and bare.endswith(UNIT_ENDINGS)


def is_role(name: str) -> bool:
    """An abstract role (行业主管部门) that must be mapped to a unit by a person."""
    return name.endswith(ROLE_ENDINGS)


def is_open_group(name: str) -> bool:
    """A collective whose members the document leaves open (市直相关单位)."""
    return any(word in name for word in OPEN_GROUP_WORDS)


def _protected(text: str, register: UnitRegister | None) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for name in register.with_conjunction if register else ():
        start = text.find(name)
        while start >= 0:
            spans.append((start, start + len(name)))
            start = text.find(name, start + 1)
    return spans


def _split_conjunctions(text: str, register: UnitRegister | None) -> list[str]:
    cover = Cover(outermost(text))
    spans = _protected(text, register)
    parts: list[str] = []
    start = 0
    for match in _CONJUNCTION.finditer(text):
        left, right = match.span()
        if left < start or cover.holds(left) or any(a < right and left < b for a, b in spans):
            continue
        before, after = text[start:left], text[right:]
        bare = _TAIL_BRACKET.sub("", before)
        ends = bare.endswith(STRONG_ENDINGS) or bool(register and register.knows(before))
        begins = after.startswith(UNIT_BEGINNINGS) or bool(register and register.knows(after))
        long_enough = len(before) >= 3 or before.startswith("各")
        if ends and long_enough and len(after) >= 2 and (begins or _second_unit(after)):
            parts.append(before)
            start = right
    parts.append(text[start:])
    return parts


def _second_unit(after: str) -> bool:
    """The right side is a unit of its own although it begins with its subject (省 left out)."""
    head = re.split("[、，,；;和与及]", after, maxsplit=1)[0]
    return len(head) >= 3 and looks_like_unit(head)


def _merge_each(parts: list[str]) -> list[str]:
    """各市、县（市、区）人民政府 and 各乡、街办、管理处 are one collective each."""
    merged: list[str] = []
    for part in parts:
        last = merged[-1] if merged else ""
        each = last.startswith("各") and not part.startswith("各")
        if each and (
            part in ("单位", "部门", "地方")
            or (not last.endswith(_COMPLETE) and _GENERIC.fullmatch(part))
            or (_BARE_LEVEL.fullmatch(last) and _is_lower(last, part))
        ):
            merged[-1] += "、" + part
        elif last and _is_place(last) and part.endswith(("政府", "管委会")) and _short_place(part):
            # 石家庄、邢台、廊坊市政府: the last word completes all of them.
            while len(merged) > 1 and _is_place(merged[-2]):
                place = merged.pop()
                merged[-1] += "、" + place
            merged[-1] += "、" + part
        else:
            merged.append(part)
    return merged


_LEVELS: Final = {
    "省": 0,
    "市": 1,
    "州": 1,
    "盟": 1,
    "区": 2,
    "县": 2,
    "旗": 2,
    "乡": 3,
    "镇": 3,
    "街": 3,
}


def _is_lower(level: str, part: str) -> bool:
    """县人社局 completes 各市; 市外事办 does not complete 各区县."""
    first = next((_LEVELS[char] for char in level if char in _LEVELS), 9)
    return _LEVELS.get(part[0], -1) > first


def _is_place(part: str) -> bool:
    return all(
        _PLACE.fullmatch(piece) and (len(piece) == 2 or not looks_like_unit(piece))
        for piece in part.split("、")
    )


def _short_place(part: str) -> bool:
    return len(part) <= 9 and not part.startswith(("各", "市", "省", "区", "县"))


def _spaced(text: str) -> str:
    """A space between two names separates them; any other space does not."""

    def separator(match: re.Match[str]) -> str:
        before = text[: match.start()].rstrip()
        bare = before.endswith(STRONG_ENDINGS)
        return "、" if bare and text[match.end() :].startswith(UNIT_BEGINNINGS) else ""

    return re.sub(r"\s+", separator, text)


def join_lines(text: str) -> str:
    """Lines of a cell or bracket: a new unit on a new line, or a name broken by the width."""
    out = ""
    for line in (part.strip() for part in text.split("\n")):
        if not line:
            continue
        broken = not out or out.endswith(("、", "，", "；", "：", "。", ",", ";"))
        named = out.endswith(CELL_NAME_ENDINGS) and line.startswith(CELL_NAME_BEGINNINGS)
        out += line if broken or not named else "，" + line
    return out


def split_names(text: str, register: UnitRegister | None = None) -> NameList:
    """Split a list of unit names as written."""
    result = NameList()
    whole = _spaced(text.strip())
    parts = _merge_each(split_top(whole, "、,，;；/|。"))
    for part in parts:
        pieces = [part] if register and register.knows(part) else None
        for piece in pieces or _split_conjunctions(part, register):
            _take(piece, result, register)
    return result


def _take(name: str, result: NameList, register: UnitRegister | None) -> None:
    name = name.strip("　 ：:、，,；;。.“”\"'")
    for prefix in _PREFIXES:
        if name.startswith(prefix) and len(name) - len(prefix) >= 2:
            rest = name[len(prefix) :]
            if rest.startswith(UNIT_BEGINNINGS) or looks_like_unit(rest):
                name = rest
                break
    if not name:
        return
    if not (register and register.knows(name)):
        opened = _OPEN_TAIL.fullmatch(name) if "等" in name and len(name) < 80 else None
        if opened and not _ends_in_own_deng(opened.group("names")):
            result.open_list = True
            for piece in _split_conjunctions(opened.group("names"), register):
                _take(piece, result, register)
            _add(result, opened.group("group") or "")
            return
    if "成员单位" in name:
        result.open_list = True
    _add(result, name)


def _ends_in_own_deng(name: str) -> bool:
    """等 is part of the name itself (高等学校), not an ending of a list."""
    return name.endswith(("高", "中", "初", "平", "同"))


def _add(result: NameList, name: str) -> None:
    if not any(char.isalnum() for char in name):
        return
    if name not in _NO_NAMES and name not in result.names:
        result.names.append(name)
