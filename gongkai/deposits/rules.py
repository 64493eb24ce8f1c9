"""Rules of deposits on plain values: months, states, what a package is called inside."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

VOLUME = 2000
"""Versions in one volume of a package, so that no download grows without end."""

_UNSAFE = re.compile(r"[^\w.()（）《》〔〕-]+")
_DEVICE = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Policy:
    """By when a month is handed over; the law says only 及时 (条例第二十五条)."""

    dispatch_workdays: int
    basis: str
    source: str
    unconfirmed: bool


def month_of(day: date) -> date:
    """The first day of the month of a day."""
    return day.replace(day=1)


def month_end(period: date) -> date:
    """The last day of the month that begins on ``period``."""
    return (period + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def period_problem(period: date, *, since: date, today: date) -> str | None:
    """Why a month cannot be put together, in Chinese; None when it can."""
    if period.day != 1:
        return "月份应当写成当月 1 日。"
    if period < month_of(since):
        return f"这个接收单位从 {since.year} 年 {since.month} 月起移送。"
    if month_end(period) >= today:
        return f"{period.year} 年 {period.month} 月还没有结束，月底以后再归集。"
    return None


def state_of(*, count: int, sent: bool, received: bool) -> str:
    """The state of a batch, from what happened to it."""
    if received:
        return "received"
    if sent:
        return "sent"
    return "pending" if count else "empty"


def manifest_digest(rows: Iterable[tuple[str, int, str]]) -> str:
    """SHA-256 over index number, version and content digest of every version, in order.

    The content digest covers text, fields and the SHA-256 of every file, so whoever holds the
    package can check all of it against this one line.
    """
    total = hashlib.sha256()
    for index_no, number, digest in rows:
        total.update(f"{index_no}\t{number}\t{digest}\n".encode())
    return total.hexdigest()


def volumes(count: int) -> int:
    """How many volumes a batch of so many versions has; at least one."""
    return max(1, -(-count // VOLUME))


def safe_name(name: str, *, limit: int = 80) -> str:
    """A file name that every system takes: no path, no control or reserved sign, not endless."""
    flat = name.replace("/", "_").replace("\\", "_")
    stem, _, extension = flat.rpartition(".")
    if not re.fullmatch(r"[0-9A-Za-z]{1,8}", extension):
        stem, extension = flat, ""
    stem = _UNSAFE.sub("_", stem).strip("._ ") or "file"
    if _DEVICE.match(stem):
        stem = f"_{stem}"
    return f"{stem[:limit]}.{extension}" if extension else stem[:limit]


def folder_name(index_no: str, item_id: int, number: int) -> str:
    """The folder of one version inside a package; unique by its item and version."""
    return f"items/{safe_name(index_no or 'item', limit=60)}-{item_id}-v{number}"
