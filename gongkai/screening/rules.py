"""Checks over text. Each check yields marks; ``scan_text`` turns them into findings.

The excerpt of a finding is cut from the text after every personal number in it was masked, so a
finding may be stored and shown where the number itself may not.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from gongkai.core.masking import mask_hit
from gongkai.core.personal_numbers import Ground, Hit, NumberKind, find_numbers
from gongkai.screening.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class TextOptions:
    """What the checks need to know: published office phones, the day, the column heading."""

    allow_phones: frozenset[str] = frozenset()
    not_after: date | None = None
    header: str = ""


NO_OPTIONS: Final = TextOptions()


@dataclass(frozen=True, slots=True)
class Mark:
    """A fault at ``text[start:end]``; ``mask`` is what the excerpt shows instead of it."""

    code: str
    severity: Severity
    start: int
    end: int
    message: str
    remedy: str
    mask: str | None = field(default=None)


TextCheck = Callable[[str, TextOptions], Iterable[Mark]]

_CHECKS: dict[str, TextCheck] = {}

_RADIUS: Final = 10
_LONG_DIGITS: Final = re.compile("[0-9]{9,}")


def register_text_check(name: str) -> Callable[[TextCheck], TextCheck]:
    """Register a check under a unique name. Raises ValueError for a name already taken."""

    def register(check: TextCheck) -> TextCheck:
        if name in _CHECKS:
            raise ValueError(f"text check {name!r} is registered twice")
        _CHECKS[name] = check
        return check

    return register


def text_check_names() -> tuple[str, ...]:
    """The names of all registered checks, in order of registration."""
    return tuple(_CHECKS)


def scan_text(
    text: str,
    options: TextOptions = NO_OPTIONS,
    *,
    field: str = "",
    where: str = "",
    line_word: str = "行",
    checks: Collection[str] | None = None,
) -> list[Finding]:
    """Run the checks over ``text``.

    ``where`` is put before the line number (第3行, or 第3段 by ``line_word``), which is given only
    for texts of several lines. ``checks`` limits the run to some checks.
    """
    marks: list[Mark] = []
    for name, check in _CHECKS.items():
        if checks is None or name in checks:
            marks.extend(check(text, options))
    masks = sorted((m.start, m.end, m.mask) for m in marks if m.mask is not None)
    several = "\n" in text.strip()
    findings: list[Finding] = []
    line = 1
    counted = 0
    for mark in sorted(marks, key=lambda m: (m.start, m.end)):
        line += text.count("\n", counted, mark.start)
        counted = mark.start
        findings.append(
            Finding(
                code=mark.code,
                severity=mark.severity,
                field=field,
                where=f"{where}第{line}{line_word}" if several else where,
                excerpt_masked=_excerpt(text, mark, masks),
                message=mark.message,
                remedy=mark.remedy,
                start=mark.start,
                end=mark.end,
            )
        )
    return findings


def _excerpt(text: str, mark: Mark, masks: Sequence[tuple[int, int, str]]) -> str:
    low = max(0, mark.start - _RADIUS)
    high = min(len(text), mark.end + _RADIUS)
    first = max(0, bisect_left(masks, (low,)) - 1)
    pieces: list[str] = []
    at = low
    for start, end, shown in masks[first : bisect_left(masks, (high,))]:
        if end <= at:
            continue
        pieces += [text[at:start], shown] if start >= low else [shown]
        at = end
    pieces.append(text[at:high])
    joined = re.sub(r"\s+", " ", "".join(pieces)).strip()
    return _LONG_DIGITS.sub(lambda m: "*" * len(m[0]), joined)


# --- personal numbers ---------------------------------------------------------------------------

_DELETE_ID: Final = "请删去；名单中确需区分同名人员的，只保留前2位和后3位。"
_DELETE_CARD: Final = "请整体删去，末四位也不得保留。"
_DELETE_MOBILE: Final = (
    "请删去或写成138****1234的形式；如是对外公布的办公号码，请先登记到本单位的公开电话表。"
)
_LOOK: Final = "请对照原件核对；确实是的请删去，不是的请写明理由后保留。"

_ID_MESSAGES: Final = {
    Ground.CHECKED: "出现居民身份证号{how}。",
    Ground.CONTEXT: "写明是身份证号的号码没有遮盖{how}，校验码或位数虽有误，仍可能指向本人。",
    Ground.WEAK_MASK: "身份证号遮盖的位数太少，仍能认出本人。",
    Ground.BAD_CHECK: "有一串数字像是录错的居民身份证号。",
    Ground.LOOKALIKE: "有一串字符像是夹了字母的居民身份证号。",
    Ground.AMBIGUOUS: "有一串数字既符合居民身份证号的规则，也符合统一社会信用代码的规则。",
    Ground.LOOSE: "有几组相邻的数字连起来像居民身份证号。",
}
_MOBILE_MESSAGES: Final = {
    Ground.LOOKALIKE: "有一串字符像是夹了字母的手机号码。",
    Ground.LOOSE: "有一串数字像手机号码。",
}
_CARD_MESSAGES: Final = {
    Ground.CONTEXT: "账号、卡号后的一串数字没有遮盖，可能是个人银行卡号，也可能是单位账号。",
    Ground.LOOSE: "有一串数字像银行卡号。",
}


@register_text_check("personal_numbers")
def personal_numbers(text: str, options: TextOptions) -> Iterable[Mark]:
    """公民身份号码, mobile numbers and bank cards (条例 art. 15; 个人信息保护法 art. 28)."""
    hits = find_numbers(
        text,
        allow_phones=options.allow_phones,
        header=options.header,
        not_after=options.not_after,
    )
    return [_mark(hit) for hit in hits]


def _mark(hit: Hit) -> Mark:
    how = f"（{'、'.join(hit.disguises)}）" if hit.disguises else ""
    if hit.kind is NumberKind.RESIDENT_ID:
        message, remedy = _ID_MESSAGES[hit.ground].format(how=how), _DELETE_ID
    elif hit.kind is NumberKind.MOBILE:
        message, remedy = f"出现手机号码{how}。", _DELETE_MOBILE
        message = message if hit.certain else _MOBILE_MESSAGES[hit.ground]
    else:
        message, remedy = f"出现银行卡号或一卡通号{how}。", _DELETE_CARD
        message = message if hit.certain else _CARD_MESSAGES[hit.ground]
    return Mark(
        code=hit.kind.value if hit.certain else f"{hit.kind.value}_doubt",
        severity=Severity.BLOCK if hit.certain else Severity.WARN,
        start=hit.start,
        end=hit.end,
        message=message,
        remedy=remedy if hit.certain else _LOOK,
        mask=mask_hit(hit),
    )


# --- number plates ------------------------------------------------------------------------------

_PLATE: Final = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•.\\s]?"
    "(?=[A-HJ-NP-Z0-9]*[0-9])[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学](?![A-Za-z0-9])"
)


@register_text_check("plates")
def plates(text: str, options: TextOptions) -> Iterable[Mark]:
    """Number plates: they lead to a person, but enforcement notices may have to name them."""
    for m in _PLATE.finditer(text):
        yield Mark(
            code="plate",
            severity=Severity.WARN,
            start=m.start(),
            end=m.end(),
            message="出现车牌号。",
            remedy="与公开事项无关的请删去；必须公开的请写明理由后保留。",
            mask=f"{m[0][:2]}{'*' * 5}",
        )
