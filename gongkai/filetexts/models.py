"""The plain text of stored files, and which records asked for it."""

from django.db import models

from gongkai.filetexts.enums import TextState
from gongkai.filetexts.rules import PAGE_MARK


class FileText(models.Model):
    """What was read out of one blob.

    No foreign key to the blob on purpose: a text must never keep a file that no record needs
    (``core.blobs.used``); the text goes when the file is dropped. ``text`` holds the pages divided
    by form feeds; ``ocr_pages`` are the numbers of pages that are pictures,
    ``pages_done`` how many of them are recognised. ``leased_until`` keeps two workers from one file.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    state = models.CharField(
        "状态", max_length=16, choices=TextState.choices, default=TextState.WAITING
    )
    suffix = models.CharField("扩展名", max_length=16, blank=True)
    kind = models.CharField("类型", max_length=16, blank=True)
    method = models.CharField("读取方法", max_length=24, blank=True)
    text = models.TextField("文字", blank=True)
    characters = models.PositiveIntegerField("字数", default=0)
    complete = models.BooleanField("读完全文", default=True)
    pages = models.PositiveIntegerField("页数", default=0)
    ocr_pages = models.JSONField("要识别的页", default=list, blank=True)
    pages_done = models.PositiveIntegerField("已识别页数", default=0)
    problem = models.CharField("问题", max_length=300, blank=True)
    milliseconds = models.PositiveBigIntegerField("耗时毫秒", default=0)
    tries = models.PositiveSmallIntegerField("尝试次数", default=0)
    round = models.PositiveIntegerField("第几次读取", default=1)
    asked_at = models.DateTimeField("要求读取时间")
    leased_until = models.DateTimeField("租约到期", null=True)
    read_at = models.DateTimeField("读出时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "附件文字"
        indexes = [models.Index(fields=["state", "asked_at"])]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.get_state_display()}"

    @property
    def plain(self) -> str:
        """The text for indexing: pages on lines of their own."""
        return self.text.replace(PAGE_MARK, "\n").strip("\n")


class FileTextPage(models.Model):
    """A page recognised so far; kept until the last one is done, so that nothing is done twice."""

    file = models.ForeignKey(FileText, models.CASCADE, related_name="recognised")
    number = models.PositiveIntegerField("页码")
    text = models.TextField("文字", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "已识别的页"
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="filetexts_page_once")
        ]

    def __str__(self) -> str:
        return f"{self.file_id[:12]} 第{self.number}页"


class FileTextRequest(models.Model):
    """A record that wants to be told once there is text; ``name`` is the file's name in it."""

    sha256 = models.CharField(max_length=64)
    subject_kind = models.CharField("对象类别", max_length=40)
    subject_id = models.CharField("对象编号", max_length=64)
    name = models.CharField("文件名", max_length=255, blank=True)
    asked_at = models.DateTimeField("要求时间")
    told_at = models.DateTimeField("告知时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "附件文字的要求"
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "subject_kind", "subject_id"], name="filetexts_request_once"
            )
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_id} {self.sha256[:12]}"
