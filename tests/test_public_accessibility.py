"""Every public page in Chromium, in the standard and the elder view, by day and by night, wide and
on a phone: axe, reflow, size of targets, its own security policy, and nothing left behind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.test.signals import template_rendered

from gongkai.portal.conformance.browser import axe_source
from gongkai.portal.conformance.probes import AXE, NOT_FLAT, OPEN_ALL, SMALL_TARGETS, TOO_WIDE
from gongkai.portal.pdf import making
from tests.browsing import COLOURS, serving
from tests.factories import DAY
from tests.public_world import PublicWorld, build, templates_of

# Marked for the database to exist; nothing is written in a test, so the world of the module stays.
pytestmark = [pytest.mark.browser, pytest.mark.django_db]
ROOT = Path(__file__).parent.parent / "gongkai"

# What axe cannot decide by itself on these pages, and who decided. Anything else is looked at first.
UNDECIDED = {
    "color-contrast": "text over drawings or beside pseudo-elements; design/tests/test_tokens.py "
    "measures every pair of colours that may meet",
    "th-has-data-cells": "a heading of a group of rows stands alone in its row; read by eye in "
    "units.html, where it is the only such case",
}
# (name, width in pixels, colours, rules; None = all). By night the page is the same but for its
# colours, so only the rules about colours are asked again.
MODES = {
    "standard": [
        ("phone", 375, "light", None),
        ("day", 1280, "light", None),
        ("night", 1280, "dark", COLOURS),
    ],
    "elder": [("day", 1280, "light", None)],
}


@dataclass
class Sweep:
    """What was found, as "page in mode: what"."""

    violations: list[str] = field(default_factory=list)
    undecided: dict[str, list[str]] = field(default_factory=dict)
    wide: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    shadows: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    templates: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def place(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[PublicWorld, str]]:
    # A machine without Pango: the page that says so is a page, too.
    cannot = making.CannotMake("这台服务器没有装 Pango，暂时不能生成 PDF。")
    with (
        patch.object(making, "kept", return_value=False),
        patch.object(making, "make", side_effect=cannot),
        serving(django_db_blocker, build, DEMO_DATE=DAY, SPEECH_COMMAND=["true"]) as found,
    ):
        yield found


def _look(page: Any, sweep: Sweep, name: str, path: str, view: str) -> None:
    page.evaluate(OPEN_ALL)
    for mode, width, colours, rules in MODES[view]:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=colours)
        where = f"{name} in {view}, {mode}"
        violations, undecided = page.evaluate(AXE, rules)
        sweep.violations += [f"{where}: {rule} {html}" for rule, html in violations]
        for rule, html in undecided:
            sweep.undecided.setdefault(rule, []).append(f"{where}: {html}")
    page.set_viewport_size({"width": 320, "height": 800})
    over = page.evaluate(TOO_WIDE)
    # The text view leaves sizes to the reader's browser; the desk has no elder view.
    usual = path.startswith(("/f/", "/desk/")) or "view=text" in path
    least = 60 if view == "elder" and not usual else 44
    small = page.evaluate(SMALL_TARGETS, least)
    sweep.small += [f"{name} in {view}: {height:.0f} px {html}" for height, html in small]
    if over > 0:
        sweep.wide.append(f"{name} in {view}: {over} px")
    if view == "elder":
        sweep.shadows += [f"{name}: {html}" for html in page.evaluate(NOT_FLAT)]
    if page.locator("dialog[open]").count():
        sweep.dialogs.append(name)


@pytest.fixture(scope="module")
def sweep(place: tuple[PublicWorld, str], chromium: Any) -> Sweep:
    """All pages in all modes, once."""
    world, root = place
    found = Sweep()

    def note(sender: Any, template: Any, **kwargs: Any) -> None:
        if template.name:
            found.templates.add(template.name)

    template_rendered.connect(note)
    for view in MODES:
        context = chromium.new_context(locale="zh-CN", reduced_motion="reduce")
        if view == "elder":
            context.add_cookies([{"name": "view", "value": "elder", "url": root}])
        page = context.new_page()
        page.add_init_script(axe_source())
        page.on("pageerror", lambda error: found.complaints.append(f"{page.url}: {error}"))  # noqa: B023
        page.on(
            "console",
            lambda m: (
                found.complaints.append(f"{page.url}: {m.text}")  # noqa: B023
                if m.type == "error" and not re.search("status of [45]", m.text)
                else None
            ),
        )
        page.on(
            "request",
            lambda r: (
                None if r.url.startswith((root, "data:", "blob:")) else found.outside.append(r.url)
            ),
        )
        for name, path in world.pages.items():
            page.goto(root + path)
            if view == "standard" and not path.startswith(("/f/", "/desk/")):
                found.cookies += [f"{name}: {c['name']}" for c in context.cookies()]
            _look(page, found, name, path, view)
        context.close()
    template_rendered.disconnect(note)
    return found


def test_axe_finds_no_violation_of_any_impact(sweep: Sweep) -> None:
    assert sweep.violations == [], "\n".join(sweep.violations)


def test_what_axe_cannot_decide_is_known(sweep: Sweep) -> None:
    unknown = {rule: where[:3] for rule, where in sweep.undecided.items() if rule not in UNDECIDED}
    assert unknown == {}


def test_1_4_10_no_page_scrolls_sideways_at_320_px(sweep: Sweep) -> None:
    assert sweep.wide == []


def test_targets_are_44_px_and_60_px_in_the_elder_view(sweep: Sweep) -> None:
    assert sweep.small == [], "\n".join(sweep.small)


def test_the_elder_view_is_flat(sweep: Sweep) -> None:
    assert sweep.shadows == []


def test_pages_keep_their_own_security_policy_and_scripts_raise_no_error(sweep: Sweep) -> None:
    assert sweep.complaints == [] and sweep.outside == []


def test_2_4_1_nothing_opens_by_itself(sweep: Sweep) -> None:
    assert sweep.dialogs == []


def test_public_pages_leave_no_cookie(sweep: Sweep) -> None:
    assert sweep.cookies == []


def test_the_sweep_visits_every_public_template(sweep: Sweep) -> None:
    unseen = templates_of(ROOT) - sweep.templates
    assert unseen == set(), "add a page that shows it to tests/public_world.py"
