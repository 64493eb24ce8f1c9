"""Stored values of the catalogues in English, labels in Chinese."""

from django.db.models import TextChoices


class CatalogueKind(TextChoices):
    STATUTORY = "statutory", "法定主动公开内容"
    GRASSROOTS = "grassroots", "基层标准目录"


class CatalogueStatus(TextChoices):
    CURRENT = "current", "现行"
    ENDED = "ended", "停用"


class Channel(TextChoices):
    WEBSITE = "website", "政府网站"
    GAZETTE = "gazette", "政府公报"
    NEWMEDIA = "newmedia", "两微一端"
    BRIEFING = "briefing", "发布会/听证会"
    BROADCAST = "broadcast", "广播电视"
    PAPER = "paper", "纸质媒体"
    READING = "reading", "公开查阅点"
    HALL = "hall", "政务服务中心"
    STATION = "station", "便民服务站"
    VISIT = "visit", "入户/现场"
    BOARD = "board", "社区/企事业单位/村公示栏（电子屏）"
    PUSH = "push", "精准推送"
    HOTLINE = "hotline", "12345热线"
    OTHER = "other", "其他"


class Audience(TextChoices):
    ALL = "all", "全社会"
    GROUP = "group", "特定群体"
    BOTH = "both", "全社会和特定群体"


class Method(TextChoices):
    ACTIVE = "active", "主动"
    REQUEST = "request", "依申请"


class Level(TextChoices):
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWN = "town", "乡级"
    VILLAGE = "village", "村级"


class State(TextChoices):
    """How one expected publication stands on a day; computed, never stored."""

    OVERDUE = "overdue", "逾期"
    DUE_SOON = "due_soon", "临期"
    UNCLEAR = "unclear", "期限待认定"
    NOT_DUE = "not_due", "未到期"
    LATE = "late", "逾期公开"
    PUBLISHED = "published", "已公开"
    ABSENT = "absent", "无此事项"


LIGHTS = {
    State.OVERDUE: "red",
    State.DUE_SOON: "yellow",
    State.UNCLEAR: "grey",
    State.NOT_DUE: "grey",
    State.LATE: "yellow",
    State.PUBLISHED: "green",
    State.ABSENT: "green",
}
OPEN_STATES = (State.OVERDUE, State.DUE_SOON, State.UNCLEAR, State.NOT_DUE)


class LinkOrigin(TextChoices):
    RELEASED = "released", "发布时选定"
    LATER = "later", "发布后补挂"


class AbsenceStatus(TextChoices):
    REQUESTED = "requested", "待批准"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    CANCELLED = "cancelled", "已撤销"


class ImportStatus(TextChoices):
    OPEN = "open", "待确认"
    CONFIRMED = "confirmed", "已确认"
    DISCARDED = "discarded", "已放弃"


ARTICLES: dict[str, str] = {
    "20-1": "行政法规、规章和规范性文件",
    "20-2": "机关职能、机构设置和负责人",
    "20-3": "规划、计划和政策",
    "20-4": "统计信息",
    "20-5": "行政许可和其他对外管理服务事项",
    "20-6": "行政处罚和行政强制",
    "20-7": "财政预算、决算",
    "20-8": "行政事业性收费",
    "20-9": "政府集中采购",
    "20-10": "重大建设项目",
    "20-11": "扶贫、教育、医疗、社会保障、就业",
    "20-12": "突发公共事件",
    "20-13": "环境、卫生、安全生产、食品药品、质量监督检查",
    "20-14": "公务员招考",
    "20-15": "法律法规规定的其他信息",
    "21-city": "市县：市政建设、公共服务、征收、治安、救助等",
    "21-town": "乡镇：农业农村、土地、筹资筹劳、救助等",
}
"""条例（国务院令第711号）第二十条各项和第二十一条的简称, by the key entries carry."""
