"""Builds the demonstration city: every document goes through the services at its own time."""

import io
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher
from pathlib import Path

from gongkai.catalogue.loading import load_places, load_themes
from gongkai.catalogue.models import Theme
from gongkai.core import blobs, facts, outbox
from gongkai.core.actors import Actor
from gongkai.core.clock import at
from gongkai.core.models import Fact
from gongkai.demo.catalogues import build_catalogues
from gongkai.demo.content.loader import Attachment, ContentItem, attachment_csv, load_items
from gongkai.demo.content.markup import markdown_to_html
from gongkai.demo.decisions import build_decisions
from gongkai.demo.deposits import build_deposits, build_withheld
from gongkai.demo.error_reports import build_error_reports
from gongkai.demo.followups import build_followups
from gongkai.demo.forms import added_facts, build_forms, pairs_of
from gongkai.demo.history import build_history
from gongkai.demo.kinds import build_kinds
from gongkai.demo.messages import build_messages
from gongkai.demo.people import acting, populate
from gongkai.demo.profiles import build_guides, build_profiles
from gongkai.demo.reports import REPORTS, build_reports
from gongkai.demo.subscriptions import build_subscriptions, send_subscriptions
from gongkai.ledger import planning
from gongkai.ledger import services as ledger
from gongkai.ledger.models import Assignment, LedgerTask, Plan
from gongkai.organisations.loading import load_units
from gongkai.organisations.models import Unit
from gongkai.profiles.files import mark_versions
from gongkai.publishing import services as publishing
from gongkai.publishing.integrity import check_daily
from gongkai.publishing.loading import load_kinds
from gongkai.publishing.models import Item, ItemKind
from gongkai.review import services as review
from gongkai.review.models import ReviewCase
from gongkai.search.synonyms import load_synonyms

CONTENT = Path(__file__).parent / "content"
BASIS = "条例第十三条、第十九条；经核对，不含第十四条至第十六条所列情形"
Say = Callable[[str], None]


def build(say: Say) -> dict[str, int]:
    """Fill an empty, migrated database; returns counts. Deterministic: no chance, no clock."""
    started = time.perf_counter()
    robot = Actor.system("demo", "演示城市载入")
    say("载入单位、主题分类、栏目和信息种类 …")
    load_units(now=at(date(2022, 5, 1), 9), actor=robot)
    load_synonyms(now=at(date(2022, 5, 1), 9), actor=robot)
    load_themes()
    load_places()
    load_kinds()
    items = load_items(CONTENT / "items")
    codes = {item.unit for item in items} | {
        "czj", "wjw", "zwgkb", "fgw", "szfb", "sjzyj", "xzspj", "wangcheng", "liuyang", "yuhua",
        "wangcheng_czj", *REPORTS,
    }  # fmt: skip
    populate(codes)
    say("读入市和望城区的工作要点 …")
    city = _plan("work_points_2022.md", "zwgkb_zhuguan", at(date(2022, 5, 12), 10), None)
    district = _plan(
        "work_points_wangcheng_2022.md", "wangcheng_xzspj_zhuguan", at(date(2022, 5, 26), 10), city
    )
    made: dict[str, Item] = {}
    ordered = sorted(items, key=_moment)
    for position, entry in enumerate(ordered, start=1):
        say(f"\r[{position:>2}/{len(ordered)}] {entry.title[:30]}")
        made[entry.slug] = _item(entry, made)
        _prove(entry, made[entry.slug], (city, district))
    say("\n台账收尾 …")
    _office_acts(city)
    say("督办、任务月报和浏阳市的台账 …")
    build_followups(city, district)
    say("单位概况、机构职能、领导信息 …")
    build_reports()
    build_profiles()
    say("法定和基层公开目录 …")
    build_catalogues(made)
    say("不予公开登记 …")
    build_withheld()
    say("各种类的信息 …")
    build_kinds()
    build_forms()
    say("会议、规划、防控措施 …")
    build_decisions()
    say("消息设置 …")
    build_messages()
    say("迁入旧网站的历史信息 …")
    build_history()
    say("公开指南 …")
    build_guides()
    check_daily(at(date(2022, 10, 18), 8))
    build_subscriptions()
    while outbox.run(now=at(date(2022, 10, 18), 8), limit=500):
        pass
    send_subscriptions()
    say("移送档案馆和图书馆 …")
    build_deposits()
    while mark_versions(at(date(2022, 10, 18), 8)):
        pass
    build_error_reports(next(iter(made.values())))
    while facts.seal():
        pass
    say(f"完成，用时 {time.perf_counter() - started:.1f} 秒")
    return {
        "items": Item.objects.count(),
        "units": Unit.objects.count(),
        "facts": Fact.objects.count(),
        "cases": ReviewCase.objects.count(),
    }


def _plan(filename: str, username: str, moment: datetime, above: Plan | None) -> Plan:
    member = acting(username, moment)
    office = Unit.objects.get(code=username.rpartition("_")[0])
    opened = planning.import_open(
        office=office,
        data=(CONTENT / filename).read_bytes(),
        filename=filename,
        member=member,
        now=moment,
    )
    return planning.import_confirm(
        import_id=opened.pk, member=member, now=moment + timedelta(minutes=40), refers_to=above
    )


def _moment(entry: ContentItem) -> datetime:
    """When the item was decided on; unpublished ones are this week's work."""
    if entry.published_at and entry.state != "scheduled":
        return entry.published_at
    return at(date(2022, 10, 17), 15) + timedelta(minutes=len(entry.slug))


def _attachment(entry: Attachment, moment: datetime) -> dict[str, object]:
    if entry.kind == "csv":
        # The byte-order mark lets spreadsheet programs read the Chinese.
        data, kind = attachment_csv(entry).encode("utf-8-sig"), "text/csv"
    elif entry.kind == "txt":
        data, kind = entry.body.encode(), "text/plain"
    else:
        data = _docx(entry)
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    blob = blobs.store(data, content_type=kind, now=moment)
    return {
        "title": entry.title,
        "filename": entry.filename,
        "sha256": blob.sha256,
        "size": blob.size,
        "content_type": kind,
    }


def _docx(entry: Attachment) -> bytes:
    from docx import Document

    document = Document()
    document.add_heading(entry.title, level=1)
    for paragraph in entry.body.split("\n\n"):
        rows = [line for line in paragraph.splitlines() if line.startswith("|")]
        if not rows:
            document.add_paragraph(paragraph.lstrip("# ").replace("\n", ""))
            continue
        cells = [[c.strip() for c in row.strip("|").split("|")] for row in rows]
        cells = [row for row in cells if not all(set(c) <= set("-: ") for c in row)]
        table = document.add_table(rows=0, cols=len(cells[0]))
        table.style = "Table Grid"
        for row in cells:
            for cell, text in zip(table.add_row().cells, row, strict=False):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _content(entry: ContentItem, made: dict[str, Item], moment: datetime) -> dict[str, object]:
    top, _, leaf = entry.theme.partition("/")
    theme = Theme.objects.get(name=leaf, parent__name=top)
    own: dict[str, object] = {}
    if entry.kind == "interpretation":
        own = {
            "interprets": [made[entry.interprets].pk] if entry.interprets in made else [],
            "form": entry.interpretation_form,
            "original": True,
            "drafter": Unit.objects.get(code=entry.unit).full_name,
            "interpreter": entry.drafter,
            "phone": entry.contact_phone,
            **added_facts(entry.slug),
        }
    body = entry.original_body
    if entry.interpretation_form == "qa":
        body, own["pairs"] = pairs_of(body)
    return {
        "title": entry.title,
        "summary": entry.summary,
        "body": markdown_to_html(body) if body else "",
        "doc_no": entry.doc_no,
        "theme": theme.code,
        "genre": entry.genre,
        "formed_on": entry.formed_on.isoformat(),
        "effective_on": entry.effective_on.isoformat() if entry.effective_on else "",
        "expires_on": entry.expires_on.isoformat() if entry.expires_on else "",
        "validity": entry.validity or "in_force",
        "attribute": "proactive",
        "origin": entry.origin,
        "joint_units": list(entry.joint_units),
        "keywords": list(entry.keywords),
        "topics": list(entry.topics),
        "contact": entry.contact_phone,
        "facts": own,
        "attachments": [_attachment(a, moment) for a in entry.attachments],
    }


def _submit(
    item: Item, entry: ContentItem, moment: datetime, release_at: datetime | None = None
) -> ReviewCase:
    editor = acting(f"{entry.unit}_bianji", moment)
    return publishing.item_submit(item_id=item.pk, member=editor, now=moment, release_at=release_at)


def _approve(case: ReviewCase, unit: str, steps: tuple[str, ...], last: datetime) -> None:
    posts = {"first": "chushen", "final": "zhongshen", "secrecy": "baomi"}
    for step in steps:
        moment = last - timedelta(minutes={"first": 25, "final": 10, "secrecy": 0}[step])
        review.step_approve(
            case_id=case.pk,
            step=step,
            digest=case.digest,
            member=acting(f"{unit}_{posts[step]}", moment),
            now=moment,
            legal_basis=BASIS if step == "secrecy" else "",
        )


ALL = ("first", "final", "secrecy")


def _item(entry: ContentItem, made: dict[str, Item]) -> Item:
    moment = _moment(entry)
    begun = max(moment - timedelta(days=1), at(entry.formed_on, 8, 30))
    if begun > moment - timedelta(minutes=60):
        begun = moment - timedelta(minutes=60)
    editor = acting(f"{entry.unit}_bianji", begun)
    item = publishing.item_create(
        unit=Unit.objects.get(code=entry.unit),
        kind=ItemKind.objects.get(key=entry.kind),
        content=_content(entry, made, begun),
        member=editor,
        now=begun,
    )
    if entry.state == "draft":
        return item
    sent = moment - timedelta(minutes=40)
    if entry.state == "scheduled" and entry.published_at:
        case = _submit(item, entry, sent, release_at=entry.published_at)
        _approve(case, entry.unit, ALL, moment)
        return item
    case = _submit(item, entry, sent)
    if entry.state == "in_review":
        if entry.review_step == "secrecy":
            _approve(case, entry.unit, ("first", "final"), moment)
        return item
    if entry.state == "rejected":
        review.step_reject(
            case_id=case.pk,
            step="first",
            digest=case.digest,
            member=acting(f"{entry.unit}_chushen", moment),
            now=moment,
            remark=entry.rejected_reason,
        )
        return item
    if entry.state == "withheld":
        _approve(case, entry.unit, ("first", "final"), moment)
        review.case_withhold(
            case_id=case.pk,
            digest=case.digest,
            member=acting(f"{entry.unit}_baomi", moment),
            now=moment,
            code=entry.withheld_code,
            reason=entry.withheld_reason,
        )
        return item
    _approve(case, entry.unit, ALL, moment)
    if entry.correction:
        _correct(item, entry)
    return item


def _correct(item: Item, entry: ContentItem) -> None:
    assert entry.correction is not None
    moment = entry.correction.at
    publishing.item_edit(
        item_id=item.pk,
        content={
            "body": markdown_to_html(entry.body),
            "change_kind": "correction",
            "change_note": entry.correction.note,
        },
        member=acting(f"{entry.unit}_bianji", moment),
        now=moment - timedelta(minutes=50),
    )
    case = _submit(item, entry, moment - timedelta(minutes=40))
    _approve(case, entry.unit, ALL, moment)


def _best_task(plan: Plan, number: int, words: str) -> LedgerTask | None:
    tasks = LedgerTask.objects.filter(
        point__plan=plan, point__number=number, retired_at=None, point__retired_at=None
    )
    return max(tasks, key=lambda t: SequenceMatcher(None, words, t.text).ratio(), default=None)


def _prove(entry: ContentItem, item: Item, plans: tuple[Plan, Plan]) -> None:
    """Attach a published item to the tasks it proves; withdraw it afterwards if it was."""
    if entry.state not in ("published", "corrected", "withdrawn") or entry.published_at is None:
        return
    city, district = plans
    moment = entry.published_at + timedelta(minutes=30)
    unit = item.unit
    answering = unit.area or unit
    for number in entry.work_points:
        task = _best_task(city, number, entry.lead_task)
        if task is not None:
            _attach(task, answering, item, "zwgkb_zhuguan", moment)
    if unit.area_id and unit.area and unit.area.code == "wangcheng":
        rows = Assignment.objects.filter(
            task__point__plan=district, unit=unit, active=True
        ).select_related("task")
        best = max(
            rows,
            key=lambda a: SequenceMatcher(None, entry.lead_task, a.task.text).ratio(),
            default=None,
        )
        if best is not None:
            _evidence(best, item, moment)
    if entry.state == "withdrawn" and entry.withdrawn_at:
        publishing.item_withdraw(
            item_id=item.pk,
            category="revoked",
            reason=entry.withdraw_reason,
            member=acting(f"{entry.unit}_zhongshen", entry.withdrawn_at),
            now=entry.withdrawn_at,
        )


def _attach(task: LedgerTask, unit: Unit, item: Item, office: str, moment: datetime) -> None:
    row = Assignment.objects.filter(task=task, unit=unit, active=True).first()
    if row is None:
        # 市直相关单位 and parks are for the office to name.
        row = ledger.assignment_add(
            task_id=task.pk,
            unit=unit,
            role="responsible",
            member=acting(office, moment),
            now=moment - timedelta(minutes=20),
        )
    _evidence(row, item, moment)


def _evidence(row: Assignment, item: Item, moment: datetime) -> None:
    ledger.evidence_add_item(
        assignment_id=row.pk,
        item_id=item.pk,
        member=acting(f"{row.unit.code}_bianji", moment),
        now=moment,
    )


def _office_acts(city: Plan) -> None:
    """One evidence sent back and one light set by hand, so that both can be seen."""
    moment = at(date(2022, 10, 14), 16)
    office = acting("zwgkb_zhuguan", moment)
    sent_back = (
        Assignment.objects.filter(
            task__point__plan=city, task__point__number=12, unit__code="wangcheng", active=True,
            evidence__isnull=False,
        )
        .order_by("pk")
        .first()
    )  # fmt: skip
    if sent_back is not None:
        for evidence in sent_back.evidence.filter(removed_at=None):
            ledger.evidence_reject(
                evidence_id=evidence.pk,
                reason="清单缺少“补助标准”一列，请补齐七项内容后重新提交。",
                member=office,
                now=moment,
            )
    watched = (
        Assignment.objects.filter(
            task__point__plan=city, task__point__number=13, unit__code="sjzyj", active=True,
            evidence=None,
        )
        .order_by("pk")
        .first()
    )  # fmt: skip
    if watched is not None:
        ledger.light_override(
            assignment_id=watched.pk,
            light="yellow",
            reason="9月抽测发现读屏软件不能读出部分图表，要求11月底前改完。",
            member=office,
            now=moment + timedelta(minutes=20),
        )
