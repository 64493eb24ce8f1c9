"""The results page of a running city: how long it takes, and how soon a release is found.

The yardstick of the page is the home page of the same server with its page cache off, in the same
minutes: both are rendered by Django from the same database.
"""

import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from benchmarks import rig
from benchmarks.report import Result

QUERIES = (
    "公积金", "住房公积金提取", "公租房 补贴", "普惠托育补助", "稳岗返还", "一件事一次办", "减税降费",
    "营商环境", "老旧小区改造", "停水通知", "供水", "燃气安全", "预算", "2022年预算调整", "财政决算",
    "政府信息公开年报", "依申请公开怎么申请", "长政办发〔2022〕", "常务会议", "十四五规划",
    "小规模纳税人免征增值税", "残疾人就业保障金", "再生稻补助", "惠民惠农补贴清单", "行政处罚",
    "核酸检测点", "疫情防控措施", "辟谣", "政策解读", "在线访谈", "政府开放日", "公开招聘", "学位",
    "“住房保障”", "税", "長沙市財政局", "怎么办营业执照", "老人免费坐公交吗", "工程建设项目审批",
    "不存在的词汇组合",
)  # fmt: skip
ROUNDS, TRIALS, LIMIT = 5, 5, 2.0


def run(scale: str) -> Result:
    """Measure on a demonstration city of its own."""
    result = Result("search_page", "The results page, and a release that is found")
    with tempfile.TemporaryDirectory(prefix="gongkai-city-") as folder:
        city = Path(folder) / "city"
        rig.build_city(city)
        environment = rig.city_environment(city, GONGKAI_PAGE_CACHE="0")
        with rig.gunicorn("gongkai.wsgi:application", environment) as port:
            _page(result, f"http://127.0.0.1:{port}")
        with rig.serve(city) as port, rig.acting(city) as act:
            _freshness(result, f"http://127.0.0.1:{port}", act)
    return result


def _timed(address: str) -> float:
    started = time.perf_counter()
    answer = rig.fetch(address)
    if answer.status != 200:
        raise RuntimeError(f"{address} answered {answer.status}")
    return (time.perf_counter() - started) * 1000


def _page(result: Result, base: str) -> None:
    addresses = [f"{base}/search/?q={quote(query)}" for query in QUERIES]
    for address in (*addresses, f"{base}/"):
        _timed(address)
    pages, home = [], []
    for _ in range(ROUNDS):
        for address in addresses:
            pages.append(_timed(address))
            home.append(_timed(f"{base}/"))
    pages.sort()
    home.sort()
    middle, high = pages[len(pages) // 2], pages[int(len(pages) * 0.95)]
    result.add(
        f"results page ÷ home page, median of {len(pages)}", f"{middle:.1f} ms",
        f"{home[len(home) // 2]:.1f} ms", middle / home[len(home) // 2],
    )  # fmt: skip
    result.need("results page, 95th percentile", f"{high:.1f} ms", "≤ 60 ms", high <= 60)


def _found(base: str, number: int) -> bool:
    page = rig.fetch(f"{base}/search/?q={quote('“' + _title(number) + '”')}").body.decode()
    return f"/nr/{number}/" in page


_TITLES: dict[int, str] = {}


def _title(number: int) -> str:
    return _TITLES[number]


def _freshness(result: Result, base: str, act: rig.Act) -> None:
    waits: dict[str, list[float]] = {"release": [], "withdraw": []}
    for _ in range(TRIALS):
        number = act.do("draft")
        _TITLES[number] = act.say("title")
        if _found(base, number):
            raise RuntimeError("a draft was found before its release")
        for word, shown in (("release", True), ("withdraw", False)):
            act.do(word)
            started = time.monotonic()
            while _found(base, number) is not shown and time.monotonic() - started < 30:
                time.sleep(0.02)
            waits[word].append(time.monotonic() - started)
    for word, words in (("release", "found"), ("withdraw", "gone")):
        worst = max(waits[word])
        result.need(
            f"{word} → {words} with `gongkai serve`, worst of {TRIALS}", f"{worst:.2f} s",
            f"≤ {LIMIT:g} s", worst <= LIMIT,
        )  # fmt: skip
