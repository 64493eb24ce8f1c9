"""What people decide about a prepared import: send it to review, or drop it."""

from datetime import datetime

from django.db import transaction

from gongkai.core import facts
from gongkai.core.errors import NotVisible, Refusal
from gongkai.legacy.access import check_submitter, require_run_visible
from gongkai.legacy.enums import RunStatus
from gongkai.legacy.gate import KIND, subject_of
from gongkai.legacy.models import ImportRun, StagedItem
from gongkai.legacy.staging import manifest_of_run
from gongkai.organisations.access import Member
from gongkai.review import services as review
from gongkai.review.models import ReviewCase


def lock_run(run_id: int | str) -> ImportRun:
    """The stored run, locked; NotVisible when there is none."""
    try:
        return (
            ImportRun.objects.select_for_update(of=("self",)).select_related("unit").get(pk=run_id)
        )
    except (ImportRun.DoesNotExist, ValueError) as error:
        raise NotVisible from error


def run_submit(*, run_id: int, member: Member, now: datetime, note: str = "") -> ReviewCase:
    """Send a prepared batch to the reviewers of its unit.

    Whoever prepares imports may; they then decide nothing about it (four eyes). Raises
    PermissionRefused, and Refusal when nothing was staged or the rows changed since.
    """
    with transaction.atomic():
        run = lock_run(run_id)
        require_run_visible(member, run)
        check_submitter(member=member, unit=run.unit)
        if run.status != RunStatus.PREPARED:
            raise Refusal(
                "迁入", f"这次迁入现在是“{run.get_status_display()}”，不能送审。", "请刷新查看。"
            )
        if not run.count("staged"):
            raise Refusal("迁入", "没有收下任何一行，没有可以送审的。", "请先看没有收下的原因。")
        if manifest_of_run(run.pk) != run.manifest:
            raise Refusal(
                "所审即所发", "备好以后内容被改动过，不能送审。", "请放弃这次迁入，重新读入文件。"
            )
        case = review.case_submit(
            kind=KIND,
            subject_id=str(run.pk),
            subject=subject_of(run),
            member=member,
            now=now,
            note=note,
        )
        ImportRun.objects.filter(pk=run.pk).update(status=RunStatus.IN_REVIEW, updated_at=now)
    return case


def run_abandon(*, run_id: int, member: Member, now: datetime) -> ImportRun:
    """Drop an import that is not public; its staged texts go, its record stays.

    A running review is voided. Raises Refusal once the release has begun.
    """
    with transaction.atomic():
        run = lock_run(run_id)
        require_run_visible(member, run)
        check_submitter(member=member, unit=run.unit)
        if run.status in (RunStatus.RELEASING, RunStatus.RELEASED, RunStatus.ABANDONED):
            raise Refusal(
                "迁入",
                f"这次迁入已经是“{run.get_status_display()}”，不能放弃。",
                "已公开的信息，由终审人员逐条撤回。",
            )
        review.void_active(kind=KIND, subject_id=str(run.pk), member=member, now=now)
        StagedItem.objects.filter(run=run).delete()
        ImportRun.objects.filter(pk=run.pk).update(status=RunStatus.ABANDONED, updated_at=now)
        run.status = RunStatus.ABANDONED
        facts.record(
            action="legacy.run.abandoned",
            subject=("import_batch", run.pk),
            unit_id=run.unit_id,
            actor=member.actor,
            occurred_at=now,
            details={"manifest": run.manifest},
        )
    return run
