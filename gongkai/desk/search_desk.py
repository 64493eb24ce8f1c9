"""搜索统计: what readers look for and do not find, what they open, and whether search is in order."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from gongkai.core.cells import safe_cell
from gongkai.core.clock import today
from gongkai.design import figures
from gongkai.organisations.desk import desk_context, member_of, role_required
from gongkai.organisations.enums import Role
from gongkai.profiles.sheet import stream_sheet
from gongkai.search import nightly, reports, tallies
from gongkai.search.reports import Figures, Period, Query, QueryList, Report

PER_PAGE: Final = 20
MOST_EXPORTED: Final = 50_000
SPANS: Final = {"week": ("近 7 天", 7), "month": ("近 30 天", 30), "quarter": ("近 90 天", 90)}
DEFAULT_SPAN: Final = "month"
FORMATS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
HEADINGS: Final = (
    "查询词", "搜索次数", "加了筛选", "没有结果", "只有相关结果", "有结果没人点", "有点击的搜索", "点击次数",
    "平均点击位置", "平均耗时（毫秒）", "最慢（毫秒）", "改过错字", "用过同义词",
)  # fmt: skip

LABELS: Final = {
    "searches": "搜索", "empty": "没有结果", "related_only": "只有相关", "unclicked": "没人点",
    "clicks": "点击", "average_position": "平均第几条", "average_ms": "平均毫秒", "slowest": "最慢毫秒",
}  # fmt: skip
SHOWN: Final = {
    "frequent": ("searches", "unclicked", "clicks", "average_position"),
    "empty": ("searches", "empty"),
    "related": ("searches", "related_only", "clicks"),
    "unclicked": ("searches", "unclicked", "clicks", "average_position"),
    "slow": ("searches", "average_ms", "slowest"),
}
"""What a list shows; an export has everything."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page was asked for; ``span`` is empty for days that were typed."""

    period: Period
    span: str
    kind: reports.Kind

    def query(self, **more: str) -> str:
        """The same as a query string, with more."""
        given = (
            {"span": self.span}
            if self.span
            else {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        )
        return urlencode({**given, "list": self.kind.key, **more})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def wanted_of(request: HttpRequest, day: date) -> Wanted:
    """Period and list of a request; what makes no sense becomes the last thirty days."""
    first, last = _day(request.GET.get("from", "")), _day(request.GET.get("to", ""))
    span = request.GET.get("span", "")
    if first and last and not span:
        first, last = min(first, last), min(max(first, last), day)
        first = max(min(first, last), last - timedelta(days=reports.MOST_DAYS - 1))
        period = Period(first, last)
    else:
        span = span if span in SPANS else DEFAULT_SPAN
        period = Period(day - timedelta(days=SPANS[span][1] - 1), day)
    kind = reports.KINDS.get(request.GET.get("list", ""), reports.KINDS["frequent"])
    return Wanted(period, span, kind)


@role_required(Role.SUPERVISOR, Role.OPERATOR)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The report of a period, one list of queries, and the nights."""
    wanted = wanted_of(request, today())
    found = reports.report(wanted.period)
    queries: Any = QueryList(wanted.period, wanted.kind)
    page: Page[Query] = Paginator(queries, PER_PAGE).get_page(request.GET.get("page"))
    parts = buckets(found)
    path = reverse("search-report:overview")
    context = desk_context(
        request,
        current="search",
        page_title="搜索统计",
        wanted=wanted,
        found=found,
        whole=found.whole,
        spans=[
            {
                "label": label,
                "url": f"{path}?{_with_span(wanted, key)}",
                "current": key == wanted.span,
            }
            for key, (label, _) in SPANS.items()
        ],
        parts=parts,
        trend=figures.columns(
            [(label, (row.searches, row.empty)) for label, row in thinned(parts)]
        ),
        trend_names=["搜索", "没有结果"],
        empty_share=found.whole.part("empty"),
        related_share=found.whole.part("related_only"),
        unclicked_share=found.whole.part("unclicked"),
        place_names=["点击"],
        places=figures.columns(
            # The words of the scale stand in the empty first place.
            [("", (None,)), *((label, (float(n),)) for label, n in found.opened)]
        ),
        opened=[(label, n, tallies.share(n, found.whole.clicks)) for label, n in found.opened],
        lists=[
            {
                "label": kind.label,
                "url": f"{path}?{Wanted(wanted.period, wanted.span, kind).query()}#queries",
                "current": kind.key == wanted.kind.key,
            }
            for kind in reports.KINDS.values()
        ],
        page=page,
        columns=[LABELS[name] for name in SHOWN[wanted.kind.key]],
        rows=[_row(query, SHOWN[wanted.kind.key]) for query in page.object_list],
        with_synonyms=bool(
            member_of(request).holds_anywhere(Role.SUPERVISOR) and _synonyms_url("")
        ),
        exports=[
            {
                "label": label,
                "url": f"{reverse('search-report:export', args=[key])}?{wanted.query()}",
            }
            for key, label in (("xlsx", "下载 Excel 表"), ("csv", "下载 CSV"))
        ],
        nights=[_night(night) for night in reports.nights(today())],
        enough=nightly.ENOUGH,
        keep_days=tallies.KEEP_DAYS,
        rarely=tallies.RARELY,
    )
    return render(request, "desk/search_report.html", context)


def _with_span(wanted: Wanted, span: str) -> str:
    return urlencode({"span": span, "list": wanted.kind.key})


def _synonyms_url(text: str) -> str:
    """Where these words are tried out and get synonyms; empty where there is no such screen."""
    try:
        return f"{reverse('search-desk:synonyms')}?{urlencode({'try': text})}"
    except NoReverseMatch:
        return ""


def _row(query: Query, shown: Sequence[str]) -> dict[str, Any]:
    return {
        "text": query.text,
        "values": [(LABELS[name], getattr(query.figures, name)) for name in shown],
        "url": f"{reverse('portal:search')}?{urlencode({'q': query.text})}",
        "synonyms_url": _synonyms_url(query.text),
    }


def _night(night: reports.Night) -> dict[str, Any]:
    lost = [
        {"id": pk, "url": reverse("portal:item", args=[pk]) if kind == "item" else ""}
        for kind, pk in night.lost
    ]
    return {"told": night, "lost": lost}


def buckets(found: Report) -> list[tuple[str, Figures]]:
    """The days of a report, as weeks or months where they are many: (label, sums)."""
    days = found.days
    if len(days) <= 31:
        return [(f"{day.month}-{day.day}", row) for day, row in days]
    if len(days) <= 120:
        weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
        return [(f"{w[0][0].month}-{w[0][0].day} 起", _summed(w)) for w in weeks]
    months: dict[str, list[tuple[date, Figures]]] = {}
    for day, row in days:
        months.setdefault(f"{day.year}-{day.month:02}", []).append((day, row))
    return [(label, _summed(rows)) for label, rows in months.items()]


def _summed(rows: Sequence[tuple[date, Figures]]) -> Figures:
    return reports.summed([row for _, row in rows])


def thinned(parts: Sequence[tuple[str, Figures]], most: int = 8) -> list[tuple[str, Figures]]:
    """The same with only some labels, so that they stay apart on a phone."""
    step = -(-len(parts) // most)
    last = len(parts) - 1
    return [
        (label if (last - place) % step == 0 else "", row)
        for place, (label, row) in enumerate(parts)
    ]


@role_required(Role.SUPERVISOR, Role.OPERATOR)
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """A list of the report as a file, streamed."""
    if form not in FORMATS:
        raise Http404("没有这种格式")
    wanted = wanted_of(request, today())
    rows = map(cells, islice(QueryList(wanted.period, wanted.kind).all(), MOST_EXPORTED))
    name = f"搜索统计-{wanted.kind.label}"
    chunks = (
        csv_chunks(rows)
        if form == "csv"
        else stream_sheet(
            title=wanted.kind.label, headings=HEADINGS, widths=(40, *[12] * 12), rows=rows
        )
    )
    response = StreamingHttpResponse(chunks, content_type=FORMATS[form])
    days = f"{wanted.period.first:%Y%m%d}-{wanted.period.last:%Y%m%d}"
    response["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote(f'{name}-{days}.{form}')}"
    )
    return response


def cells(query: Query) -> tuple[str, ...]:
    """One query as a row of ``HEADINGS``."""
    row = query.figures
    values = (
        row.searches, row.narrowed, row.empty, row.related_only, row.unclicked, row.clicked,
        row.clicks, row.average_position, row.average_ms, row.slowest, row.corrected, row.synonyms,
    )  # fmt: skip
    return (safe_cell(query.text), *("" if value is None else str(value) for value in values))


def csv_chunks(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Rows as CSV with a byte-order mark, piece by piece."""
    out = io.StringIO()
    writer = csv.writer(out)
    yield "\ufeff".encode()
    writer.writerow(HEADINGS)
    for count, row in enumerate(rows, start=1):
        writer.writerow(row)
        if count % 500 == 0:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()
