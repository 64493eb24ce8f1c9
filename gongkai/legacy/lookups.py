"""What values are turned into: units by name and time, kinds, themes. Read once for a run."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.catalogue.models import Theme
from gongkai.legacy.rules import ValueProblem
from gongkai.organisations.models import Unit, UnitAlias
from gongkai.publishing.models import ItemKind

_UNIT_REMEDY = "请在对应表 unit 的 map 里写明它相当于哪个单位，或先在单位名录里补上别名。"


@dataclass(frozen=True, slots=True)
class Lookups:
    """Reference data of the platform, as maps from every written form."""

    units: dict[str, tuple[Unit, ...]]
    by_id: dict[int, Unit]
    kinds: dict[str, ItemKind]
    themes: dict[str, str]

    @classmethod
    def load(cls, within: Unit) -> "Lookups":
        """Read units, kinds and themes; five queries.

        ``within`` is the unit that answers for the import: a district's office meets only names
        of its own district.
        """
        rows = {unit.pk: unit for unit in Unit.objects.select_related("area")}
        names: dict[str, set[int]] = {}
        own = {pk for pk, u in rows.items() if within.area_id in (None, u.area_id)}
        for pk in own:
            unit = rows[pk]
            for name in (unit.code, unit.short_name, unit.full_name):
                names.setdefault(name, set()).add(pk)
        for unit_id, name in UnitAlias.objects.values_list("unit_id", "name"):
            if unit_id in own:
                names.setdefault(name, set()).add(unit_id)
        kinds: dict[str, ItemKind] = {}
        for kind in ItemKind.objects.all():
            kinds[kind.key] = kind
            kinds.setdefault(kind.name, kind)
        return cls(
            {name: tuple(rows[pk] for pk in sorted(found)) for name, found in names.items()},
            rows,
            kinds,
            _themes(),
        )

    def unit(self, name: str, day: date) -> Unit:
        """The unit that bore a name on a day, or whoever has taken over its work since
        (条例第十条第三款). Raises ValueProblem."""
        found = self.units.get(name.strip())
        if not found:
            raise ValueProblem("unit", f"没有找到单位“{name[:40]}”", _UNIT_REMEDY)
        # Old documents are older than the register: without a unit of that day, any bearer counts.
        bearers = [u for u in found if u.valid_on(day)] or list(found)
        current = {self._heir(unit).pk: self._heir(unit) for unit in bearers}
        if len(current) > 1:
            city = [unit for unit in current.values() if unit.area_id is None]
            if len(city) != 1:
                raise ValueProblem("unit", f"有几个单位都叫“{name[:40]}”", _UNIT_REMEDY)
            return city[0]
        return next(iter(current.values()))

    def _heir(self, unit: Unit) -> Unit:
        seen: set[int] = set()
        while unit.valid_to is not None and unit.successor_id and unit.pk not in seen:
            seen.add(unit.pk)
            unit = self.by_id[unit.successor_id]
        return unit

    def kind(self, name: str) -> ItemKind:
        """A kind by key or name. Raises ValueProblem."""
        found = self.kinds.get(name.strip())
        if found is None:
            raise ValueProblem(
                "kind",
                f"没有“{name[:30]}”这种信息",
                "请在对应表 kind 的 map 里写明它相当于哪一种，或给 kind 一个 default。",
            )
        return found

    def theme(self, name: str) -> str:
        """The code of a theme by code, label or path (财政、金融、审计\\财政). Raises ValueProblem."""
        key = name.strip().replace("/", "\\").replace("＼", "\\").replace(">", "\\")
        key = "\\".join(part.strip() for part in key.split("\\"))
        found = self.themes.get(key)
        if found is None:
            raise ValueProblem(
                "theme",
                f"主题分类“{name[:40]}”不在分类表里",
                "请在对应表 theme 的 map 里写明，大类和小类之间用 \\ 隔开。",
            )
        return found


def _themes() -> dict[str, str]:
    found: dict[str, str] = {}
    leaves: dict[str, list[str]] = {}
    rows: Any = Theme.objects.values_list("code", "name", "parent__name")
    for code, name, parent in rows:
        found[code] = code
        found[f"{parent}\\{name}" if parent else name] = code
        if parent:
            leaves.setdefault(name, []).append(code)
    for name, codes in leaves.items():
        # 其他 stands in every class: only a name that is alone tells which one is meant.
        if len(codes) == 1:
            found.setdefault(name, codes[0])
    return found
