"""The records of a foreign unit that the access sweep tries to reach, and who tries.

Everything confidential carries the canary: a string that must never leave the unit.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gongkai.catalogue.entries.models import (
    Catalogue,
    CatalogueImport,
    Entry,
    EntryAbsence,
    EntryLink,
    EntryUnit,
)
from gongkai.core import blobs
from gongkai.core.models import CalendarDay
from gongkai.decisions import meetings
from gongkai.decisions.models import AgendaItem, AgendaLink, Meeting
from gongkai.deposits import queueing
from gongkai.deposits.models import DepositBatch, DepositRecall, DepositTarget, ReadingPlace
from gongkai.filetexts import services as filetexts
from gongkai.filetexts.models import FileText
from gongkai.ledger.enums import EvidenceKind, ImportStatus, PointKind, UnitRole
from gongkai.ledger.models import (
    Assignment,
    Evidence,
    FollowUp,
    LedgerTask,
    MonthReport,
    Plan,
    PlanImport,
    WorkPoint,
)
from gongkai.legacy import preparing
from gongkai.legacy.attachments import NoFiles
from gongkai.legacy.mapping import check_mapping
from gongkai.legacy.models import ImportRun
from gongkai.legacy.sources import SourceRow
from gongkai.organisations.enums import Role
from gongkai.organisations.models import RoleAssignment, User
from gongkai.publishing import drafting, services
from gongkai.publishing.models import Item
from gongkai.review import consulting, evaluating
from gongkai.review import services as review
from gongkai.review.models import Consultation, ReviewCase, WithheldRecord, WithheldReview
from gongkai.search.models import SynonymGroup
from gongkai.sitecare.models import ErrorReport
from gongkai.sitecare.services import report_make
from tests.factories import (
    DAY,
    City,
    UserFactory,
    approve_all,
    make_city,
    make_draft,
    make_public,
    member,
    moment,
    reviewers,
    submit,
    user_with,
)

CANARY = "金丝雀七三一九"
"""Planted in everything that the foreign unit has not published."""

PUBLIC_TITLE = "已经公开的文件"


def _catalogue(city: City, item: Item, editor: User) -> dict[str, Any]:
    """A district's catalogue with an entry of the foreign unit, its request and an import."""
    unit = city.district_1_bureau
    catalogue = Catalogue.objects.create(
        key="wangcheng-yiwujiaoyu", kind="grassroots", owner=city.district_1, field="yiwujiaoyu",
        name="望城区义务教育目录", version=1, updated_at=moment(9),
    )  # fmt: skip
    entry = Entry.objects.create(
        code="wangcheng-yiwujiaoyu-0001", catalogue=catalogue, item1="招生管理",
        elements=["招生方案"], units_text=unit.short_name, created_at=moment(9),
    )  # fmt: skip
    EntryUnit.objects.create(entry=entry, unit=unit, since=DAY)
    blob = blobs.store(CANARY.encode(), content_type="text/plain", now=moment(9))
    return {
        "entry": entry,
        "entry_link": EntryLink.objects.create(
            entry=entry, unit=unit, subject_kind="item", subject_id=item.pk, published_on=DAY,
            origin="later", linked_at=moment(9),
        ),
        "entry_absence": EntryAbsence.objects.create(
            entry=entry, unit=unit, period="2022", reason=CANARY, requested_by=editor,
            requested_at=moment(9),
        ),
        "catalogue_import": CatalogueImport.objects.create(
            owner=city.district_1, filename=f"{CANARY}.xlsx", blob=blob, created_by=editor,
            created_at=moment(9), parsed={"sheets": [], "refused": [], "notes": []},
        ),
    }  # fmt: skip


@dataclass
class World:
    """Ids of foreign records by what they are."""

    city: City
    strangers: dict[str, User | None]
    items: dict[str, Item]
    cases: list[ReviewCase]
    consultation: Consultation
    objection: Consultation
    plan: Plan
    task: LedgerTask
    assignment: Assignment
    evidence: Evidence
    followup: FollowUp
    report: MonthReport
    opened_import: PlanImport
    import_run: ImportRun
    entry: Entry
    entry_link: EntryLink
    entry_absence: EntryAbsence
    catalogue_import: CatalogueImport
    withheld: WithheldRecord
    evaluation: WithheldReview
    target: DepositTarget
    batch: DepositBatch
    recall: DepositRecall
    place: ReadingPlace
    synonyms: SynonymGroup
    meeting: Meeting
    agenda: AgendaItem
    agenda_link: AgendaLink
    error_report: ErrorReport
    person: User
    role: RoleAssignment
    holiday: CalendarDay
    secret_shas: dict[str, str] = field(default_factory=dict)


def strangers(city: City) -> dict[str, User | None]:
    """One person per role, none of whom has anything to do with the foreign unit."""
    home = city.district_2_bureau
    people: dict[str, User | None] = {
        str(role): user_with(role, home)
        for role in Role.values
        if role not in (Role.SUPERVISOR, Role.OPERATOR)
    }
    people["supervisor"] = user_with(Role.SUPERVISOR, city.district_2)
    people["operator"] = user_with(Role.OPERATOR, city.office)
    people["superuser"] = UserFactory(superuser=True)
    people["anonymous"] = None
    return people


def _draft(city: City, editor: User, **changes: Any) -> Item:
    return make_draft(
        city,
        city.district_1_bureau,
        editor,
        **{
            "title": f"{CANARY}的草稿",
            "summary": f"{CANARY}的概述",
            "body": f"<p>{CANARY}的正文</p>",
            "keywords": [CANARY],
            **changes,
        },
    )


def _import_run(city: City) -> ImportRun:
    """One row of an old site, staged for the foreign unit by its own supervisor."""
    unit = city.district_1_bureau
    keeper = member(user_with(Role.SUPERVISOR, unit))
    fields = {"title": "t", "body": "b", "original_on": "d", "kind": {"value": "notice"}}
    mapping = check_mapping({"source": "旧站", "fields": fields})
    run, _ = preparing.run_open(
        filename=f"{CANARY}.jsonl", fingerprint="0" * 64, size=1, mapping=mapping, unit=unit,
        fixed=True, member=keeper, now=moment(9),
    )  # fmt: skip
    shop = preparing.shop_for(
        mapping=mapping, unit=unit, fixed=True, files=NoFiles(), now=moment(9), keep=True
    )
    values = {"t": f"{CANARY}的旧闻", "b": f"{CANARY}的旧文", "d": "2019-03-04"}
    rows = [SourceRow(1, values), SourceRow(2, {**values, "d": ""})]
    return preparing.prepare(run=run, rows=rows, shop=shop, member=keeper, now=moment(9))


def build() -> World:
    """The whole world; about forty drafts, cases, plans and files."""
    city = make_city()
    unit = city.district_1_bureau
    editor = user_with(Role.EDITOR, unit, display_name="外单位编辑")
    people = reviewers(unit)
    items: dict[str, Item] = {"draft": _draft(city, editor)}
    data = f"项目,说明\n补助,{CANARY}\n".encode()
    drafting.attachment_add(
        item_id=items["draft"].pk,
        filename=f"{CANARY}.csv",
        data=data,
        member=member(editor),
        now=moment(9, 10),
    )
    shas = {
        "draft": services.working_copy(Item.objects.get(pk=items["draft"].pk)).attachments[0][
            "sha256"
        ]
    }
    asked = [(shas["draft"], f"{CANARY}.csv")]
    filetexts.text_wanted(subject=("item", items["draft"].pk), files=asked, now=moment(9, 20))
    # On the first page of the desk's list, with words that nobody outside may read.
    FileText.objects.update(state="unreadable", text=CANARY, problem="文件已损坏。")
    items["submitted"] = _draft(city, editor)
    cases = [submit(items["submitted"], editor, note=CANARY)]
    items["returned"] = _draft(city, editor)
    returned = submit(items["returned"], editor)
    review.step_reject(
        case_id=returned.pk,
        step=returned.steps[0],
        digest=returned.digest,
        member=member(people[returned.steps[0]]),
        now=moment(10, 30),
        remark=f"{CANARY}，请改",
    )
    cases.append(returned)
    items["scheduled"] = _draft(city, editor)
    waiting = submit(items["scheduled"], editor, release_at=moment(9, day=date(2022, 11, 1)))
    approve_all(waiting, people)
    cases.append(waiting)
    items["public"] = make_public(city, unit, editor, people, title=PUBLIC_TITLE)
    services.item_edit(
        item_id=items["public"].pk,
        content={"title": f"{CANARY}更正", "body": f"<p>{CANARY}更正</p>", "change_note": CANARY},
        member=member(editor),
        now=moment(14),
    )
    items["withdrawn"] = make_public(
        city, unit, editor, people, title=f"{CANARY}撤回", body=f"<p>{CANARY}撤回</p>",
        summary=CANARY,
    )  # fmt: skip
    services.item_withdraw(
        item_id=items["withdrawn"].pk,
        category="privacy",
        reason="涉及个人隐私",
        member=member(people["final"]),
        now=moment(15),
    )
    asked, objected = consulting.consultation_ask(
        case_id=cases[0].pk,
        units=[city.district_1, city.bureau_a],
        question=f"{CANARY}可否公开",
        member=member(editor),
        now=moment(11),
    )
    consulting.consultation_answer(
        consultation_id=objected.pk,
        agrees=False,
        opinion=CANARY,
        member=member(user_with(Role.FIRST_REVIEWER, city.bureau_a)),
        now=moment(12),
    )
    holiday = CalendarDay.objects.create(
        day=date(2022, 12, 30), kind="holiday", name="演示放假", source="演示通知"
    )
    plan, task, assignment, evidence = _ledger(city)
    items["withheld"] = _draft(city, editor)
    evaluation = _withheld(items["withheld"], editor, people)
    target, batch, recall = _deposits(city)
    return World(
        city=city,
        strangers=strangers(city),
        items=items,
        cases=cases,
        consultation=asked,
        objection=objected,
        plan=plan,
        task=task,
        assignment=assignment,
        evidence=evidence,
        followup=_followup(city),
        report=MonthReport.objects.create(
            assignment=assignment,
            month=date(2022, 9, 1),
            status="submitted",
            progress=CANARY,
            saved_at=moment(9),
            sent_at=moment(9),
            first_sent_at=moment(9),
        ),
        opened_import=_import(city),
        import_run=_import_run(city),
        **_catalogue(city, items["public"], editor),
        withheld=evaluation.record,
        evaluation=evaluation,
        target=target,
        batch=batch,
        recall=recall,
        error_report=report_make(
            site=city.district_site,
            page="/qx/wangcheng/",
            kind="typo",
            text=f"{CANARY}的错字",
            now=moment(16),
        ),
        place=ReadingPlace.objects.create(
            owner=city.district_1,
            kind="archive",
            name="望城区档案馆",
            address="某路",
            hours="工作日",
            checked_on=DAY,
        ),
        synonyms=SynonymGroup.objects.create(),
        **_meeting(city, items["public"], editor),
        person=editor,
        role=RoleAssignment.objects.get(user=editor),
        holiday=holiday,
        secret_shas={**shas, "evidence": evidence.blob_id or ""},
    )


def _meeting(city: City, item: Item, editor: User) -> dict[str, Any]:
    """A meeting of the foreign unit with a public matter and one held back."""
    values = {"way": "study", "decision": "agreed", "text": f"{CANARY}的议定内容"}
    secret = {"public": False, "code": "state_secret", "legal_basis": CANARY}
    meeting = meetings.meeting_save(
        meeting_id=None, unit=city.district_1_bureau, kind="executive", government="区人民政府",
        term="第十六届", session_no=1, held_on=DAY, chair="区长",
        agenda=[
            meetings.Entry(f"{CANARY}的议题", **values),
            meetings.Entry(f"{CANARY}的秘密", **{**values, **secret}),
        ],
        observers={}, media=[], member=member(editor), now=moment(16),
    )  # fmt: skip
    agenda = AgendaItem.objects.get(meeting=meeting, public=True)
    meetings.link_add(
        agenda_id=agenda.pk, kind="formed", item_ids=[item.pk], member=member(editor),
        now=moment(16),
    )  # fmt: skip
    return {
        "meeting": meeting, "agenda": agenda, "agenda_link": AgendaLink.objects.get(agenda=agenda),
    }  # fmt: skip


def _withheld(item: Item, editor: User, people: dict[str, User]) -> WithheldReview:
    case = submit(item, editor)
    for step in case.steps[:-1]:
        review.step_approve(
            case_id=case.pk, step=step, digest=case.digest, member=member(people[step]),
            now=moment(10, 40),
        )  # fmt: skip
    record = review.case_withhold(
        case_id=case.pk, digest=case.digest, code="process_info", reason=CANARY,
        member=member(people["secrecy"]), now=moment(10, 50),
    )  # fmt: skip
    return evaluating.evaluation_propose(
        record_id=record.pk, outcome="release", reason=CANARY, member=member(people["secrecy"]),
        now=moment(10, 55),
    )  # fmt: skip


def _deposits(city: City) -> tuple[DepositTarget, DepositBatch, DepositRecall]:
    """A batch of the foreign district with a public and a withdrawn version."""
    target = DepositTarget.objects.create(
        kind="archive", name="望城区档案馆", owner=city.district_1, since=date(2022, 10, 1)
    )
    queueing.queue_versions(target=target, until=moment(23))
    batch = DepositBatch.objects.create(
        target=target, period=date(2022, 10, 1), last_day=date(2022, 10, 31), made_at=moment(16)
    )
    target.rows.update(batch=batch)
    queueing.leave_out(batch=batch, now=moment(23))
    queueing.seal(batch)
    gone = target.rows.exclude(left_out="").get()
    recall = DepositRecall.objects.create(row=gone, reason="withdrawn", arisen_at=moment(16))
    return target, batch, recall


def _ledger(city: City) -> tuple[Plan, LedgerTask, Assignment, Evidence]:
    plan = Plan.objects.create(
        office=city.district_1,
        year=2022,
        title="望城区要点",
        confirmed_at=moment(8),
        reports_from=date(2022, 9, 1),
    )
    point = WorkPoint.objects.create(
        plan=plan,
        number=1,
        title="公开补贴清单",
        text="公开补贴清单。",
        raw="公开补贴清单。",
        kind=PointKind.values[0],
        text_hash="0" * 64,
    )
    task = LedgerTask.objects.create(point=point, seq=1, text="公开补贴清单")
    assignment = Assignment.objects.create(
        task=task, unit=city.district_1_bureau, role=UnitRole.values[0]
    )
    blob = blobs.store(CANARY.encode(), content_type="text/plain", now=moment(8))
    evidence = Evidence.objects.create(
        assignment=assignment,
        kind=EvidenceKind.FILE,
        blob=blob,
        title=f"{CANARY}.docx",
        note=CANARY,
        added_at=moment(9),
    )
    return plan, task, assignment, evidence


def _followup(city: City) -> FollowUp:
    return FollowUp.objects.create(
        office=city.district_1, unit=city.district_1_bureau, year=2022, serial=1, level="notice",
        title=CANARY, demand=CANARY, issued_at=moment(8), due_from=date(2022, 10, 10),
        reply_due=date(2022, 10, 17),
    )  # fmt: skip


def _import(city: City) -> PlanImport:
    item = {
        "no": 1, "title": CANARY, "text": CANARY, "raw": CANARY, "span": [0, 5], "section": "",
        "section_title": "", "confidence": 0.5, "issues": [], "tasks": [], "leads": [],
        "responsible": [], "kind": "task", "units": [], "role": "", "deadline": None,
    }  # fmt: skip
    parsed = {"title": CANARY, "year": 2022, "doc_no": "", "issuer": "", "items": [item],
              "issued_on": None, "addressees": [], "warnings": []}  # fmt: skip
    blob = blobs.store(f"{CANARY}要点".encode(), content_type="text/plain", now=moment(8))
    return PlanImport.objects.create(
        office=city.district_1,
        filename=f"{CANARY}.md",
        blob=blob,
        raw_text=CANARY,
        parsed=parsed,
        status=ImportStatus.OPEN,
        created_at=moment(8),
    )
