"""What is handed to archives and libraries (条例, 国务院令第711号, article 25), with receipts."""

from django.db import models
from django.db.models import Q

from gongkai.core.models import Blob
from gongkai.deposits.enums import LeftOut, PlaceKind, TargetKind
from gongkai.organisations.models import Unit, User
from gongkai.publishing.models import Item, ItemVersion


class DepositTarget(models.Model):
    """An archive or library that is given what the units of one area publish.

    The area is that of ``owner``, the office that hands over: the city's offices for city units,
    a district's for the units of that district.
    """

    kind = models.CharField("类别", max_length=10, choices=TargetKind.choices)
    name = models.CharField("名称", max_length=80)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="移送单位")
    contact = models.CharField("接收部门和电话", max_length=120, blank=True)
    since = models.DateField("从哪个月起移送")
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "接收单位"
        ordering = ["-active", "owner__order", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(active=True),
                name="deposit_target_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DepositBatch(models.Model):
    """What a target is given for one month."""

    target = models.ForeignKey(DepositTarget, models.PROTECT, related_name="batches")
    period = models.DateField("月份", help_text="当月 1 日")
    last_day = models.DateField("截至")
    item_count = models.PositiveIntegerField("条数", default=0)
    left_out_count = models.PositiveIntegerField("不移送的条数", default=0)
    manifest_sha256 = models.CharField("清单摘要", max_length=64, blank=True)
    made_at = models.DateTimeField("归集时间")
    method = models.CharField("移送方式", max_length=120, blank=True)
    sent_at = models.DateTimeField("移送时间", null=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    receiver = models.CharField("接收人", max_length=60, blank=True)
    receipt_no = models.CharField("回执编号", max_length=60, blank=True)
    receipt_on = models.DateField("回执日期", null=True)
    receipt_file = models.ForeignKey(Blob, models.PROTECT, null=True, related_name="+")
    receipt_name = models.CharField("回执文件名", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "移送批次"
        ordering = ["-period", "target"]
        constraints = [
            models.UniqueConstraint(fields=["target", "period"], name="deposit_batch_once"),
            models.CheckConstraint(
                condition=Q(receipt_on=None) | Q(sent_at__isnull=False),
                name="deposit_receipt_after_dispatch",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.period:%Y-%m}"


class DepositRow(models.Model):
    """One public version for one target: waiting, in a batch, or left out with its reason."""

    target = models.ForeignKey(DepositTarget, models.PROTECT, related_name="rows")
    batch = models.ForeignKey(DepositBatch, models.PROTECT, null=True, related_name="rows")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    version = models.ForeignKey(ItemVersion, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("版本")
    digest = models.CharField("内容摘要", max_length=64)
    title = models.CharField("标题", max_length=300)
    index_no = models.CharField("索引号", max_length=40)
    released_at = models.DateTimeField("发布时间")
    left_out = models.CharField("不移送", max_length=10, choices=LeftOut.choices, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "移送条目"
        ordering = ["released_at", "id"]
        indexes = [
            models.Index(fields=["target", "batch", "released_at"]),
            models.Index(fields=["batch", "released_at", "id"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["target", "version"], name="deposit_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.index_no} v{self.number}"


class DepositRecall(models.Model):
    """A version that was sent and may not stay in public reading: the target is told."""

    row = models.OneToOneField(DepositRow, models.PROTECT, related_name="recall")
    reason = models.CharField("原因", max_length=10, choices=LeftOut.choices)
    detail = models.CharField("情形", max_length=120, blank=True)
    arisen_at = models.DateTimeField("发生时间")
    told_at = models.DateTimeField("通知时间", null=True)
    told_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    note = models.CharField("怎样通知的", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "撤回通知"
        ordering = ["arisen_at", "id"]

    def __str__(self) -> str:
        return f"{self.row} {self.get_reason_display()}"


class ReadingPlace(models.Model):
    """Where the public may read government information on the spot (条例第二十五条第一款)."""

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="登记单位")
    kind = models.CharField("类别", max_length=12, choices=PlaceKind.choices)
    name = models.CharField("名称", max_length=80)
    address = models.CharField("地址", max_length=160)
    hours = models.CharField("开放时间", max_length=160)
    phone = models.CharField("电话", max_length=60, blank=True)
    offers = models.CharField("能办什么", max_length=200, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)
    active = models.BooleanField("公开", default=True)
    checked_on = models.DateField("最近核对")

    class Meta:
        verbose_name = verbose_name_plural = "查阅场所"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(active=True), name="reading_place_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
