"""The tokens: contrast of every declared pair in every set, and the limits of the stylesheets."""

import gzip
import re
from pathlib import Path

import pytest

from gongkai.design.contrast import contrast_ratio, parse_hex, relative_luminance

STATIC = Path(__file__).parents[1] / "static" / "design"
TEMPLATES = Path(__file__).parents[1] / "templates"
TOKENS = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
PUBLIC_SHEETS = ("tokens", "base", "components", "public", "print")

# Selector of the set, and the contrast its text must have (WCAG 2.2 SC 1.4.3 and 1.4.6).
SETS = {
    "light": ([":root"], 4.5),
    "elder": ([":root", '[data-view="elder"]'], 7.0),
    "dark": ([":root", ':root[data-theme="dark"]'], 7.0),
    "elder in the dark": ([":root", '[data-view="elder"]', ':root[data-theme="dark"]'], 7.0),
    "contrast": ([":root", ':root[data-theme="contrast"]'], 7.0),
    "black and yellow": ([":root", ':root[data-theme="yellow"]'], 7.0),
    "blue and yellow": ([":root", ':root[data-theme="blue"]'], 7.0),
}


def _without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def _declarations(body: str) -> dict[str, str]:
    return {name: value.strip() for name, value in re.findall(r"--([a-z0-9-]+):\s*([^;]+);", body)}


def _rule(selector: str, css: str = TOKENS) -> dict[str, str]:
    """Declarations of the first rule with exactly this selector, outside media queries."""
    plain = _without_comments(css)
    match = re.search(rf"(?:^|[}}])\s*{re.escape(selector)}\s*{{([^}}]*)}}", plain)
    assert match, f"no rule {selector}"
    return _declarations(match.group(1))


def _media(condition: str) -> dict[str, str]:
    plain = _without_comments(TOKENS)
    match = re.search(rf"@media {re.escape(condition)} {{\s*[^{{]+{{([^}}]*)}}", plain)
    assert match, f"no media query {condition}"
    return _declarations(match.group(1))


def _colours(selectors: list[str]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for selector in selectors:
        merged |= _rule(selector)
    return merged


def _listed(mark: str) -> list[tuple[str, str]]:
    found = []
    for line in (Path(__file__).parents[1] / "pairs.txt").read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(rf"{mark} ?([a-z0-9-]*) ?on (.+)", line)
        if match:
            found += [(match.group(1).strip(), ground) for ground in match.group(2).split()]
    assert found, mark
    return found


PAIRS = _listed("text")
EDGES = _listed("edge")
RINGS = [ground for _, ground in _listed("ring")]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#fff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#0f4c81", "#ffffff", 8.86),
        ("#ffff00", "#0000ff", 8.00),
    ],
)
def test_contrast_ratio_known_values(first: str, second: str, expected: float) -> None:
    assert contrast_ratio(first, second) == pytest.approx(expected, abs=0.01)
    assert contrast_ratio(second, first) == contrast_ratio(first, second)


@pytest.mark.parametrize("text", ["red", "#12", "#12345", "rgb(0,0,0)", "var(--ink)", ""])
def test_contrast_refuses_what_it_cannot_measure(text: str) -> None:
    with pytest.raises(ValueError, match="not a hex colour"):
        parse_hex(text)


def test_luminance_ends() -> None:
    assert relative_luminance("#000") == 0
    assert relative_luminance("#fff") == pytest.approx(1)


def test_pairs_cover_every_text_colour_and_every_ground() -> None:
    texts = {text for text, _ in PAIRS}
    grounds = {ground for _, ground in PAIRS}
    light = _rule(":root")
    wanted = {name for name in light if re.fullmatch(r"ink.*|link|seal|ok|warn|on-.*", name)}
    assert wanted <= texts
    washes = {name for name in light if re.fullmatch(r"paper|wash|raise|deep|demo|.*-wash", name)}
    assert washes <= grounds


@pytest.mark.parametrize("name", SETS)
def test_every_text_pair_has_its_contrast(name: str) -> None:
    selectors, minimum = SETS[name]
    colours = _colours(selectors)
    low = {
        f"{text} on {ground}": round(contrast_ratio(colours[text], colours[ground]), 2)
        for text, ground in PAIRS
        if contrast_ratio(colours[text], colours[ground]) < minimum
    }
    assert not low


@pytest.mark.parametrize("name", SETS)
def test_edges_of_controls_have_three_to_one_sc_1_4_11(name: str) -> None:
    colours = _colours(SETS[name][0])
    low = {
        f"{edge} on {ground}": round(contrast_ratio(colours[edge], colours[ground]), 2)
        for edge, ground in EDGES
        if contrast_ratio(colours[edge], colours[ground]) < 3
    }
    assert not low


@pytest.mark.parametrize("name", SETS)
def test_focus_ring_shows_on_every_ground_sc_2_4_13(name: str) -> None:
    """The ring has two colours; on each ground at least one must stand out by 3:1."""
    colours = _colours(SETS[name][0])
    for ground in RINGS:
        best = max(
            contrast_ratio(colours["focus"], colours[ground]),
            contrast_ratio(colours["focus-2"], colours[ground]),
        )
        assert best >= 3, (ground, round(best, 2))


@pytest.mark.parametrize("theme", ["dark", "contrast", "yellow", "blue"])
def test_a_theme_sets_every_colour(theme: str) -> None:
    colours = {name for name, value in _rule(":root").items() if value.startswith("#")}
    assert colours <= set(_rule(f':root[data-theme="{theme}"]'))


def test_the_system_and_the_toolbar_give_the_same_colours() -> None:
    assert _media("(prefers-color-scheme: dark)") == _rule(':root[data-theme="dark"]')
    assert _media("(prefers-contrast: more) and (prefers-color-scheme: light)") == _rule(
        ':root[data-theme="contrast"]'
    )


def test_forced_colours_replace_every_colour_by_a_system_colour() -> None:
    forced = _media("(forced-colors: active)")
    colours = {name for name, value in _rule(":root").items() if value.startswith("#")}
    assert colours <= set(forced)
    assert not [value for value in forced.values() if value.startswith("#")]


def test_elder_view_is_larger_with_targets_of_60_px_and_text_of_at_least_18_px() -> None:
    elder = _rule('[data-view="elder"]')
    assert elder["tap"] == "3.75rem"
    sizes = [float(elder[f"s{step}"].removesuffix("rem")) for step in ("-2", "-1", "0", "1")]
    assert min(sizes) >= 1.125
    assert sizes == sorted(sizes)
    assert elder["title"] == elder["document"] == "var(--sans)"


def test_standard_targets_are_44_px_and_line_height_at_least_1_7() -> None:
    light = _rule(":root")
    assert light["tap"] == "2.75rem"
    assert float(light["lh"]) >= 1.7
    assert float(light["lh-doc"]) >= 1.7


def test_every_token_used_is_defined() -> None:
    defined = set(_rule(":root")) | {"min"}
    for sheet in (STATIC / "css").glob("*.css"):
        used = set(re.findall(r"var\(--([a-z0-9-]+)", sheet.read_text(encoding="utf-8")))
        assert used <= defined, sheet.name


def test_colours_are_chosen_in_tokens_only() -> None:
    """Printing in black on white, the pointer drawing and the ground of a QR code are no tokens."""
    for name in ("base", "components", "public", "desk"):
        css = _without_comments((STATIC / "css" / f"{name}.css").read_text(encoding="utf-8"))
        css = re.sub(r'url\("data:[^"]*"\)', "", css)
        found = set(re.findall(r"#[0-9a-fA-F]{3,6}\b", css))
        assert found <= {"#ffffff"}, name


def test_public_stylesheets_stay_within_14_kilobytes_gzipped() -> None:
    total = sum(
        len(gzip.compress((STATIC / "css" / f"{name}.css").read_bytes(), 9))
        for name in PUBLIC_SHEETS
    )
    assert total <= 14 * 1024, total


@pytest.mark.parametrize(
    "sheet", sorted((STATIC / "css").glob("*.css")), ids=lambda path: path.name
)
def test_stylesheets_load_nothing_from_elsewhere(sheet: Path) -> None:
    css = sheet.read_text(encoding="utf-8")
    assert "@import" not in css
    assert "@font-face" not in css
    assert not re.search(r"url\((?!\"data:)", css)
    assert css.count("{") == css.count("}")


@pytest.mark.parametrize("name", ["base", "components", "public", "desk"])
def test_narrow_queries_name_the_screen_so_that_paper_keeps_the_wide_layout(name: str) -> None:
    css = (STATIC / "css" / f"{name}.css").read_text(encoding="utf-8")
    assert not re.search(r"@media \(max-width", css)


def test_the_focus_ring_is_the_only_shadow() -> None:
    for sheet in (STATIC / "css").glob("*.css"):
        css = sheet.read_text(encoding="utf-8")
        for value in re.findall(r"box-shadow:\s*([^;}]+)", css):
            assert value.strip() in ("none", "0 0 0 2px var(--focus-2)"), sheet.name
        assert "text-shadow" not in css
        assert "drop-shadow" not in css


@pytest.mark.parametrize("script", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.name)
def test_scripts_build_no_markup_from_text(script: Path) -> None:
    code = script.read_text(encoding="utf-8")
    assert "innerHTML" not in code
    assert "insertAdjacentHTML" not in code
    assert "eval(" not in code
    assert "http://" not in code and "https://" not in code


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_templates_hold_no_inline_style_script_or_handler(template: Path) -> None:
    """The content security policy is script-src 'self'; style-src 'self'."""
    html = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=", html)
    assert "<style" not in html
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert not re.search(r"\son[a-z]+=", html)
    assert "http://" not in html
    assert "|safe" not in html
