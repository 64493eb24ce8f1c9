"""Drawings of numbers and of time, and text with its changes."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from gongkai.design import charts, workdays
from gongkai.design.tags.registry import get, register


@register.inclusion_tag("design/components/progress.html")
def progress(value: float, whole: float, label: str = "", display: str = "") -> dict[str, Any]:
    """A bar for ``value`` of ``whole``; ``display`` replaces the words ``value / whole``."""
    return {
        "label": label,
        "display": display or f"{value:,} / {whole:,}",
        "length": f"{charts.percent(value, whole):g}",
    }


@register.inclusion_tag("design/components/ring.html")
def ring(
    value: float, whole: float, label: str = "", note: str = "", tone: str = ""
) -> dict[str, Any]:
    """A ring for a share with the percentage inside; ``label`` and ``note`` stand beside it."""
    share = charts.percent(value, whole)
    return {
        "share": f"{share:g}",
        "rest": f"{100 - share:g}",
        "display": f"{share:.0f}%",
        "label": label,
        "note": note or f"{value:,} / {whole:,}",
        "tone": charts.light_state(tone) if tone else "",
    }


@register.inclusion_tag("design/components/bar_chart.html")
def bar_chart(
    title: str,
    rows: Iterable[Any],
    label_head: str = "项目",
    value_head: str = "数量",
    top: float | None = None,
) -> dict[str, Any]:
    """A table whose middle column draws each row's bar; it is its own data table."""
    return {
        "title": title,
        "label_head": label_head,
        "value_head": value_head,
        "bars": charts.bars(rows, top),
    }


@register.inclusion_tag("design/components/workday_calendar.html")
def workday_calendar(
    due: Any, today: dt.date | None = None, from_word: str = "收到申请", to_word: str = "答复期满"
) -> dict[str, Any]:
    """The calendar behind a deadline, its legend and its sum.

    ``due.steps``: objects with date, kind (start, workday, makeup, weekend, holiday, or anything
    else = taken out), counted, ordinal, note. ``due.date``, where present, is the last day.
    """
    last = get(due, "date", None)
    grid = workdays.grid(
        get(due, "steps"), due=last if isinstance(last, dt.date) else None, today=today
    )
    weeks = [(week[0].day, mark_safe("".join(map(_day, week)))) for week in grid.weeks]
    return {"grid": grid, "weeks": weeks, "from_word": from_word, "to_word": to_word}


def _day(cell: workdays.Cell) -> str:
    """One cell. A calendar has up to a hundred, too many for the template language."""
    css = f' class="{cell.css}"' if cell.css else ""
    makeup = '<i class="mv">班</i>' if cell.makeup else ""
    corner = f"<i>{escape(cell.corner)}</i>" if cell.corner else ""
    big = f"<b>{cell.big}</b>" if cell.big else ""
    small = f'<span class="w">{escape(cell.small)}</span>' if cell.small else ""
    return (
        f'<td{css}><span aria-hidden="true"><span class="d"><span>{cell.number}</span>'
        f"{makeup}{corner}</span>{big}{small}</span>"
        f'<span class="vh">{escape(cell.words)}</span></td>'
    )


_OPERATIONS = {
    "equal": "equal",
    "=": "equal",
    "insert": "insert",
    "+": "insert",
    "delete": "delete",
    "-": "delete",
}


@register.simple_tag
def diff(segments: Iterable[Any]) -> SafeString:
    """Text with its changes: ``(op, text)`` or objects with op and text; op equal/insert/delete.

    The words 新增 and 删除 are there for those who listen.
    """
    parts = []
    for segment in segments:
        op, text = (
            (segment[0], segment[1])
            if isinstance(segment, (tuple, list))
            else (get(segment, "op"), get(segment, "text"))
        )
        operation = _OPERATIONS[str(getattr(op, "value", op))]
        if operation == "equal":
            parts.append(conditional_escape(text))
        elif operation == "insert":
            parts.append(
                format_html(
                    '<ins><span class="vh">新增：</span>{}<span class="vh">，</span></ins>', text
                )
            )
        else:
            parts.append(
                format_html(
                    '<del><span class="vh">删除：</span>{}<span class="vh">，</span></del>', text
                )
            )
    return format_html('<div class="diff">{}</div>', mark_safe("".join(parts)))


@register.inclusion_tag("design/components/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, Any]:
    """The record of a document, newest first: at, title, text, tone (red, off), diff, url, id."""
    return {"events": list(events)}


@register.inclusion_tag("design/components/live_strip.html")
def live_strip(
    steps: Iterable[Any], url: str = "", title: str = "上线情况", done: bool = False
) -> dict[str, Any]:
    """Steps with label, state (waiting, running, done, failed) and ms; live.js polls ``url``.

    The URL answers ``{"done": bool, "steps": [{"label", "state", "ms", "url"}]}``.
    """
    icons = {"waiting": "waiting", "running": "running", "done": "check", "failed": "close"}
    said = {"waiting": "等待", "running": "进行中", "done": "完成", "failed": "没有成功"}
    return {
        "title": title,
        "url": "" if done else url,
        "steps": [
            {
                "label": get(step, "label"),
                "state": get(step, "state", "waiting"),
                "ms": get(step, "ms", None),
                "url": get(step, "url"),
                "icon": icons[get(step, "state", "waiting")],
                "said": said[get(step, "state", "waiting")],
            }
            for step in steps
        ],
        "states": [(state, icons[state], said[state]) for state in icons],
    }
