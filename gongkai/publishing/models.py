"""Items: one table for every kind of government information, kinds as data."""

from typing import Any

from django.db import models
from django.db.models import Q
from wagtail.models import DraftStateMixin, PreviewableMixin, RevisionMixin

from gongkai.catalogue.models import Theme
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import (
    GENRE_CHOICES,
    Attribute,
    ChangeKind,
    KindGroup,
    Origin,
    Status,
    Validity,
    Visibility,
    WithdrawCategory,
)
from gongkai.publishing.rules_kinds import (
    DueRule,
    ExpiryRule,
    Look,
    due_rule,
    expiry_rule,
    look,
)


class ItemKind(models.Model):
    """A kind of information: which fields it needs, how it is checked and placed."""

    key = models.SlugField("标识", unique=True)
    name = models.CharField("名称", max_length=30)
    required = models.JSONField("必填字段", default=list)
    schema = models.JSONField("专有字段", default=list, blank=True)
    doc_no = models.CharField(
        "发文字号",
        max_length=10,
        choices=[("required", "必填"), ("optional", "可填"), ("none", "没有")],
        default="optional",
    )
    needs_interpretation = models.BooleanField("应配解读", default=False)
    group = models.CharField(
        "分组", max_length=10, choices=KindGroup.choices, default=KindGroup.NEWS
    )
    text = models.CharField("一句话说明", max_length=120, blank=True)
    fields = models.JSONField(
        "另用的通用字段",
        default=list,
        blank=True,
        help_text="没有发文字号的种类，还要填写哪些日期和有效性",
    )
    template = models.TextField("起草模板", blank=True)
    screening = models.CharField("审查要点", max_length=20, default="standard")
    due_rule = models.JSONField("公开期限", default=dict, blank=True)
    standing = models.BooleanField("每个单位一条、滚动更新", default=False)
    distinct_by = models.CharField("按哪一项各有一条", max_length=40, blank=True)
    review_days = models.PositiveSmallIntegerField("多少天核对一次", null=True, blank=True)
    expiry_rule = models.JSONField("失效前提醒", default=dict, blank=True)
    levels = models.JSONField("适用层级", default=list, blank=True)
    page = models.JSONField("公开页面", default=dict, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "信息种类"
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name

    @property
    def due(self) -> DueRule:
        """The publishing deadline as a rule."""
        return due_rule(self.due_rule)

    @property
    def interprets(self) -> bool:
        """Whether items of this kind explain a document: their period runs from its publication.
        Questions and answers refer to documents as well, and have no such period."""
        return self.due.base == "target"

    @property
    def expiry(self) -> ExpiryRule:
        """When its editors hear that an item is about to lapse."""
        return expiry_rule(self.expiry_rule)

    @property
    def look(self) -> Look:
        """How the public page shows items of this kind."""
        return look(self.page, self.schema)


# Everything an editor writes; the digest, the versions and the review view cover exactly these.
CONTENT_FIELDS = (
    "kind", "unit", "title", "summary", "body", "doc_no", "theme", "genre", "formed_on",
    "changed_on", "effective_on", "expires_on", "validity", "attribute", "origin", "joint_units",
    "addressees", "source", "keywords", "topics", "facts", "attachments", "contact",
    "entries", "change_kind", "change_note",
)  # fmt: skip

# What the platform itself writes; a revision never carries these back.
PLATFORM_FIELDS = (
    "index_no", "status", "visibility", "published_at", "original_published_on", "updated_at",
    "version", "withdrawn_at", "withdraw_category", "withdraw_reason", "live_digest",
    "validity_now", "reviewed_on",
)  # fmt: skip


class Item(PreviewableMixin, DraftStateMixin, RevisionMixin, models.Model):
    """One piece of government information. The row holds what is public; drafts are revisions.

    Before the first release the row itself holds draft text, so public code never reads this
    table directly: it goes through ``selectors.public_*``.
    """

    kind = models.ForeignKey(ItemKind, models.PROTECT, verbose_name="种类")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="items", verbose_name="公开单位")
    title = models.CharField("标题", max_length=300)
    summary = models.CharField("内容概述", max_length=400, blank=True)
    body = models.TextField("正文", blank=True)
    doc_no = models.CharField("发文字号", max_length=60, blank=True)
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, blank=True, verbose_name="主题分类")
    genre = models.CharField("体裁分类", max_length=10, choices=GENRE_CHOICES, blank=True)
    formed_on = models.DateField("成文日期", null=True, blank=True)
    changed_on = models.DateField("变更日期", null=True, blank=True)
    effective_on = models.DateField("施行日期", null=True, blank=True)
    expires_on = models.DateField("失效日期", null=True, blank=True)
    validity = models.CharField(
        "有效性", max_length=10, choices=Validity.choices, default=Validity.IN_FORCE
    )
    attribute = models.CharField(
        "公开属性", max_length=12, choices=Attribute.choices, default=Attribute.PROACTIVE
    )
    origin = models.CharField(
        "信息来源", max_length=14, choices=Origin.choices, default=Origin.MADE
    )
    joint_units = models.JSONField("联合制作单位", default=list, blank=True)
    addressees = models.CharField("主送机关", max_length=300, blank=True)
    source = models.CharField("转载来源", max_length=120, blank=True)
    keywords = models.JSONField("关键词", default=list, blank=True)
    topics = models.JSONField("专题", default=list, blank=True)
    facts = models.JSONField("专有信息", default=dict, blank=True)
    attachments = models.JSONField("附件", default=list, blank=True)
    contact = models.CharField("咨询电话", max_length=60, blank=True)
    entries = models.JSONField("公开事项", default=list, blank=True)
    change_kind = models.CharField(
        "变更性质", max_length=12, choices=ChangeKind.choices, blank=True
    )
    change_note = models.CharField("变更说明", max_length=300, blank=True)

    index_no = models.CharField("索引号", max_length=40, blank=True, editable=False)
    status = models.CharField(
        "办理状态", max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    visibility = models.CharField(
        "公开状态",
        max_length=10,
        choices=Visibility.choices,
        default=Visibility.HIDDEN,
        editable=False,
    )
    published_at = models.DateTimeField("发布时间", null=True, editable=False)
    original_published_on = models.DateField("原发布日期", null=True, editable=False)
    updated_at = models.DateTimeField("最近更新", null=True, editable=False)
    version = models.PositiveSmallIntegerField("版本", default=0, editable=False)
    live_digest = models.CharField("公开内容摘要", max_length=64, blank=True, editable=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, editable=False)
    withdraw_category = models.CharField(
        "撤回情形",
        max_length=10,
        choices=WithdrawCategory.choices,
        blank=True,
        editable=False,
    )
    withdraw_reason = models.CharField("撤回说明", max_length=300, blank=True, editable=False)
    # What a date that came or went makes of ``validity``; empty: as the editor wrote it.
    validity_now = models.CharField(
        "现在的有效性", max_length=10, choices=Validity.choices, blank=True, editable=False
    )
    reviewed_on = models.DateField("最近核对", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "政府信息"
        default_permissions = ("add", "change", "view")
        indexes = [
            models.Index(fields=["unit", "visibility", "-published_at"]),
            models.Index(fields=["unit", "status", "-id"]),
            models.Index(fields=["visibility", "-published_at"]),
            models.Index(fields=["-published_at", "-id"]),
            models.Index(
                fields=["expires_on"],
                condition=Q(visibility="public", expires_on__isnull=False),
                name="item_public_expires",
            ),
            models.Index(
                fields=["effective_on"],
                condition=Q(visibility="public", effective_on__isnull=False),
                name="item_public_begins",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["index_no"], condition=~Q(index_no=""), name="item_index_no_unique"
            ),
            models.CheckConstraint(
                condition=~Q(visibility="public")
                | (Q(published_at__isnull=False) & ~Q(live_digest="")),
                name="item_public_was_reviewed",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def current_validity(self) -> str:
        """The validity that lists and columns go by."""
        return self.validity_now or self.validity

    @classmethod
    def from_serializable_data(
        cls, data: dict[str, Any], check_fks: bool = True, strict_fks: bool = False
    ) -> "Item":
        """As Wagtail's, without a query for each related row: units, kinds and themes that
        something refers to cannot be deleted."""
        item: Item = super().from_serializable_data(data, check_fks=False, strict_fks=strict_fks)
        return item

    def with_content_json(self, content: dict[str, Any]) -> "Item":
        """The item with the content of a revision; everything that is not content stays as the
        row has it. Related rows that came with this row are used again."""
        item = self.from_serializable_data(content)
        for field in self._meta.concrete_fields:
            if field.name not in CONTENT_FIELDS:
                setattr(item, field.attname, getattr(self, field.attname))
            elif (
                isinstance(field, models.ForeignKey)
                and field.is_cached(self)
                and getattr(item, field.attname) == getattr(self, field.attname)
            ):
                setattr(item, field.name, getattr(self, field.name))
        return item

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        """The public page, marked as a preview."""
        return "publishing/preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        """What the preview shows: the unsaved content."""
        from gongkai.publishing.presentation import preview_context

        return preview_context(self)


class ItemVersion(models.Model):
    """What was public from a moment on: the reviewed content itself."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版本")
    content = models.JSONField("内容")
    digest = models.CharField("摘要", max_length=64)
    change_kind = models.CharField("性质", max_length=12, choices=ChangeKind.choices, blank=True)
    change_note = models.CharField("说明", max_length=300, blank=True)
    released_at = models.DateTimeField("发布时间")
    sealed = models.BooleanField("封存", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "公开版本"
        ordering = ["item", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="item_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.number}"


class ItemLink(models.Model):
    """A published item refers to another: it interprets, repeals or replaces it, or refutes or
    belongs to it; shown on both pages. ``relation`` comes from the kind's field."""

    source = models.ForeignKey(Item, models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Item, models.CASCADE, related_name="links_in")
    relation = models.CharField("关系", max_length=20, default="interprets")

    class Meta:
        verbose_name = verbose_name_plural = "关联"
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "relation"], name="item_link_once"),
            models.CheckConstraint(
                condition=~Q(source=models.F("target")), name="item_link_not_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"


class NumberClaim(models.Model):
    """A number is spoken for, drafts included: drafts escape uniqueness on the row itself."""

    scheme = models.CharField("号码种类", max_length=20)
    value = models.CharField("号码", max_length=60)
    item = models.ForeignKey(Item, models.CASCADE, related_name="claims")
    claimed_at = models.DateTimeField("占用时间")

    class Meta:
        verbose_name = verbose_name_plural = "号码占用"
        constraints = [
            models.UniqueConstraint(fields=["scheme", "value"], name="number_claimed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"


class IndexSerial(models.Model):
    """The last serial number given by a unit in a year; never goes back."""

    unit = models.ForeignKey(Unit, models.PROTECT)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "索引号流水"
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="index_serial_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.year} {self.last}"
