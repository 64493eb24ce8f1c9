"""Stored values of decisions."""

from django.db.models import TextChoices


class MeetingKind(TextChoices):
    EXECUTIVE = "executive", "常务会议"
    PLENARY = "plenary", "全体会议"


class Way(TextChoices):
    """How a matter stands on the agenda."""

    DELIBERATE = "deliberate", "审议"
    STUDY = "study", "研究"
    HEAR = "hear", "听取"
    CONVEY = "convey", "传达"


class Decision(TextChoices):
    AGREED = "agreed", "同意"
    IN_PRINCIPLE = "in_principle", "原则通过"
    AFTER_CHANGES = "after_changes", "修改后印发"
    POSTPONED = "postponed", "暂缓"
    HEARD = "heard", "听取汇报"


DECIDED = (Decision.AGREED, Decision.IN_PRINCIPLE, Decision.AFTER_CHANGES)


class ObserverGroup(TextChoices):
    """Who sat in; counts only, names need each person's consent."""

    DEPUTIES = "deputies", "人大代表"
    MEMBERS = "members", "政协委员"
    EXPERTS = "experts", "专家"
    FIRMS = "firms", "企业代表"
    CITIZENS = "citizens", "市民代表"
    MEDIA = "media", "媒体"


class LinkKind(TextChoices):
    """What an item is to an agenda item; values are relations of publishing."""

    DOCUMENT = "formed", "形成的文件"
    INTERPRETATION = "explains", "解读"
    REPORT = "reports", "报道"
