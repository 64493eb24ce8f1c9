"""Which brackets of a text name the units, and what they say."""

import re
from dataclasses import dataclass
from typing import Final

from gongkai.ledger.parsing.brackets import OPENERS, open_bracket, outermost
from gongkai.ledger.parsing.deadlines import is_deadline_clause
from gongkai.ledger.parsing.model import Issue
from gongkai.ledger.parsing.names import UnitRegister, is_role, looks_like_unit, split_names
from gongkai.ledger.parsing.responsibility import (
    Assignment,
    default_units_in,
    label_at,
    labels_in,
    parse_assignment,
    strip_role,
)

_MAX_LENGTH: Final = 1_200
_STRONG: Final = re.compile(
    r"牵头|负责|配合|责任单位|责任部门|落实|承办|参与|协办|按职责|分工|责任科室|组织实施|均为责任"
)
#: What follows a bracket inside a sentence; a unit bracket ends one.
_INSIDE: Final = frozenset("的，,、和与及应将要对为是等“《在由可须或把被从向以")
_ENDED: Final = "。；！？：;!?：”）)】\n\u3000"


@dataclass(slots=True)
class UnitBracket:
    """A bracket that names units, at ``text[start:end]``."""

    start: int
    end: int
    content: str
    assignment: Assignment


def _unlike_units(content: str) -> bool:
    """Long prose with a role word in it is an explanation, not a list of units."""
    names, _ = strip_role(content)
    if "。" in names and not default_units_in(content)[0]:
        return not label_at(content) and not looks_like_unit(names.partition("。")[0][-12:])
    return False


def is_unit_bracket(text: str, start: int, end: int, register: UnitRegister | None) -> bool:
    """Does the bracket ``text[start:end]`` name units for what stands before it?"""
    content = text[start + 1 : end - 1].strip()
    if not 2 <= len(content) <= _MAX_LENGTH:
        return False
    before = text[start - 1] if start else ""
    after = text[end] if end < len(text) else ""
    if label_at(content):
        return after not in "的" if after else True
    ended = not before or before in _ENDED
    if after in _INSIDE and not (ended and after not in "的，,、"):
        return False
    if is_deadline_clause(content):
        return ended and "年" not in content[-1:]
    at_end = ended or before in "，," or after in ("", "。", "\n", "；")
    if not at_end:
        return False
    if _STRONG.search(content):
        head = content.partition("。")[0]
        last = re.split("[，,；;]", head)[-1]
        _, found = strip_role(last)
        if not any(part for _, part in found) and not any(True for _ in labels_in(content)):
            _, found = strip_role(re.split("[，,；;]", head)[0])
            if not found:
                return False
        whole = strip_role(head)[0]
        listed = split_names(whole, register).names
        good = sum(
            looks_like_unit(strip_role(name)[0]) or is_role(name) or name.startswith("各")
            for name in listed
        )
        return bool(listed) and good * 2 >= len(listed) and not _unlike_units(content)
    listed = split_names(content, register).names
    if not listed or len(content) < 3 or "“" in content:
        return False
    return all(
        (register is not None and register.knows(name)) or _certain_unit(name) for name in listed
    )


def _certain_unit(name: str) -> bool:
    """Strict test for a bracket without any role word: （省财政厅、省税务局）."""
    return (
        looks_like_unit(name)
        and len(name) >= 3
        and name.startswith(("市", "省", "区", "县", "各", "国家", "团", "雄安"))
        and name[-1] in "局委办厅部府院会门位司心行"
    )


def find_unit_brackets(
    text: str, register: UnitRegister | None = None, *, at_end: bool = True
) -> list[UnitBracket]:
    """Unit brackets in order; brackets that touch each other are one."""
    found: list[UnitBracket] = []
    for bracket in outermost(text):
        if not is_unit_bracket(text, bracket.start, bracket.end, register):
            continue
        content = text[bracket.start + 1 : bracket.end - 1]
        assignment = parse_assignment(content, register)
        if not (assignment.names_anyone or assignment.deadline_texts or assignment.default_units):
            continue
        between = text[found[-1].end : bracket.start] if found else "x"
        if found and not between.strip(" 。\n\u3000；;"):
            found[-1].assignment.add(assignment)
            found[-1].end = bracket.end
            found[-1].content += "；" + content
        else:
            found.append(UnitBracket(bracket.start, bracket.end, content, assignment))
    if at_end:
        broken = _unclosed(text, found[-1].end if found else 0, register)
        if broken:
            found.append(broken)
    return found


def _unclosed(text: str, start: int, register: UnitRegister | None) -> UnitBracket | None:
    """The last bracket was never closed: read it to the end and say so."""
    offset = max(start, len(text) - _MAX_LENGTH)
    position = open_bracket(text[offset:])
    if position < 0:
        return None
    begin = offset + position
    # A later opening mark may be the real one: try from the last sentence on.
    content = text[begin + 1 :].strip(" 。\n）)")
    if text[begin] not in OPENERS or (begin and text[begin - 1] not in _ENDED):
        return None
    if not is_unit_bracket(f"。（{content}）", 1, len(content) + 3, register):
        return None
    assignment = parse_assignment(content, register)
    if not assignment.names_anyone:
        return None
    assignment.issues.append(
        Issue("unbalanced_bracket", "单位括号缺少右括号，已读到段末，请核对单位名单。", 0.25)
    )
    return UnitBracket(begin, len(text), content, assignment)
