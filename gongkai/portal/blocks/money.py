"""Blocks of money and of how long something holds: funds, allocations, tax relief."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gongkai.design import figures, spans
from gongkai.portal import listing
from gongkai.portal.blocks import Data, Options, Place, block
from gongkai.portal.blocks.growth import CSS, city_column, drawn, home_of, own_told, related
from gongkai.portal.selectors import Told

POLICIES = ("policy", "normative_document", "notice")
LOOK_BACK = timedelta(days=200)
LOOK_AHEAD = timedelta(days=440)
ENDED = frozenset({"lapsed", "repealed"})


@dataclass(frozen=True, slots=True)
class Period:
    """One period of a fund: its figures and whether they add up."""

    told: Told
    label: str
    as_of: date | None
    check: figures.Check
    opening_differs: float | None
    """This period's opening less the closing of the one before; None when equal or unknown."""


def _named(rows: Sequence[figures.Measure], name: str) -> figures.Measure | None:
    return next((row for row in rows if row.name == name), None)


def fund_periods(told: Sequence[Told], names: Mapping[str, str]) -> list[Period]:
    """The periods of a fund from progress data, oldest first.

    ``names`` says which measure is ``income``, ``expense`` and ``balance``; the balance's last
    period (上期) is what it opened with.
    """
    periods: list[Period] = []
    for one, view in reversed(drawn(told)):
        income, expense, balance = (
            _named(view.rows, names.get(key, "")) for key in ("income", "expense", "balance")
        )
        if balance is None:
            continue
        check = figures.balance(
            balance.before,
            income.done if income else None,
            expense.done if expense else None,
            balance.done,
        )
        differs = None
        if periods and check.opening is not None and periods[-1].check.closing is not None:
            gap = round(check.opening - periods[-1].check.closing, 4)
            differs = gap if abs(gap) > 0.01 else None
        label = f"{view.as_of.month}月" if view.as_of else one.title
        if view.as_of and view.as_of.month == 1 and periods:
            label = f"{view.as_of.year}年1月"
        periods.append(Period(one, label, view.as_of, check, differs))
    return periods


@block("fund", css=CSS)
def fund(place: Place, options: Options) -> Data | None:
    """Income, expense and balance of a fund over its periods, with the sum checked."""
    key = str(options.get("section", ""))
    names = options.get("measures", {})
    told = own_told(place, ("progress",), key, size=int(options.get("size", 9)))
    periods = fund_periods(told, names)
    url = listing.address(place.column.path, fq=key)
    if not periods:
        return {"periods": [], "city_url": city_column(place), "related": related(place, key)}
    newest = periods[-1]
    view = drawn([newest.told])[0][1]
    wanted = set(names.values())
    good = all(p.check.state == "ok" and p.opening_differs is None for p in periods)
    return {
        "periods": periods,
        "newest": newest,
        "unit": next((row.unit for row in view.rows), ""),
        "others": [row for row in view.rows if row.name not in wanted],
        "bars": figures.columns([(p.label, (p.check.income, p.check.expense)) for p in periods]),
        "line": figures.line([p.check.closing for p in periods], height=70),
        "names": [names.get("income", "收入"), names.get("expense", "支出")],
        "balance_name": names.get("balance", "结余"),
        "agrees": good,
        "related": related(place, key),
        "all_url": url,
    }


@dataclass(slots=True)
class Share:
    """What one district was allotted and what it has paid out."""

    name: str
    given: float = 0.0
    paid: float = 0.0

    @property
    def measure(self) -> figures.Measure | None:
        """The share as it is drawn."""
        return figures.measure({"name": self.name, "target": self.given, "done": self.paid})


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of money: where it is told and what became of it."""

    told: Told
    name: str
    as_of: date | None
    given: float
    paid: float
    rows: Sequence[figures.Measure]
    basis: str

    @property
    def measure(self) -> figures.Measure | None:
        """The batch as it is drawn."""
        row = {"name": self.name, "unit": "万元", "target": self.given, "done": self.paid}
        return figures.measure(row)


def batches(told: Sequence[Told]) -> list[Batch]:
    """The newest figures of every batch (programme), the newest batch first. In a batch's
    measures the target is what was allotted and done what was paid."""
    found: dict[str, Batch] = {}
    for one, view in drawn(told):
        rows = [row for row in view.rows if row.target is not None]
        if not rows or view.programme in found:
            continue
        found[view.programme] = Batch(
            told=one,
            name=view.programme,
            as_of=view.as_of,
            given=sum(row.target or 0.0 for row in rows),
            paid=sum(row.done for row in rows),
            rows=rows,
            basis=view.basis,
        )
    return list(found.values())


def shares(found: Sequence[Batch]) -> list[Share]:
    """The districts (or projects) of all batches together, the largest first."""
    by_name: dict[str, Share] = {}
    for batch in found:
        for row in batch.rows:
            share = by_name.setdefault(row.name, Share(row.name))
            share.given += row.target or 0.0
            share.paid += row.done
    return sorted(by_name.values(), key=lambda share: share.given, reverse=True)


@block("allocations", css=CSS)
def allocations(place: Place, options: Options) -> Data | None:
    """Money allotted and paid: in all, by district and by batch."""
    key = str(options.get("section", ""))
    told = own_told(place, ("progress",), key, size=int(options.get("size", 12)))
    found = batches(told)
    url = listing.address(place.column.path, fq=key)
    if not found:
        return {"batches": [], "city_url": city_column(place), "related": related(place, key)}
    total = figures.measure(
        {
            "name": "合计",
            "unit": "万元",
            "target": sum(batch.given for batch in found),
            "done": sum(batch.paid for batch in found),
        }
    )
    days = [batch.as_of for batch in found if batch.as_of]
    return {
        "batches": found,
        "total": total,
        "shares": [s.measure for s in shares(found)],
        "row_head": "区县（市）" if not place.site.prefix else "资金用途",
        "as_of": max(days) if days else None,
        "related": related(place, key),
        "all_url": url,
    }


def until_words(span: spans.Span, since: date | None, until: date | None) -> str:
    """When something ends, and how near that is."""
    begins = f"{since.year}年{since.month}月{since.day}日" if since else ""
    ends = f"{until.year}年{until.month}月{until.day}日" if until else ""
    if span.state == "over":
        return f"已于{ends}截止"
    if span.state == "coming":
        return f"{begins}起施行" + (f"，到{ends}" if ends else "")
    if not ends:
        return f"{begins}起，没有写截止日期" if begins else "没有写起止日期"
    if span.state == "ending":
        return f"到{ends}，还有 {span.left} 天"
    return f"到{ends}"


@dataclass(slots=True)
class _Policy:
    title: str
    url: str
    meta: str
    until_words: str = ""


def _fits(told: Told, words: Sequence[str]) -> bool:
    text = "，".join((told.title, told.summary, *told.keywords))
    return any(word in text for word in words)


@block("validity", css=CSS)
def validity(place: Place, options: Options) -> Data | None:
    """What holds now and how long, with today; the reader may say who they are (``?who=``)."""
    key = str(options.get("section", ""))
    told = place.told(kinds=POLICIES, sections=(key,), size=int(options.get("size", 24)))
    audiences: Mapping[str, Any] = options.get("audiences", {})
    asked = place.query.get("who", "")
    who = asked if asked in audiences else ""
    fitting = [t for t in told if not who or _fits(t, audiences[who]["words"])]
    chart, later = _chart(fitting, place.today)
    choices = [("", "全部")] + [(code, str(a["name"])) for code, a in audiences.items()]
    return {
        "chart": chart,
        "ended": later,
        "rows": [(span, told_) for span, told_ in zip(chart.spans, _lasting(fitting), strict=True)],
        "total": len(told),
        "who": audiences[who]["name"] if who else "",
        "ending": sum(span.state == "ending" for span in chart.spans),
        "choices": [
            {
                "label": label,
                "url": listing.address(place.column.path, who=code),
                "current": code == who,
            }
            for code, label in choices
        ],
        "city_url": city_column(place),
        "home": home_of(place),
    }


def _lasting(told: Sequence[Told]) -> list[Told]:
    """What has not ended, the nearest end first."""
    kept = [t for t in told if t.validity not in ENDED]
    return sorted(kept, key=lambda t: (t.expires_on or date.max, -t.id))


def _chart(told: Sequence[Told], today: date) -> tuple[spans.Gantt, list[Told]]:
    first = date((today - LOOK_BACK).year, 1 if (today - LOOK_BACK).month < 7 else 7, 1)
    lasting = _lasting(told)
    chart = spans.gantt(
        [
            (_Policy(t.title, t.path, t.doc_no or t.unit), t.effective_on, t.expires_on)
            for t in lasting
        ],
        first=first,
        last=today + LOOK_AHEAD,
        today=today,
    )
    for span, one in zip(chart.spans, lasting, strict=True):
        span.row.until_words = until_words(span, one.effective_on, one.expires_on)
    return chart, [t for t in told if t.validity in ENDED]
