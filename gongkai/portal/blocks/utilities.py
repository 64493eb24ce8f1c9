"""公共企事业单位: outages as an agenda, the sectors with what each unit has to disclose, prices and
quality, and where to ask and complain."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from gongkai.portal import rules_utilities as rules
from gongkai.portal import selectors, selectors_places
from gongkai.portal.blocks import Data, Options, Place, block

REFERENCE = Path(__file__).parent.parent / "reference" / "sectors.json"
CSS = "portal/blocks/services.css"
WORDS = {"water": "供水", "gas": "供气", "power": "供电", "heat": "供热", "bus": "公共交通"}
AHEAD, PAST = 40, 6
_NAMED = re.compile(r"关于(.{2,30}?)(?:夜间|日间)?(?:计划)?停[水气电供运]")


@cache
def reference() -> Mapping[str, Any]:
    """The sectors and their duties (``reference/sectors.json``)."""
    found: Mapping[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return found


def _plain_notice(told: selectors.Told) -> Mapping[str, Any] | None:
    """The facts of an outage told by a general notice: whole days, details in the notice."""
    words = reference()["outage_words"]
    if told.kind != "notice" or not any(word in told.title for word in words):
        return None
    first = told.effective_on or rules.day_of_text(told.facts.get("event_on"))
    if first is None:
        return None
    named = _NAMED.search(told.title)
    utility = "gas" if "停气" in told.title else "water" if "停水" in told.title else ""
    return {
        "utility": utility,
        "sort": "planned",
        "area": told.facts.get("place") or (named[1] if named else told.title),
        "from_on": first.isoformat(),
        "to_on": (told.expires_on or first).isoformat(),
        "hotline": told.contact,
    }


@block("outages", css=CSS)
def outages(place: Place, options: Options) -> Data | None:
    """What is cut off today and in the coming days, hour by hour; past ones folded."""
    rows = []
    for told in place.told(kinds=("outage", "notice"), size=AHEAD * 2):
        facts = told.facts if told.kind == "outage" else _plain_notice(told)
        found = rules.span(facts) if facts else None
        if facts is None or found is None:
            continue
        first, last = found.days
        # A general notice gives days only; its text gives the hours.
        hint = "，时间见公告" if told.kind == "notice" and first != last else ""
        rows.append(
            {
                "told": told,
                "span": found,
                "state": found.state(place.today),
                "day": max(first, place.today),
                "first": first,
                "utility": WORDS.get(str(facts.get("utility", "")), "停供"),
                "repair": facts.get("sort") == "repair",
                "area": facts.get("area", ""),
                "when": rules.span_words(found) + hint,
                "reason": facts.get("reason", ""),
                "households": facts.get("households"),
                "hotline": facts.get("hotline", ""),
                "relief": facts.get("relief") or (),
                "returned": rules.return_words(found),
            }
        )
    rows.sort(key=lambda row: (row["span"].starts, row["told"].id))
    coming = [row for row in rows if row["state"] != "past"][:AHEAD]
    bars = rules.week_bars([row["span"] for row in coming], place.today)
    for row, bar in zip(coming, bars, strict=True):
        row["bar"] = bar
    days: dict[Any, list[dict[str, Any]]] = {}
    for row in sorted(coming, key=lambda row: (row["day"], row["span"].starts)):
        days.setdefault(row["day"], []).append(row)
    past = [row for row in reversed(rows) if row["state"] == "past"]
    punctual = [row for row in past if row["span"].late_minutes is not None]
    drawn = [row for row in coming if row["bar"]]
    return {
        "week": rules.week_days([row["span"] for row in coming], place.today),
        "drawn": drawn,
        "height": max(len(drawn), 1) * 20,
        "now": sum(row["state"] == "now" for row in coming),
        "ahead": sum(row["state"] == "ahead" for row in coming),
        "days": [
            {
                "day": day,
                "name": rules.DAY_NAMES[day.weekday()],
                "today": day == place.today,
                "rows": r,
            }
            for day, r in days.items()
        ],
        "past": past[:PAST],
        "returned": len(punctual),
        "on_time": sum((row["span"].late_minutes or 0) <= 0 for row in punctual),
        "today": place.today,
    }


def _service_point(newest: list[selectors.Told]) -> dict[int | str, Any]:
    """The hotline that each unit's newest item names, by the unit's short name."""
    found: dict[int | str, Any] = {}
    for told in newest:
        for name in ("hotline", "phone", "complaint"):
            if told.facts.get(name) and told.unit not in found:
                found[told.unit] = told.facts[name]
    return found


@block("sectors", css=CSS)
def sectors(place: Place, options: Options) -> Data | None:
    """Every sector with its units, who supervises them, their telephone and their check list."""
    data = reference()
    codes = [code for sector in data["sectors"] for code in sector["units"]]
    units = selectors_places.public_units_by_code(codes, place.today)
    newest = selectors_places.public_newest_by_kind(unit.pk for unit in units.values())
    phones = _service_point(
        place.told(kinds=("outage", "functions", "service", "faq", "fees"), size=60)
    )
    found = []
    for sector in data["sectors"]:
        rule = data["duties"][sector["duties"]]
        members = []
        for code in sector["units"]:
            unit = units.get(code)
            if unit is None:
                continue
            members.append(
                {
                    "unit": unit,
                    "phone": phones.get(unit.short_name, ""),
                    "duties": rules.duties(rule["items"], newest.get(unit.pk, {}), place.today),
                }
            )
        for member in members:
            member["have"] = sum(duty.light != "grey" for duty in member["duties"])
        found.append(
            {
                "name": sector["name"],
                "key": sector["key"] if place.section(sector["key"]) else "",
                "count": place.count(sector["key"]),
                "members": members,
                "none": sector.get("none") or "还没有登记这一领域的公共企事业单位。",
                "doubtful": bool(sector.get("unconfirmed")) and not members,
                "basis": rule["basis"],
                "unconfirmed": bool(rule.get("unconfirmed")),
            }
        )
    return {"sectors": found, "path": place.column.path}


@block("tariffs", css=CSS)
def tariffs(place: Place, options: Options) -> Data | None:
    """The prices in force, unit by unit in the order of the sectors; each unit's newest list."""
    lists: dict[str, selectors.Told] = {}
    for told in place.told(kinds=("fees",), size=30):
        if told.validity not in ("repealed", "lapsed"):
            lists.setdefault(told.unit, told)
    codes = [code for sector in reference()["sectors"] for code in sector["units"]]
    units = selectors_places.public_units_by_code(codes, place.today)
    order = [units[code].short_name for code in codes if code in units]
    ordered = sorted(
        lists.values(),
        key=lambda told: order.index(told.unit) if told.unit in order else len(order),
    )
    return {"lists": ordered}


@block("quality", css=CSS)
def quality(place: Place, options: Options) -> Data | None:
    """The newest quality report of each kind of supply: every item against its limit."""
    reports: dict[str, dict[str, Any]] = {}
    for told in place.told(kinds=("quality",), size=24):
        utility = str(told.facts.get("utility", ""))
        if utility in reports:
            reports[utility]["earlier"].append(told)
            continue
        found = rules.figures(told.facts.get("results") or ())
        reports[utility] = {
            "told": told,
            "name": WORDS.get(utility, ""),
            "figures": found,
            "passed": sum(figure.passed for figure in found),
            "earlier": [],
        }
    order = list(WORDS)
    return {
        "reports": [
            reports[key]
            for key in sorted(reports, key=lambda k: order.index(k) if k in order else len(order))
        ]
    }


@block("ask-utility", css=CSS)
def ask_utility(place: Place, options: Options) -> Data | None:
    """Ask the unit, complain to its department; there is no 依申请公开 for utilities
    (国办发〔2020〕50号; 条例第五十五条)."""
    codes = [code for sector in reference()["sectors"] for code in sector["units"]]
    units = selectors_places.public_units_by_code(codes, place.today)
    supervisors = {u.parent.code: u.parent.short_name for u in units.values() if u.parent}
    return {"supervisors": list(supervisors.items())}
