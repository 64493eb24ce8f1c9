"""The documentation says what is true: generated parts, commands, links, names on screens."""

import ast
import json
import re
import shlex
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, get_commands, load_command_class
from django.test import override_settings
from django.urls import Resolver404, resolve

from gongkai.catalogue.models import ColumnKind, column_path, site_path
from gongkai.review.enums import STEP_ROLE, CaseStatus, WithholdCode
from gongkai.review.rules import LIFECYCLE
from scripts import lifecycle_docs

ROOT = Path(__file__).resolve().parent.parent
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
# Decision records have their own authors and form.
GUIDES = tuple(p for p in sorted((ROOT / "docs").rglob("*.md")) if "adr" not in p.parts)
PAGES = (*READMES, *GUIDES)
USER_GUIDES = tuple(p for p in GUIDES if p.parent.name == "user")

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _snippets(text: str) -> list[str]:
    """Every line of the shell blocks and every piece of inline code."""
    lines = [line for kind, block in _FENCE.findall(text) if kind in ("sh", "") for line in
             block.splitlines()]  # fmt: skip
    return lines + _CODE.findall(_FENCE.sub("", text))


def _calls(page: Path, program: str) -> list[list[str]]:
    """The arguments of every call of a program that a page shows."""
    found = []
    for snippet in _snippets(page.read_text(encoding="utf-8")):
        match = re.match(rf"\s*(?:\.venv/bin/)?{program} (.+)", snippet)
        if match:
            # A program text in quotes runs over several lines; only its option matters here.
            command = re.split(r"\s#|\s\||&&|;", match[1].split('"')[0])[0]
            found.append(shlex.split(command))
    return found


# --- the diagram of the review ------------------------------------------------------------------


def test_the_lifecycle_page_is_what_the_table_of_the_gate_generates() -> None:
    text = lifecycle_docs.PAGE.read_text(encoding="utf-8")
    assert lifecycle_docs.fresh(text) == text, "run: python -m scripts.lifecycle_docs"


def test_every_move_stands_in_the_diagram_and_in_the_table() -> None:
    text = lifecycle_docs.generated()
    for move in LIFECYCLE:
        assert (
            f"{move.source or '[*]'} --> {move.target}: {lifecycle_docs.EVENTS[move.event]}" in text
        )
        assert f"| {move.who} | {move.needs} |" in text
    assert text.count(" --> ") == len(LIFECYCLE) + sum(
        1 for s in CaseStatus.values if s not in {m.source for m in LIFECYCLE}
    )


def test_a_changed_table_makes_the_page_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    text = lifecycle_docs.PAGE.read_text(encoding="utf-8")
    monkeypatch.setattr(lifecycle_docs, "LIFECYCLE", LIFECYCLE[:-1])
    assert lifecycle_docs.fresh(text) != text


def test_a_page_that_lost_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="marks"):
        lifecycle_docs.fresh("# 审核的流程\n")


# --- commands -----------------------------------------------------------------------------------


def _targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", makefile, re.M))


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    for arguments in _calls(page, "make"):
        assert arguments[0] in _targets(), arguments


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_every_gongkai_command_that_is_named_takes_the_arguments_shown(page: Path) -> None:
    for name, *arguments in _calls(page, "gongkai"):
        commands = get_commands()
        assert name in commands, name
        app = commands[name]
        command = load_command_class(app, name) if isinstance(app, str) else app
        if arguments and arguments[-1] == "-c":
            arguments.append("text")
        if not arguments and name in ("audit", "workdays", "staff", "import_work_points"):
            continue  # named in prose, not called
        try:
            command.create_parser("gongkai", name).parse_args(arguments)
        except CommandError as error:
            pytest.fail(f"gongkai {name} {' '.join(arguments)}: {error}")


def test_the_programs_of_the_operator_guide_import_what_exists() -> None:
    guide = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    programs = re.findall(r'gongkai shell -c "(.*?)"', guide, re.S)
    assert len(programs) >= 4
    for program in programs:
        for node in ast.walk(ast.parse(program)):
            if isinstance(node, ast.ImportFrom) and node.module:
                module = import_module(node.module)
                assert all(hasattr(module, name.name) for name in node.names), program


def test_the_readme_shows_both_main_targets_and_every_command_of_ours() -> None:
    for page in READMES:
        assert {"demo", "test"} <= {call[0] for call in _calls(page, "make")}
        ours = {name for name, app in get_commands().items() if str(app).startswith("gongkai.")}
        shown = {call[0] for call in _calls(page, "gongkai")}
        assert ours - shown == {"demo"}, "what `make demo` runs is the only one not shown"


# --- links, size, words -------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_every_relative_link_resolves(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in _LINK.findall(text):
        path = (page.parent / target.split("#")[0]).resolve()
        # Pictures are made by the browser tests and need not be there.
        if path.parent != ROOT / "docs" / "images":
            assert path.exists(), target
        assert path.is_relative_to(ROOT), target


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_no_page_is_a_stub(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8")) >= 400


def test_every_guide_can_be_reached_from_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for page in GUIDES:
        name = str(page.relative_to(ROOT / "docs"))
        assert name == "index.md" or f"({name})" in index, name


@cache
def _screens() -> str:
    """Everything that can appear on a screen: templates, code, scripts, reference data."""
    files = [
        path
        for pattern in ("*.py", "*.html", "*.js", "*.json")
        for path in (ROOT / "gongkai").rglob(pattern)
        if "tests" not in path.parts and "demo" not in path.parts
    ]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize("page", USER_GUIDES, ids=_id)
def test_bold_words_of_the_user_guides_stand_on_a_screen(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    missing = [words for words in _BOLD.findall(text) if words not in _screens()]
    assert [words for words in missing if words != "粗体"] == []


# --- facts that pages repeat --------------------------------------------------------------------


def test_the_operator_guide_names_every_setting_that_is_read() -> None:
    reader = (ROOT / "gongkai/settings/environment.py").read_text(encoding="utf-8")
    read = set(re.findall(r"""env\.\w+\(\s*"([A-Z][A-Z0-9_]+)\"""", reader))
    guide = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", guide, re.M))
    assert len(read) >= 8
    assert named == read | {"DJANGO_SETTINGS_MODULE"}


def test_the_operator_guide_names_every_check_that_stops_the_start() -> None:
    checks = (ROOT / "gongkai/core/checks.py").read_text(encoding="utf-8")
    guide = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    for number in re.findall(r"gongkai\.(E\d{3})", checks):
        assert number in guide


def test_the_secrecy_guide_names_every_ground_with_its_article() -> None:
    """条例（国务院令第711号）第十四条至第十六条."""
    guide = (ROOT / "docs/user/secrecy.md").read_text(encoding="utf-8")
    for label in WithholdCode.labels:
        words, _, article = str(label).rstrip("）").partition("（条例")
        assert re.search(rf"^\| {re.escape(words)} \| {article} \|", guide, re.M), label


def test_the_operator_guide_names_the_roles_of_the_review() -> None:
    guide = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    for role in (*STEP_ROLE.values(), "editor", "supervisor", "operator"):
        assert f"`{role}`" in guide


@pytest.mark.parametrize("page", READMES, ids=_id)
def test_the_table_of_the_seventeen_points_leads_to_places_that_exist(page: Path) -> None:
    places = json.loads((ROOT / "gongkai/catalogue/reference/places.json").read_text("utf-8"))
    topics = {topic["key"] for topic in places["topics"]}
    rows = re.findall(r"^\| (\d+) [^|]+\|([^|]+)\|", page.read_text(encoding="utf-8"), re.M)
    assert [int(number) for number, _ in rows] == list(range(1, 18))
    with override_settings(ROOT_URLCONF=settings.ROOT_URLCONF):
        for _, where in rows:
            addresses = _CODE.findall(where)
            assert addresses
            for address in addresses:
                try:
                    match = resolve(address.partition("?")[0])
                except Resolver404:
                    pytest.fail(address)
                if match.view_name == "portal:topic":
                    key, district = match.kwargs["key"], match.kwargs.get("district", "")
                    assert key in topics, address
                    site = site_path(f"qx/{district}" if district else "")
                    assert column_path(site, ColumnKind.TOPIC, key) == address
                    assert not district or key in places["district_topics"]


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_no_page_speaks_of_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"/work/|/root/|/home/[a-z]+/(?!gongkai)|docker\.io|pypi", text)


def test_deployment_files_name_settings_and_paths_of_the_guide() -> None:
    guide = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    nginx = (ROOT / "deploy/nginx/gongkai.conf").read_text(encoding="utf-8")
    for unit in (ROOT / "deploy/systemd").glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        for path in re.findall(r"^(?:EnvironmentFile|ReadWritePaths)=(\S+)", text, re.M):
            assert path in guide, (unit.name, path)
        name = re.findall(r"^ExecStart=\S+/gongkai (\w+)", text, re.M)
        assert name and name[0] in get_commands(), unit.name
    prefix = re.search(r"GONGKAI_ACCEL_PREFIX=(\S+)", guide)
    assert prefix and f"location {prefix[1]}/ {{" in nginx
    for private in ("desk", "admin", "f", "tour"):
        assert re.search(rf"location ~ \^/\([a-z|]*\b{private}\b", nginx)


def test_what_the_cache_may_hold_is_what_the_application_calls_public() -> None:
    from gongkai.core.middleware import STAFF_PREFIXES

    nginx = (ROOT / "deploy/nginx/gongkai.conf").read_text(encoding="utf-8")
    blocks = re.findall(r"location (.*?) \{(.*?)\n    \}", nginx, re.S)
    cached = [place for place, block in blocks if "proxy_cache gongkai;" in block]
    assert cached == ["/"]
    for prefix in STAFF_PREFIXES:
        own = [
            block
            for place, block in blocks
            if place == prefix or re.match(place.removeprefix("~ "), prefix)
            if place.startswith(("~", prefix))
        ]
        assert own and all("proxy_cache off;" in block for block in own), prefix
