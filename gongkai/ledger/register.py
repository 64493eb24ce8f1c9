"""The register of unit names that the parser expands names with."""

from datetime import date

from gongkai.ledger.parsing import UnitRegister
from gongkai.organisations.enums import UnitKind
from gongkai.organisations.loading import fixture_names
from gongkai.organisations.models import Unit
from gongkai.organisations.selectors import divisions, names_to_units

DIVISION_WORDS = (
    "各区县（市）人民政府", "各区县（市）政府", "各区县（市）", "各区县市", "各区、县（市）人民政府",
    "各县（市）区人民政府",
)  # fmt: skip
PARK_WORDS = ("园区管委会", "各园区管委会", "各园区")
OPEN_WORDS = ("市直相关单位", "市直各单位", "市直有关单位", "相关单位", "各相关单位")


def unit_register(day: date, area: Unit | None) -> UnitRegister:
    """Names of the city (and of one district, for its own documents) on a day.

    各区县（市）人民政府 stands for the divisions in official order; 市直相关单位 for nobody until
    the office names them; 园区管委会 for the parks, which no bracket of the city's document names.
    """
    parks = Unit.objects.filter(kind=UnitKind.PARK, uncertain=False)
    return _register(
        {name: unit.short_name for name, unit in names_to_units(day, area).items()},
        districts=[u.short_name for u in divisions(day)],
        parks=[u.short_name for u in parks if u.valid_on(day)],
    )


def fixture_register() -> UnitRegister:
    """The city's register straight from the fixture, for reading a document without a database."""
    rows = fixture_names()
    names: dict[str, str] = {}
    for row in rows:
        if row["level"] == "city" or row["kind"] == UnitKind.DISTRICT:
            for name in (row["short_name"], row["full_name"], *row["aliases"].split("|")):
                if name:
                    names[name] = row["short_name"]
    return _register(
        names,
        districts=[r["short_name"] for r in rows if r["kind"] == UnitKind.DISTRICT],
        parks=[
            r["short_name"] for r in rows if r["kind"] == UnitKind.PARK and r["uncertain"] != "1"
        ],
    )


def _register(names: dict[str, str], *, districts: list[str], parks: list[str]) -> UnitRegister:
    collectives: dict[str, list[str]] = {word: districts for word in DIVISION_WORDS}
    collectives.update({word: parks for word in PARK_WORDS})
    collectives.update({word: [] for word in OPEN_WORDS})
    return UnitRegister(names=names, collectives=collectives)


def expand(register: UnitRegister, name: str) -> tuple[str, ...]:
    """The units a written name stands for: itself, the members of a collective, or nobody."""
    single = register.canonical(name)
    return (single,) if single else register.members(name) or ()
