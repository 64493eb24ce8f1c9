"""The marks by which a file that somebody holds can be told from one that was never published."""

from django.db import models

from gongkai.publishing.models import ItemVersion


class FileMark(models.Model):
    """A file of a released version by its SHA-256. What became of the item is asked when the mark
    is found, never stored."""

    version_id: int
    version = models.ForeignKey(ItemVersion, models.CASCADE, related_name="+")
    sha256 = models.CharField("SHA-256", max_length=64)
    filename = models.CharField("文件名", max_length=255)
    is_text = models.BooleanField("正文的文字版", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "已公开文件的指纹"
        indexes = [models.Index(fields=["sha256"], name="file_mark_sha256")]
        constraints = [
            models.UniqueConstraint(fields=["version", "sha256"], name="file_mark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.version_id}"


class FileMarkRun(models.Model):
    """Up to which version everything is marked; one row."""

    last_version = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "指纹登记进度"

    def __str__(self) -> str:
        return str(self.last_version)
