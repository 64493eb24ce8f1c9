"""Take the pictures of the named places for the documentation.

    make demo                                      # in one terminal
    .venv/bin/python -m scripts.pictures http://127.0.0.1:8000

Writes ``docs/images/places/<place>-<view>.webp``: desktop and phone, elder view and high contrast.
Needs Chromium and a Chinese font. A page that answers an error or scrolls sideways ends the run.
"""

import io
import json
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "images" / "places"
# name: (width, elder view, high contrast)
VIEWS = {
    "desktop": (1280, False, False),
    "phone": (375, False, False),
    "elder": (375, True, False),
    "contrast": (1280, False, True),
}
QUALITY = 50
LONGEST = 3200
"""Pixels of a page that a picture shows; the rest is lists."""


def places() -> dict[str, str]:
    """Every named place of the city with its address, the home pages and a unit's column."""
    data = json.loads((ROOT / "gongkai/catalogue/reference/places.json").read_text("utf-8"))
    return {
        "home": "/",
        **{topic["key"]: f"/zt/{topic['key']}/" for topic in data["topics"]},
        "unit": "/dw/czj/",
        "district": "/qx/wangcheng/",
    }


def take(browser: Browser, base: str, place: str, path: str, view: str) -> int:
    """Take one picture; returns its size in bytes. Raises SystemExit for a page that is broken."""
    width, elder, contrast = VIEWS[view]
    context = browser.new_context(
        viewport={"width": width, "height": 900}, contrast="more" if contrast else None
    )
    if elder:
        context.add_cookies([{"name": "view", "value": "elder", "url": base}])
    page = context.new_page()
    response = page.goto(base + path)
    if response is None or response.status != 200:
        raise SystemExit(f"{path}: {response and response.status}")
    if page.evaluate("document.documentElement.scrollWidth") > width:
        raise SystemExit(f"{path} scrolls sideways at {width} px ({view})")
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    context.close()
    target = TARGET / f"{place}-{view}.webp"
    shot = shot.crop((0, 0, shot.width, min(shot.height, LONGEST)))
    if width > 600:
        shot = shot.resize((shot.width * 3 // 4, shot.height * 3 // 4))
    shot.save(target, "WEBP", quality=QUALITY, method=6)
    return target.stat().st_size


def main() -> int:
    """Take all pictures, or those of the places named after the address."""
    base, *wanted = sys.argv[1:] or ["http://127.0.0.1:8000"]
    TARGET.mkdir(parents=True, exist_ok=True)
    total = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for place, path in places().items():
            if wanted and place not in wanted:
                continue
            total += sum(take(browser, base, place, path, view) for view in VIEWS)
            print(f"{place}: {path}")  # noqa: T201
        browser.close()
    print(f"{total / 1e6:.1f} MB in {TARGET}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
