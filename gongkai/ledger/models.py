"""The work-point ledger: imports, plans, points, tasks, who does them, what proves it."""

from django.db import models
from django.db.models import Q

from gongkai.core.models import Blob
from gongkai.ledger.enums import (
    EvidenceKind,
    ImportStatus,
    PointKind,
    Precision,
    ReportDue,
    UnitRole,
)
from gongkai.ledger.models_followups import FollowUp as FollowUp
from gongkai.ledger.models_followups import FollowUpProof as FollowUpProof
from gongkai.ledger.models_followups import FollowUpReply as FollowUpReply
from gongkai.ledger.models_followups import FollowUpShare as FollowUpShare
from gongkai.ledger.models_reports import MonthReport as MonthReport
from gongkai.ledger.models_reports import PointReference as PointReference
from gongkai.organisations.models import Unit, User


class Plan(models.Model):
    """One year's work points of the city or of one district."""

    office = models.ForeignKey(Unit, models.PROTECT, related_name="plans", verbose_name="主管部门")
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("标题", max_length=200)
    doc_no = models.CharField("文号", max_length=60, blank=True)
    issuer = models.CharField("印发机关", max_length=120, blank=True)
    issued_on = models.DateField("印发日期", null=True, blank=True)
    addressees = models.JSONField("主送单位", default=list, blank=True)
    refers_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name="对应上级要点"
    )
    source = models.ForeignKey(Blob, models.PROTECT, null=True, verbose_name="原文件")
    source_name = models.CharField("原文件名", max_length=200, blank=True)
    confirmed_at = models.DateTimeField("确认时间")
    rolled_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="rolled_to",
        verbose_name="由哪一年结转",
    )  # fmt: skip
    closed_at = models.DateTimeField("封账时间", null=True, blank=True)
    reports_from = models.DateField("月报起始月", null=True, blank=True)
    report_due = models.CharField(
        "月报期限", max_length=12, choices=ReportDue.choices, default=ReportDue.NEXT_NTH
    )
    report_nth = models.PositiveSmallIntegerField("次月第几个工作日", default=5)

    class Meta:
        verbose_name = verbose_name_plural = "工作要点"
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(fields=["office", "year", "doc_no"], name="ledger_plan_once"),
        ]

    def __str__(self) -> str:
        return self.title


class PlanImport(models.Model):
    """A document read by the parser, waiting for a person to confirm what was understood.

    ``parsed`` is the parser's result and is never changed; ``corrections`` holds what a person
    put right, by point number.
    """

    office = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="主管部门")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="imports")
    filename = models.CharField("文件名", max_length=200)
    blob = models.ForeignKey(Blob, models.PROTECT, verbose_name="文件")
    raw_text = models.TextField("原文")
    parsed = models.JSONField("解析结果")
    corrections = models.JSONField("更正", default=dict)
    status = models.CharField(
        "状态", max_length=10, choices=ImportStatus.choices, default=ImportStatus.OPEN
    )
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("读入时间")
    milliseconds = models.PositiveIntegerField("解析耗时毫秒", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "要点读入"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.filename


class WorkPoint(models.Model):
    """One numbered point of a plan."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="points", verbose_name="要点")
    number = models.PositiveSmallIntegerField("序号")
    section_title = models.CharField("部分", max_length=120, blank=True)
    title = models.CharField("标题", max_length=200)
    text = models.TextField("内容")
    raw = models.TextField("原文片段")
    span_start = models.PositiveIntegerField("起", default=0)
    span_end = models.PositiveIntegerField("止", default=0)
    edits = models.JSONField("整理记录", default=list)
    kind = models.CharField("性质", max_length=12, choices=PointKind.choices)
    role = models.CharField("抽象责任主体", max_length=120, blank=True)
    written_lead = models.JSONField("牵头（原文）", default=list)
    written_responsible = models.JSONField("责任（原文）", default=list)
    needs_naming = models.JSONField("待指定的集合称谓", default=list)
    text_hash = models.CharField("内容摘要", max_length=64)
    carried_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="carried_to",
        verbose_name="延续上年哪一项",
    )  # fmt: skip
    kept = models.BooleanField("结转保留", default=False)
    retired_at = models.DateTimeField("移出时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "要点"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                condition=Q(retired_at=None),
                name="ledger_point_number_once",
            ),
        ]

    def __str__(self) -> str:
        return f"（{self.number}）{self.title}"


class LedgerTask(models.Model):
    """One thing a point asks for."""

    point = models.ForeignKey(WorkPoint, models.CASCADE, related_name="tasks", verbose_name="要点")
    seq = models.PositiveSmallIntegerField("次序")
    text = models.CharField("任务", max_length=600)
    deadline = models.DateField("期限", null=True, blank=True)
    precision = models.CharField(
        "期限精度", max_length=8, choices=Precision.choices, default=Precision.NONE
    )
    deadline_raw = models.CharField("期限原文", max_length=80, blank=True)
    recurs = models.CharField("周期", max_length=12, blank=True)
    carried_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="carried_to",
        verbose_name="结转自",
    )  # fmt: skip
    retired_at = models.DateTimeField("移出时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "台账任务"
        ordering = ["point__number", "seq"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "seq"],
                condition=Q(retired_at=None),
                name="ledger_task_seq_once",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Assignment(models.Model):
    """A unit answers for a task. Reference rows (参照) are off until the office turns them on."""

    task = models.ForeignKey(
        LedgerTask, models.CASCADE, related_name="assignments", verbose_name="任务"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="ledger_assignments", verbose_name="单位"
    )
    role = models.CharField("责任", max_length=12, choices=UnitRole.choices)
    reference = models.BooleanField("参照", default=False)
    active = models.BooleanField("启用", default=True)
    since = models.DateField("从哪天起负责", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "责任单位"
        constraints = [
            models.UniqueConstraint(fields=["task", "unit"], name="ledger_assignment_once"),
        ]
        indexes = [models.Index(fields=["unit", "active"])]

    def __str__(self) -> str:
        return f"{self.unit} {self.task}"


class Evidence(models.Model):
    """What shows that a unit did its part: a published item, an address or a file."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="evidence")
    kind = models.CharField("种类", max_length=6, choices=EvidenceKind.choices)
    item_id = models.BigIntegerField("信息", null=True)
    url = models.URLField("网址", max_length=500, blank=True)
    blob = models.ForeignKey(Blob, models.PROTECT, null=True)
    title = models.CharField("名称", max_length=300)
    note = models.CharField("说明", max_length=500, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField("提交时间")
    removed_at = models.DateTimeField("撤下时间", null=True)
    rejected_at = models.DateTimeField("退回时间", null=True)
    reject_reason = models.CharField("退回理由", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "凭据"
        ordering = ["added_at", "id"]
        indexes = [models.Index(fields=["kind", "item_id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "item_id"],
                condition=Q(kind="item", removed_at=None, rejected_at=None),
                name="ledger_evidence_item_once",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="item", item_id__isnull=False)
                    | (Q(kind="url") & ~Q(url=""))
                    | Q(kind="file", blob__isnull=False)
                ),
                name="ledger_evidence_points_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return self.title
