"""What every page of a unit's column shares: the fixed left rail of 国办公开办函〔2019〕61号."""

from datetime import date
from typing import Any

from django.http import Http404

from gongkai.catalogue.models import Column, PublicSite
from gongkai.organisations.models import Unit
from gongkai.organisations.selectors import public_units
from gongkai.portal import listing, selectors
from gongkai.profiles.selectors import PublicProfile
from gongkai.publishing.placing import item_path

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
KNOWN = {key: (name, tag) for key, name, tag, _ in (*PARTS, *ABOUT, DIRECTORY)}
LISTS = ("leaders", "report")


def unit_path(site: PublicSite, unit: Unit) -> str:
    """The address of a unit's column on its site."""
    return f"{site.path}dw/{unit.code}/"


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
    own = listing.address(path, part="" if key == "list" else key)
    url = f"{path}ml/" if key == "directory" else own
    return {
        "key": key, "label": label, "url": url, "icon": icon, "current": key == part,
        "count": count,
    }  # fmt: skip


def rail(
    path: str, part: str, profile: PublicProfile, *, total: int, rules: int
) -> dict[str, list[dict[str, Any]]]:
    """The rail in two groups: the fixed columns with the way to apply, and the unit itself."""
    counts = {"list": total, "rules": rules}
    counts |= {key: len(profile.of(key)) for key in LISTS}
    fixed = []
    for key, label, _, icon in PARTS:
        fixed.append(_entry(path, key, label, icon, part, counts.get(key, 0)))
        if key == "list":
            name, icon_name = DIRECTORY[1], DIRECTORY[3]
            fixed.append({**_entry(path, "directory", name, icon_name, part, 0), "sub": True})
    about = [
        _entry(path, key, label, icon, part, counts.get(key, 0)) for key, label, _, icon in ABOUT
    ]
    return {"rail": fixed, "about_rail": about}
