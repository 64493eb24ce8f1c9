"""Catalogues, their entries, who answers for them, and what was published under them."""

from django.db import models
from django.db.models import F, Q

from gongkai.catalogue.entries.enums import (
    AbsenceStatus,
    Audience,
    CatalogueKind,
    CatalogueStatus,
    ImportStatus,
    LinkOrigin,
    Method,
)
from gongkai.catalogue.entries.rules_cells import Basis
from gongkai.catalogue.entries.rules_limits import Limit, from_json
from gongkai.core.models import Blob
from gongkai.organisations.models import Unit, User


class Catalogue(models.Model):
    """One catalogue of a government: its statutory content, or one field of the standard lists."""

    key = models.SlugField("标识", max_length=60, unique=True)
    kind = models.CharField("种类", max_length=12, choices=CatalogueKind.choices)
    owner = models.ForeignKey(
        Unit, models.PROTECT, related_name="catalogues", verbose_name="编制政府"
    )
    field = models.CharField("试点领域", max_length=40, blank=True)
    name = models.CharField("名称", max_length=120)
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    version = models.PositiveSmallIntegerField("版本", default=0)
    next_serial = models.PositiveIntegerField(default=1)
    source = models.ForeignKey(Blob, models.PROTECT, null=True, blank=True, verbose_name="来源文件")
    status = models.CharField(
        "状态", max_length=10, choices=CatalogueStatus.choices, default=CatalogueStatus.CURRENT
    )
    updated_at = models.DateTimeField("更新时间", null=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "公开目录"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind", "field"], name="catalogue_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """公开事项: one row of a catalogue. The code is never given to another row."""

    catalogue_id: int
    code = models.CharField("事项编号", max_length=80, unique=True)
    catalogue = models.ForeignKey(Catalogue, models.PROTECT, related_name="entries")
    number = models.CharField("序号", max_length=20, blank=True)
    item1 = models.CharField("一级事项", max_length=200)
    item2 = models.CharField("二级事项", max_length=200, blank=True)
    elements = models.JSONField("公开内容（要素）", default=list)
    bases = models.JSONField("公开依据", default=list)
    limit_text = models.CharField("公开时限", max_length=300, blank=True)
    rule = models.JSONField("期限规则", default=dict)
    units_text = models.CharField("公开主体", max_length=300, blank=True)
    to_name = models.CharField("待指定的主体", max_length=300, blank=True)
    channels = models.JSONField("公开渠道和载体", default=list)
    platforms = models.JSONField("其他平台", default=list)
    audience = models.CharField(
        "公开对象", max_length=8, choices=Audience.choices, default=Audience.ALL
    )
    group = models.CharField("特定群体", max_length=200, blank=True)
    method = models.CharField(
        "公开方式", max_length=8, choices=Method.choices, default=Method.ACTIVE
    )
    levels = models.JSONField("公开层级", default=list)
    article = models.CharField("条例条款", max_length=10, blank=True)
    sort = models.PositiveIntegerField("排序", default=0)
    created_at = models.DateTimeField("列入时间")
    retired_at = models.DateTimeField("移出时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公开事项"
        ordering = ["catalogue", "sort", "id"]
        indexes = [models.Index(fields=["catalogue", "retired_at", "sort"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(audience__in=["group", "both"]) | ~Q(group=""),
                name="entry_group_is_named",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Both levels of the item in one line."""
        return f"{self.item1}·{self.item2}" if self.item2 else self.item1

    @property
    def limit(self) -> Limit:
        """The time limit as the engine counts it."""
        return from_json(self.rule)

    @property
    def basis_list(self) -> list[Basis]:
        """The legal bases."""
        return [Basis(**stored) for stored in self.bases]

    @property
    def restricted(self) -> bool:
        """Whether only a named group is meant, so that the public page shows no links."""
        return self.audience == Audience.GROUP


class EntryUnit(models.Model):
    """A unit answers for an entry, from one day to another."""

    entry_id: int
    unit_id: int
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="answering")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="entry_duties")
    since = models.DateField("开始日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    checked_on = models.DateField("最近核对", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公开主体"
        indexes = [models.Index(fields=["unit", "ended_on"])]
        constraints = [
            models.UniqueConstraint(fields=["entry", "unit"], name="entry_unit_once"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("since")),
                name="entry_unit_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.unit_id}"


class EntryLink(models.Model):
    """A record was published (or submitted) under an entry. Ended, never deleted."""

    entry_id: int
    unit_id: int
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="links")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    subject_kind = models.CharField("对象类别", max_length=20)
    subject_id = models.BigIntegerField("对象编号")
    formed_on = models.DateField("形成日期", null=True, blank=True)
    published_on = models.DateField("公开日期", null=True, blank=True)
    renewed_on = models.DateField("最近更新", null=True, blank=True)
    exempt = models.BooleanField("历史信息，不计逾期", default=False)
    period = models.CharField("所属期", max_length=8, blank=True)
    origin = models.CharField(
        "挂接方式", max_length=10, choices=LinkOrigin.choices, default=LinkOrigin.RELEASED
    )
    linked_by = models.CharField("挂接人", max_length=80, blank=True)
    linked_at = models.DateTimeField("挂接时间")
    ended_at = models.DateTimeField("解除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "事项挂接"
        indexes = [
            models.Index(fields=["entry", "unit", "published_on"]),
            models.Index(fields=["subject_kind", "subject_id"]),
            models.Index(fields=["unit", "published_on"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "subject_kind", "subject_id"],
                condition=Q(ended_at=None),
                name="entry_link_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.subject_kind}:{self.subject_id}"


class EntryAbsence(models.Model):
    """无此事项: a unit had nothing to publish in a period, and somebody else agreed."""

    entry_id: int
    unit_id: int
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="absences")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = models.CharField("期间", max_length=8)
    reason = models.CharField("理由", max_length=300)
    status = models.CharField(
        "状态", max_length=10, choices=AbsenceStatus.choices, default=AbsenceStatus.REQUESTED
    )
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField("申报时间")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    remark = models.CharField("批注", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "无此事项"
        indexes = [models.Index(fields=["status", "unit"])]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "unit", "period"],
                condition=Q(status__in=["requested", "approved"]),
                name="entry_absence_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")),
                name="entry_absence_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.period}"


class EntryInstance(models.Model):
    """What is expected or happened, as days: the states of a day are one comparison away.

    Derived from the other tables and written anew whenever one of them changes; never a source.
    """

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="instances")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="+")
    period = models.CharField(max_length=8)
    start_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    soon_on = models.DateField(null=True)
    published_on = models.DateField(null=True)
    late = models.BooleanField(default=False)
    absent = models.BooleanField(default=False)
    unclear = models.BooleanField(default=False)
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "事项期次"
        indexes = [
            models.Index(fields=["unit", "due_on"], name="entry_instance_unit"),
            models.Index(fields=["catalogue", "unit"], name="entry_instance_catalogue"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.period}"


class EntryClock(models.Model):
    """For which year and which working calendar the instances were written; one row."""

    year = models.PositiveSmallIntegerField(default=0)
    calendar = models.CharField(max_length=64, blank=True)
    built_at = models.DateTimeField(null=True)
    told_on = models.DateField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "期次计算"

    def __str__(self) -> str:
        return str(self.year)


class CatalogueImport(models.Model):
    """A table that was read and waits for a person to look at it."""

    owner = models.ForeignKey(Unit, models.PROTECT, verbose_name="编制政府")
    filename = models.CharField("文件名", max_length=200)
    blob = models.ForeignKey(Blob, models.PROTECT, verbose_name="文件")
    parsed = models.JSONField("读入结果", default=dict)
    status = models.CharField(
        "状态", max_length=10, choices=ImportStatus.choices, default=ImportStatus.OPEN
    )
    created_by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name="读入人")
    created_at = models.DateTimeField("读入时间")
    milliseconds = models.PositiveIntegerField("耗时毫秒", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "目录导入"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename
