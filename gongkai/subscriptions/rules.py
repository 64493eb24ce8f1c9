"""Rules of subscriptions on plain values: addresses, canonical parameters, times, letters."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode

from gongkai.messaging.rules import Letter, one_line

#: How long the link that confirms a subscription works, and an unconfirmed one is kept.
CONFIRM_LIFE: Final = timedelta(days=3)
#: How long the links in a mail work.
LINK_LIFE: Final = timedelta(days=400)
#: How many letters that nobody's subscription caused (confirm, manage) one address gets a day.
LETTERS_A_DAY: Final = 5
#: How many subscriptions one address may have, unconfirmed ones included.
MOST: Final = 50
#: After so many failures in a row nothing is sent any more.
MOST_FAILURES: Final = 3
#: A paused address is deleted after that.
PAUSED_LIFE: Final = timedelta(days=90)
#: What was sent is remembered that long, so that nothing is sent twice.
DUE_LIFE: Final = timedelta(days=30)
#: At what hour digests go out; weekly ones on Mondays.
DIGEST_HOUR: Final = 8
#: Lines of one subscription in a letter; the rest is counted.
LINES: Final = 30
TARGET_LENGTH: Final = 500

#: Parameters of a results page that say how it is looked at, not what is looked for.
PASSING: Final = frozenset({"page", "after", "order", "sort", "view", "what", "from", "pos"})
_NAME: Final = re.compile(r"[a-z][a-z_]{0,19}")
_SPACE: Final = re.compile(r"\s+")


def normal_address(text: str) -> str:
    """An e-mail address as it is compared: no spaces around it, half width, lower case."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def canonical(params: Mapping[str, Iterable[str]], *, passing: Iterable[str] = PASSING) -> str:
    """Parameters as one text: sorted, without empty, repeated and passing ones.

    Two addresses that ask for the same give the same text. Empty when nothing is left or when it
    would be longer than TARGET_LENGTH.
    """
    skip = set(passing)
    pairs = {
        (name, value)
        for name, values in params.items()
        if name not in skip and _NAME.fullmatch(name)
        for value in (_SPACE.sub(" ", v.replace("\x00", "")).strip() for v in values)
        if value
    }
    text = urlencode(sorted(pairs))
    return text if len(text) <= TARGET_LENGTH else ""


def parsed(target: str) -> dict[str, list[str]]:
    """The parameters of a canonical text."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(target):
        found.setdefault(name, []).append(value)
    return found


def first(target: str, name: str) -> str:
    """The first value of a parameter; empty for none."""
    return next(iter(parsed(target).get(name, ())), "")


def daily_due(last: date | None, today: date, hour: int) -> bool:
    """Whether a daily digest may go out now."""
    return hour >= DIGEST_HOUR and (last is None or last < today)


def week_start(day: date) -> date:
    """The Monday of a week."""
    return day - timedelta(days=day.weekday())


def weekly_due(last: date | None, today: date, hour: int) -> bool:
    """Whether a weekly digest may go out: from Monday morning on, once a week."""
    monday = week_start(today)
    return (today > monday or hour >= DIGEST_HOUR) and (last is None or last < monday)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to tell: what happened (in words), title, unit (the day is added), full address."""

    event: str
    title: str
    note: str
    link: str


@dataclass(frozen=True, slots=True)
class Group:
    """What happened to one thing that is followed."""

    what: str
    title: str
    link: str
    leave_link: str
    lines: tuple[Line, ...]

    @property
    def shown(self) -> tuple[Line, ...]:
        """The lines that stand in the letter."""
        return self.lines[:LINES]

    @property
    def more(self) -> int:
        """How many do not."""
        return max(0, len(self.lines) - LINES)


def letter_subject(groups: Sequence[Group], site: str) -> str:
    """One thing is named; several are counted."""
    lines = [line for group in groups for line in group.lines]
    if len(lines) == 1:
        return f"【{site}】{lines[0].event}：{one_line(lines[0].title, 60)}"
    return f"【{site}】您订阅的内容有 {len(lines)} 条更新"


def letter_text(groups: Sequence[Group], *, site: str, manage_link: str, leave_link: str) -> str:
    """The letter in plain text: titles, units, days and links only."""
    body = ["您好：", "", "您订阅的内容有更新。"]
    for group in groups:
        body += ["", f"■ {group.what}：{one_line(group.title, 120)}"]
        for line in group.shown:
            note = f"（{line.note}）" if line.note else ""
            body += [f"- {line.event}：{one_line(line.title, 160)}{note}", f"  {line.link}"]
        if group.more:
            body.append(f"- 另有 {group.more} 条，请看 {group.link}")
        body.append(f"  只退订这一项：{group.leave_link}")
    body += [
        "",
        "——",
        f"这封邮件由{site}按您的订阅自动发出，请勿回复。",
        f"修改或者退订：{manage_link}",
        f"退订这封邮件里的全部内容：{leave_link}",
    ]
    return "\n".join(body) + "\n"


def confirm_letter(
    *, what: str, title: str, frequency: str, site: str, link: str, leave_link: str
) -> Letter:
    """The letter that proves that the address belongs to whoever subscribed."""
    body = [
        "您好：",
        "",
        f"有人在{site}用这个邮箱订阅了：",
        f"{what}：{one_line(title, 160)}",
        f"多久发一次：{frequency}",
        "",
        "是您本人订阅的，请打开下面的网址，再按“确认订阅”。三天内有效。",
        link,
        "",
        "不是您本人，不用做任何事：不确认就不会发信，三天后连同邮箱一起删除。",
        f"也可以现在就删除：{leave_link}",
    ]
    return Letter(f"【{site}】请确认您的订阅", "\n".join(body) + "\n")


def known_letter(*, what: str, title: str, site: str, manage_link: str) -> Letter:
    """The letter to who had subscribed to the same thing before."""
    body = [
        "您好：",
        "",
        f"您已经订阅了 {what}：{one_line(title, 160)}，不用再订。",
        f"修改或者退订：{manage_link}",
        "",
        "不是您本人操作的，不用理会这封邮件，您的订阅没有变化。",
    ]
    return Letter(f"【{site}】您已经订阅过了", "\n".join(body) + "\n")


def full_letter(*, site: str, manage_link: str) -> Letter:
    """The letter to who follows as much as one address may."""
    body = [
        "您好：",
        "",
        f"这个邮箱的订阅已经有 {MOST} 项，不能再加。可以先退订不看的：",
        manage_link,
    ]
    return Letter(f"【{site}】订阅已满 {MOST} 项", "\n".join(body) + "\n")


def manage_letter(*, site: str, manage_link: str) -> Letter:
    """The letter with the link to one's own subscriptions, for who asked for it."""
    body = [
        "您好：",
        "",
        "打开下面的网址，可以看到这个邮箱的全部订阅，修改或者退订：",
        manage_link,
        "",
        "这个网址只属于您，请不要转给别人。不是您本人操作的，不用理会。",
    ]
    return Letter(f"【{site}】管理您的订阅", "\n".join(body) + "\n")
