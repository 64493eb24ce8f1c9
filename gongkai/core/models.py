"""Tables that every room stands on: facts, blobs, outbox, the calendar of exceptions."""

from typing import Any

from django.db import models


class Fact(models.Model):
    """One thing that happened. Written in the business transaction, sealed afterwards.

    The audit trail and the source of every light, indicator and report. ``digest`` covers the
    content; ``sequence`` and ``chain`` are given by the sealer (one writer), so that concurrent
    transactions need not wait for each other.
    """

    action = models.CharField("动作", max_length=80)
    subject_kind = models.CharField("对象类别", max_length=40)
    subject_id = models.CharField("对象编号", max_length=64)
    unit_id = models.BigIntegerField("单位", null=True)
    actor_key = models.CharField("行为人标识", max_length=80)
    actor_name = models.CharField("行为人", max_length=80)
    occurred_at = models.DateTimeField("发生时间")
    recorded_at = models.DateTimeField("记录时间")
    details = models.JSONField("详情", default=dict)
    digest = models.CharField("内容摘要", max_length=64)
    sequence = models.BigIntegerField("封存序号", null=True, unique=True)
    chain = models.CharField("链值", max_length=64, default="")

    class Meta:
        verbose_name = verbose_name_plural = "事实"
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "occurred_at"]),
            models.Index(fields=["action", "occurred_at"]),
            models.Index(fields=["unit_id", "occurred_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind}:{self.subject_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Facts are added once and never changed (append-only)."""
        if not self._state.adding:
            raise TypeError("a fact is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Facts are never deleted."""
        raise TypeError("a fact is never deleted")


class SealHead(models.Model):
    """The end of the chain: one row, so that facts cut off at the end are noticed too."""

    sequence = models.BigIntegerField(default=0)
    chain = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = verbose_name_plural = "封存位置"

    def __str__(self) -> str:
        return str(self.sequence)


class Blob(models.Model):
    """An immutable private file named by its SHA-256. Records refer to it by that name."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField("字节数")
    content_type = models.CharField("类型", max_length=120)
    created_at = models.DateTimeField("存入时间")

    class Meta:
        verbose_name = verbose_name_plural = "文件"

    def __str__(self) -> str:
        return self.sha256[:12]


class OutboxMessage(models.Model):
    """A side effect that must happen once the transaction that asked for it has committed."""

    kind = models.CharField("种类", max_length=60)
    subject_kind = models.CharField("对象类别", max_length=40)
    subject_id = models.CharField("对象编号", max_length=64)
    payload = models.JSONField("内容", default=dict)
    idempotency_key = models.CharField("幂等键", max_length=160, unique=True)
    available_at = models.DateTimeField("可执行时间")
    leased_until = models.DateTimeField("租约到期", null=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    created_at = models.DateTimeField("登记时间")
    done_at = models.DateTimeField("完成时间", null=True)
    milliseconds = models.PositiveIntegerField("耗时毫秒", null=True)
    error = models.TextField("错误", default="", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "待办副作用"
        indexes = [
            models.Index(fields=["done_at", "available_at"]),
            models.Index(fields=["subject_kind", "subject_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_kind}:{self.subject_id}"


class CalendarDay(models.Model):
    """A day that departs from the published calendar: an extra holiday or a make-up day."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", "放假"
        WORKDAY = "makeup", "调休上班"

    day = models.DateField("日期", unique=True)
    kind = models.CharField("性质", max_length=10, choices=Kind.choices)
    name = models.CharField("名称", max_length=40)
    source = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "工作日例外"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"
