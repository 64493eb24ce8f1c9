"""Meetings with their agenda, the places of measures in force, the terms of trace notices.

What the public reads of them are items; these rows hold what the items are made from, what must
not stand in them, and what the database itself has to keep apart.
"""

from django.db import models
from django.db.models import F, Q

from gongkai.decisions.enums import Decision, LinkKind, MeetingKind, Way
from gongkai.organisations.models import Unit
from gongkai.publishing.models import Item
from gongkai.review.enums import WithholdCode


class Meeting(models.Model):
    """One meeting as its minutes have it; staff only. ``item`` is what the public reads of it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="登记单位")
    kind = models.CharField("会议类别", max_length=10, choices=MeetingKind.choices)
    government = models.CharField("会议主体", max_length=40)
    term = models.CharField("届次", max_length=20)
    session_no = models.PositiveSmallIntegerField("第几次")
    held_on = models.DateField("开会日期")
    chair = models.CharField("主持人职务", max_length=40)
    observers = models.JSONField("列席代表", default=list, blank=True)
    media = models.JSONField("媒体报道", default=list, blank=True)
    item = models.OneToOneField(
        Item, models.SET_NULL, null=True, related_name="+", verbose_name="公开的信息"
    )
    created_at = models.DateTimeField("登记时间")
    updated_at = models.DateTimeField("最近修改")

    class Meta:
        verbose_name = verbose_name_plural = "会议"
        ordering = ["-held_on", "-pk"]
        indexes = [models.Index(fields=["unit", "-held_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "term", "session_no"], name="meeting_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The meeting as documents call it: 市人民政府第14次常务会议."""
        return f"{self.government}第{self.session_no}次{self.get_kind_display()}"


class AgendaItem(models.Model):
    """One matter on the agenda, public or held back by one of the statutory grounds."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    order = models.PositiveSmallIntegerField("次序")
    title = models.CharField("议题", max_length=200)
    organ = models.CharField("汇报单位", max_length=80, blank=True)
    lead = models.CharField("牵头单位", max_length=80, blank=True)
    way = models.CharField("议程", max_length=10, choices=Way.choices)
    decision = models.CharField("结论", max_length=14, choices=Decision.choices)
    text = models.CharField("议定内容", max_length=1000)
    public = models.BooleanField("公开", default=True)
    code = models.CharField("不公开情形", max_length=20, choices=WithholdCode.choices, blank=True)
    legal_basis = models.CharField("不公开依据", max_length=200, blank=True)
    needs_document = models.BooleanField("会后形成文件", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "议题"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "title"], name="agenda_title_once"),
            models.CheckConstraint(
                condition=Q(public=True) | (~Q(code="") & ~Q(legal_basis="")),
                name="agenda_held_back_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class AgendaLink(models.Model):
    """What came of a matter: a document, an interpretation, a report. No part of the reviewed
    content; shown only while matter and target are both public."""

    agenda = models.ForeignKey(AgendaItem, models.CASCADE, related_name="links")
    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    kind = models.CharField("关系", max_length=10, choices=LinkKind.choices)
    added_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "议题关联"
        constraints = [
            models.UniqueConstraint(fields=["agenda", "item", "kind"], name="agenda_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agenda_id} → {self.item_id}"


class MeasureSlot(models.Model):
    """An area and a kind of measure: locked by whoever releases a measure for them, so that two
    releases at the same moment see each other."""

    area = models.CharField("地区", max_length=20)
    measure = models.CharField("措施类别", max_length=20)

    class Meta:
        verbose_name = verbose_name_plural = "措施位置"
        constraints = [
            models.UniqueConstraint(fields=["area", "measure"], name="measure_slot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.area}/{self.measure}"


class MeasurePeriod(models.Model):
    """From when to when a released measure holds; ``ends`` None = until further notice.

    What replaces it cuts it off on the day before; the item itself stays as it was reviewed.
    """

    slot = models.ForeignKey(MeasureSlot, models.PROTECT, related_name="periods")
    item = models.OneToOneField(Item, models.CASCADE, related_name="+")
    begins = models.DateField("起")
    ends = models.DateField("止", null=True)
    replaced_by = models.ForeignKey(Item, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "措施在效期间"
        ordering = ["begins"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot"], condition=Q(ends=None), name="measure_one_open_end"
            ),
            models.UniqueConstraint(fields=["slot", "begins"], name="measure_one_begins_a_day"),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("begins")), name="measure_ends_after_begin"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot} {self.begins}—{self.ends or ''}"


class TraceTerm(models.Model):
    """Until when a trace notice may be kept; afterwards the timer deletes it for good."""

    item = models.OneToOneField(Item, models.CASCADE, related_name="+")
    days = models.PositiveSmallIntegerField("公开天数")
    last_on = models.DateField("最后一天")
    purged_at = models.DateTimeField("删除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "流调提示期限"
        indexes = [
            models.Index(
                fields=["last_on"], condition=Q(purged_at=None), name="trace_term_running"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} 至 {self.last_on}"
