"""Follow-ups in every state, three months of reports, a second district: what an office chases."""

from datetime import date, datetime, timedelta
from pathlib import Path

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import at
from gongkai.demo.people import acting, hold, person
from gongkai.ledger import followup_replies, followups, planning, references, report_board, reports
from gongkai.ledger.followups import Terms
from gongkai.ledger.models import Assignment, FollowUp, Plan, WorkPoint
from gongkai.ledger.reports import ReportText
from gongkai.ledger.rules_reports import due_on
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit

OFFICE = "zwgkb_zhuguan"
CONTENT = Path(__file__).parent / "content"
AUGUST, SEPTEMBER, OCTOBER = date(2022, 8, 1), date(2022, 9, 1), date(2022, 10, 1)
SILENT = {"yuhua", "sjzyj"}
"""Units that have not reported for September."""
SLOW = {"wjw": SEPTEMBER, "liuyang": AUGUST}
"""Units that reported late, and for which month."""
WITHOUT_EDITOR = {"furong", "gxq"}
"""Units that have never reported."""
TOLD = (
    "按计划推进，本月整理完资料，正在核对口径，核对后统一上网。",
    "本月新增公开三条信息，栏目已更新，读者反映的两处错链已改好。",
    "责任科室已定，材料收齐一半，其余单位约定下月上旬交来。",
    "专栏已上线试运行，点击量比上月多，正在补图解和问答。",
    "本月召开一次会商，明确了公开范围，涉及个人信息的部分先作处理再公开。",
)
NEXT = ("下月上旬完成核对并公开。", "下月继续按周更新。", "下月请各单位补交材料。")


def build_followups(city: Plan, district: Plan) -> None:
    """Everything of this part, through the services, at its own time."""
    _liuyang(city)
    _references(district)
    city = reports.plan_reports_set(
        plan_id=city.pk, start=AUGUST, kind="next_nth", nth=5,
        member=acting(OFFICE, at(date(2022, 7, 25), 9)), now=at(date(2022, 7, 25), 9),
    )  # fmt: skip
    _reports(city)
    _followups(city)


# --- districts ------------------------------------------------------------------------------------


def _liuyang(city: Plan) -> None:
    office = Unit.objects.get(code="liuyang_xzspj")
    hold(person("liuyang_xzspj_zhuguan", "何主任（演示）"), office, Role.SUPERVISOR)
    moment = at(date(2022, 6, 7), 10)
    member = acting("liuyang_xzspj_zhuguan", moment)
    name = "work_points_liuyang_2022.md"
    opened = planning.import_open(
        office=office, data=(CONTENT / name).read_bytes(), filename=name, member=member, now=moment
    )
    planning.import_confirm(
        import_id=opened.pk, member=member, now=moment + timedelta(minutes=30), refers_to=city
    )


def _references(district: Plan) -> None:
    """Wangcheng's office put one proposal right; the others wait for it."""
    moment = at(date(2022, 5, 27), 9)
    point = WorkPoint.objects.get(plan=district, number=2, retired_at=None)
    above = WorkPoint.objects.filter(
        plan=district.refers_to_id, number__in=[7, 12], retired_at=None
    ).values_list("pk", flat=True)
    references.references_set(
        point_id=point.pk, above_ids=list(above),
        member=acting("wangcheng_xzspj_zhuguan", moment), now=moment,
    )  # fmt: skip


# --- monthly reports ------------------------------------------------------------------------------


def _reports(city: Plan) -> None:
    day = date(2022, 10, 17)
    found: dict[tuple[str, date], list[Assignment]] = {}
    for one in report_board.plan_owed(city, day, [AUGUST, SEPTEMBER, OCTOBER]):
        found.setdefault((one.share.unit.code, one.month), []).append(one.share)
    calendar = load_calendar()
    for (code, month), shares in sorted(found.items()):
        if code in WITHOUT_EDITOR or month == OCTOBER or (code in SILENT and month == SEPTEMBER):
            continue
        hold(person(f"{code}_bianji", "台账员（演示）"), shares[0].unit, Role.EDITOR)
        due = due_on(month, report_board.rule_of(city), calendar)
        late = SLOW.get(code) == month
        moment = at(due + timedelta(days=2 if late else -2), 10, len(code))
        _report(code, month, shares, moment)


def _report(code: str, month: date, shares: list[Assignment], moment: datetime) -> None:
    member = acting(f"{code}_bianji", moment)
    texts = {
        share.pk: ReportText(
            progress=TOLD[(share.pk + month.month) % len(TOLD)],
            percent=min(95, 20 + 15 * (month.month - 7) + share.pk % 30),
            problems="材料分散在几个处室，收集慢。" if share.pk % 7 == 0 else "",
            next_step=NEXT[share.pk % len(NEXT)],
        )
        for share in shares
    }
    unit = shares[0].unit
    reports.reports_save(unit=unit, month=month, entries=texts, member=member, now=moment)
    sent = reports.reports_send(
        unit=unit, month=month, assignment_ids=list(texts), member=member,
        now=moment + timedelta(minutes=5),
    )  # fmt: skip
    if month == AUGUST and code in ("czj", "fgw"):
        read = moment + timedelta(days=1)
        for report in sent:
            reports.report_read(report_id=report.pk, member=acting(OFFICE, read), now=read)
    elif code == "wangcheng" and month == SEPTEMBER:
        back = moment + timedelta(days=1)
        reports.report_return(
            report_id=sent[0].pk, reason="进展只写了“按计划推进”，请写清公开了哪些信息。",
            member=acting(OFFICE, back), now=back,
        )  # fmt: skip


# --- follow-ups -----------------------------------------------------------------------------------


def _followups(city: Plan) -> None:
    done = _issue(
        city, "fgw", 4, at(date(2022, 9, 5), 9), 5, "三季度重大项目进展还没有公开",
        "请公开三季度重大项目的建设进度，并说明晚于上半年的原因。",
    )  # fmt: skip
    _reply(done, at(date(2022, 9, 8), 15), "已经公开，原因是口径调整，数据重新核对过。")
    accepted = at(date(2022, 9, 9), 10)
    followups.followup_accept(
        followup_id=done.pk, remark="可以，四季度请按时。", member=acting(OFFICE, accepted),
        now=accepted,
    )  # fmt: skip
    climbing = _issue(
        city, "yuhua", 12, at(date(2022, 9, 14), 9), 5, "补贴政策清单咨询电话无人接听",
        "抽查三次都没有人接听，请落实“两在线”要求，安排专人接听并更新清单。",
    )  # fmt: skip
    raised = at(date(2022, 9, 26), 9)
    higher = followups.followup_escalate(
        followup_id=climbing.pk, reason="逾期没有回复，复查仍无人接听。", terms=Terms(days=5),
        member=acting(OFFICE, raised), now=raised,
    )  # fmt: skip
    assert higher.level == "notice"
    back = _issue(
        city, "wangcheng", 12, at(date(2022, 10, 9), 9), 3, "补贴清单缺少“补助标准”",
        "请补齐“七公开”的各列，并核对解答电话。",
    )  # fmt: skip
    _reply(back, at(date(2022, 10, 12), 16), "已安排区财政局补充。")
    returned = at(date(2022, 10, 13), 9)
    followups.followup_return(
        followup_id=back.pk, reason="只说了安排，没有结果；请补齐后附网址再回复。",
        terms=Terms(days=5), member=acting(OFFICE, returned), now=returned,
    )  # fmt: skip
    waiting = _issue(
        city, "wjw", 5, at(date(2022, 10, 10), 10), 5, "疫情防控专栏两天没有更新",
        "请恢复每天更新，并说明中断原因。",
    )  # fmt: skip
    _reply(
        waiting, at(date(2022, 10, 14), 11), "系统升级造成推送中断，已恢复，10 月 11 日起每天更新。"
    )
    _issue(
        city, "sjzyj", 13, at(date(2022, 10, 8), 9), 3, "适老化改造抽测问题还没有反馈",
        "请反馈 9 月抽测发现的读屏问题改到哪一步。",
    )  # fmt: skip
    wrong = _issue(
        None, "szfb", 0, at(date(2022, 10, 11), 9), 5, "常务会议题图解没有公开", "请说明公开安排。"
    )
    off = at(date(2022, 10, 11), 15)
    followups.followup_call_off(
        followup_id=wrong.pk, reason="核对后发现已于 9 月公开，发错了。",
        member=acting(OFFICE, off), now=off,
    )  # fmt: skip
    _issue(
        city, "czj", 3, at(date(2022, 10, 17), 9), 5, "减税降费政策清单需要更新",
        "请按九月出台的新政策更新清单，更新后附网址回复。",
    )  # fmt: skip


def _issue(
    plan: Plan | None,
    code: str,
    number: int,
    moment: datetime,
    days: int,
    title: str,
    demand: str,
) -> FollowUp:
    unit = Unit.objects.get(code=code)
    share = (
        Assignment.objects.filter(
            task__point__plan=plan,
            task__point__number=number,
            unit=unit,
            active=True,
            task__retired_at=None,
        )
        # What was sent back is chased first.
        .order_by("-evidence__rejected_at", "pk")
        .first()
        if plan
        else None
    )
    return followups.followup_issue(
        office=Unit.objects.get(code="zwgkb"), unit=unit, level="reminder", title=title,
        demand=demand, terms=Terms(days=days), member=acting(OFFICE, moment), now=moment,
        basis="长政务公开办发〔2022〕1号", plan=plan, assignment_ids=[share.pk] if share else [],
    )  # fmt: skip


def _reply(row: FollowUp, moment: datetime, text: str) -> None:
    followup_replies.followup_reply(
        followup_id=row.pk, text=text, member=acting(f"{row.unit.code}_bianji", moment), now=moment
    )
