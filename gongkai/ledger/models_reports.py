"""Monthly reports of shares, and which city points a district's points carry out."""

from django.db import models
from django.db.models import Q

from gongkai.ledger.enums import ReferenceSource, ReportStatus
from gongkai.organisations.models import User


class MonthReport(models.Model):
    """What a unit says about its share of a task for one month (``month`` is its first day).

    ``first_sent_at`` decides lateness; it is set once by the service and never changed.
    """

    assignment = models.ForeignKey(
        "ledger.Assignment", models.CASCADE, related_name="reports", verbose_name="任务"
    )
    month = models.DateField("月份")
    status = models.CharField(
        "状态", max_length=10, choices=ReportStatus.choices, default=ReportStatus.DRAFT
    )
    progress = models.TextField("进展", blank=True)
    percent = models.PositiveSmallIntegerField("完成百分比", null=True, blank=True)
    problems = models.TextField("困难和问题", blank=True)
    next_step = models.TextField("下一步", blank=True)
    items = models.JSONField("作为凭据的信息", default=list, blank=True)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField("保存时间")
    first_sent_at = models.DateTimeField("首次报送时间", null=True, blank=True)
    sent_at = models.DateTimeField("报送时间", null=True, blank=True)
    return_reason = models.CharField("退回理由", max_length=300, blank=True)
    decided_at = models.DateTimeField("审看时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "月报"
        ordering = ["-month", "assignment_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "month"], name="ledger_month_report_once"
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__lte=100), name="ledger_report_percent"
            ),
        ]
        indexes = [models.Index(fields=["month", "status"])]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.assignment_id}"


class PointReference(models.Model):
    """A district's point carries out this point of the city."""

    point = models.ForeignKey(
        "ledger.WorkPoint", models.CASCADE, related_name="above_links", verbose_name="区县要点"
    )
    above = models.ForeignKey(
        "ledger.WorkPoint", models.CASCADE, related_name="below_links", verbose_name="市级要点"
    )
    source = models.CharField("来源", max_length=10, choices=ReferenceSource.choices)
    likeness = models.PositiveSmallIntegerField("相近程度", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "对应关系"
        ordering = ["above__number"]
        constraints = [
            models.UniqueConstraint(fields=["point", "above"], name="ledger_reference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.above_id}"
