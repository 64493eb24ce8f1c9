"""Where an item stands, in words for its editor: steps of the review, what came back, history."""

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from gongkai.core.clock import SHANGHAI
from gongkai.core.errors import InvalidInput
from gongkai.core.facts import action_label
from gongkai.core.models import Fact
from gongkai.publishing.content import content_of
from gongkai.publishing.enums import ChangeKind, Status, Visibility, WithdrawCategory
from gongkai.publishing.inspection import inspect_content
from gongkai.publishing.models import Item
from gongkai.publishing.overlap import interpretation_findings
from gongkai.publishing.rules import FIELD_LABELS
from gongkai.review.enums import ACTIVE, CaseStatus, Step, WithholdCode
from gongkai.review.models import Review, ReviewCase
from gongkai.screening.findings import Severity

_LISTED = 300
_DOUBTS = 12


def release_time(text: str) -> datetime | None:
    """The chosen time of release as an instant in Asia/Shanghai; None when none was chosen.

    Raises InvalidInput for what is no date and time.
    """
    if not text.strip():
        return None
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        moment = None
    if moment is None:
        raise InvalidInput(
            {"release_at": ["定时发布时间请写成“2022-10-19 09:00”这样的日期和时间。"]}
        )
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment


def progress_of(item: Item) -> dict[str, Any]:
    """The newest review of an item: ``steps`` (label, state), ``active``, ``returned`` (who said
    what), ``release_at``, ``stopped`` (why a scheduled release did not happen) and ``never``
    (neither submitted nor released before)."""
    case = (
        ReviewCase.objects.filter(subject_kind="item", subject_id=str(item.pk))
        .order_by("-round")
        .first()
    )
    if case is None:
        return {
            "case": None,
            "steps": [],
            "active": False,
            "returned": None,
            "never": item.version == 0,
        }
    active = case.status in ACTIVE
    return {
        "case": case,
        "steps": _steps(case) if active else [],
        "active": active,
        "returned": _returned(case) if item.status in (Status.RETURNED, Status.WITHHELD) else None,
        "release_at": case.release_at if active else None,
        "approved": case.status == CaseStatus.APPROVED,
        "stopped": _stopped(case) if case.status == CaseStatus.VOIDED else "",
        "never": False,
    }


def _stopped(case: ReviewCase) -> str:
    """Why a scheduled release did not happen; empty when an edit voided the case."""
    fact = (
        Fact.objects.filter(
            action="review.case.voided",
            subject_kind=case.subject_kind,
            subject_id=case.subject_id,
            details__case=case.pk,
        )
        .order_by("-id")
        .first()
    )
    return str(fact.details.get("reason", "")) if fact else ""


def doubts_of(item: Item, draft: Item) -> list[str]:
    """What the machine asks the editor to look at again, before a reviewer does."""
    content = content_of(draft)
    report = inspect_content(content, item.kind)
    found = [*interpretation_findings(content, item.kind), *report.of(Severity.WARN)]
    return [finding.sentence for finding in found][:_DOUBTS]


def _steps(case: ReviewCase) -> list[dict[str, str]]:
    now = case.steps.index(case.current_step) if case.current_step else len(case.steps)
    return [
        {
            "label": Step(step).label,
            "state": "done" if position < now else "now" if position == now else "",
        }
        for position, step in enumerate(case.steps)
    ]


def _returned(case: ReviewCase) -> Review | None:
    return Review.objects.select_related("person").filter(case=case).order_by("-id").first()


def history_of(item: Item) -> list[dict[str, Any]]:
    """What was recorded about an item, newest first: time, act, person, explanation, tone."""
    facts = Fact.objects.filter(subject_kind="item", subject_id=str(item.pk))
    return [
        {
            "at": fact.occurred_at,
            "act": action_label(fact.action),
            "who": fact.actor_name,
            "text": _explain(fact),
            "tone": _tone(fact.action),
        }
        for fact in facts.order_by("-occurred_at", "-id")[:_LISTED]
    ]


def _tone(action: str) -> str:
    if action in ("publishing.item.released", "publishing.item.corrected"):
        return "ok"
    stopped = ("rejected", "withheld", "withdrawn", "voided")
    return "red" if action.rpartition(".")[2] in stopped else ""


def _explain(fact: Fact) -> str:
    details = fact.details
    parts: list[str] = []
    if details.get("fields"):
        parts.append("改了" + "、".join(FIELD_LABELS.get(n, n) for n in details["fields"]))
    if details.get("step") in Step.values:
        parts.append(Step(details["step"]).label)
    if details.get("filename"):
        parts.append(str(details["filename"]))
    if details.get("code") in WithholdCode.values:
        parts.append(WithholdCode(details["code"]).label)
    if details.get("category") in WithdrawCategory.values:
        parts.append(WithdrawCategory(details["category"]).label)
    if details.get("change_kind") in ChangeKind.values:
        parts.append(ChangeKind(details["change_kind"]).label)
    if details.get("version"):
        parts.append(f"第 {details['version']} 版")
    if details.get("index_no"):
        parts.append(f"索引号 {details['index_no']}")
    if details.get("legal_basis"):
        parts.append(f"依据：{details['legal_basis']}")
    if details.get("reason") and fact.action == "review.case.voided":
        parts.append(f"原因：{details['reason']}")
    if fact.action == "review.case.rescheduled" and details.get("release_at"):
        moment = datetime.fromisoformat(details["release_at"]).astimezone(SHANGHAI)
        parts.append(f"改为 {moment:%Y-%m-%d %H:%M} 发布")
    if details.get("next"):
        parts.append(f"下次核对不晚于 {details['next']}")
    if details.get("remark"):
        parts.append(f"意见：{details['remark']}")
    if details.get("unit"):
        parts.append(str(details["unit"]))
    return "；".join(parts)


def state_of(item: Item) -> str:
    """One sentence on what the public sees and where the draft is."""
    public = {
        Visibility.HIDDEN: "公众还看不到",
        Visibility.PUBLIC: f"公众看到的是第 {item.version} 版",
        Visibility.WITHDRAWN: "已撤回，原网址显示撤回说明",
    }[Visibility(item.visibility)]
    return f"{public}；{Status(item.status).label}"
