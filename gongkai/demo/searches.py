"""Two weeks of searches as citizens and firms of Changsha make them. Invented, like everything of
the demonstration; what each search finds is asked of the index, not made up.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.db.models import Model

from gongkai.core.clock import at
from gongkai.search import finding, nightly, tallies, traces
from gongkai.search.clicks import Mark
from gongkai.search.entries import PUBLIC
from gongkai.search.models import SearchTrace

DAYS: Final = 14
SEARCHES: Final = 420

# (how often, what was typed); the last part is about things this city has not published.
ASKED: Final = (
    (34, "减免房租"), (28, "稳岗返还"), (26, "小微企业贷款贴息"), (24, "核酸检测点"),
    (22, "公积金提取"), (20, "倍增工程"), (19, "托育补贴"), (18, "老旧小区改造"),
    (17, "教师招聘"), (16, "一件事一次办"), (15, "惠民惠农补贴"), (14, "预算公开"),
    (13, "留抵退税"), (12, "容缺受理"), (12, "食品安全抽检"), (11, "十大民生实事"),
    (11, "招标投标"), (10, "强省会"), (9, "政府信息公开指南"), (9, "办事大厅 延时服务"),
    (8, "停水通知"), (8, "义务教育招生"), (8, "适老化"), (7, "执法检查 双随机"),
    (7, "常务会议"), (6, "规章 废止"), (6, "乡村振兴资金"), (6, "12345"),
    (5, "申请公开 多久答复"), (5, "创业担保贷款"), (5, "湘江 防洪"), (4, "人才购房"),
    (4, "污水处理"), (4, "依申请公开 收费"), (3, "地铁 7号线"), (3, "公交线路调整"),
    (3, "长政办发"), (2, "統計公報"), (2, "优化营商环境 2022 要点"), (2, "纳税人 学堂"),
    (9, "电动车上牌"), (7, "网约车驾驶员证"), (6, "落户"), (5, "宠物登记"), (4, "居住证 积分"),
    (4, "共享单车停放"), (3, "无人机 报备"), (3, "学区划分 岳麓区"), (3, "海绵城市"), (2, "滑雪场"),
    (7, "ETC"), (5, "狗证"), (2, "eSIM"),
    (2, "跨境电商 综试区"), (5, "13900000000 投诉进度"),
)  # fmt: skip
# Where readers click: mostly the first hit, seldom beyond the fifth.
PLACES: Final = (1,) * 48 + (2,) * 20 + (3,) * 12 + (4,) * 8 + (5,) * 5 + (6, 6, 7, 8, 9, 10, 10)


def build_searches(last: date) -> int:
    """Write searches and clicks of the days before ``last``, fold them; returns how many searches.

    Asks the public index, which has to be there.
    """
    first = last - timedelta(days=DAYS)
    lines = list(_lines(first, last))
    traces.store(lines)
    tallies.fold_due(at(last, 0, 30))
    return sum(isinstance(line, SearchTrace) for line in lines)


def _lines(first: date, last: date) -> Iterator[Model]:
    chance = random.Random("gongkai:demo:searches")  # noqa: S311 - no secret, the same every time
    words = [text for times, text in ASKED for _ in range(times)]
    known: dict[tuple[str, int], finding.Result] = {}
    # Drawn before anything is asked, so that what is typed does not hang on what is found.
    for text in chance.choices(words, k=SEARCHES):
        day = first + timedelta(days=chance.randrange(DAYS))
        if day.weekday() > 4 and chance.random() < 0.5:
            day -= timedelta(days=2)  # fewer on weekends
        page = 2 if chance.random() < 0.05 else 1
        if (text, page) not in known:
            known[(text, page)] = finding.find(
                PUBLIC, nightly.as_typed(text), today=last, page=page, facets=False
            )
        result = known[(text, page)]
        moment = at(
            max(day, first), chance.choice((8, 9, 9, 10, 10, 11, 14, 15, 15, 16, 17, 20, 21))
        )
        trace = chance.getrandbits(62) | 1
        narrowed = result.total > 5 and chance.random() < 0.12
        yield traces.line_of(
            traces.Search(
                text,
                result.total,
                result.related,
                page=page,
                milliseconds=4 + chance.expovariate(1 / 9),
                filters={"type": "policy"} if narrowed else None,
            ),
            trace=trace,
            now=moment,
        )
        if result.rows and chance.random() < (0.68 if result.total else 0.22):
            row = result.rows[min(chance.choice(PLACES), len(result.rows)) - 1]
            kind, record = row.stored.record
            yield traces.click_line(Mark(trace, f"{kind}:{record}", row.rank), now=moment)
