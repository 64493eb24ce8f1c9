"""基层公开: windows and 两在线, the 七公开 list, postings in the villages, grass-roots catalogues."""

from typing import Any

from gongkai.catalogue.entries.fields import STATUTORY
from gongkai.catalogue.entries.public import public_catalogues
from gongkai.catalogue.selectors import public_sites
from gongkai.deposits.selectors import public_places
from gongkai.portal import listing, selectors_places
from gongkai.portal.blocks import Data, Options, Place, block

CSS = "portal/blocks/services.css"
SEVEN = (
    ("basis", "文件依据"), ("department", "主管部门"), ("purpose", "资金用途"), ("target", "补贴对象"),
    ("standard", "补助标准"), ("phone", "政策解答电话"),
)  # fmt: skip
PER_PAGE = 12


@block("windows", css=CSS)
def windows(place: Place, options: Options) -> Data | None:
    """Where to read and ask on the spot, and the two ways from home: 网络在线 and 电话在线."""
    sites = [place.site] if place.site.prefix else public_sites()
    groups: list[dict[str, Any]] = []
    for site in sites:
        found = public_places(site.owner.area_id)
        name = site.owner.short_name if site.prefix else "市级"
        groups.append({"name": name, "rows": found, "url": f"{site.path}cy/"})
    news = place.told(sections=("chuangkou",), size=3)
    return {
        "groups": [group for group in groups if group["rows"]],
        "count": sum(len(group["rows"]) for group in groups),
        "phones": sum(bool(row.phone) for group in groups for row in group["rows"]),
        "news": news,
        "home": place.site.path,
    }


@block("subsidies", css=CSS)
def subsidies(place: Place, options: Options) -> Data | None:
    """The newest 七公开 list of the government, by department (``?dept=``), twelve a page."""
    lists = place.told(kinds=("subsidy_list",), sections=("butie",), size=20)
    own = [one for one in lists if one.area_id == place.site.owner.area_id]
    wanted = place.query.get("list", "")
    told = next((one for one in lists if str(one.id) == wanted), None) or next(
        iter(own or lists), None
    )
    if told is None:
        return {"told": None}
    policies = [row for row in told.facts.get("policies") or () if isinstance(row, dict)]
    departments: dict[str, int] = {}
    for row in policies:
        name = str(row.get("department", ""))
        departments[name] = departments.get(name, 0) + 1
    chosen = place.query.get("dept", "")
    chosen = chosen if chosen in departments else ""
    kept = [row for row in policies if not chosen or row.get("department") == chosen]
    pages = max(1, -(-len(kept) // PER_PAGE))
    text = place.query.get("page", "")
    page = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1
    page = min(max(page, 1), pages)
    start = (page - 1) * PER_PAGE
    path = place.column.path
    kept_query = {"list": wanted if str(told.id) == wanted else "", "dept": chosen}
    return {
        "told": told,
        "others": [one for one in lists if one.id != told.id],
        "list": kept_query["list"],
        "rows": [
            {"no": number, **row}
            for number, row in enumerate(kept[start : start + PER_PAGE], start + 1)
        ],
        "whole": len(policies),
        "kept": len(kept),
        "whole_rows": sum(all(row.get(key) for key, _ in SEVEN) for row in policies),
        "departments": departments,
        "chosen": chosen,
        "page": page,
        "pages": pages,
        "newer": listing.address(path, **kept_query, page=page - 1) if page > 1 else "",
        "older": listing.address(path, **kept_query, page=page + 1) if page < pages else "",
        "path": path,
        "supervision": told.facts.get("supervision", ""),
        "year": told.facts.get("year"),
    }


@block("villages", css=CSS)
def villages(place: Place, options: Options) -> Data | None:
    """How payments are posted in the villages, and the villages that publish here."""
    found = selectors_places.public_villages(place.site.owner.area_id, place.today)
    return {"groups": [{"name": name, "units": units} for name, units in found.items()]}


@block("fields", css=CSS)
def fields(place: Place, options: Options) -> Data | None:
    """The grass-roots catalogues by field: how many of their entries have public records."""
    owners = [place.site] if place.site.prefix else [s for s in public_sites() if s.prefix]
    groups = []
    for site in owners:
        rows = [c for c in public_catalogues(site.owner) if c.key != STATUTORY]
        if rows:
            groups.append(
                {
                    "name": site.owner.short_name,
                    "rows": [{"one": row, "url": f"{site.path}ml/{row.key}/"} for row in rows],
                    "entries": sum(row.entries for row in rows),
                    "covered": sum(row.covered for row in rows),
                }
            )
    return {"groups": groups}
