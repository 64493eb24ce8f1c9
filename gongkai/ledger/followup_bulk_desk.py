"""Many notices at once: choose what is late, look at every notice, send them; and on paper."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput
from gongkai.ledger import board, followups, report_board
from gongkai.ledger import followup_board as reads
from gongkai.ledger import rules_followups as rules
from gongkai.ledger import rules_reports as reporting
from gongkai.ledger.followup_desk import followup_for
from gongkai.ledger.forms_followups import BulkForm
from gongkai.ledger.models import Plan
from gongkai.organisations.access import Member
from gongkai.organisations.desk import (
    desk_context,
    fold_errors,
    member_of,
    posted,
    role_required,
    staff_required,
)
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit


def own_plan(member: Member, chosen: str) -> Plan | None:
    """A plan of an office in which the person supervises: the chosen one, else the newest."""
    plans = Plan.objects.select_related("office__parent").filter(
        office_id__in=member.unit_ids(Role.SUPERVISOR)
    )
    found = plans.filter(pk=int(chosen)).first() if chosen.isdigit() else None
    return found or plans.order_by("-year", "-pk").first()


def no_plan(request: HttpRequest, current: str, title: str) -> HttpResponse:
    """The page of an office that has no ledger yet."""
    context = desk_context(request, current=current, page_title=title)
    return render(request, "ledger/no_plan.html", context)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a bulk issue is about, with the words that are proposed for it."""

    shares: list[rules.LateShare]
    title: str
    lead: str
    busy: int = 0


def _draft(plan: Plan, missing: date | None, day: date) -> Draft:
    """The late shares of a plan, or the reports missing for a month."""
    if missing is None:
        rows = board.board_of(plan, day).rows
        late = reads.late_shares(rows)
        whole = sum(1 for row in rows if row.verdict.light == "red")
        return Draft(
            late,
            f"{plan.year} 年政务公开工作要点逾期任务",
            "下列任务已经逾期或凭据被退回，请抓紧完成，提交有效凭据，并书面说明原因和完成时间：",
            whole - len(late),
        )
    owed = report_board.plan_owed(plan, day, [missing])
    late = [
        rules.LateShare(
            one.share.pk, one.share.unit_id, one.share.unit.short_name,
            one.share.task.point.number, one.share.task.text, f"期限 {one.due:%Y-%m-%d}",
        )
        for one in owed
        if one.state == reporting.MISSING
    ]  # fmt: skip
    return Draft(
        late,
        f"{plan.year} 年 {missing.month} 月任务月报未报送",
        f"下列任务 {missing.month} 月的月报没有按期报送，请在“任务月报”里补报：",
    )


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if text else None
    except ValueError:
        return None


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def followup_bulk(request: HttpRequest) -> HttpResponse:
    """Choose, look at the notices as they would go out, send them: one per unit."""
    member = member_of(request)
    plan = own_plan(member, request.GET.get("plan", ""))
    if plan is None:
        return no_plan(request, "followups", "批量督办")
    missing = _month(request.GET.get("missing", ""))
    draft = _draft(plan, missing, today())
    initial = {
        "title": draft.title, "lead": draft.lead, "days": rules.LADDER[0].days,
        "basis": plan.doc_no,
    }  # fmt: skip
    form = BulkForm(posted(request), initial=initial)
    chosen = {int(pk) for pk in request.POST.getlist("share") if pk.isdigit()}
    shares = [one for one in draft.shares if one.assignment_id in chosen]
    preview: list[dict[str, Any]] = []
    problem = ""
    if request.method == "POST":
        if request.POST.get("act") == "back":
            pass
        elif not shares:
            problem = "请至少选一项任务。"
        elif form.is_valid():
            try:
                if request.POST.get("act") == "issue":
                    return _issue(member, plan, shares, form)
                preview = _preview(plan, shares, form)
            except InvalidInput as error:
                fold_errors(error, form)
    context = desk_context(
        request,
        current="followups",
        page_title="批量督办",
        plan=plan,
        missing=missing,
        draft=draft,
        groups=[
            (rows[0].unit, [(one, not request.POST or one.assignment_id in chosen) for one in rows])
            for rows in rules.by_unit(draft.shares).values()
        ],
        form=form,
        preview=preview,
        chosen=shares,
        problem=[problem] if problem else [],
    )
    status = 422 if problem or form.errors else 200
    return render(request, "ledger/followup_bulk.html", context, status=status)


def _issue(
    member: Member, plan: Plan, shares: list[rules.LateShare], form: BulkForm
) -> HttpResponse:
    data = form.cleaned_data
    followups.followups_issue_bulk(
        office=plan.office, plan=plan, shares=shares, level=data["level"], title=data["title"],
        lead=data["lead"], basis=data["basis"], terms=form.terms, member=member, now=now(),
    )  # fmt: skip
    return redirect("ledger-desk:followups")


def _preview(plan: Plan, shares: list[rules.LateShare], form: BulkForm) -> list[dict[str, Any]]:
    due, _ = followups.due_of(form.terms, today())
    groups = rules.by_unit(shares)
    units = Unit.objects.select_related("area", "parent").in_bulk(list(groups))
    copied = rules.rung(form.cleaned_data["level"]).to_head
    return [
        {
            "unit": units[pk],
            "head": followups.head_of(units[pk], plan.office) if copied else None,
            "demand": rules.demand_words(rows, form.cleaned_data["lead"]),
            "due": due,
            "count": len(rows),
        }
        for pk, rows in groups.items()
    ]


# --- on paper -------------------------------------------------------------------------------------


@staff_required
@require_safe
def followup_print(request: HttpRequest, followup_id: int) -> HttpResponse:
    """The notice as a letter, with the reply form on its second page."""
    row = followup_for(member_of(request), followup_id)
    explained = rules.explain_due(row.due_from, row.reply_due, row.due_days, load_calendar())
    context = {
        "row": row,
        "rung": rules.rung(row.level),
        "lines": row.demand.splitlines(),
        "explained": explained,
        "last": row.replies.order_by("-at").first(),
        "day": today(),
    }
    return render(request, "ledger/followup_print.html", context)
