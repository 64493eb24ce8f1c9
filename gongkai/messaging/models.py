"""The inbox, and how each person wants to hear of things.

A person's e-mail address stays in ``User.email``, the one column that Django has for it. It is
personal data: the server must know it in the clear to write to it, it is never searched for, the
user table has no revisions, and it appears in no fact, log, outbox row or screen (screens show it
masked). A copy here would be a second place to guard and to forget when an account ends. It is
older than ``core.encryption`` and not encrypted yet.
"""

from django.db import models
from django.db.models import Q

from gongkai.messaging.enums import Channel, Mail
from gongkai.organisations.models import User


class Message(models.Model):
    """One notice to one person. ``title`` may be mailed; ``body`` is shown on the site only."""

    recipient = models.ForeignKey(
        User, models.CASCADE, related_name="+", db_index=False, verbose_name="收件人"
    )
    kind = models.CharField("种类", max_length=60)
    key = models.CharField("幂等键", max_length=160)
    title = models.CharField("标题", max_length=300)
    body = models.CharField("说明", max_length=1000, blank=True)
    url = models.CharField("地址", max_length=500)
    subject_kind = models.CharField("对象类别", max_length=40, blank=True)
    subject_id = models.CharField("对象编号", max_length=64, blank=True)
    due = models.DateField("到期日", null=True, blank=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True, blank=True)
    mail = models.CharField(
        "邮件", max_length=10, choices=Mail.choices, default=Mail.NONE, blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "recipient"], name="message_once"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="message_inbox"),
            models.Index(
                fields=["recipient", "kind", "-created_at", "-id"], name="message_inbox_kind"
            ),
            models.Index(
                fields=["recipient", "-created_at", "-id"],
                condition=Q(read_at=None),
                name="message_unread",
            ),
            models.Index(
                fields=["recipient", "kind", "-created_at", "-id"],
                condition=Q(read_at=None),
                name="message_unread_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MailSettings(models.Model):
    """How one person gets mail. Without a row, or without ``verified_at``, nothing is mailed."""

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="mail_settings", verbose_name="用户"
    )
    mail_off = models.BooleanField("暂停全部邮件", default=False)
    digest_hour = models.PositiveSmallIntegerField("每日汇总时间", default=8)
    verified_at = models.DateTimeField("邮箱验证时间", null=True, blank=True)
    code_sent_at = models.DateTimeField("验证码发出时间", null=True, blank=True)
    code_attempts = models.PositiveSmallIntegerField("验证码输错次数", default=0)
    refused_at = models.DateTimeField("邮件被拒收时间", null=True, blank=True)
    last_digest_on = models.DateField("最近一次汇总", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "邮件设置"
        constraints = [
            models.CheckConstraint(
                condition=Q(digest_hour__lte=23), name="mail_settings_hour_of_the_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"


class KindSetting(models.Model):
    """What one person chose for one kind of notice; without a row its default applies."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="notice_settings", verbose_name="用户"
    )
    kind = models.CharField("种类", max_length=60)
    channel = models.CharField("方式", max_length=10, choices=Channel.choices)

    class Meta:
        verbose_name = verbose_name_plural = "提醒方式"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notice_setting_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_channel_display()}"


class DailyRun(models.Model):
    """A timer job that has done its work of a day."""

    job = models.CharField("任务", max_length=80)
    day = models.DateField("日期")

    class Meta:
        verbose_name = verbose_name_plural = "每日任务"
        constraints = [
            models.UniqueConstraint(fields=["job", "day"], name="daily_run_once"),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.day}"
