"""Moving an old site in: runs, their staged rows, what was found, and old addresses."""

from django.db import models

from gongkai.catalogue.models import Column
from gongkai.legacy.enums import IssueKind, RedirectState, RunStatus
from gongkai.organisations.models import Unit, User
from gongkai.publishing.models import Item


class ImportRun(models.Model):
    """One source file on its way in: read in chunks, reviewed as one batch, released.

    ``cursor`` is the number of the last row whose outcome is stored; a run that was interrupted
    goes on behind it. ``manifest`` is the digest of everything that was staged, made when the
    source is read to its end; it is what the reviewers approve.
    """

    filename = models.CharField("文件名", max_length=200)
    fingerprint = models.CharField("文件摘要", max_length=64, db_index=True)
    size = models.BigIntegerField("字节数", default=0)
    source_name = models.CharField("旧网站", max_length=120, blank=True)
    mapping = models.JSONField("对应表", default=dict)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="审核单位")
    fixed_unit = models.BooleanField("都属于审核单位", default=True)
    cutoff = models.DateField("迁入截止日")
    limit = models.PositiveIntegerField("最多读入", default=0)
    status = models.CharField(
        "状态", max_length=10, choices=RunStatus.choices, default=RunStatus.PREPARING
    )
    cursor = models.BigIntegerField("已读到第几行", default=0)
    release_cursor = models.BigIntegerField("已写到第几行", default=0)
    counts = models.JSONField("计数", default=dict)
    manifest = models.CharField("清单摘要", max_length=64, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("开始时间")
    updated_at = models.DateTimeField("最近一次")
    prepared_at = models.DateTimeField("读完时间", null=True)
    released_at = models.DateTimeField("公开时间", null=True)
    release_actor = models.JSONField("最后批准人", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "旧网站迁入"
        ordering = ["-id"]
        indexes = [models.Index(fields=["status"])]

    def __str__(self) -> str:
        return f"{self.filename}（{self.created_at:%Y-%m-%d}）"

    def count(self, name: str) -> int:
        """One of the counts; 0 when nothing of the sort happened."""
        return int(self.counts.get(name, 0))


class StagedItem(models.Model):
    """One row that will become public as it stands here.

    ``content`` is canonical JSON of what is released and ``digest`` the SHA-256 of all that the batch
    would release for the row. The keys find the same row again, a near duplicate, a text that
    stands twice, and what links and interpretations of other rows mean.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="staged")
    row = models.BigIntegerField("行号")
    title = models.CharField("标题", max_length=300)
    unit_id = models.BigIntegerField("单位")
    kind = models.CharField("种类", max_length=50)
    original_on = models.DateField("原发布日期")
    content = models.TextField("内容")
    digest = models.CharField("摘要", max_length=64)
    source_key = models.CharField(max_length=32, db_index=True)
    near_key = models.CharField(max_length=32, db_index=True)
    text_key = models.CharField(max_length=32)
    url_key = models.CharField(max_length=32)
    name_key = models.CharField(max_length=32)
    doc_no = models.CharField(max_length=60, blank=True)
    index_no = models.CharField(max_length=40, blank=True)
    urls = models.JSONField("原网址", default=list)
    targets = models.JSONField("解读对象", default=list)
    has_links = models.BooleanField(default=False)
    findings = models.JSONField("检查提示", default=list)
    item = models.OneToOneField(Item, models.PROTECT, null=True, related_name="imported")

    class Meta:
        verbose_name = verbose_name_plural = "待迁入信息"
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="staged_row_once")]
        indexes = [
            models.Index(fields=["doc_no"], name="staged_doc_no", condition=~models.Q(doc_no="")),
            models.Index(
                fields=["index_no"], name="staged_index_no", condition=~models.Q(index_no="")
            ),
            models.Index(fields=["text_key"], name="staged_text", condition=~models.Q(text_key="")),
            models.Index(fields=["url_key"], name="staged_url", condition=~models.Q(url_key="")),
            models.Index(fields=["name_key"], name="staged_name", condition=~models.Q(name_key="")),
        ]

    def __str__(self) -> str:
        return self.title


class RowIssue(models.Model):
    """What was found about a row; never holds the row's text, only place, reason and remedy."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="issues")
    row = models.BigIntegerField("行号")
    kind = models.CharField("类别", max_length=10, choices=IssueKind.choices)
    code = models.CharField("代码", max_length=40)
    field = models.CharField("字段", max_length=60, blank=True)
    title = models.CharField("标题", max_length=120, blank=True)
    reason = models.CharField("原因", max_length=500)
    remedy = models.CharField("处理办法", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "迁入问题"
        ordering = ["row", "id"]
        indexes = [models.Index(fields=["run", "kind", "row"])]

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"


class Redirect(models.Model):
    """An address of the old site and what answers it now; kept for ever.

    ``host`` empty = whatever host asks. ``path`` carries the query, in one spelling.
    """

    host = models.CharField("原域名", max_length=120, blank=True)
    path = models.CharField("原路径", max_length=500)
    state = models.CharField("去向", max_length=6, choices=RedirectState.choices)
    item = models.ForeignKey(
        Item, models.CASCADE, null=True, blank=True, related_name="old_addresses"
    )
    column = models.ForeignKey(Column, models.CASCADE, null=True, blank=True, related_name="+")
    run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, related_name="redirects")
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "旧网址"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["path", "host"], name="redirect_address_once"),
            models.CheckConstraint(
                condition=models.Q(state="item", item__isnull=False)
                | models.Q(state="column", column__isnull=False)
                | models.Q(state="gone", item=None, column=None),
                name="redirect_leads_where_it_says",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.host}{self.path}"
