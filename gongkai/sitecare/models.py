"""Error reports of readers (我为政府网站找错). Nothing here tells who sent one."""

from django.db import models

from gongkai.catalogue.models import PublicSite
from gongkai.organisations.models import Unit
from gongkai.publishing.models import Item
from gongkai.sitecare.enums import ErrorKind, LinkState, Outcome, ReportStatus


class ErrorReport(models.Model):
    """One report. There is no field for a name or a telephone, because none is needed: the receipt
    number lets the reader see what came of it."""

    receipt = models.CharField("回执号", max_length=12, unique=True)
    site = models.ForeignKey(PublicSite, models.PROTECT, related_name="error_reports")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, verbose_name="页面所属单位")
    page = models.CharField("页面地址", max_length=500)
    kind = models.CharField("错误种类", max_length=10, choices=ErrorKind.choices)
    quote = models.CharField("选中的文字", max_length=200, blank=True)
    text = models.TextField("说明", max_length=1000)
    masked = models.BooleanField("遮掉过号码", default=False)
    status = models.CharField(
        "状态", max_length=10, choices=ReportStatus.choices, default=ReportStatus.NEW
    )
    created_at = models.DateTimeField("提交时间")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices, blank=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    handled_at = models.DateTimeField("处理时间", null=True)
    handled_by = models.CharField("处理人", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "找错"
        indexes = [models.Index(fields=["status", "-created_at", "-id"])]

    def __str__(self) -> str:
        return self.receipt


class OutsideLink(models.Model):
    """An address of another site in the text or the facts of a public item, and what stood there
    when it was last looked at. A dead partner's domain may be somebody else's by then."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    url = models.CharField("地址", max_length=2000)
    state = models.CharField(
        "情况", max_length=10, choices=LinkState.choices, default=LinkState.UNSEEN
    )
    note = models.CharField("看到的", max_length=200, blank=True)
    failures = models.PositiveSmallIntegerField("连续几次不好", default=0)
    checked_at = models.DateTimeField("查看时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "外部链接"
        indexes = [
            models.Index(fields=["checked_at", "id"]),
            models.Index(fields=["state", "-checked_at"]),
        ]

    def __str__(self) -> str:
        return self.url[:80]
