"""Draw the icons of the installable elder view from design/mark.svg, with Chromium.

Run after a change of the mark: ``python -m scripts.icons``. The pictures are kept in the tree, so
that an installation needs no browser.
"""

import shutil
from pathlib import Path

DESIGN = Path(__file__).resolve().parent.parent / "gongkai/design/static/design"
# purpose, size in pixels, share of the width that the mark takes: a system may cut a maskable
# icon to a circle of 80 %.
ICONS = (("any", 192, 1.0), ("any", 512, 1.0), ("maskable", 512, 0.62))
GROUND = "#b3261e"


def main() -> None:
    """Write the PNG files."""
    from playwright.sync_api import sync_playwright

    mark = (DESIGN / "mark.svg").read_text(encoding="utf-8")
    (DESIGN / "icons").mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for purpose, size, share in ICONS:
            page = browser.new_page(viewport={"width": size, "height": size})
            ground = GROUND if purpose == "maskable" else "transparent"
            page.set_content(
                f"<style>body{{margin:0;background:{ground};display:grid;place-items:center;"
                f"height:100vh}}svg{{width:{share * 100:.0f}vw}}</style>{mark}"
            )
            path = DESIGN / "icons" / f"{purpose}-{size}.png"
            page.screenshot(path=path, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
