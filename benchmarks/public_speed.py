"""Public pages at the full content of the demonstration city: caches, plain rendering, freshness,
weight, and what a phone sees (Lighthouse)."""

import gzip
import os
import re
import shutil
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from urllib.parse import urljoin

from benchmarks import rig
from benchmarks.report import Result
from scripts.scratch_nginx import NGINX

TITLE = "public pages: caches, plain rendering, freshness, weight"
ROUNDS, TRIALS = 5, 3
LIFE = 5.0
LIGHTHOUSE = "GONGKAI_BENCH_LIGHTHOUSE"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
WATCHED = ("/", "/zt/yingshang/", "/zx/", "/dw/czj/")
TEMPLATES = {
    "home": "/",
    "item": "{item}",
    "column": "/zt/yingshang/",
    "list": "/zx/",
    "units": "/dw/",
    "unit": "/dw/czj/",
    "progress": "/jd/",
    "work point": "/jd/1/",
    "search": "/search/?q=%E8%90%A5%E5%95%86",
    "contact": "/contact/",
}


def _item_path(port: int) -> str:
    """The newest document in the list of policies: a whole page with clock and record."""
    text = rig.fetch(f"http://127.0.0.1:{port}/zx/?kind=policy").body.decode()
    found = re.search(r'href="(/nr/\d+/)"', text)
    if found is None:
        raise RuntimeError("the city shows no policy document")
    return found[1]


def run(scale: str) -> Result:
    """Measure; ``scale`` makes no difference."""
    result = Result("public_speed", TITLE)
    missing = [name for name, there in (("wrk", rig.WRK), ("nginx", NGINX)) if not there]
    if missing:
        result.skipped = f"{' and '.join(missing)} not installed"
        return result
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-speed-") as name, ExitStack() as stack:
        folder = Path(name)
        city = folder / "city"
        (folder / "stock").mkdir()
        rig.build_city(city)
        stock = rig.build_stock(folder / "stock")
        application, plain = "gongkai.wsgi:application", {"GONGKAI_PAGE_CACHE": "0"}

        def serve(**more: str) -> int:
            return stack.enter_context(
                rig.gunicorn(application, rig.city_environment(city, **more))
            )

        ports = {
            "uncached": serve(**plain),
            "nothing remembered": serve(**plain, DJANGO_SETTINGS_MODULE="benchmarks.forgetful"),
            "page cache": serve(GONGKAI_PAGE_CACHE="64"),
            "stock": stack.enter_context(rig.gunicorn("benchmarks.stock.wsgi:application", stock)),
        }
        home = rig.fetch(f"http://127.0.0.1:{ports['uncached']}/").body
        (folder / "nginx").mkdir()
        ports["nginx"], ports["file"] = stack.enter_context(
            rig.nginx(
                folder / "nginx", upstream=ports["uncached"], static=city / "static", same=home
            )
        )
        item = _item_path(ports["uncached"])
        _throughput(result, ports, item)
        _freshness(result, ports, city)
        _weight(result, ports["uncached"], item)
        try:
            _phone(result, ports["nginx"], item)
        except RuntimeError as error:  # what was measured before must not be lost
            result.need("Lighthouse runs to its end", str(error)[:80], "yes", False)
        html = len(home)
    result.notes += [
        f"wrk -t1 -c{rig.CONNECTIONS} -d{rig.SECONDS}s, median of {ROUNDS} interleaved rounds; "
        f"gunicorn with 1 worker and {rig.THREADS} threads as `gongkai serve` starts it, "
        f"nginx with 1 worker from deploy/nginx/gongkai.conf; home is {html / 1024:.0f} KB of html.",
        "Stock: `wagtail start` settings, a page that lists its 20 newest children with .specific() "
        "(no query in a loop), menu and user bar in the base template (benchmarks/stock).",
        "Uncached pages are rendered for every request; what they read of public content is "
        "remembered until the next fact, 5 seconds at most (core/memo.py), and the figure is of one "
        "page asked again and again. The first reader after that gets the speed of “nothing "
        "remembered”: MEMO_SECONDS = 0, which reads everything from the database for every page.",
    ]
    return result


def _throughput(result: Result, ports: dict[str, int], item: str) -> None:
    pages = {"home": "/", "column": "/zt/yingshang/", "item": item}
    measured: dict[tuple[str, str], list[float]] = {}
    plan = [
        ("stock", "list of 20", "/"),
        *(("uncached", page, path) for page, path in pages.items()),
        *(("nothing remembered", page, path) for page, path in pages.items()),
        ("page cache", "home", "/"),
        ("nginx", "home", "/"),
        ("file", "home", "/page.html"),
    ]
    for _ in range(ROUNDS):
        for server, page, path in plan:
            speed = rig.wrk(f"http://127.0.0.1:{ports[server]}{path}")
            measured.setdefault((server, page), []).append(speed)
    speeds = {key: median(values) for key, values in measured.items()}

    def row(words: str, one: tuple[str, str], two: tuple[str, str], least: float | None) -> None:
        # Each round is a pair taken within seconds: the ratio of a round, then the median of them.
        pairs = zip(measured[one], measured[two], strict=True)
        ratio = median([figure / yardstick for figure, yardstick in pairs])
        result.add(words, _rate(speeds[one]), _rate(speeds[two]), ratio, least=least)

    row("nginx cache ÷ nginx file of the same bytes", ("nginx", "home"), ("file", "home"), 0.5)
    row("own page cache ÷ uncached, home", ("page cache", "home"), ("uncached", "home"), 10)
    for page in pages:
        row(f"uncached {page} ÷ stock Wagtail", ("uncached", page), ("stock", "list of 20"), 1)
    for page in pages:
        row(
            f"{page}, nothing remembered ÷ stock Wagtail",
            ("nothing remembered", page),
            ("stock", "list of 20"),
            None,
        )


def _rate(value: float) -> str:
    return f"{value:,.0f} /s"


def _shown(port: int, number: int) -> list[bool]:
    """Whether the item is seen at its own address and on each watched page."""
    base, path = f"http://127.0.0.1:{port}", f"/nr/{number}/"
    own = rig.fetch(base + path)
    lists = [f'href="{path}"' in rig.fetch(base + page).body.decode() for page in WATCHED]
    return [own.status == 200, *lists]


def _until(port: int, number: int, shown: bool) -> float:
    """Seconds until every page agrees, asked several times a second."""
    started = time.monotonic()
    while time.monotonic() - started < 30:
        asked = time.monotonic()
        if all(found is shown for found in _shown(port, number)):
            return asked - started
        time.sleep(0.1)
    return 30.0


def _freshness(result: Result, ports: dict[str, int], city: Path) -> None:
    with rig.acting(city) as act:
        for name, port in (("nginx", ports["nginx"]), ("own page cache", ports["page cache"])):
            watched: dict[str, list[float]] = {"release": [], "withdraw": []}
            idle = {"release": 0, "withdraw": 0}
            for trial in range(TRIALS):
                number = act.do("draft")
                for word, shown in (("release", True), ("withdraw", False)):
                    _shown(port, number)
                    time.sleep(0.4 + trial)  # another age of the copies each time
                    act.do(word)
                    watched[word].append(_until(port, number, shown))
            for _ in range(TRIALS):
                number = act.do("draft")
                for word, shown in (("release", True), ("withdraw", False)):
                    _shown(port, number)
                    act.do(word)
                    time.sleep(LIFE)
                    idle[word] += all(found is shown for found in _shown(port, number))
            for word, words in (("release", "seen everywhere"), ("withdraw", "gone everywhere")):
                worst = max(watched[word])
                result.need(
                    f"{name}: {word} → {words}, worst of {TRIALS}",
                    f"{worst:.1f} s",
                    f"≤ {LIFE:g} s",
                    worst <= LIFE,
                )
                result.need(
                    f"{name}: {words} for the first who asks {LIFE:g} s later",
                    f"{idle[word]} of {TRIALS}",
                    f"{TRIALS} of {TRIALS}",
                    idle[word] == TRIALS,
                )


def _weight(result: Result, port: int, item: str) -> None:
    base = f"http://127.0.0.1:{port}"
    for name, path, limit in (("home", "/", 100), ("item", item, 60)):
        html = rig.fetch(base + path).body
        text = html.decode()
        files = dict.fromkeys(
            re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
            + re.findall(r'<script[^>]* src="([^"]+)"', text)
        )
        parts = [html, *(rig.fetch(urljoin(base + path, file)).body for file in files)]
        kilobytes = sum(len(gzip.compress(part, 6)) for part in parts) / 1024
        result.need(
            f"weight of {name}: html and {len(files)} style sheets and scripts, gzip",
            f"{kilobytes:.1f} KB",
            f"≤ {limit} KB",
            kilobytes <= limit,
        )


def _phone(result: Result, port: int, item: str) -> None:
    binary = os.environ.get(LIGHTHOUSE, "")
    if not (binary and Path(binary).exists() and CHROMIUM):
        result.notes.append(
            "Lighthouse was not run: give the path of its command with --lighthouse "
            "(npm install lighthouse, in a folder outside the repository), and install chromium."
        )
        return
    base = f"http://127.0.0.1:{port}"
    for name, path, limit in (("home", "/", 1.8), ("item", item, 1.5)):
        reports = [rig.lighthouse(binary, base + path, CHROMIUM)["audits"] for _ in range(3)]
        paint = median(r["largest-contentful-paint"]["numericValue"] / 1000 for r in reports)
        shift = max(r["cumulative-layout-shift"]["numericValue"] for r in reports)
        result.need(
            f"Lighthouse, phone, {name}: largest contentful paint, median of 3",
            f"{paint:.2f} s",
            f"≤ {limit} s",
            paint <= limit,
        )
        result.need(f"Lighthouse, phone, {name}: layout shift", f"{shift:.3f}", "0", shift < 0.0005)
    scores = {}
    for name, path in TEMPLATES.items():
        report = rig.lighthouse(binary, base + path.format(item=item), CHROMIUM)
        scores[name] = round(report["categories"]["accessibility"]["score"] * 100)
    full = sum(score == 100 for score in scores.values())
    result.need(
        "Lighthouse: templates with accessibility 100",
        f"{full} of {len(scores)}",
        f"{len(scores)} of {len(scores)}",
        full == len(scores),
    )
    result.notes.append(
        "Accessibility: " + ", ".join(f"{name} {score}" for name, score in scores.items()) + "."
    )
