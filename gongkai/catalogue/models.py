"""Sites, columns, sections and the placements that public lists read; value lists."""

from typing import Any

from django.db import models

# Django finds a room's tables through this module.
from gongkai.catalogue.entries import models as entry_models  # noqa: F401
from gongkai.catalogue.sites.enums import SHUT, Event, State
from gongkai.organisations.models import Unit


def site_path(prefix: str) -> str:
    """The address path of a site's home page."""
    return f"/{prefix}/" if prefix else "/"


class PublicSite(models.Model):
    """A government's public site: the city's at the root, a district's under its own path."""

    key = models.SlugField("标识", unique=True)
    name = models.CharField("网站名称", max_length=60)
    owner = models.OneToOneField(Unit, models.PROTECT, verbose_name="主办政府")
    prefix = models.CharField("路径前缀", max_length=40, blank=True, help_text="市级留空")
    slogan = models.CharField("首页标语", max_length=60, blank=True)
    site_code = models.CharField("网站标识码", max_length=10)
    icp = models.CharField("ICP备案号", max_length=40)
    police = models.CharField("公安备案号", max_length=40)
    organiser = models.CharField("主办单位", max_length=60)
    undertaker = models.CharField("承办单位", max_length=60)
    contact = models.CharField("联系方式", max_length=80)
    order = models.PositiveSmallIntegerField("排序", default=0)
    # Where the site stands in its life; only ``sites.services`` writes these.
    state = models.CharField(
        "网站状态", max_length=12, choices=State.choices, default=State.RUNNING, editable=False
    )
    state_since = models.DateField("状态起始", null=True, blank=True, editable=False)
    state_until = models.DateField("预计结束", null=True, blank=True, editable=False)
    state_note = models.CharField("状态说明", max_length=300, blank=True, editable=False)
    notice_url = models.CharField("公告地址", max_length=300, blank=True, editable=False)
    archive_manifest = models.JSONField("归档清单", default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "公开网站"
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """The home page's address path."""
        return site_path(self.prefix)

    @property
    def shut(self) -> bool:
        """Whether the site does not answer: off line for a time, or closed for good."""
        return self.state in SHUT


class SiteChange(models.Model):
    """One step in the life of a site (国办发〔2017〕47号); never changed afterwards."""

    site = models.ForeignKey(PublicSite, models.PROTECT, related_name="changes")
    event = models.CharField("事项", max_length=12, choices=Event.choices)
    old_state = models.CharField("原状态", max_length=12, choices=State.choices)
    new_state = models.CharField("新状态", max_length=12, choices=State.choices)
    since = models.DateField("起始日期")
    until = models.DateField("预计结束", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    notice_url = models.CharField("公告地址", max_length=300, blank=True)
    made_at = models.DateTimeField("登记时间")
    made_by = models.CharField("登记人", max_length=80)
    details: Any = models.JSONField("其他", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "网站状态记录"
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return f"{self.site_id} {self.old_state} → {self.new_state}"


class ColumnKind(models.TextChoices):
    TOPIC = "topic", "专题栏目"
    STREAM = "stream", "站点最新"
    UNIT = "unit", "单位政府信息公开专栏"


def column_path(site_path: str, kind: str, key: str) -> str:
    """The address path of a column's page below its site's."""
    if kind == ColumnKind.STREAM:
        return f"{site_path}zx/"
    if kind == ColumnKind.UNIT:
        return f"{site_path}dw/{key.removeprefix('unit-')}/"
    return f"{site_path}zt/{key}/"


class Column(models.Model):
    """A named place: who keeps it, what belongs there by rule, how often it must be fed."""

    key = models.SlugField("标识", max_length=60)
    site = models.ForeignKey(PublicSite, models.PROTECT, related_name="columns")
    name = models.CharField("名称", max_length=60)
    description = models.CharField("说明", max_length=200, blank=True)
    kind = models.CharField("类别", max_length=10, choices=ColumnKind.choices)
    tag_type = models.CharField("栏目类别标签", max_length=20, default="政策文件")
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="columns", verbose_name="维护单位")
    rule = models.JSONField("收录规则", default=dict, blank=True)
    max_gap_days = models.PositiveSmallIntegerField("更新间隔（天）", null=True, blank=True)
    work_point = models.PositiveSmallIntegerField("对应要点", null=True, blank=True)
    # What its page is composed of, in order (gongkai.portal.blocks); empty: newest and sections.
    blocks = models.JSONField("页面构成", default=list, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)
    # Set when a topic is over: it stays readable with an archive mark and takes nothing new.
    closed_on = models.DateField("归档日期", null=True, blank=True, editable=False)
    closed_note = models.CharField("归档说明", max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "栏目"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["site", "key"], name="column_key_once_per_site"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """The column page's address path."""
        return column_path(self.site.path, self.kind, self.key)

    @property
    def duty_days(self) -> int | None:
        """Within how many days it must be fed; None for a column without a duty or an archived
        one."""
        return None if self.closed_on else self.max_gap_days


class Section(models.Model):
    """A part of a column with a rule of its own."""

    column = models.ForeignKey(Column, models.CASCADE, related_name="sections")
    key = models.SlugField("标识", max_length=40)
    name = models.CharField("名称", max_length=40)
    rule = models.JSONField("收录规则", default=dict, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "栏目分区"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["column", "key"], name="section_key_once_per_column"),
        ]

    def __str__(self) -> str:
        return f"{self.column.name}·{self.name}"


class Placement(models.Model):
    """A published record stands in a column (and section). Public lists read only this.

    The card holds what a list row shows, so that a list is one index scan without joins.
    ``section`` 0 means the column without a section.
    """

    column_id: int
    column = models.ForeignKey(Column, models.CASCADE, related_name="placements", db_index=False)
    section = models.ForeignKey(
        Section, models.CASCADE, null=True, related_name="placements", db_index=False
    )
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    kind = models.CharField("信息种类", max_length=50, default="")
    published_at = models.DateTimeField()
    card = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "栏目收录"
        indexes = [
            models.Index(
                fields=["column", "section", "-published_at", "-id"], name="placement_list"
            ),
            models.Index(
                fields=["column", "kind", "-published_at", "-id"],
                condition=models.Q(section=None),
                name="placement_kind_list",
            ),
            models.Index(fields=["subject_kind", "subject_id"], name="placement_subject"),
            models.Index(fields=["column", "-published_at"], name="placement_column_time"),
        ]

    def __str__(self) -> str:
        return f"{self.column_id}:{self.subject_kind}:{self.subject_id}"


class PlacementTally(models.Model):
    """How many placements a column (and section) has of a kind and a year: the sum of ``n``.

    Every write adds rows of plus or minus; a timer job folds them. Counting the placements
    themselves would read the whole archive for every page, and one row kept up to date would
    make all releases wait for one another.
    """

    column = models.ForeignKey(Column, models.CASCADE, related_name="tallies", db_index=False)
    section = models.ForeignKey(
        Section, models.CASCADE, null=True, related_name="tallies", db_index=False
    )
    kind = models.CharField(max_length=50)
    year = models.PositiveSmallIntegerField()
    n = models.IntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "栏目计数"
        indexes = [models.Index(fields=["column", "section", "kind", "year"], name="tally_key")]

    def __str__(self) -> str:
        return f"{self.column_id}:{self.kind}:{self.year} {self.n:+}"


class Theme(models.Model):
    """主题分类: two levels, the State Council portal's tree; labels change, codes do not."""

    code = models.CharField("代码", max_length=8, unique=True)
    name = models.CharField("名称", max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "主题分类"
        ordering = ["order"]

    def __str__(self) -> str:
        return f"{self.parent.name}\\{self.name}" if self.parent else self.name
