"""公开平台建设, 公开制度, 指导和培训: the state of the sites, the institutions, the training year."""

from datetime import date
from typing import Any

from gongkai.catalogue.selectors import public_sites
from gongkai.portal import rules as portal_rules
from gongkai.portal import rules_dialogue as rules
from gongkai.portal import selectors_places
from gongkai.portal.blocks import Data, Options, Place, block
from gongkai.portal.rules import OPINION_WORDS
from gongkai.portal.rules_utilities import day_of_text

CSS = "portal/blocks/services.css"
LINE_Y, LANE = 52, 30
SEATS = (
    ("publish", "信息发布", "谁来发、发什么、几天内发", "条例第十九条至第二十六条"),
    ("secrecy", "保密审查", "先审查，后公开", "条例第十七条"),
    ("request", "申请办理", "收到申请，20 个工作日内答复", "条例第二十七条至第四十五条"),
    ("annual", "年度报告", "每年把公开了什么向社会报告", "条例第四十九条、第五十条"),
    ("appraisal", "考核监督", "做得好不好，谁来评", "条例第四十六条至第四十八条"),
)
EXTRA = {"attribute": "属性认定", "clearing": "文件清理和解读", "other": "其他"}
WAYS = {
    "gathered": "集中培训", "video": "视频会议", "online": "线上答疑", "phone": "电话联系",
    "visit": "点对点指导", "exchange": "交流观摩",
}  # fmt: skip


@block("sites", css=CSS)
def sites(place: Place, options: Options) -> Data | None:
    """The government sites on this platform: codes, keeper, how many columns are in time."""
    all_sites = public_sites()
    kept = selectors_places.public_kept(all_sites)
    rows = []
    for site in all_sites:
        mine = [one for one in kept if one.column.site_id == site.pk]
        duties = [
            duty
            for one in mine
            if (duty := portal_rules.update_duty(one.column.duty_days, one.newest, place.today))
        ]
        late = sum(duty.overdue for duty in duties)
        rows.append(
            {
                "site": site,
                "columns": len(mine),
                "in_time": len(duties) - late,
                "duties": len(duties),
                "late": late,
                "light": "yellow" if late else "green",
                "newest": max((one.newest for one in mine if one.newest), default=None),
            }
        )
    return {"rows": rows, "today": place.today}


@block("milestones", css=CSS)
def milestones(place: Place, options: Options) -> Data | None:
    """Progress data of the platform (适老化, availability): each measure against its target."""
    found: dict[str, dict[str, Any]] = {}
    for told in place.told(kinds=("progress",), size=12):
        name = str(told.facts.get("programme", ""))
        if name in found:
            continue
        measures = []
        for row in told.facts.get("measures") or ():
            target, done = row.get("target"), row.get("done")
            try:
                target_value = float(target) if target not in (None, "") else None
                done_value = float(done)
            except (TypeError, ValueError):
                continue
            reached = target_value is None or done_value >= target_value
            measures.append(
                {
                    **row,
                    "light": "green" if reached else "yellow",
                    "words": "" if target_value is None else "已达到" if reached else "还没有达到",
                    "share": round(min(done_value / target_value, 1.0) * 100, 1)
                    if target_value
                    else None,
                }
            )
        found[name] = {
            "told": told,
            "name": name,
            "as_of": day_of_text(told.facts.get("as_of")),
            "measures": measures,
            "reached": sum(m["light"] == "green" for m in measures),
            "basis": told.facts.get("target_basis", ""),
        }
    return {"groups": list(found.values())}


@block("institutions", css=CSS)
def institutions(place: Place, options: Options) -> Data | None:
    """The institutions in the order information goes through them, and this year's public counts."""
    mine: dict[str, list[dict[str, Any]]] = {}
    for told in place.told(kinds=("system",), size=40):
        state = portal_rules.validity_state(
            told.validity, told.effective_on, told.expires_on, place.today
        )
        mine.setdefault(str(told.facts.get("topic") or "other"), []).append(
            {"told": told, "state": state}
        )
    seats = [
        {
            "key": key,
            "no": number,
            "name": name,
            "text": text,
            "law": law,
            "rows": mine.get(key, ()),
        }
        for number, (key, name, text, law) in enumerate(SEATS, 1)
    ]
    extra = [{"name": name, "rows": mine[key]} for key, name in EXTRA.items() if mine.get(key)]
    area = place.site.owner.area
    first = date(place.today.year, 1, 1)
    counts = selectors_places.public_year_counts(area.code if area else "", first, place.today)
    return {
        "seats": seats,
        "have": sum(bool(seat["rows"]) for seat in seats),
        "extra": extra,
        "counts": counts,
        "today": place.today,
        "home": place.site.path,
    }


@block("training", css=CSS)
def training(place: Place, options: Options) -> Data | None:
    """The training year on a line, what was held and what comes; one gathered training a year is
    asked for (seed document, point 16)."""
    year = place.today.year
    rows: list[dict[str, Any]] = []
    for told in place.told(kinds=("training",), size=40):
        held = day_of_text(told.facts.get("held_on"))
        if held is None:
            continue
        way = str(told.facts.get("way", ""))
        rows.append(
            {
                "told": told,
                "held": held,
                "way": WAYS.get(way, ""),
                "gathered": way in ("gathered", "exchange", "video"),
                "ahead": held > place.today,
                "people": rules.adoption({"received": told.facts.get("people")})["received"],
                "facts": told.facts,
                "x": rules.year_place(held, year),
                "this_year": held.year == year,
            }
        )
    rows.sort(key=lambda row: row["held"])
    this_year = [row for row in rows if row["this_year"]]
    lanes = rules.stagger([row["x"] for row in this_year])
    for number, (row, lane) in enumerate(zip(this_year, lanes, strict=True), 1):
        row |= {"no": number, "y": LINE_Y - lane * LANE}
    done = [row for row in this_year if not row["ahead"]]
    gathered = [row for row in done if row["gathered"]]
    return {
        "year": year,
        "rows": this_year,
        "months": [
            {"name": f"{month}月", "x": rules.year_place(date(year, month, 1), year)}
            for month in range(1, 13)
        ],
        "today_x": rules.year_place(place.today, year),
        "today": place.today,
        "held": len(done),
        "gathered": len(gathered),
        "met": bool(gathered),
        "people": sum(row["people"] for row in done),
        "next": next((row for row in this_year if row["ahead"]), None),
    }


@block("others", css=CSS)
def others(place: Place, options: Options) -> Data | None:
    """The newest items that the place's other blocks do not show: all kinds but those in ``skip``
    and, with ``calls`` false, no calls for opinions."""
    size = int(options.get("size", 6))
    skip = set(options.get("skip", ()))
    kept = [
        told
        for told in place.told(size=size * 4)
        if told.kind not in skip
        and not (options.get("calls") is False and any(w in told.title for w in OPINION_WORDS))
    ][:size]
    if not kept:
        return None
    rows = [
        {
            "title": told.title, "url": told.path, "at": told.published_at,
            "meta": " · ".join(filter(None, (told.unit, told.doc_no))),
        }
        for told in kept
    ]  # fmt: skip
    total = place.counts.get(None, 0)
    return {
        "rows": rows,
        "total": total,
        "more_url": f"{place.column.path}?all=1" if total > len(rows) else "",
    }
