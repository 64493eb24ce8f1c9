"""Recordings: the public text of an item, read by a machine."""

from django.db import models

from gongkai.core.models import Blob
from gongkai.publishing.models import Item


class Recording(models.Model):
    """The audio of one version of one item, made once; served only while that version is public."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="recordings")
    version = models.PositiveSmallIntegerField("版本")
    blob = models.ForeignKey(Blob, models.PROTECT, verbose_name="文件")
    seconds = models.PositiveIntegerField("秒数", null=True)
    complete = models.BooleanField("读完全文", default=True)
    made_at = models.DateTimeField("制作时间")

    class Meta:
        verbose_name = verbose_name_plural = "朗读录音"
        constraints = [
            models.UniqueConstraint(fields=["item", "version"], name="recording_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.version}"
