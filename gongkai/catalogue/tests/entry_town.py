"""A city with a catalogue: its keeper, one unit's editor and reviewers."""

from dataclasses import dataclass
from datetime import date, datetime

from gongkai.catalogue.entries import importing, selectors
from gongkai.catalogue.entries.models import Catalogue, Entry, EntryInstance
from gongkai.catalogue.tests.tables import table
from gongkai.core.clock import at
from gongkai.organisations.access import Member
from gongkai.organisations.models import User
from gongkai.publishing.models import Item
from tests.factories import City, make_public

START = date(2022, 9, 20)


@dataclass
class Town:
    city: City
    keeper: Member
    editor_user: User
    editor: Member
    people: dict[str, User]

    def bring_in(self, *rows: list[str], now: datetime | None = None, **more: str) -> Catalogue:
        opened = importing.import_open(
            owner=self.city.government, data=table(*rows, **more), filename="目录.xlsx",
            member=self.keeper, now=now or at(START, 9),
        )  # fmt: skip
        (done,) = importing.import_confirm(
            import_id=opened.pk, member=self.keeper, now=now or at(START, 10)
        )
        return done

    def entry(self, item2: str = "学校招生方案") -> Entry:
        return Entry.objects.get(item2=item2)

    def state(self, day: date, item2: str = "学校招生方案") -> list[str]:
        rows = EntryInstance.objects.filter(entry__item2=item2).order_by("pk")
        return [selectors.state_of(r, day) for r in rows]

    def publish(self, *codes: str, now: datetime | None = None, **changes: object) -> Item:
        return make_public(
            self.city, self.city.bureau_a, self.editor_user, self.people, now=now,
            entries=list(codes), **changes,
        )  # fmt: skip
