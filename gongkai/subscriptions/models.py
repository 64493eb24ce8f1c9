"""Who follows what. The public has no accounts: a subscription belongs to an e-mail address.

The address is kept encrypted, with a blind index for look-up (``core.encryption``), as long as
there is a subscription; the last one to go takes it along. Nothing else here says who somebody is.
Which titles are followed is not copied: words come from what is public when they are shown.
"""

import uuid

from django.db import models
from django.db.models import Q

from gongkai.core.encryption import EncryptedField
from gongkai.subscriptions.enums import Event, Frequency, State
from gongkai.subscriptions.rules import TARGET_LENGTH, normal_address

ADDRESS = "subscriptions.address"
"""The purpose under which addresses are encrypted."""


class Subscriber(models.Model):
    """One e-mail address. Without ``confirmed_at`` it has proved nothing and gets no news."""

    key = models.UUIDField("链接标识", default=uuid.uuid4, unique=True, editable=False)
    address = EncryptedField(
        "邮箱", purpose=ADDRESS, index="address_index", normalise=normal_address
    )
    address_index = models.CharField("邮箱索引", max_length=60, unique=True)
    created_at = models.DateTimeField("登记时间")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    letters_on = models.DateField("确认信日期", null=True, blank=True)
    letters = models.PositiveSmallIntegerField("当日确认信", default=0)
    failures = models.PositiveSmallIntegerField("连续失败", default=0)
    failed_at = models.DateTimeField("最近失败", null=True, blank=True)
    paused_at = models.DateTimeField("暂停时间", null=True, blank=True)
    daily_on = models.DateField("最近每日汇总", null=True, blank=True)
    weekly_on = models.DateField("最近每周汇总", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "订阅人"
        indexes = [models.Index(fields=["paused_at"], name="subscriber_paused",
                                condition=Q(paused_at__isnull=False))]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.pk}"


class Subscription(models.Model):
    """One thing that an address follows: ``target`` in the canonical form of its kind."""

    subscriber_id: int
    subscriber = models.ForeignKey(
        Subscriber, models.CASCADE, related_name="subscriptions", db_index=False
    )
    kind = models.CharField("种类", max_length=30)
    target = models.CharField("对象", max_length=TARGET_LENGTH)
    frequency = models.CharField("多久一次", max_length=10, choices=Frequency.choices)
    asked_at = models.DateTimeField("申请时间")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    looked_at = models.DateTimeField("检索到", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "订阅"
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "kind", "target"], name="subscription_once"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "target"], name="subscription_target",
                         condition=Q(confirmed_at__isnull=False)),
            models.Index(fields=["looked_at"], name="subscription_looked",
                         condition=Q(looked_at__isnull=False)),
            models.Index(fields=["asked_at"], name="subscription_pending",
                         condition=Q(confirmed_at=None)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Due(models.Model):
    """One thing to tell one subscription; ``key`` makes it once only. No words, no address."""

    subscription_id: int
    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="due", db_index=False
    )
    event = models.CharField("事情", max_length=12, choices=Event.choices)
    subject_kind = models.CharField("对象类别", max_length=20)
    subject_id = models.BigIntegerField("对象编号")
    key = models.CharField("幂等键", max_length=80)
    occurred_at = models.DateTimeField("发生时间")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    queued_at = models.DateTimeField("交付时间", null=True, blank=True)
    settled_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "待发更新"
        constraints = [
            models.UniqueConstraint(fields=["subscription", "key"], name="due_once"),
        ]
        indexes = [
            models.Index(fields=["subscription"], name="due_waiting",
                         condition=Q(state="waiting")),
            models.Index(fields=["settled_at"], name="due_settled"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.event} {self.subject_kind}:{self.subject_id}"
