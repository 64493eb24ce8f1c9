"""Every write of error reports."""

import secrets
from datetime import datetime

from django.db import transaction

from gongkai.catalogue.models import PublicSite
from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.core.masking import mask_text
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit
from gongkai.publishing.selectors import public_item
from gongkai.sitecare import rules
from gongkai.sitecare.enums import ErrorKind, Outcome, ReportStatus
from gongkai.sitecare.models import ErrorReport

RULE = "我为政府网站找错"
READER = Actor(key="public:reader", name="网站读者")


def _unit_of(page: str) -> Unit | None:
    number, code = rules.item_of(page), rules.unit_of(page)
    if number:
        item = public_item(number)
        return item.unit if item else None
    return Unit.objects.filter(code=code).first() if code else None


def report_make(
    *, site: PublicSite, page: str, kind: str, text: str, now: datetime, quote: str = ""
) -> ErrorReport:
    """Keep what a reader found wrong on a page (a path of the site).

    Identity, mobile and card numbers are masked before anything is stored. Raises InvalidInput.
    """
    wanted = rules.cleaned(text, rules.TEXT_LENGTH)
    errors: dict[str, list[str]] = {}
    if kind not in ErrorKind.values:
        errors["kind"] = ["请选择是哪一类错误。"]
    if len(wanted) < rules.LEAST_TEXT:
        errors["text"] = ["请写明错在哪里，至少五个字。"]
    if not page.startswith("/") or page.startswith("//") or len(page) > rules.PAGE_LENGTH:
        errors["page"] = ["页面地址应当是本网站的地址，以 / 开头。"]
    if errors:
        raise InvalidInput(errors)
    chosen = rules.cleaned(quote, rules.QUOTE_LENGTH).replace("\n", " ")
    hidden, hidden_quote = mask_text(wanted), mask_text(chosen)
    with transaction.atomic():
        report = ErrorReport.objects.create(
            receipt=rules.make_receipt(secrets.choice),
            site=site,
            unit=_unit_of(page),
            page=mask_text(page)[: rules.PAGE_LENGTH],
            kind=kind,
            quote=hidden_quote[: rules.QUOTE_LENGTH],
            text=hidden[: rules.TEXT_LENGTH],
            masked=(hidden, hidden_quote) != (wanted, chosen),
            created_at=now,
        )
        # Neither text nor receipt: the trail is kept for ever and read by many.
        facts.record(
            action="sitecare.report.made",
            subject=("error_report", report.pk),
            unit_id=report.unit_id or site.owner_id,
            actor=READER,
            occurred_at=now,
            details={"site": site.key, "page": report.page, "kind": kind},
        )
    return report


def report_handle(
    *, report_id: int, outcome: str, answer: str, member: Member, now: datetime
) -> ErrorReport:
    """Answer a report; the reader sees outcome and answer under the receipt number.

    Raises NotVisible, PermissionRefused, InvalidInput, Refusal (handled already).
    """
    with transaction.atomic():
        # "of self": PostgreSQL cannot lock the nullable side of a join.
        report = ErrorReport.objects.select_for_update(of=("self",)).filter(pk=report_id).first()
        if report is None or not member.may_see(report.site.owner):
            raise NotVisible
        if not member.supervises(report.site.owner):
            raise PermissionRefused(
                "岗位权限",
                "找错只能由主管本网站的政务公开主管处理。",
                "请联系政务公开主管部门。",
            )
        if report.status != ReportStatus.NEW:
            raise Refusal(RULE, "这条找错已经处理过了。", "处理结果见本页。")
        errors = {}
        if outcome not in Outcome.values:
            errors["outcome"] = ["请选择处理结果。"]
        if not answer.strip():
            errors["answer"] = ["请写明怎样处理的，读者凭回执号可以看到。"]
        if errors:
            raise InvalidInput(errors)
        report.status, report.outcome = ReportStatus.HANDLED, outcome
        report.answer = mask_text(answer.strip()[:500])[:500]
        report.handled_at, report.handled_by = now, member.actor.name
        report.save(update_fields=["status", "outcome", "answer", "handled_at", "handled_by"])
        facts.record(
            action="sitecare.report.handled",
            subject=("error_report", report.pk),
            unit_id=report.unit_id or report.site.owner_id,
            actor=member.actor,
            occurred_at=now,
            details={"site": report.site.key, "page": report.page, "outcome": outcome},
        )
    return report


def forget(item_id: int) -> None:
    """What readers quoted from an item whose content is deleted for good; that they reported
    something, and what came of it, stays."""
    ErrorReport.objects.filter(page__startswith=f"/nr/{item_id}/").update(
        quote="", text="（所报的信息已经到期删除）", answer=""
    )
