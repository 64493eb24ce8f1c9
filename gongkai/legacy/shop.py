"""What turning rows into items needs, read once for a run."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gongkai.legacy.attachments import Files
from gongkai.legacy.lookups import Lookups
from gongkai.legacy.mapping import ImportMapping
from gongkai.organisations.models import Unit
from gongkai.publishing.content import content_of
from gongkai.publishing.models import Item, ItemKind


@dataclass(slots=True)
class Shop:
    """All that turning rows into items needs."""

    mapping: ImportMapping
    lookups: Lookups
    unit: Unit | None
    """The unit of every row; None when a field names it."""
    cutoff: date
    """Only what was public before this day is history."""
    today: date
    files: Files
    keep_at: datetime | None
    """When files are kept; None in a dry run."""
    _blank: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)

    def blank(self, unit: Unit, kind: ItemKind) -> dict[str, Any]:
        """The content of an empty item, so that fields added later are there too."""
        key = (unit.pk, kind.key)
        if key not in self._blank:
            self._blank[key] = content_of(Item(unit=unit, kind=kind))
        return dict(self._blank[key])
