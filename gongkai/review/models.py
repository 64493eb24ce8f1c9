"""The gate: what was submitted, what exactly was read, who decided what and why."""

from django.db import models
from django.db.models import Q

from gongkai.organisations.models import Unit, User
from gongkai.review.enums import (
    ACTIVE,
    CaseStatus,
    Outcome,
    Step,
    Verdict,
    WithheldState,
    WithholdCode,
)


class ReviewStep(models.Model):
    """One step a unit's submissions pass. Without rows of its own a unit uses the common ones."""

    unit = models.ForeignKey(
        Unit,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="review_steps",
        verbose_name="单位",
        help_text="留空为全市通用步骤",
    )
    step = models.CharField("步骤", max_length=10, choices=Step.choices)
    order = models.PositiveSmallIntegerField("顺序")

    class Meta:
        verbose_name = verbose_name_plural = "审核步骤"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "step"], name="review_step_once"),
            models.UniqueConstraint(
                fields=["step"], condition=Q(unit=None), name="review_common_step_once"
            ),
        ]

    def __str__(self) -> str:
        return self.get_step_display()


class ReviewCase(models.Model):
    """One submission on its way through the steps. ``view`` is exactly what is read."""

    subject_kind = models.CharField("对象类别", max_length=40)
    subject_id = models.CharField("对象编号", max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位")
    title = models.CharField("标题", max_length=300)
    round = models.PositiveSmallIntegerField("第几次送审")
    digest = models.CharField("内容摘要", max_length=64)
    view = models.JSONField("送审内容")
    authors = models.JSONField("撰稿人", default=list)
    steps = models.JSONField("步骤")
    current_step = models.CharField("当前步骤", max_length=10, choices=Step.choices, blank=True)
    status = models.CharField("状态", max_length=10, choices=CaseStatus.choices)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField("送审时间")
    release_at = models.DateTimeField("定时发布", null=True, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    note = models.CharField("送审说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审核"
        ordering = ["-submitted_at", "-id"]
        indexes = [
            models.Index(fields=["status", "current_step", "unit", "submitted_at"]),
            models.Index(fields=["-submitted_at", "-id"]),
            models.Index(fields=["unit", "-submitted_at", "-id"]),
            models.Index(fields=["subject_kind", "subject_id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=Q(status__in=[str(s) for s in ACTIVE]),
                name="review_one_active_case",
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "round"], name="review_round_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Review(models.Model):
    """One verdict of one person on one step, about one digest."""

    case = models.ForeignKey(ReviewCase, models.PROTECT, related_name="reviews")
    step = models.CharField("步骤", max_length=10, choices=Step.choices)
    digest = models.CharField("内容摘要", max_length=64)
    verdict = models.CharField("结论", max_length=10, choices=Verdict.choices)
    code = models.CharField("不公开情形", max_length=20, choices=WithholdCode.choices, blank=True)
    legal_basis = models.CharField("依据", max_length=300, blank=True)
    remark = models.CharField("意见", max_length=1000, blank=True)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="审核人")
    decided_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "审核结论"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "step"], name="review_step_decided_once"),
            models.UniqueConstraint(fields=["case", "person"], name="review_person_decides_once"),
            models.CheckConstraint(
                condition=~Q(verdict="withhold") | ~Q(code=""), name="review_withhold_needs_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}：{self.get_verdict_display()}"


class Consultation(models.Model):
    """Another organ concerned is asked before release (条例第十一条)."""

    case = models.ForeignKey(ReviewCase, models.PROTECT, related_name="consultations")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="被征求单位")
    question = models.CharField("征求事项", max_length=500)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("发出时间")
    agrees = models.BooleanField("是否同意", null=True)
    opinion = models.CharField("意见", max_length=1000, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("回复时间", null=True)
    settlement = models.CharField("协商结果", max_length=500, blank=True)
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="later",
        verbose_name="上一次送审时的征求",
    )
    carried = models.BooleanField("沿用上一次的回复", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "征求其他机关意见"
        constraints = [
            models.UniqueConstraint(fields=["case", "unit"], name="review_consult_unit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case} → {self.unit}"

    @property
    def blocks(self) -> bool:
        """Whether release must wait: unanswered, or objected to and not settled."""
        return self.agrees is None or (self.agrees is False and not self.settlement)


class WithheldRecord(models.Model):
    """Information found not to be publishable, with the day it is looked at again (条例第十八条)."""

    case = models.OneToOneField(ReviewCase, models.PROTECT, related_name="withheld")
    subject_kind = models.CharField("对象类别", max_length=40)
    subject_id = models.CharField("对象编号", max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位")
    title = models.CharField("标题", max_length=300)
    code = models.CharField("情形", max_length=20, choices=WithholdCode.choices)
    reason = models.CharField("理由", max_length=1000)
    decided_at = models.DateTimeField("审定时间")
    next_review_on = models.DateField("下次评估", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=WithheldState.choices, default=WithheldState.KEPT
    )
    released_on = models.DateField("评估可以公开之日", null=True, blank=True)
    closed_at = models.DateTimeField("销号时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "不予公开登记"
        ordering = ["next_review_on"]
        indexes = [
            models.Index(fields=["state", "next_review_on"]),
            models.Index(fields=["subject_kind", "subject_id"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(state="kept", next_review_on__isnull=False, released_on=None, closed_at=None)
                    | Q(state="releasing", released_on__isnull=False, closed_at=None)
                    | Q(state="published", released_on__isnull=False, closed_at__isnull=False)
                    | Q(state="superseded", closed_at__isnull=False)
                ),
                name="review_withheld_state_has_its_days",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class WithheldReview(models.Model):
    """One periodic evaluation: proposed by one person, confirmed or sent back by another."""

    record = models.ForeignKey(WithheldRecord, models.PROTECT, related_name="evaluations")
    outcome = models.CharField("评估结果", max_length=10, choices=Outcome.choices)
    code = models.CharField("情形", max_length=20, choices=WithholdCode.choices, blank=True)
    reason = models.CharField("理由", max_length=1000)
    next_review_on = models.DateField("下次评估", null=True, blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_at = models.DateTimeField("提出时间")
    agreed = models.BooleanField("是否确认", null=True)
    remark = models.CharField("确认意见", max_length=500, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    decided_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "不予公开评估"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(agreed=None),
                name="review_withheld_one_open_evaluation",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=models.F("proposed_by")),
                name="review_withheld_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(agreed=None, decided_by=None, decided_at=None)
                | Q(agreed__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="review_withheld_decision_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome="release") | (~Q(code="") & Q(next_review_on__isnull=False)),
                name="review_withheld_keep_needs_code_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record}：{self.get_outcome_display()}"
