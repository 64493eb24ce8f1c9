"""Stored values of items. Status, outcome and visibility are three different things."""

from django.db.models import TextChoices


class KindGroup(TextChoices):
    """The groups in which an editor looks for a kind of information."""

    POLICY = "policy", "政策与规范"
    DECISION = "decision", "决策与规划"
    ORGAN = "organ", "机构与制度"
    SERVICE = "service", "服务与民生"
    RESPONSE = "response", "互动与回应"
    FIGURES = "figures", "统计、财政与执法"
    NEWS = "news", "动态与公告"


class Status(TextChoices):
    """Where the working copy is."""

    DRAFT = "draft", "起草中"
    IN_REVIEW = "in_review", "审核中"
    RETURNED = "returned", "已退回"
    WITHHELD = "withheld", "审定不公开"
    SETTLED = "settled", "已办结"


class Visibility(TextChoices):
    """What the public sees."""

    HIDDEN = "hidden", "未公开"
    PUBLIC = "public", "已公开"
    WITHDRAWN = "withdrawn", "已撤回"


class Validity(TextChoices):
    NOT_YET = "not_yet", "尚未施行"
    IN_FORCE = "in_force", "现行有效"
    AMENDED = "amended", "已修改"
    REPEALED = "repealed", "已废止"
    LAPSED = "lapsed", "已失效"


# A document that does not hold any more and stays findable.
ENDED = (Validity.REPEALED, Validity.LAPSED)


class Attribute(TextChoices):
    PROACTIVE = "proactive", "主动公开"
    ON_REQUEST = "on_request", "依申请公开"
    WITHHELD = "withheld", "不予公开"


class Origin(TextChoices):
    """Who made the information decides who publishes it (条例第十条)."""

    MADE = "made", "本机关制作"
    FROM_PRIVATE = "from_private", "从公民、法人和其他组织获取"
    FROM_AGENCY = "from_agency", "从其他行政机关获取"
    JOINT = "joint", "与其他机关共同制作（牵头）"


class ChangeKind(TextChoices):
    """Why a published item gets a new version; the last two seal the earlier ones."""

    CORRECTION = "correction", "更正"
    UPDATE = "update", "更新"
    PRIVACY = "privacy", "删除个人信息"
    SECRECY = "secrecy", "删除不应公开的内容"


SEALING = (ChangeKind.PRIVACY, ChangeKind.SECRECY)


class WithdrawCategory(TextChoices):
    ERROR = "error", "内容有误，待更正后重新发布"
    REVOKED = "revoked", "原决定被撤销或变更"
    DUPLICATE = "duplicate", "重复发布"
    PRIVACY = "privacy", "涉及个人隐私或商业秘密"
    SECRECY = "secrecy", "涉及不应公开的内容"


# The tombstone of these does not repeat the title.
TITLE_SEALED = (WithdrawCategory.PRIVACY, WithdrawCategory.SECRECY)

GENRES = (
    "决议", "决定", "命令（令）", "公报", "公告", "通告", "意见", "通知",
    "通报", "报告", "请示", "批复", "议案", "函", "纪要", "其他",
)  # fmt: skip
GENRE_CHOICES = [(genre, genre) for genre in GENRES]
