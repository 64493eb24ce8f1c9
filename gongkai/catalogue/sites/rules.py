"""The life of a site as one table (国办发〔2017〕47号, details unconfirmed), and the shape of the
identifiers in its foot. Plain values only: no ORM, no settings, no clock."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from gongkai.catalogue.sites.enums import Event, State


class Need(StrEnum):
    """What must be given with an event."""

    NOTE = "note"
    UNTIL = "until"
    NOTICE = "notice_url"


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table: from, event, to, what must be said, what the public sees then."""

    old: State
    event: Event
    new: State
    needs: frozenset[Need]
    effect: str


_ALL = frozenset(Need)
_S, _E = State, Event
_BANNER = "每一页上方显示提示，其他照常。"
_DOWN = "所有页面显示暂停服务的说明（503），不提供内容。"
TRANSITIONS: Final[tuple[Transition, ...]] = (
    Transition(_S.PREPARING, _E.OPEN, _S.RUNNING, frozenset({Need.NOTE}), "网站对公众开放。"),
    Transition(
        _S.RUNNING, _E.MAINTAIN, _S.MAINTENANCE, frozenset({Need.NOTE, Need.UNTIL}), _BANNER
    ),
    Transition(_S.RUNNING, _E.TAKE_OFFLINE, _S.OFFLINE, _ALL, _DOWN),
    Transition(_S.MAINTENANCE, _E.TAKE_OFFLINE, _S.OFFLINE, _ALL, _DOWN),
    Transition(_S.RUNNING, _E.MOVE, _S.MOVING, frozenset({Need.NOTE, Need.NOTICE}), _BANNER),
    Transition(_S.MAINTENANCE, _E.RESUME, _S.RUNNING, frozenset(), "提示撤下。"),
    Transition(_S.OFFLINE, _E.RESUME, _S.RUNNING, frozenset(), "页面恢复。"),
    Transition(_S.MOVING, _E.RESUME, _S.RUNNING, frozenset(), "提示撤下。"),
    Transition(
        _S.MOVING,
        _E.CLOSE,
        _S.CLOSED,
        frozenset({Need.NOTE, Need.NOTICE}),
        "首页变为关停说明和归档清单，其他页面不再提供；已公开的信息转到市级网站阅读。不能恢复。",
    ),
)
_TABLE: Final = {(t.old, t.event): t for t in TRANSITIONS}


def transition(state: str, event: str) -> Transition | None:
    """What an event does to a site in a state; None where it is not allowed."""
    return next((t for (old, what), t in _TABLE.items() if old == state and what == event), None)


def events_of(state: str) -> list[Transition]:
    """What may be done with a site in a state."""
    return [t for t in TRANSITIONS if t.old == state]


@dataclass(frozen=True, slots=True)
class Limits:
    """How often and how long a site may be off line; ``unconfirmed`` until somebody has read it
    in the original. A breach warns and forbids nothing."""

    offline_times_a_year: int
    offline_days: int
    source: str
    unconfirmed: bool


@dataclass(frozen=True, slots=True)
class Absence:
    """One time off line; ``last`` None while it lasts."""

    first: date
    last: date | None


def limit_warnings(
    limits: Limits, earlier: Iterable[Absence], first: date, until: date | None
) -> list[str]:
    """What a time off line from ``first`` to ``until`` would break, in words."""
    found = []
    times = sum(1 for absence in earlier if absence.first.year == first.year)
    if times >= limits.offline_times_a_year:
        found.append(
            f"{first.year} 年已经临时下线 {times} 次，"
            f"一年不应超过 {limits.offline_times_a_year} 次。"
        )
    if until is not None and (until - first).days > limits.offline_days:
        found.append(f"计划下线 {(until - first).days} 天，一次不应超过 {limits.offline_days} 天。")
    return found


_SITE_CODE: Final = re.compile(r"bm[0-9]{8}|[0-9]{10}")
_POLICE: Final = re.compile(r".?公网安备\s*([0-9]{14})号?")
_ICP: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]ICP备([0-9]{8,})号(-[0-9]+)?"
)
_DEMO: Final = "（演示）"
PLACEHOLDER: Final = "还是占位的号码，正式运行以前要换成真实的"
MISSHAPEN: Final = "写法不对"


def identifier_problems(site_code: str, icp: str, police: str) -> list[str]:
    """What is wrong with the numbers in a site's foot: misshapen, or still a placeholder."""
    shapes = (
        ("网站标识码", _SITE_CODE, site_code, "10 位数字，或 bm 加 8 位数字"),
        ("ICP备案号", _ICP, icp, "省份简称加 ICP备、数字和“号”"),
        ("公安备案号", _POLICE, police, "省份简称加公网安备、14 位数字和“号”"),
    )
    found = []
    for name, shape, value, like in shapes:
        plain = value.removesuffix(_DEMO).strip()
        match = shape.fullmatch(plain)
        if match is None:
            found.append(f"{name}“{value}”{MISSHAPEN}，应当是{like}。")
        elif value.endswith(_DEMO) or not (match.groups() or [plain])[0].lstrip("bm").strip("0"):
            found.append(f"{name}“{value}”{PLACEHOLDER}。")
    return found
