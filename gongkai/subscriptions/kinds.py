"""What can be followed of what this platform has by itself: columns, units, documents, searches."""

from collections.abc import Collection, Iterable, Mapping

from gongkai.catalogue.models import Column, ColumnKind
from gongkai.catalogue.selectors import public_column, public_sections, public_sites
from gongkai.core.masking import mask_text
from gongkai.messaging.mailing import absolute
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item
from gongkai.publishing.placing import item_path
from gongkai.subscriptions import rules
from gongkai.subscriptions.enums import Event
from gongkai.subscriptions.hits import narrowed_by
from gongkai.subscriptions.registry import (
    Followable,
    Followed,
    Params,
    Told,
    register_followable,
    register_lines,
)
from gongkai.subscriptions.rules import Line

_LARGEST = 2**62
_UNIT = "unit-"


def district_of(prefix: str) -> str:
    """What stands for a site in parameters: empty for the city's."""
    return prefix.removeprefix("qx/")


def follow_path(kind: str, target: str) -> str:
    """Where a reader subscribes to something."""
    return f"/f/dingyue/?what={kind}&{target}"


def _one(params: Params, name: str) -> str:
    return next(iter(params.get(name, ())), "").strip()


def _target(**values: str) -> str:
    return rules.canonical({name: [value] for name, value in values.items()})


# Columns: topics of a site (and their sections), and everything a site publishes.


def column_target(column: Column, section: str = "") -> tuple[str, str]:
    """(kind, target) that a column, or the section of that key, stands for."""
    if column.kind == ColumnKind.UNIT:
        return "unit", _target(key=column.key.removeprefix(_UNIT))
    district = district_of(column.site.prefix)
    return "column", _target(district=district, fq=section, key=column.key)


def column_targets(places: Iterable[tuple[Column, str]]) -> dict[str, set[str]]:
    """The targets, by kind, that (column, key of its section or empty) stand for."""
    found: dict[str, set[str]] = {"column": set(), "unit": set()}
    for column, section in places:
        kind, target = column_target(column, section)
        found[kind].add(target)
    return found


def _column(district: str, key: str) -> Column | None:
    site = next((s for s in public_sites() if district_of(s.prefix) == district), None)
    column = public_column(site, key) if site and not site.shut else None
    return column if column and column.kind != ColumnKind.UNIT else None


def _column_canonical(params: Params) -> str:
    column = _column(_one(params, "district"), _one(params, "key"))
    if column is None or column.closed_on:
        return ""
    section = _one(params, "fq")
    if section and all(s.key != section for s in public_sections(column)):
        return ""
    return _target(district=district_of(column.site.prefix), fq=section, key=column.key)


def _column_described(targets: Collection[str]) -> Mapping[str, Followed]:
    found = {}
    for target in targets:
        column = _column(rules.first(target, "district"), rules.first(target, "key"))
        if column is None:
            continue
        key = rules.first(target, "fq")
        section = next((s for s in public_sections(column) if s.key == key), None)
        query = f"?fq={section.key}" if section else ""
        path = column.site.path if column.kind == ColumnKind.STREAM else column.path
        found[target] = Followed(
            f"{column.name}·{section.name}" if section else column.name,
            f"{column.path}{query}",
            f"{path}feed/{query}",
            column.site.name,
        )
    return found


# Units: everything in their 政府信息公开专栏.


def _units(codes: Iterable[str]) -> dict[str, Column]:
    rows = Column.objects.filter(
        kind=ColumnKind.UNIT, key__in=[f"{_UNIT}{code}" for code in codes]
    ).select_related("site", "owner")
    return {column.key.removeprefix(_UNIT): column for column in rows if not column.site.shut}


def unit_target(path: str) -> str:
    """The target that the address of a unit's column stands for."""
    return _target(key=path.rstrip("/").rpartition("/")[2])


def _unit_canonical(params: Params) -> str:
    code = _one(params, "key")
    return _target(key=code) if code in _units([code]) else ""


def _unit_described(targets: Collection[str]) -> Mapping[str, Followed]:
    codes = {target: rules.first(target, "key") for target in targets}
    units = _units(codes.values())
    return {
        target: Followed(
            units[code].owner.full_name,
            units[code].path,
            f"{units[code].path}feed/",
            units[code].site.name,
        )
        for target, code in codes.items()
        if code in units
    }


# Documents: what becomes of one item.


def document_target(item_id: int) -> str:
    """The target that stands for an item."""
    return _target(key=str(item_id))


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    return number if number < _LARGEST else 0


def _document_canonical(params: Params) -> str:
    number = _number(_one(params, "key"))
    public = Item.objects.filter(pk=number, visibility=Visibility.PUBLIC)
    return document_target(number) if number and public.exists() else ""


def _document_described(targets: Collection[str]) -> Mapping[str, Followed]:
    ids = {target: _number(rules.first(target, "key")) for target in targets}
    rows = Item.objects.filter(pk__in=ids.values()).exclude(visibility=Visibility.HIDDEN)
    items = (
        rows.select_related("unit")
        .only("title", "visibility", "doc_no", "unit__short_name")
        .in_bulk()
    )
    found = {}
    for target, pk in ids.items():
        item = items.get(pk)
        if item is None:
            continue
        gone = item.visibility != Visibility.PUBLIC
        found[target] = Followed(
            "一条已经撤回的信息" if gone else item.title,
            item_path(pk),
            f"{item_path(pk)}feed/",
            "" if gone else "，".join(filter(None, (item.unit.short_name, item.doc_no))),
            gone,
        )
    return found


# Searches: words and filters of the results page.


def _search_canonical(params: Params) -> str:
    words = " ".join(params.get("q", ())).strip()
    # A number of a person is no subject of public information, and would be kept here in the clear.
    if not words or mask_text(words) != words:
        return ""
    district = _one(params, "district")
    if all(district_of(s.prefix) != district or s.shut for s in public_sites()):
        return ""
    return rules.canonical(params)


def search_path(target: str, *, feed: bool = False) -> str:
    """The results page (or feed) of a saved search."""
    params = rules.parsed(target)
    district = next(iter(params.pop("district", ())), "")
    query = rules.canonical(params)
    home = f"/qx/{district}/" if district else "/"
    return f"{home}search/{'feed/' if feed else ''}?{query}"


def _search_described(targets: Collection[str]) -> Mapping[str, Followed]:
    sites = {district_of(s.prefix): s for s in public_sites() if not s.shut}
    found = {}
    for target in targets:
        site = sites.get(rules.first(target, "district"))
        if site is not None:
            found[target] = Followed(
                search_words(target), search_path(target), search_path(target, feed=True), site.name
            )
    return found


def search_words(target: str) -> str:
    """A saved search in words: what was typed, and by what it is narrowed."""
    params = rules.parsed(target)
    words = " ".join(params.pop("q", ()))
    limits = narrowed_by(params)
    return f"“{words}”（{'，'.join(limits)}）" if limits else f"“{words}”"


# Words for what happened to items.


def _item_lines(told: Iterable[Told]) -> Mapping[Told, Line]:
    """Public items by title; a withdrawal by its number only, and only while it stays withdrawn."""
    wanted = list(told)
    rows = Item.objects.filter(pk__in={one.subject_id for one in wanted})
    rows = rows.exclude(visibility=Visibility.HIDDEN).select_related("unit").defer("body", "facts")
    items = rows.in_bulk()
    found = {}
    for one in wanted:
        item = items.get(one.subject_id)
        withdrawn = one.event == Event.WITHDRAWN
        if item is None or withdrawn != (item.visibility == Visibility.WITHDRAWN):
            continue
        title = (
            f"索引号 {item.index_no or item.pk} 的信息，撤回情形见原网址"
            if withdrawn
            else item.title
        )
        found[one] = Line(
            Event(one.event).label,
            title,
            item.unit.short_name,
            absolute(item_path(item.pk)),
        )
    return found


def register() -> None:
    """Everything above, called once from ``apps.ready()``."""
    register_followable(Followable("column", "栏目", "menu", _column_canonical, _column_described))
    register_followable(
        Followable("unit", "单位专栏", "building", _unit_canonical, _unit_described)
    )
    register_followable(
        Followable("document", "文件", "file", _document_canonical, _document_described)
    )
    register_followable(
        Followable("search", "检索", "search", _search_canonical, _search_described, counted=False)
    )
    register_lines("item", _item_lines)
