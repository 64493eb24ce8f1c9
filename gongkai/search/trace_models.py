"""The query log, its tallies, and the nightly runs. Nothing here says who asked: no address, no
cookie, no browser, no user; a search is known to the hour, under a random number."""

from django.db import models

from gongkai.search.rules_traces import DROPPED, FILTERS_LONGEST, LONGEST


class SearchTrace(models.Model):
    """One page of hits that was made for a reader."""

    class Place(models.TextChoices):
        RESULTS = "results", "搜索页"
        UNIT = "unit", "单位页内查找"

    class Order(models.TextChoices):
        RELEVANCE = "relevance", "按相关"
        NEWEST = "newest", "按时间"

    id = models.BigIntegerField("随机编号", primary_key=True)
    day = models.DateField("日期")
    hour = models.PositiveSmallIntegerField("几点")
    text = models.CharField("查询词", max_length=LONGEST, blank=True)
    dropped = models.CharField("未记录的原因", max_length=10, blank=True, choices=DROPPED.items())
    filters = models.CharField("筛选", max_length=FILTERS_LONGEST, blank=True)
    order = models.CharField("排序", max_length=10, choices=Order.choices)
    place = models.CharField("在哪里查", max_length=10, choices=Place.choices)
    strict = models.PositiveIntegerField("全部符合的条数")
    related = models.PositiveIntegerField("相关的条数")
    page = models.PositiveSmallIntegerField("第几页")
    milliseconds = models.PositiveIntegerField("耗时毫秒")
    corrected = models.BooleanField("改过错字", default=False)
    synonyms = models.BooleanField("用过同义词", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "搜索记录"
        indexes = [models.Index(fields=["day"], name="search_trace_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.text}"


class SearchClick(models.Model):
    """A hit that a reader opened; each hit of a page counts once.

    The trace may be written after its click, or lost, so the database does not insist on it.
    """

    trace = models.ForeignKey(
        SearchTrace, models.DO_NOTHING, db_constraint=False, related_name="clicks"
    )
    record = models.CharField("记录", max_length=80)
    position = models.PositiveSmallIntegerField("第几条")
    day = models.DateField("日期")
    hour = models.PositiveSmallIntegerField("几点")

    class Meta:
        verbose_name = verbose_name_plural = "搜索点击"
        constraints = [
            models.UniqueConstraint(fields=["trace", "record"], name="search_click_once")
        ]
        indexes = [models.Index(fields=["day"], name="search_click_day")]

    def __str__(self) -> str:
        return f"{self.record} · {self.position}"


class _Figures(models.Model):
    """Sums of searches (first pages). ``empty``: nothing found; ``related_only``: nothing that
    has everything; ``unclicked``: hits that have everything, and none was opened."""

    searches = models.PositiveIntegerField("搜索次数", default=0)
    narrowed = models.PositiveIntegerField("加了筛选", default=0)
    empty = models.PositiveIntegerField("没有结果", default=0)
    related_only = models.PositiveIntegerField("只有相关结果", default=0)
    unclicked = models.PositiveIntegerField("有结果没人点", default=0)
    clicked = models.PositiveIntegerField("有点击的搜索", default=0)
    clicks = models.PositiveIntegerField("点击次数", default=0)
    positions = models.PositiveBigIntegerField("点击位置之和", default=0)
    milliseconds = models.PositiveBigIntegerField("耗时毫秒之和", default=0)
    slowest = models.PositiveIntegerField("最慢毫秒", default=0)
    corrected = models.PositiveIntegerField("改过错字", default=0)
    synonyms = models.PositiveIntegerField("用过同义词", default=0)

    class Meta:
        abstract = True


class SearchTally(_Figures):
    """One query of one day; kept when the traces are gone."""

    day = models.DateField("日期")
    text = models.CharField("查询词", max_length=LONGEST, blank=True)
    dropped = models.CharField("未记录的原因", max_length=10, blank=True, choices=DROPPED.items())

    class Meta:
        verbose_name = verbose_name_plural = "搜索日统计（按词）"
        constraints = [
            models.UniqueConstraint(fields=["text", "dropped", "day"], name="search_tally_once")
        ]
        indexes = [models.Index(fields=["day"], name="search_tally_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.text} {self.searches}"


class SearchDay(_Figures):
    """A whole day. ``opened`` counts clicks by position; ``final``: no click can come any more;
    ``thinned``: traces deleted and rare words taken out of the tallies."""

    day = models.DateField("日期", primary_key=True)
    later_pages = models.PositiveIntegerField("翻到后面的页", default=0)
    dropped = models.JSONField("未记录查询词的次数", default=dict)
    opened = models.JSONField("各位置的点击", default=dict)
    folded_at = models.DateTimeField("汇总时间")
    final = models.BooleanField("不再变化", default=False)
    thinned = models.BooleanField("原始记录已删除", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "搜索日统计"
        indexes = [
            models.Index(fields=["thinned", "day"], name="search_day_thinned"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.searches}"


class NightRun(models.Model):
    """Work of one night, taken by one worker under a lease."""

    job = models.CharField("任务", max_length=40)
    day = models.DateField("日期")
    leased_until = models.DateTimeField("租约到期")
    done_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "夜间任务"
        constraints = [models.UniqueConstraint(fields=["job", "day"], name="search_night_once")]

    def __str__(self) -> str:
        return f"{self.job} {self.day}"
