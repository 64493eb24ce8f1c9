"""Groups of words that mean the same, kept by the supervising office."""

from django.conf import settings
from django.db import models


class SynonymGroup(models.Model):
    """Words of one meaning. Searches widen each of them to the others, or with ``one_way`` the
    first one only (三公经费 finds 公务接待费, the reverse does not hold)."""

    key = models.CharField("载入标识", max_length=30, blank=True)
    one_way = models.BooleanField("单向", default=False)
    note = models.CharField("说明", max_length=200, blank=True)
    active = models.BooleanField("启用", default=True)
    changed_at = models.DateTimeField("最近修改", null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="修改人",
    )

    class Meta:
        verbose_name = verbose_name_plural = "同义词组"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~models.Q(key=""), name="synonym_group_loaded_once"
            ),
        ]

    def __str__(self) -> str:
        return "、".join(word.text for word in self.words.all())


class SynonymWord(models.Model):
    """A word of a group; in one group only, so that widening never runs in a circle."""

    group = models.ForeignKey(
        SynonymGroup, models.CASCADE, related_name="words", verbose_name="同义词组"
    )
    text = models.CharField("词", max_length=30)
    folded = models.CharField("比较形式", max_length=30, unique=True)
    place = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "同义词"
        ordering = ["group_id", "place"]

    def __str__(self) -> str:
        return self.text
