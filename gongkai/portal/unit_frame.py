"""What every page of a unit's column shares: the fixed layout of 国办公开办函〔2019〕61号, with the
four columns in the rail, the way to apply as a button, and finding, looking, taking along and
checking above the content."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404

from gongkai.catalogue.models import Column, PublicSite
from gongkai.organisations.models import Unit
from gongkai.organisations.selectors import public_units
from gongkai.portal import listing, selectors
from gongkai.profiles.rules_statutory import NOT_HERE
from gongkai.profiles.selectors import PublicProfile
from gongkai.publishing.placing import item_path
from gongkai.subscriptions.kinds import follow_path, unit_target

# Key, name, page tag, icon; the four columns in their official order, then the way to apply.
PARTS = (
    ("guide", "政府信息公开指南", "信息公开指南", "info"),
    ("rules", "政府信息公开制度", "政策文件", "scales"),
    ("list", "法定主动公开内容", "信息公开目录", "file"),
    ("report", "政府信息公开年报", "信息公开年报", "chart"),
    ("apply", "依申请公开", "依申请公开", "mail"),
)
ABOUT = (
    ("overview", "概况", "概况信息", "village"),
    ("functions", "机构职能", "机构职能", "building"),
    ("leaders", "领导信息", "领导信息", "user"),
)
DIRECTORY = ("directory", "信息公开目录", "信息公开目录", "menu")
FINDING = ("find", "检索", "信息公开目录", "search")
KNOWN = {key: (name, tag) for key, name, tag, _ in (*PARTS, *ABOUT, DIRECTORY, FINDING)}
PAGES = ("directory", "find")
"""Parts with an address of their own, not reached by ``?part=``."""
LISTS = ("leaders", "report")


def unit_path(site: PublicSite, unit: Unit) -> str:
    """The address of a unit's column on its site."""
    return f"{site.path}dw/{unit.code}/"


def statutory_total(kinds: Mapping[str, int]) -> int:
    """How much of a column is statutory content, from its counts by kind."""
    return sum(n for kind, n in kinds.items() if kind not in NOT_HERE)


def find_unit(code: str, today: date) -> tuple[Unit, Column | None]:
    """A unit by code, ended ones included as far as they have a column; raises Http404."""
    column = selectors.public_unit_column(code)
    if column is not None:
        return column.owner, column
    unit = next((u for u in public_units(today) if u.code == code), None)
    if unit is None:
        raise Http404("没有这个单位")
    return unit, None


def rule_cards(unit: Unit, profile: PublicProfile) -> list[dict[str, Any]]:
    """What the unit has published in the column of rules, beside the rules of its profile."""
    known = {item_path(part.id) for part in profile.of("system")}
    return [c for c in selectors.public_unit_rules(unit).cards if c["path"] not in known]


def _entry(path: str, key: str, label: str, icon: str, part: str, count: int) -> dict[str, Any]:
    return {
        "key": key,
        "label": label,
        "url": listing.address(path, part="" if key == "list" else key),
        "icon": icon,
        "current": key == part or (key == "list" and part in PAGES),
        "count": count,
    }


def rail(
    path: str, part: str, profile: PublicProfile, *, total: int, rules: int
) -> dict[str, list[dict[str, Any]]]:
    """The rail in two groups: the fixed columns with the way to apply, and the unit itself;
    above the content, the four things the column must let everybody do (条例第二十四条)."""
    counts = {"list": total, "rules": rules}
    counts |= {key: len(profile.of(key)) for key in LISTS}
    fixed = [_entry(path, key, label, icon, part, counts.get(key, 0))
             for key, label, _, icon in PARTS]  # fmt: skip
    about = [
        _entry(path, key, label, icon, part, counts.get(key, 0)) for key, label, _, icon in ABOUT
    ]
    home = path[: path.index("dw/")]
    doing = [
        {"label": "检索", "url": f"{path}jiansuo/", "icon": "search", "current": part == "find"},
        {"label": "查阅目录", "url": f"{path}ml/", "icon": "menu", "current": part == "directory"},
        {"label": "下载目录", "url": f"{path}ml/xlsx/", "icon": "download", "current": False},
        {"label": "核对文件", "url": f"{home}jy/", "icon": "check", "current": False},
        {
            "label": "订阅",
            "url": follow_path("unit", unit_target(path)),
            "icon": "bell",
            "current": False,
        },
    ]
    return {"rail": fixed, "about_rail": about, "doing": doing}
