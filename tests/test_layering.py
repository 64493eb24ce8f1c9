"""The house rules of imports and modules (gongkai/floors.py), read from the source itself.

Every rule is a function of a module's name and source, so that small examples can show that it
catches what it is for; then it is asked about every module of ours.
"""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from gongkai.floors import FLOORS
from scripts import architecture

ROOT = Path(__file__).parent.parent / "gongkai"
LIMIT = 450

Rule = Callable[[str, str], list[str]]


@cache
def modules() -> dict[str, str]:
    """Our modules by name below gongkai/, with their source; without tests and migrations."""
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for app in FLOORS
        for path in sorted((ROOT / app).rglob("*.py"))
        if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts)
    }


def imports(name: str, source: str) -> Iterator[tuple[str, int]]:
    """Every module a source imports, at the top or inside a function, relative ones resolved."""
    package = ("gongkai", *Path(name).parts[:-1])
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *([node.module] if node.module else [])))
            yield base, node.lineno
            for alias in node.names:
                yield f"{base}.{alias.name}", node.lineno
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno


def app_of(module: str) -> str:
    """The app a dotted name belongs to; empty when it is not ours."""
    parts = module.split(".")
    return parts[1] if parts[0] == "gongkai" and len(parts) > 1 else ""


# Entry points put the house together; nothing inside the house may lean on them.
ENTRANCES = {"urls", "wsgi", "cli", "settings"}


def upward_imports(name: str, source: str) -> list[str]:
    """An app imports only from floors below its own, never from a neighbour or an entrance."""
    app = Path(name).parts[0]
    return [
        f"{name}:{line} imports {module}"
        for module, line in imports(name, source)
        for other in [app_of(module)]
        if other != app
        and (other in ENTRANCES or (other in FLOORS and FLOORS[other][0] >= FLOORS[app][0]))
    ]


IMPURE = ("django", "wagtail", "gongkai.settings", "gongkai.core.models", "gongkai.core.facts")
CLOCK = ("gongkai.core.clock.now", "gongkai.core.clock.today")


def impure_rules(name: str, source: str) -> list[str]:
    """``rules.py`` knows neither ORM nor settings nor the time of day."""
    if Path(name).name != "rules.py":
        return []
    return [
        f"{name}:{line} imports {module}"
        for module, line in imports(name, source)
        if module.split(".")[0] in IMPURE
        or module.startswith(IMPURE[2:])
        or module in CLOCK
        or (app_of(module) and module.split(".")[-1] in ("models", "services", "selectors"))
    ] + ([f"{name} asks the clock"] if asks_clock(name, source) else [])


SCREENS = ("views", "desk", "forms", "admin", "writing")
UPWARD = {
    "models.py": ("services", "selectors", *SCREENS),
    "services.py": SCREENS,
    "selectors.py": ("services", *SCREENS),
}


def screens_below(name: str, source: str) -> list[str]:
    """Models know no services, and neither services nor selectors know a screen."""
    return [
        f"{name}:{line} imports {module}"
        for module, line in imports(name, source)
        if app_of(module) and module.split(".")[-1] in UPWARD.get(Path(name).name, ())
    ]


# Where a request, a timer or a command comes in; everything else is told the time.
EDGES = {"admin", "context", "files", "forms", "jobs", "middleware", "tasks", "views", "writing"}


def at_the_edge(name: str) -> bool:
    """Whether a module may ask what time it is."""
    path = Path(name)
    return (
        path.stem in EDGES
        or path.stem.startswith(("views_", "desk_"))
        or path.stem.endswith("desk")
        or "commands" in path.parts
    )


def asks_clock(name: str, source: str) -> list[str]:
    """Calls of our clock: imported by name, or through the module."""
    found = [f"{name}:{line}" for module, line in imports(name, source) if module in CLOCK]
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("now", "today")
            and isinstance(node.value, ast.Name)
            and node.value.id == "clock"
        ):
            found.append(f"{name}:{node.lineno}")
    return found


def clock_inside(name: str, source: str) -> list[str]:
    """Services, selectors, models and rules are told the time; only the edges ask our clock."""
    return [] if at_the_edge(name) or name == "core/clock.py" else asks_clock(name, source)


READERS = {"now": {"datetime", "timezone"}, "utcnow": {"datetime"}, "today": {"date", "datetime"}}


def machine_clock(name: str, source: str) -> list[str]:
    """Nobody but core/clock.py reads the machine's clock, under whatever name it was imported."""
    if name == "core/clock.py":
        return []
    tree = ast.parse(source)
    known = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("datetime", "django.utils")
        for alias in node.names
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.timezone":
            found += [f"{name}:{node.lineno}" for alias in node.names if alias.name == "now"]
        if not isinstance(node, ast.Attribute):
            continue
        owner = node.value
        said = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        if known.get(said, said) in READERS.get(node.attr, ()):
            found.append(f"{name}:{node.lineno}")
    return found


def too_long(name: str, source: str) -> list[str]:
    """A module stays small enough to read."""
    lines = len(source.splitlines())
    return [f"{name} has {lines} lines, more than {LIMIT}"] if lines > LIMIT else []


DRAWERS = {"utils", "helpers", "common", "misc", "signals"}


def odds_and_ends(name: str, source: str) -> list[str]:
    """No drawers for odds and ends, and no signals for the logic of the domain."""
    return [name] if Path(name).stem in DRAWERS else []


RULES: tuple[Rule, ...] = (
    upward_imports,
    impure_rules,
    screens_below,
    clock_inside,
    machine_clock,
    too_long,
    odds_and_ends,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    broken = [line for name, source in modules().items() for line in rule(name, source)]
    assert sorted(set(broken)) == [], rule.__doc__


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [
        (upward_imports, "core/a.py", "from gongkai.review import services"),
        (upward_imports, "publishing/a.py", "from gongkai.ledger.models import Plan"),
        (upward_imports, "publishing/a.py", "import gongkai.portal.views as views"),
        (upward_imports, "publishing/a.py", "def f():\n    from gongkai.portal import rules"),
        (upward_imports, "publishing/a.py", "from ..portal import rules"),
        (upward_imports, "publishing/a.py", "from gongkai import portal"),
        (upward_imports, "catalogue/a.py", "from gongkai.review.models import Review"),
        (upward_imports, "portal/a.py", "from gongkai.desk import strip"),
        (upward_imports, "core/a.py", "from gongkai.settings import base"),
        (upward_imports, "desk/a.py", "import gongkai.urls"),
        (impure_rules, "review/rules.py", "from django.db.models import Q"),
        (impure_rules, "review/rules.py", "def f():\n    from gongkai.review.models import Review"),
        (impure_rules, "review/rules.py", "from gongkai.core import facts"),
        (impure_rules, "review/rules.py", "from gongkai.core.clock import today"),
        (impure_rules, "review/rules.py", "from gongkai.core import clock\nclock.now()"),
        (screens_below, "review/models.py", "from gongkai.review import services"),
        (screens_below, "review/services.py", "def f():\n    from gongkai.review.desk import x"),
        (screens_below, "review/services.py", "from gongkai.review import forms"),
        (screens_below, "review/selectors.py", "from gongkai.review import services"),
        (clock_inside, "review/services.py", "from gongkai.core.clock import now"),
        (clock_inside, "review/consulting.py", "from gongkai.core import clock\nclock.today()"),
        (machine_clock, "review/desk.py", "from datetime import datetime\ndatetime.now()"),
        (machine_clock, "review/desk.py", "import datetime\ndatetime.datetime.now()"),
        (machine_clock, "review/desk.py", "from datetime import date as d\nd.today()"),
        (machine_clock, "review/desk.py", "from django.utils import timezone as t\nt.now()"),
        (machine_clock, "review/desk.py", "from django.utils.timezone import now"),
        (machine_clock, "core/rules.py", "def f(x=__import__('datetime').date.today): ..."),
        (too_long, "core/a.py", "\n" * (LIMIT + 1)),
        (odds_and_ends, "core/utils.py", ""),
    ],
    ids=lambda value: getattr(value, "__name__", None) or str(value)[:60],
)
def test_the_rule_catches(rule: Rule, name: str, source: str) -> None:
    module = name.removesuffix(".py").replace("/", ".")
    assert rule(name, source), f"{rule.__name__} misses this in gongkai.{module}"


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [
        (upward_imports, "publishing/a.py", "from gongkai.review import services"),
        (upward_imports, "publishing/a.py", "from . import services"),
        (upward_imports, "publishing/a.py", "import portal"),
        (impure_rules, "review/rules.py", "from gongkai.core.clock import day_of"),
        (impure_rules, "review/services.py", "from django.db import models"),
        (screens_below, "review/models.py", "from django import forms"),
        (clock_inside, "review/desk.py", "from gongkai.core.clock import now"),
        (clock_inside, "core/management/commands/a.py", "from gongkai.core.clock import now"),
        (clock_inside, "review/services.py", "from gongkai.core.clock import day_of"),
        (machine_clock, "core/clock.py", "from datetime import datetime\ndatetime.now()"),
        (machine_clock, "review/desk.py", "from gongkai.core import clock\nclock.now()"),
        (too_long, "core/a.py", "\n" * LIMIT),
    ],
    ids=lambda value: getattr(value, "__name__", None) or str(value)[:60],
)
def test_the_rule_lets_pass(rule: Rule, name: str, source: str) -> None:
    assert rule(name, source) == []


def test_every_installed_app_stands_on_a_floor(settings: object) -> None:
    installed = {
        name.removeprefix("gongkai.")
        for name in settings.INSTALLED_APPS  # type: ignore[attr-defined]
        if name.startswith("gongkai.")
    }
    assert installed == set(FLOORS)


def test_installed_apps_stand_in_the_order_of_their_floors(settings: object) -> None:
    """The lower app comes first, so that a higher one may replace its templates and actions."""
    order = [
        FLOORS[name.removeprefix("gongkai.")][0]
        for name in settings.INSTALLED_APPS  # type: ignore[attr-defined]
        if name.startswith("gongkai.")
    ]
    assert order == sorted(order)


def test_every_package_of_ours_is_an_app_on_a_floor() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"settings"} == set(FLOORS)


def test_the_diagram_in_the_architecture_page_is_current() -> None:
    page = (ROOT.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert architecture.block() in page, "run python -m scripts.architecture"


def test_what_the_architecture_page_names_exists() -> None:
    """Dotted names of ours in the page are modules, or things in modules."""
    import importlib
    import re

    page = (ROOT.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = {
        name
        for name in re.findall(r"`([a-z_]+(?:\.[A-Za-z_]+)+)`", page)
        if name.split(".")[0] in FLOORS and not name.endswith(".py")
    }
    assert len(named) > 15
    missing = []
    for name in sorted(named):
        parts = name.split(".")
        for cut in range(len(parts), 0, -1):
            try:
                found: object = importlib.import_module(".".join(("gongkai", *parts[:cut])))
            except ModuleNotFoundError:
                continue
            break
        try:
            for part in parts[cut:]:
                found = getattr(found, part)
        except AttributeError:
            missing.append(name)
    assert missing == []
