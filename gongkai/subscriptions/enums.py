"""Stored values of subscriptions, labels in Chinese."""

from django.db.models import TextChoices


class Frequency(TextChoices):
    """How often a reader wants to hear."""

    AT_ONCE = "at_once", "有了就发"
    DAILY = "daily", "每天一封汇总"
    WEEKLY = "weekly", "每周一封汇总"


class Event(TextChoices):
    """What happened to something that is followed; the label stands before the title in a mail."""

    PUBLISHED = "published", "新公开"
    CHANGED = "changed", "有了新版本"
    AMENDED = "amended", "已修改"
    BEGUN = "begun", "开始施行"
    REPEALED = "repealed", "已废止"
    LAPSED = "lapsed", "已失效"
    WITHDRAWN = "withdrawn", "已撤回"
    INTERPRETED = "interpreted", "有了解读"
    ANSWERED = "answered", "有了问答"
    ENDED_BY = "ended_by", "被新文件废止"
    REPLACED_BY = "replaced_by", "被新文件代替"
    CITED = "cited", "有了相关信息"


class State(TextChoices):
    """What became of one thing to tell."""

    WAITING = "waiting", "等待发送"
    SENT = "sent", "已发送"
    DROPPED = "dropped", "不再发送"


class Leave(TextChoices):
    """How somebody left; stands in the fact."""

    ONE_CLICK = "one_click", "一键退订"
    PAGE = "page", "在管理页退订"
    ALL = "all", "全部退订并删除邮箱"
