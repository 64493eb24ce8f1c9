"""What the desk is told beside a meeting's item, and what falls due after a meeting."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from gongkai.core.calendar import load_calendar
from gongkai.core.workdays import add_workdays
from gongkai.decisions.enums import DECIDED, LinkKind
from gongkai.decisions.models import AgendaItem, AgendaLink, TraceTerm
from gongkai.decisions.reference import given
from gongkai.messaging.audience import holders
from gongkai.messaging.registry import DueItem
from gongkai.organisations.enums import Role
from gongkai.publishing.asides import Aside
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item
from gongkai.review.notes import CaseNote


def held_back_lines(item_id: int) -> tuple[str, ...]:
    """The matters of a meeting that its item leaves out: title, ground, basis."""
    rows = AgendaItem.objects.filter(meeting__item_id=item_id, public=False)
    return tuple(
        f"议题 {row.order}：{row.title}。情形：{row.get_code_display()}。依据：{row.legal_basis}。"
        for row in rows
    )


def case_note(subject_id: str) -> CaseNote | None:
    """For the reviewers of a meeting's item; one query."""
    lines = held_back_lines(int(subject_id)) if subject_id.isdigit() else ()
    if not lines:
        return None
    head = "公开稿已按公开的议题重新编号；下面这些不在公开稿里，公众看不出有缺。"
    return CaseNote(f"审定不公开的议题（{len(lines)} 个）", (head, *lines))


def item_aside(item: Item) -> Aside | None:
    """For the desk page of an item: matters held back, or until when a trace notice is kept."""
    if item.kind.key == "meeting_decision":
        lines = held_back_lines(item.pk)
        return Aside("审定不公开的议题", lines) if lines else None
    if item.kind.key == "trace":
        term = TraceTerm.objects.filter(item_id=item.pk).first()
        if term is not None:
            rule = given("trace_days")
            note = f"依据：{rule.basis}{'（待核实）' if rule.unconfirmed else ''}。"
            line = (
                f"已于 {term.purged_at:%Y-%m-%d} 期满删除。"
                if term.purged_at
                else f"公开 {term.days} 天，最后一天 {term.last_on:%Y-%m-%d}，之后自动删除。"
            )
            return Aside("公开期限", (line, note))
    return None


def documents_due(today: date, until: date) -> Iterable[DueItem]:
    """Decided matters that become a document and have none linked, with their day; the number is
    that among the public matters, and nothing of their text is told."""
    workdays, calendar = int(given("document_workdays").value), load_calendar()
    rows = (
        AgendaItem.objects.filter(
            public=True, needs_document=True, decision__in=DECIDED,
            meeting__item__visibility=Visibility.PUBLIC,
        )
        .exclude(pk__in=AgendaLink.objects.filter(kind=LinkKind.DOCUMENT).values("agenda"))
        .select_related("meeting__unit")
    )  # fmt: skip
    numbers: dict[int, list[int]] = {}
    wanted = list(rows)
    shown = AgendaItem.objects.filter(meeting__in={r.meeting_id for r in wanted}, public=True)
    for meeting_id, pk in shown.order_by("order", "pk").values_list("meeting_id", "pk"):
        numbers.setdefault(meeting_id, []).append(pk)
    for row in wanted:
        due = add_workdays(row.meeting.held_on, workdays, calendar)
        if due.date <= until:
            number = numbers[row.meeting_id].index(row.pk) + 1
            yield DueItem(
                holders(row.meeting.unit, Role.EDITOR),
                f"{row.meeting.name}第 {number} 项议定事项还没有关联形成的文件",
                reverse("decisions-desk:meeting", args=[row.meeting_id]),
                due.date,
                str(row.pk),
            )
