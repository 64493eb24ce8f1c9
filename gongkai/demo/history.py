"""History of the demonstration city: an invented old site, moved in by the bulk path.

Deterministic: a seeded generator writes the old site's export, with the faults that real exports
have; reading, review and release are the same as for a real one.
"""

import json
import random
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from gongkai.core.clock import at
from gongkai.demo.history_texts import (
    COMMUNITIES,
    CROPS,
    PLACES,
    RIVERS,
    SERIES,
    TRADES,
    Series,
)
from gongkai.demo.people import acting
from gongkai.legacy import preparing, sources
from gongkai.legacy.attachments import open_files
from gongkai.legacy.mapping import check_mapping
from gongkai.legacy.models import ImportRun
from gongkai.legacy.services import run_submit
from gongkai.organisations.models import Unit
from gongkai.review import services as review

HOST: Final = "old.changsha.example"
EACH: Final = 13
BASIS: Final = "条例第十三条；旧网站上已经公开，逐行检查未见个人信息"
_MONTHS: Final = {"policy": "/zfgb/wj/", "notice": "/tzgg/", "news": "/gzdt/", "jd": "/zcjd/"}

MAPPING: Final[dict[str, Any]] = {
    "version": 1,
    "source": "长沙市政府信息公开旧站（演示）",
    "key": "id",
    "hosts": [HOST],
    "near_duplicates": "keep",
    "fields": {
        "title": "标题",
        "body": {"from": "正文", "as": "text"},
        "original_on": "发布日期",
        "formed_on": "成文日期",
        "kind": {
            "from": "栏目",
            "map": {
                "政策文件": "policy",
                "政策解读": "interpretation",
                "工作动态": "news",
                "规范性文件": "normative_document",
            },
            "default": "notice",
        },
        "unit": "发布机构",
        "doc_no": "文号",
        "validity": {"from": "有效性", "default": "有效"},
        "urls": "网址",
        "attachments": "附件",
        "interprets": {"from": "解读", "as": "title"},
        "topics": {"from": "专题", "split": ","},
    },
    "redirects": [
        {"url": f"http://{HOST}/zfgb/wj/", "column": "city-stream"},
        {"url": f"http://{HOST}/lyb/", "column": ""},
    ],
}


def old_rows() -> Iterator[dict[str, Any]]:
    """The rows of the old site, good ones and those with the usual faults, in no order of time."""
    chance = random.Random(20221018)  # noqa: S311 - a demonstration, not a secret
    units = {u.code: u for u in Unit.objects.all()}
    seen: set[str] = set()
    numbers: dict[tuple[str, int], int] = {}
    serial = 0
    for turn in range(EACH):
        for series in SERIES:
            day = date(2019, 1, 7) + timedelta(days=chance.randrange(1075))
            words = _words(chance, day, turn)
            title = series.title.format(**words)
            if title in seen:
                continue
            seen.add(title)
            serial += 1
            unit = units[series.unit]
            row = _row(series, unit, serial, title, day, words, chance)
            if series.kind == "policy":
                key = (series.unit, day.year)
                numbers[key] = numbers.get(key, 0) + chance.randrange(1, 4)
                row["文号"] = f"{unit.doc_prefixes[0]}[{day.year}]{numbers[key]}号"
                row["专题"] = "yingshang,yingshang/wenjian" if series.unit == "czj" else ""
            yield row
            if series.gist and turn % 5 == 2:
                serial += 1
                yield _interpretation(series, unit, serial, title, day, chance)
    yield _unregistered(units["slj"], serial + 7)
    yield from _faults(units["czj"], serial)


def _unregistered(unit: Unit, serial: int) -> dict[str, Any]:
    """A document of the old site that carries no 统一登记号 and no end of validity."""
    text = (
        "各区县（市）水利局：\n一、农村饮水工程的水费按户计量、按月公布，基本水费不得重复收取。\n"
        "二、水费收支每季度在村务公开栏公布一次，接受用水户查询。\n"
        "三、管护人员由用水户推选，报乡镇水利站备案。\n四、本通知自印发之日起执行。"
    )
    return {
        "id": f"GK{serial:05d}", "标题": f"{unit.full_name}关于规范农村饮水工程水费管理的通知",
        "正文": text, "发布日期": "2019-05-16", "成文日期": "2019-05-10", "栏目": "规范性文件",
        "发布机构": unit.full_name, "文号": f"{unit.doc_prefixes[0]}[2019]61号", "有效性": "",
        "网址": f"http://{HOST}/zfgb/gfxwj/201905/t20190516_{serial}.html", "附件": "",
        "解读": "", "专题": "guifanxing",
    }  # fmt: skip


def _row(
    series: Series,
    unit: Unit,
    serial: int,
    title: str,
    day: date,
    words: dict[str, Any],
    chance: random.Random,
) -> dict[str, Any]:
    if series.kind == "policy":
        name = unit.full_name
        title = title if title.startswith(name) else f"{name}{title}"
    paragraphs = [chance.choice(part).format(**words) for part in series.parts]
    formed = day - timedelta(days=chance.randrange(1, 9))
    return {
        "id": f"GK{serial:05d}",
        "标题": title,
        "正文": "\n".join(paragraphs),
        "发布日期": _written(day, chance),
        "成文日期": formed.isoformat(),
        "栏目": series.column,
        "发布机构": chance.choice([unit.full_name, unit.short_name]),
        "文号": "",
        "有效性": "失效" if series.kind == "policy" and day.year == 2019 else "",
        "网址": f"http://{HOST}{_MONTHS[series.kind]}{day:%Y%m}/t{day:%Y%m%d}_{serial}.html",
        "附件": "",
        "解读": "",
        "专题": "",
    }


def _interpretation(
    series: Series, unit: Unit, serial: int, title: str, day: date, chance: random.Random
) -> dict[str, Any]:
    day += timedelta(days=1)
    text = (
        f"《{title}》印发后，不少群众和企业来问{series.gist}。起草处室就此作了说明。\n"
        "问：为什么要出台这份文件？\n答：此前的做法分散在几份文件里，办理口径不一，这次合并说清。\n"
        f"问：最要紧的是什么？\n答：就是{series.gist}。文件里写明了条件、时限和办理渠道，照着办就可以。\n"
        "问：以后还会调整吗？\n答：执行中发现不合适的，会听取意见后修改，并提前公布。"
    )
    return {
        "id": f"GK{serial:05d}",
        "标题": f"一问一答：《{title}》",
        "正文": text,
        "发布日期": _written(day, chance),
        "成文日期": day.isoformat(),
        "栏目": "政策解读",
        "发布机构": unit.full_name,
        "文号": "",
        "有效性": "",
        "网址": f"http://{HOST}{_MONTHS['jd']}{day:%Y%m}/t{day:%Y%m%d}_{serial}.html",
        "附件": "",
        "解读": f"《{unit.full_name}{title}》",
        "专题": "",
    }


def _faults(unit: Unit, serial: int) -> Iterator[dict[str, Any]]:
    """Rows as every export of an old site has some: each is refused for another reason."""
    plain = {
        "正文": "窗口节日期间照常值班，急事可以先打电话预约。", "发布日期": "2020-09-28",
        "成文日期": "", "栏目": "通知公告", "发布机构": unit.full_name, "文号": "", "有效性": "",
        "附件": "", "解读": "", "专题": "",
    }  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"标题": "国庆期间窗口值班安排", "发布日期": ""},
        {"标题": "会计资格证领取提示", "发布日期": "20年秋天"},
        {"标题": "资产处置结果公告", "正文": ""},
        {"标题": "困难职工慰问名单", "正文": "张某，身份证号11010519491231002X，已慰问。"},
        {"标题": "预算单位培训通知", "发布机构": "市财税研究会筹备组"},
        {"标题": "非税收入收缴电子化操作说明", "附件": "/upload/2020/操作手册.pdf"},
    ]
    for number, changes in enumerate(rows, start=serial + 1):
        url = f"http://{HOST}/tzgg/202009/t20200928_{number}.html"
        yield {"id": f"GK{number:05d}", "网址": url, **plain, **changes}


def _written(day: date, chance: random.Random) -> str:
    forms = (f"{day}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y/%m/%d} 09:30")
    return chance.choice(forms)


def _words(chance: random.Random, day: date, turn: int) -> dict[str, Any]:
    return {
        "year": day.year,
        "month": day.month,
        "n": turn * 3 + chance.randrange(1, 4),
        "place": chance.choice(PLACES),
        "community": chance.choice(COMMUNITIES),
        "trade": chance.choice(TRADES),
        "river": chance.choice(RIVERS),
        "crop": chance.choice(CROPS),
        "level": chance.choice(("重", "轻", "中等")),
        "money": chance.randrange(320, 9800, 10),
        "small": chance.choice((20, 30, 50, 60, 80)),
        "days": chance.randrange(5, 30),
        "count": chance.randrange(12, 96),
        "many": chance.randrange(120, 2400),
        "few": chance.randrange(3, 10),
        "two": chance.randrange(2, 4),
        "km": round(chance.uniform(9, 28), 1),
        "water": round(chance.uniform(0.2, 1.9), 2),
        "percent": round(chance.uniform(86, 99), 1),
        "acres": chance.randrange(60, 900, 20),
    }


def build_history(moment: datetime | None = None) -> ImportRun:
    """Write the old site's export, bring it in, have it approved by the office's reviewers."""
    began = moment or at(date(2022, 10, 11), 9)
    operator = acting("yunwei", began)
    mapping = check_mapping(MAPPING)
    office = Unit.objects.get(code="zwgkb")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "旧站导出-2019至2021.jsonl"
        with path.open("w", encoding="gb18030") as handle:
            for row in old_rows():
                handle.write(json.dumps(row, ensure_ascii=False) + "\n")
            handle.write('{"id": "GK99999", "标题": "最后一行没有传完')
        source = sources.look(path)
        run, _ = preparing.run_open(
            filename=path.name,
            fingerprint=sources.fingerprint(path),
            size=source.size,
            mapping=mapping,
            unit=office,
            fixed=False,
            member=operator,
            now=began,
        )
        with open_files(path, source.member, None) as files:
            shop = preparing.shop_for(
                mapping=mapping, unit=office, fixed=False, files=files, now=began, keep=True
            )
            run = preparing.prepare(
                run=run, rows=sources.rows(source), shop=shop, member=operator, now=began
            )
    case = run_submit(
        run_id=run.pk,
        member=operator,
        now=began + timedelta(hours=1),
        note="旧站 2019 至 2021 年的存量，已与旧站栏目核对条数。",
    )
    posts = {"first": "chushen", "final": "zhongshen", "secrecy": "baomi"}
    for position, step in enumerate(case.steps, start=2):
        then = began + timedelta(hours=position)
        review.step_approve(
            case_id=case.pk,
            step=step,
            digest=case.digest,
            member=acting(f"zwgkb_{posts[step]}", then),
            now=then,
            legal_basis=BASIS if step == "secrecy" else "",
        )
    run.refresh_from_db()
    return run
