"""Drawings of targets, validity, periods and stages; each comes with its numbers in words.

CSS: ``design/css/charts.css``, loaded by the pages that need it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from gongkai.design import figures, spans
from gongkai.design.tags.registry import register


@register.filter
def said(value: Any) -> str:
    """A number as people read it: 1,234.5; a dash for none."""
    return figures.said(figures.number(value))


@register.inclusion_tag("design/components/target_bars.html")
def target_bars(rows: Iterable[Any], as_of: date | None = None) -> dict[str, Any]:
    """A bar for each target: done, the mark of the target, the mark of the last period.

    ``rows``: ``figures.Measure`` or mappings with name, unit, target, done, before, note.
    """
    given = list(rows)
    drawn = [r for r in given if isinstance(r, figures.Measure)]
    return {"rows": drawn or figures.measures(given, as_of)}


@register.inclusion_tag("design/components/target_table.html")
def target_table(rows: Iterable[Any], caption: str, name_head: str = "指标") -> dict[str, Any]:
    """The data table behind rings and target bars (rows: ``figures.Measure``)."""
    drawn = [r for r in rows if isinstance(r, figures.Measure)]
    return {
        "rows": drawn,
        "caption": caption,
        "name_head": name_head,
        "with_target": any(r.target is not None for r in drawn),
        "with_before": any(r.before is not None for r in drawn),
        "with_note": any(r.note for r in drawn),
    }


@register.inclusion_tag("design/components/target_ring.html")
def target_ring(row: figures.Measure, name: str = "") -> dict[str, Any]:
    """A ring for one target with its share inside, name and numbers beside it; past the target
    the ring is full and the true share is said. Without a target the figure itself is said."""
    share = min(row.share or 0.0, 1.0) * 100
    return {
        "row": row,
        "name": name or row.name,
        "on": f"{share:.2f}",
        "rest": f"{100 - share:.2f}",
        "shown": "" if row.share is None else f"{figures.said(row.share * 100, 0)}%",
    }


@register.inclusion_tag("design/components/gantt.html")
def gantt_chart(chart: spans.Gantt, title: str) -> dict[str, Any]:
    """A validity chart. Every span's ``row`` has title, url, meta and until_words."""
    return {"chart": chart, "title": title}


@register.inclusion_tag("design/components/columns_chart.html")
def columns_chart(
    chart: figures.Columns, series: Sequence[str], title: str, unit: str = ""
) -> dict[str, Any]:
    """Columns side by side with a legend; the data table stands beside it, in the page."""
    return {"chart": chart, "series": series, "title": title, "unit": unit}


@register.inclusion_tag("design/components/line_chart.html")
def line_chart(chart: figures.Line, title: str, unit: str = "") -> dict[str, Any]:
    """A line through periods with the value at every point."""
    return {"chart": chart, "title": title, "unit": unit}


@register.inclusion_tag("design/components/stage_bar.html")
def stage_bar(names: Sequence[str], now: int) -> dict[str, Any]:
    """A strip of stages and in words which one it is at (0 is the first)."""
    strip = spans.stages(list(names), now)
    current = next((s.name for s in strip if s.state == "now"), "")
    return {"strip": strip, "current": current, "place": now + 1, "count": len(strip)}


@register.inclusion_tag("design/components/node_list.html")
def node_list(nodes: Iterable[spans.Node]) -> dict[str, Any]:
    """Planned steps with their light: in time, late, overdue, not due."""
    return {"nodes": list(nodes)}
