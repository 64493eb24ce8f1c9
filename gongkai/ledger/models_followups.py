"""Follow-ups (督办): what was demanded of a unit, its replies, what the office said to them."""

from django.db import models
from django.db.models import Q

from gongkai.core.models import Blob
from gongkai.ledger.enums import EvidenceKind, FollowLevel, FollowOutcome, FollowStatus
from gongkai.organisations.models import Unit, User


class FollowUp(models.Model):
    """One notice of a supervising office to one unit.

    An escalated one is over; the notice of the next rung is a row of its own (``follows``).
    """

    office = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="发出部门")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="followups", verbose_name="单位")
    head = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name="上级单位"
    )
    plan = models.ForeignKey(
        "ledger.Plan", models.PROTECT, null=True, related_name="followups", verbose_name="要点"
    )
    point = models.ForeignKey(
        "ledger.WorkPoint", models.PROTECT, null=True, related_name="+", verbose_name="要点"
    )
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="next", verbose_name="由哪一件升级"
    )
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    level = models.CharField("层级", max_length=10, choices=FollowLevel.choices)
    status = models.CharField(
        "状态", max_length=10, choices=FollowStatus.choices, default=FollowStatus.OPEN
    )
    outcome = models.CharField("结果", max_length=12, choices=FollowOutcome.choices, blank=True)
    title = models.CharField("事由", max_length=120)
    demand = models.TextField("要求")
    basis = models.CharField("依据", max_length=300, blank=True)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField("发出时间")
    due_from = models.DateField("期限起算日")
    due_days = models.PositiveSmallIntegerField("工作日数", null=True, blank=True)
    reply_due = models.DateField("回复期限")
    closed_at = models.DateTimeField("了结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "督办"
        ordering = ["-issued_at", "-id"]
        indexes = [
            models.Index(fields=["unit", "status"]),
            models.Index(fields=["office", "status", "reply_due"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "year", "serial"], name="ledger_followup_number_once"
            ),
            models.CheckConstraint(
                condition=Q(reply_due__gte=models.F("due_from")), name="ledger_followup_due_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        """The number as printed: one series per office and year."""
        return f"督办〔{self.year}〕{self.serial}号"


class FollowUpShare(models.Model):
    """A follow-up is about this share of a task."""

    followup = models.ForeignKey(FollowUp, models.CASCADE, related_name="shares")
    assignment = models.ForeignKey(
        "ledger.Assignment", models.PROTECT, related_name="followup_shares"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["followup", "assignment"], name="ledger_followup_share_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.followup_id} {self.assignment_id}"


class FollowUpReply(models.Model):
    """What the unit answered, and the verdict of the office on it."""

    followup = models.ForeignKey(FollowUp, models.CASCADE, related_name="replies")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    text = models.TextField("回复")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("回复时间")
    due = models.DateField("当时的期限")
    accepted = models.BooleanField("认可", null=True)
    verdict = models.CharField("审看意见", max_length=500, blank=True)
    verdict_at = models.DateTimeField("审看时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "督办回复"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.followup_id} {self.at:%Y-%m-%d}"


class FollowUpProof(models.Model):
    """What a reply points to: a published item, an address or a file."""

    reply = models.ForeignKey(FollowUpReply, models.CASCADE, related_name="proofs")
    kind = models.CharField("种类", max_length=6, choices=EvidenceKind.choices)
    item_id = models.BigIntegerField("信息", null=True)
    url = models.URLField("网址", max_length=500, blank=True)
    blob = models.ForeignKey(Blob, models.PROTECT, null=True)
    title = models.CharField("名称", max_length=300)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(kind="item", item_id__isnull=False)
                    | (Q(kind="url") & ~Q(url=""))
                    | Q(kind="file", blob__isnull=False)
                ),
                name="ledger_followup_proof_points",
            ),
        ]

    def __str__(self) -> str:
        return self.title
