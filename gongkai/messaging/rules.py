"""Rules of notices on plain values: channels, stages of a due date, addresses, mail text."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

#: How many working days ahead a due date is announced.
SOON_WORKDAYS = 3
#: An overdue thing that nobody was reminded of in time is still announced this many days after.
OVERDUE_DAYS = 60
#: How long the code that proves an address may be typed in, and how often it may be wrong.
CODE_LIFE = timedelta(hours=24)
CODE_TRIES = 5
CODE_PAUSE = timedelta(minutes=1)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ADDRESS = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,20}"
)


def one_line(text: str, limit: int) -> str:
    """A text on one line without control characters, so that it can stand in a mail header."""
    flat = re.sub(r"\s+", " ", _CONTROL.sub(" ", text)).strip()
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"


def is_local_path(url: str) -> bool:
    """Whether a link leads to a page of this platform and nowhere else."""
    return (
        url.startswith("/")
        and not url.startswith("//")
        and "\\" not in url
        and not re.search(r"[\s\x00-\x1f\x7f]", url)
    )


def default_channel(*, mail: bool, urgent: bool) -> str:
    """How a kind is told when the person has chosen nothing."""
    if not mail:
        return "inbox"
    return "at_once" if urgent else "digest"


def address_problem(address: str) -> str | None:
    """What is wrong with an e-mail address, in Chinese; None when it can be written to."""
    if len(address) > 120:
        return "邮箱地址太长，请核对。"
    if not _ADDRESS.fullmatch(address) or ".." in address:
        return "邮箱地址不完整，请写成 xingming@danwei.gov.cn 这样的形式，只用半角字符。"
    return None


def stage(due: date, *, today: date, soon: date) -> str | None:
    """Which notice a due date calls for today; None when it is too early or long past.

    ``soon`` is the day that lies three working days ahead.
    """
    if due < today:
        return "overdue" if today - due <= timedelta(days=OVERDUE_DAYS) else None
    if due == today:
        return "today"
    return "soon" if due <= soon else None


def due_words(due: date, *, today: date) -> str:
    """How long is left, in words; counted in calendar days."""
    days = (due - today).days
    if days < 0:
        return f"已逾期 {-days} 天"
    return "今天到期" if days == 0 else f"还有 {days} 天到期"


def stamp(moment: datetime) -> str:
    """A moment as one text, in whatever time zone a database gives it back."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def code_for(secret: str, *, user_id: int, address: str, sent_at: datetime) -> str:
    """The six digits that prove an address; computed, so that they are stored nowhere."""
    text = f"mail-code:{user_id}:{address}:{stamp(sent_at)}".encode()
    number = int.from_bytes(hmac.new(secret.encode(), text, hashlib.sha256).digest()[:8], "big")
    return f"{number % 1_000_000:06d}"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in a mail: what it is, where it is, when it is due (in words, may be empty)."""

    title: str
    link: str
    due: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to be sent: plain text, for readers outside also the same as simple HTML."""

    subject: str
    text: str
    html: str = ""


def _footer(settings_link: str) -> list[str]:
    return [
        "",
        "——",
        "这封邮件由政务公开工作台自动发出，请勿回复。内容只在工作台内查看，请勿转发。",
        f"不想收到或者想改变接收方式：{settings_link}",
    ]


def notice_letter(line: Line, *, name: str, settings_link: str) -> Letter:
    """The mail of one notice: title, due date and link, and nothing of the content itself."""
    title = one_line(line.title, 200)
    body = [f"{one_line(name, 40)}，您好：", "", title]
    if line.due:
        body.append(f"期限：{one_line(line.due, 60)}")
    body += ["", f"办理地址：{line.link}", *_footer(settings_link)]
    return Letter(f"【政务公开】{one_line(line.title, 80)}", "\n".join(body) + "\n")


def code_letter(code: str, *, name: str, settings_link: str) -> Letter:
    """The mail that proves an address."""
    body = [
        f"{one_line(name, 40)}，您好：",
        "",
        f"验证码：{code}",
        f"请在 24 小时内填到“提醒设置”页面：{settings_link}",
        "",
        "如果不是您本人填写的邮箱，请忽略这封邮件，不要把验证码告诉别人。",
    ]
    return Letter("【政务公开】邮箱验证码", "\n".join(body) + "\n")


@dataclass(frozen=True, slots=True)
class Bundle:
    """The unread messages of one kind: how many, and the newest few."""

    label: str
    count: int
    newest: tuple[str, ...]


def digest_letter(
    bundles: Sequence[Bundle],
    due: Sequence[Line],
    *,
    name: str,
    day: date,
    inbox_link: str,
    settings_link: str,
) -> Letter | None:
    """The mail of one working day; None when nothing waits."""
    waiting = sum(bundle.count for bundle in bundles)
    if not waiting and not due:
        return None
    parts = []
    if due:
        parts.append(f"{len(due)} 件事到期或快到期")
    if waiting:
        parts.append(f"{waiting} 条未读消息")
    body = [f"{one_line(name, 40)}，您好：", "", f"今天有{'、'.join(parts)}。"]
    if due:
        body += ["", "一、三个工作日内到期和已经逾期的"]
        for line in due:
            body += [f"- {one_line(line.title, 120)}（{line.due}）", f"  {line.link}"]
    if bundles:
        body += ["", f"{'二' if due else '一'}、未读消息"]
        for bundle in bundles:
            body.append(f"- {bundle.label}：{bundle.count} 条")
            body += [f"  · {one_line(title, 120)}" for title in bundle.newest]
            if bundle.count > len(bundle.newest):
                body.append(f"  · 另有 {bundle.count - len(bundle.newest)} 条")
    body += ["", f"全部消息：{inbox_link}", *_footer(settings_link)]
    return Letter(
        f"【政务公开】{day.month}月{day.day}日汇总：{'，'.join(parts)}", "\n".join(body) + "\n"
    )
