"""解读统计: what units made of their interpretations in a period, and the cases behind each figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import SHANGHAI, day_of
from gongkai.core.clock import today as current_day
from gongkai.organisations.access import of_visible_units, visible_units
from gongkai.organisations.desk import desk_context, member_of, staff_required
from gongkai.publishing import interpretations as query
from gongkai.publishing.asides import Aside
from gongkai.publishing.enums import ENDED, Visibility
from gongkai.publishing.integrity import last_check
from gongkai.publishing.models import Item, ItemLink
from gongkai.publishing.rules_facts import is_date
from gongkai.publishing.selectors import INTERPRETS

SORTS: Mapping[str, str] = {
    "all": "全部解读",
    "original": "原创解读",
    "relayed": "不是原创的解读",
    "late": "晚于期限的解读",
    "missing": "没有解读的文件",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which period and which unit a page is about."""

    first: date
    last: date
    unit: str

    def query(self, **more: str) -> str:
        """The same as a query string, with more."""
        given = {"from": self.first.isoformat(), "to": self.last.isoformat(), "unit": self.unit}
        return urlencode({k: v for k, v in {**given, **more}.items() if v})


def _day(text: str, default: date) -> date:
    return date.fromisoformat(text) if is_date(text) else default


def _wanted(request: HttpRequest, units: set[str]) -> Wanted:
    today = current_day()
    first = _day(request.GET.get("from", ""), today.replace(month=1, day=1))
    last = _day(request.GET.get("to", ""), today)
    unit = request.GET.get("unit", "")
    if first > last:
        first, last = last, first
    return Wanted(first, last, unit if unit in units else "")


def _scope(request: HttpRequest) -> tuple[Wanted, Q, list[Any]]:
    member = member_of(request)
    units = list(visible_units(member).order_by("order", "id"))
    wanted = _wanted(request, {str(unit.pk) for unit in units})
    condition = of_visible_units(member)
    if wanted.unit:
        condition &= Q(unit_id=int(wanted.unit))
    return wanted, condition, units


@staff_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Per unit: interpretations, originals and their share, forms, working days, documents without
    one. Every figure leads to its cases."""
    wanted, condition, units = _scope(request)
    total, rows = query.figures(
        wanted.first,
        wanted.last,
        units=condition,
        today=current_day(),
        calendar=load_calendar(),
    )
    labels = query.form_labels()
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    checked = last_check()
    context = desk_context(
        request,
        current="interpretations",
        page_title="解读统计",
        wanted=wanted,
        given=wanted.query(),
        total=total,
        page=page,
        rows=[
            {
                "figures": row,
                "given": Wanted(wanted.first, wanted.last, str(row.unit_id)).query(),
                "forms": _forms(row, labels),
            }
            for row in page.object_list
        ],
        forms=[(label, total.forms.get(key, 0)) for key, label in labels.items()],
        used=sum(1 for key in labels if total.forms.get(key)),
        units=units if len(units) > 1 else [],
        rule=query.interpretation_rule(),
        checked=checked.occurred_at.astimezone(SHANGHAI) if checked else None,
        broken=checked.details.get("broken", 0) if checked else 0,
    )
    return render(request, "publishing/interpretations.html", context)


def _forms(row: query.Figures, labels: Mapping[str, str]) -> str:
    parts = [f"{label} {row.forms[key]}" for key, label in labels.items() if row.forms.get(key)]
    return "、".join(parts)


@staff_required
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The items behind one figure."""
    wanted, condition, units = _scope(request)
    what = request.GET.get("what", "all")
    what = what if what in SORTS else "all"
    calendar = load_calendar()
    found: list[Any]
    if what == "missing":
        found = query.waiting(
            units=condition,
            today=current_day(),
            calendar=calendar,
            published=(wanted.first, wanted.last),
        )
    else:
        keep = {
            "all": lambda case: True,
            "original": lambda case: case.original,
            "relayed": lambda case: not case.original,
            "late": lambda case: case.late,
        }[what]
        every = query.interpretations(wanted.first, wanted.last, units=condition, calendar=calendar)
        found = [case for case in every if keep(case)]
    names = {str(unit.pk): unit.short_name for unit in units}
    context = desk_context(
        request,
        current="interpretations",
        page_title=SORTS[what],
        wanted=wanted,
        given=wanted.query(),
        what=what,
        word=SORTS[what],
        unit=names.get(wanted.unit, ""),
        tabs=[
            {"label": word, "url": f"?{wanted.query(what=key)}", "current": key == what}
            for key, word in SORTS.items()
        ],
        page=Paginator(found, 30).get_page(request.GET.get("page")),
        labels=query.form_labels(),
    )
    return render(request, "publishing/interpretation_cases.html", context)


def aside(item: Item) -> Aside | None:
    """Beside a document that needs it: its interpretations, or by when one is due."""
    if not item.kind.needs_interpretation or item.visibility != Visibility.PUBLIC:
        return None
    rows = ItemLink.objects.filter(
        target=item, relation__in=INTERPRETS, source__visibility=Visibility.PUBLIC
    ).select_related("source__kind")
    titles = [link.source.title for link in rows if link.source.kind.interprets]
    if titles:
        return Aside("解读", tuple(f"《{title}》" for title in titles))
    if item.original_published_on or item.current_validity in ENDED or item.published_at is None:
        return Aside("解读", ("没有解读；历史信息和不再执行的文件不要求补。",))
    rule = query.interpretation_rule()
    due = query.due_for(day_of(item.published_at), rule, load_calendar())
    state = "已经过期，政务公开主管部门也收到了提醒" if current_day() > due else "期限还没有到"
    basis = f"依据：{rule.basis}{'（待核实）' if rule.unconfirmed else ''}"
    return Aside(
        "解读",
        (f"还没有解读，应当在 {due:%Y-%m-%d} 前发布（{query.allowance(rule)}），{state}。", basis),
    )
