"""Withheld records in several states, deposits with receipts, and reading places (demonstration).

Everything is invented; addresses name no real house number.
"""

import io
from datetime import date, datetime, timedelta
from hashlib import sha256

from gongkai.core.clock import at
from gongkai.demo.people import acting
from gongkai.deposits import places, queueing, services
from gongkai.deposits.models import DepositBatch, DepositTarget
from gongkai.organisations.models import Unit
from gongkai.publishing import services as publishing
from gongkai.publishing.models import ItemKind
from gongkai.publishing.uploads import Upload
from gongkai.review import evaluating
from gongkai.review import services as review
from gongkai.review.models import WithheldRecord

OFFICE, DISTRICT = "zwgkb", "wangcheng_xzspj"

# Title, summary, body, ground, reason, day of the verdict.
WITHHELD = (
    (
        "关于调整小微企业担保费补助比例的会商记录",
        "补助比例调整的会商意见，尚未形成决定。",
        "<p>有关处室就担保费补助比例的三种调整方案交换了意见，方案还要测算，没有作出决定。</p>",
        "process_info",
        "属于作出决定以前的讨论记录，方案还在比较，公开后容易让企业误以为已经确定。",
        date(2022, 6, 20),
    ),
    (
        "产业引导基金拟合作机构的经营情况汇总",
        "拟合作机构报送的经营数据汇总。",
        "<p>汇总了几家机构报送的资产、负债和主要客户情况，供评审时参考。</p>",
        "third_party_rights",
        "含有机构报送的客户名单和成本数据，属于商业秘密，已书面征求意见，机构不同意公开。",
        date(2022, 7, 12),
    ),
    (
        "2022 年下半年财政补助资金测算说明",
        "下半年补助资金的测算口径和结果。",
        "<p>测算依据上半年申报数量和平均补助金额，分行业列出资金需求。</p>"
        "<p>测算结果已经用于编制补助方案。</p>",
        "process_info",
        "测算过程稿，补助方案没有印发以前不公开。",
        date(2022, 8, 2),
    ),
)

PLACES = (
    (OFFICE, "archive", "长沙市档案馆查阅大厅", "岳麓区（演示地址）一楼", "工作日 9:00—12:00，13:30—17:00",
     "查阅政府公报、主动公开的文件，打印复印"),
    (OFFICE, "library", "长沙图书馆政府信息查阅点", "开福区（演示地址）二楼综合阅览区",
     "周二至周日 9:00—20:00，周一闭馆", "查阅政府公报，有放大镜和读屏电脑"),
    (OFFICE, "service_hall", "市政务服务中心政务公开专区", "岳麓区（演示地址）一楼东厅",
     "工作日 9:00—17:00", "自助查阅，工作人员帮助网上申请和填写申请表"),
    (DISTRICT, "archive", "望城区档案馆", "望城区（演示地址）三楼", "工作日 9:00—12:00，13:30—17:00",
     "查阅区政府公报和主动公开的文件"),
    (DISTRICT, "service_hall", "望城区政务服务中心查阅点", "望城区（演示地址）一楼", "工作日 9:00—17:00",
     "自助查阅，协助填写申请表"),
)  # fmt: skip


def build_withheld() -> list[WithheldRecord]:
    """Three records of one unit: overdue, due soon with a proposal, released and on its way."""
    overdue, soon, released = (_withhold(*entry) for entry in WITHHELD)
    _evaluate(overdue, "keep", "仍在比较方案，情形没有变化。", date(2022, 7, 5), date(2022, 10, 11))
    _evaluate(
        soon, "keep", "评审没有结束，机构仍不同意公开。", date(2022, 7, 26), date(2022, 10, 28)
    )
    moment = at(date(2022, 10, 17), 15, 20)
    evaluating.evaluation_propose(
        record_id=soon.pk,
        outcome="keep",
        code="third_party_rights",
        reason="评审结束，但客户名单和成本数据仍是商业秘密；可以另行公开评审结果。",
        next_review_on=date(2023, 10, 17),
        member=acting("czj_baomi", moment),
        now=moment,
    )
    _evaluate(released, "release", "补助方案已经印发，测算说明可以公开。", date(2022, 10, 12), None)
    return [overdue, soon, released]


def _withhold(
    title: str, summary: str, body: str, code: str, reason: str, day: date
) -> WithheldRecord:
    begun = at(day, 9)
    editor = acting("czj_bianji", begun)
    item = publishing.item_create(
        unit=Unit.objects.get(code="czj"),
        kind=ItemKind.objects.get(key="news"),
        content={
            "title": title,
            "summary": summary,
            "body": body,
            "theme": "0401",
            "formed_on": (day - timedelta(days=4)).isoformat(),
            "topics": [],
        },
        member=editor,
        now=begun,
    )
    case = publishing.item_submit(item_id=item.pk, member=editor, now=begun + timedelta(hours=1))
    for step, post in (("first", "chushen"), ("final", "zhongshen")):
        moment = begun + timedelta(hours=2 if step == "first" else 3)
        review.step_approve(
            case_id=case.pk,
            step=step,
            digest=case.digest,
            member=acting(f"czj_{post}", moment),
            now=moment,
        )
    last = begun + timedelta(hours=6)
    return review.case_withhold(
        case_id=case.pk,
        digest=case.digest,
        code=code,
        reason=reason,
        member=acting("czj_baomi", last),
        now=last,
    )


def _evaluate(
    record: WithheldRecord, outcome: str, reason: str, day: date, again: date | None
) -> None:
    moment = at(day, 10)
    made = evaluating.evaluation_propose(
        record_id=record.pk,
        outcome=outcome,
        code=record.code if outcome == "keep" else "",
        reason=reason,
        next_review_on=again,
        member=acting("czj_baomi", moment),
        now=moment,
    )
    moment += timedelta(hours=4)
    evaluating.evaluation_confirm(
        evaluation_id=made.pk, member=acting("czj_zhongshen", moment), now=moment
    )


def build_deposits() -> list[DepositBatch]:
    """Archives and libraries with batches of August and September, and the reading places.

    Called after the outbox has run, so that what was released since waits for its month.
    """
    _places()
    archive = _target(OFFICE, "archive", "长沙市档案馆", "接收利用处（演示）")
    library = _target(OFFICE, "library", "长沙图书馆", "特藏部（演示）")
    district = _target(DISTRICT, "archive", "望城区档案馆", "业务股（演示）")
    august = _batch(archive, 8)
    _send(august, at(date(2022, 9, 8), 10), "光盘一张，专人送达")
    _receive(august, at(date(2022, 9, 13), 15), "演档收〔2022〕8 号")
    september = _batch(archive, 9)
    _send(september, at(date(2022, 10, 12), 10), "光盘一张，专人送达")
    lent = _batch(library, 8)
    _send(lent, at(date(2022, 9, 8), 14), "网盘传送，书面清单一份")
    made = [august, september, lent, _batch(library, 9)]
    made += [_batch(district, 7), _batch(district, 9)]
    for target in (archive, library, district):
        queueing.queue_versions(target=target, until=at(date(2022, 10, 18), 8))
    return made


def _target(code: str, kind: str, name: str, contact: str) -> DepositTarget:
    moment = at(date(2022, 6, 1), 9)
    return services.target_add(
        owner=Unit.objects.get(code=code),
        kind=kind,
        name=name,
        contact=contact,
        since=date(2022, 7, 1),
        member=acting(f"{code}_zhuguan", moment),
        now=moment,
    )


def _batch(target: DepositTarget, month: int) -> DepositBatch:
    moment = at(date(2022, month + 1, 5), 8)
    return services.batch_make(
        target_id=target.pk,
        period=date(2022, month, 1),
        member=acting(f"{target.owner.code}_zhuguan", moment),
        now=moment,
    )


def _send(batch: DepositBatch, moment: datetime, method: str) -> None:
    services.batch_dispatch(
        batch_id=batch.pk,
        manifest_sha256=batch.manifest_sha256,
        method=method,
        member=acting(f"{batch.target.owner.code}_zhuguan", moment),
        now=moment,
    )


def _receive(batch: DepositBatch, moment: datetime, number: str) -> None:
    services.receipt_record(
        batch_id=batch.pk,
        receipt_no=number,
        receipt_on=moment.date(),
        receiver="接收利用处",
        upload=Upload("回执.png", _picture(number)),
        member=acting(f"{batch.target.owner.code}_zhuguan", moment),
        now=moment,
    )


def _picture(number: str) -> bytes:
    """A small picture in place of a scan; the same number gives the same bytes."""
    from PIL import Image

    shade = sha256(number.encode()).digest()[0] // 4 + 190
    out = io.BytesIO()
    Image.new("L", (240, 120), shade).save(out, "PNG")
    return out.getvalue()


def _places() -> None:
    moment = at(date(2022, 9, 30), 9)
    for position, (code, kind, name, address, hours, offers) in enumerate(PLACES):
        places.place_save(
            owner=Unit.objects.get(code=code),
            kind=kind,
            name=name,
            address=address,
            hours=hours,
            offers=offers,
            phone="0731-00000000（演示）",
            order=position,
            member=acting(f"{code}_zhuguan", moment),
            now=moment,
        )
