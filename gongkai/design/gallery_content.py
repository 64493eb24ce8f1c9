"""Demonstration content of the gallery, written for it; units and dates are those of the demo."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator

_CHINA = dt.timezone(dt.timedelta(hours=8))


def _at(month: int, day: int, hour: int = 9, minute: int = 0) -> dt.datetime:
    return dt.datetime(2022, month, day, hour, minute, tzinfo=_CHINA)


@dataclass(frozen=True, slots=True)
class Step:
    """One day of a sample deadline."""

    date: dt.date
    kind: str
    counted: bool
    ordinal: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Due:
    """A sample deadline with the days that lead to it."""

    date: dt.date
    steps: tuple[Step, ...]


def sample_due() -> Due:
    """Received 2022-09-15, third party asked 09-28, opinion in 10-08: due 2022-10-21."""
    steps: list[Step] = []
    ordinal = 0
    received, last = dt.date(2022, 9, 15), dt.date(2022, 10, 21)
    for offset in range((last - received).days + 1):
        day = received + dt.timedelta(days=offset)
        makeup = day in (dt.date(2022, 10, 8), dt.date(2022, 10, 9))
        if day == received:
            steps.append(Step(day, "start", False, None, "收到"))
        elif dt.date(2022, 10, 1) <= day <= dt.date(2022, 10, 7):
            steps.append(Step(day, "holiday", False, None, "国庆"))
        elif day.weekday() > 4 and not makeup:
            steps.append(Step(day, "weekend", False, None, ""))
        elif dt.date(2022, 9, 29) <= day <= dt.date(2022, 10, 8):
            steps.append(Step(day, "paused", False, None, "征求第三方意见期间"))
        else:
            ordinal += 1
            note = "寄出" if day == dt.date(2022, 9, 28) else ""
            steps.append(Step(day, "makeup" if makeup else "workday", True, ordinal, note))
    return Due(last, tuple(steps))


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="姓名", help_text="与身份证件一致。", max_length=20)
    phone = forms.CharField(
        label="联系电话", help_text="只用于告知办理情况。", widget=forms.TextInput({"type": "tel"})
    )
    unit = forms.ChoiceField(
        label="向哪个单位申请",
        choices=[("", "请选择"), ("zj", "市住房城乡建设局"), ("rs", "市人力资源社会保障局")],
    )
    content = forms.CharField(
        label="要什么信息",
        help_text="写清名称、文号或大致时间，越具体越好找。",
        widget=forms.Textarea({"rows": 4}),
    )
    delivery = forms.ChoiceField(
        label="怎么给您",
        choices=[("mail", "发到电子邮箱"), ("post", "邮寄纸件"), ("window", "到窗口自取")],
        widget=forms.RadioSelect,
    )
    purpose = forms.MultipleChoiceField(
        label="用途",
        choices=[("life", "生活"), ("work", "生产经营"), ("study", "科学研究")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    since = forms.DateField(
        label="从哪天起", widget=forms.DateInput({"type": "date"}), required=False
    )
    attachment = forms.FileField(
        label="附件", help_text="docx、pdf 或图片，不超过 20 MB。", required=False
    )
    agreed = forms.BooleanField(label="我确认以上内容属实")


SITE: dict[str, Any] = {
    "id_code": "4301000001（演示）",
    "sponsor": "长沙市人民政府办公厅",
    "operator": "长沙市数据资源管理局",
    "phone": "0731-00000000（演示）",
    "icp": "湘ICP备00000000号（演示）",
    "police": "湘公网安备00000000000000号（演示）",
}

_LIST: list[dict[str, Any]] = [
    {
        "title": "关于支持老旧小区加装电梯和居家适老化改造的若干措施",
        "url": "?screen=item",
        "tag": "政策文件",
        "at": _at(10, 18, 9, 30),
        "meta": "市住房城乡建设局 · 有解读 1 篇、问答 4 条",
    },
    {
        "title": "市政府第 12 次常务会议：议定冬季供水供气保障等 5 项",
        "url": "#list",
        "tag": "常务会议",
        "at": _at(10, 17, 18, 10),
        "meta": "市政府办公厅 · 已有 3 项印发文件",
    },
    {
        "title": "算一算：加装一部电梯，每户大约出多少钱",
        "url": "#list",
        "tag": "解读",
        "tone": "ok",
        "at": _at(10, 17, 11, 2),
        "meta": "市住房城乡建设局 · 图解和算例",
    },
    {
        "title": "关于调整部分公交线路首末班时间的通告（更正第二条）",
        "url": "#list",
        "tag": "更正",
        "tone": "red",
        "at": _at(10, 16, 8, 20),
        "meta": "市交通运输局 · 原文保留，可以对照",
    },
]
_STATES = [
    *[("green", None)] * 3,
    ("yellow", 3),
    *[("green", None)] * 3,
    ("yellow", 5),
    ("yellow", 9),
    *[("green", None)] * 2,
    ("red", 9),
    ("yellow", 8),
    *[("green", None)] * 3,
    ("grey", None),
]
_MENU: list[dict[str, Any]] = [
    {"label": "收件箱", "url": "#inbox", "icon": "inbox", "count": 6},
    {"label": "依申请公开", "url": "#foi", "icon": "mail", "count": 4, "current": True},
    {"label": "审核", "url": "#review", "icon": "review", "count": 2},
    {"label": "要点台账", "url": "#ledger", "icon": "ledger"},
    {"label": "咨询与找错", "url": "#ask", "icon": "ask"},
    {"label": "报表", "url": "#report", "icon": "chart", "group": "督查"},
    {"label": "退到网站", "url": "/", "icon": "out", "separator": True},
]
_DEMO: dict[str, Any] = {
    "date_label": "2022 年 10 月 18 日",
    "identity": "市财政局·编辑",
    "next_step": {"label": "审核", "url": "#review"},
    "identities": [
        {"label": "市民", "url": "/f/role/", "value": "citizen"},
        {"label": "市财政局·编辑", "url": "/f/role/", "value": "editor", "current": True},
        {"label": "市财政局·复审", "url": "/f/role/", "value": "reviewer"},
        {"label": "市政务公开办·督办", "url": "/f/role/", "value": "supervisor"},
    ],
    "switch_url": "/f/role/",
    "tour_url": "/tour/",
}
_HEAD: dict[str, Any] = {
    "title": "关于支持老旧小区加装电梯和居家适老化改造的若干措施",
    "kind": "政策文件",
    "category": "行政规范性文件",
    "meta": [
        {"label": "发文字号", "value": "长住建规〔2022〕5号"},
        {"label": "发布机构", "value": "市住房城乡建设局", "url": "#unit"},
        {"label": "成文日期", "value": "2022年10月14日", "datetime": dt.date(2022, 10, 14)},
        {"label": "发布时间", "value": "2022-10-18 09:30", "datetime": _at(10, 18, 9, 30)},
        {"label": "索引号", "value": "114301006735800977/2022-01873", "extra": True},
        {"label": "主题分类", "value": "城乡建设（含住房）", "url": "#theme"},
        {"label": "有效性", "value": "现行有效"},
        {"label": "有效期至", "value": "2027年10月17日", "datetime": dt.date(2027, 10, 17)},
    ],
}


def _components() -> dict[str, Any]:
    bad = SampleForm({"phone": "138", "content": "", "delivery": "fax"})
    bad.is_valid()
    return {
        "due": sample_due(),
        "today": dt.date(2022, 10, 18),
        "lamps": [
            {"number": number, "state": state, "days": days}
            for number, (state, days) in enumerate(_STATES, start=1)
        ],
        "items": _LIST,
        "soon": [
            {
                "days": 3,
                "title": "《长沙市城市公共停车管理办法（草案）》征求意见",
                "url": "#soon",
                "meta": "已收到 187 条意见 · 可以逐条提",
            },
            {
                "days": 9,
                "word": "天后举行",
                "title": "开放日：到供水调度中心看一看",
                "url": "#soon",
                "meta": "还有 16 个名额",
            },
        ],
        "head": _HEAD,
        "form": SampleForm(),
        "bad": bad,
        "upload_errors": ["第 14 行“金额”是空的，请补上后重新选择文件。"],
        "page": Paginator(range(486), 20).page(7),
        "rows": [
            {"label": "市住房城乡建设局", "value": 312, "url": "#rows"},
            {"label": "市人力资源社会保障局", "value": 268, "tone": "green"},
            {"label": "市教育局", "value": 143, "tone": "yellow"},
            {"label": "市城市管理综合执法局", "value": 21, "tone": "red"},
        ],
        "tabs": [
            {"label": "全部", "url": "#tabs", "current": True, "count": 486},
            {"label": "现行有效", "url": "#tabs", "count": 402},
            {"label": "已修改", "url": "#tabs", "count": 37},
            {"label": "已废止", "url": "#tabs", "count": 47},
        ],
        "steps": [
            {"label": "起草", "state": "done"},
            {"label": "初审", "state": "done"},
            {"label": "保密审查", "state": "now"},
            {"label": "签发", "state": ""},
            {"label": "发布", "state": ""},
        ],
        "steps_back": [
            {"label": "起草", "state": "now"},
            {"label": "初审", "state": "bad"},
            {"label": "签发", "state": ""},
        ],
        "events": [
            {
                "at": _at(10, 18, 15, 20),
                "title": "更正一处",
                "text": "附表中的补助上限与正文不一致，复审后更正；原版本保留。",
                "tone": "red",
                "id": "fix",
                "diff": [
                    ("equal", "每部电梯补助"),
                    ("delete", "不超过 8 万元"),
                    ("insert", "不超过 10 万元"),
                    ("equal", "，验收合格后拨付。"),
                ],
            },
            {"at": _at(10, 18, 10, 5), "title": "发布解读", "text": "比文件晚 35 分钟。"},
            {"at": _at(10, 18, 9, 30), "title": "发布", "text": "同时进入 3 个栏目。"},
            {"at": dt.date(2022, 10, 14), "title": "成文", "text": "市住房城乡建设局印发。"},
        ],
        "live": [
            {"label": "正文页", "state": "done", "ms": 38, "url": "#live"},
            {"label": "栏目：政策文件", "state": "done", "ms": 41, "url": "#live"},
            {"label": "搜索", "state": "running", "ms": None},
            {"label": "订阅源", "state": "waiting", "ms": None},
            {"label": "第 2 项任务亮灯", "state": "failed", "ms": 903},
        ],
        "laws": [
            {
                "label": "20 个工作日",
                "text": "收到申请后不能当场答复的，从收到之日起算。",
                "law": "条例第三十三条第二款",
                "url": "#law",
            },
            {
                "label": "扣除 3 个工作日",
                "text": "问第三方意见的时间不算在内。",
                "law": "条例第三十三条第三款",
                "url": "#law",
            },
        ],
        "links": {
            "current": "document",
            "document": {"text": "共四部分 11 条，根据省里的实施意见制定。"},
            "interpretation": {
                "note": "1 篇",
                "items": [{"title": "算一算：加装一部电梯，每户大约出多少钱", "url": "#tri"}],
                "text": "起草处室编写，有三个算例。",
            },
            "answer": {
                "note": "4 条",
                "items": [
                    {"title": "一楼住户不同意，还能不能装？", "url": "#tri"},
                    {"title": "补助什么时候到账？", "url": "#tri"},
                ],
                "all_url": "#tri",
                "all_label": "看全部 4 条",
            },
        },
        "files": [
            {
                "title": "加装电梯补助申请表",
                "url": "#files",
                "format": "DOCX",
                "size": 28_672,
                "note": "可以填写",
                "sha256": "7c41e09b52d8a6f37c41e09b52d8a6f3",
            },
            {"title": "各区县受理窗口", "url": "#files", "format": "PDF", "size": 98_304},
        ],
    }


_VERBS = ("找政策", "查规章", "问政策", "申请公开", "看公示", "提意见")


def context(screen: str, *, forms: bool) -> dict[str, Any]:
    """Return everything a gallery screen shows; ``forms``: the demo bar may hold POST forms."""
    desk = screen in ("desk", "forms")
    demo = {**_DEMO, "links_only": not forms, "css": "full" if desk else ""}
    return {
        "site_name": "长沙政务公开",
        "site_owner": "长沙市人民政府 · 政府信息公开平台",
        "site": SITE,
        "page_title": "界面样例",
        "page_tags": [
            ("SiteName", "长沙政务公开"),
            ("SiteDomain", "www.example.gov.cn"),
            ("SiteIDCode", "4301000001"),
        ],
        "demo": demo,
        "desk_menu": _MENU,
        "who": {"name": "经办人（演示）", "unit": "市住房城乡建设局", "role": "依申请公开经办"},
        "find_url": "#find",
        "trail": [
            ("首页", "/"),
            ("市住房城乡建设局", "#unit"),
            ("政策文件", "#column"),
            ("正文", ""),
        ],
        "verbs": [
            {"name": name, "url": "#verbs", "current": place == 0}
            for place, name in enumerate(_VERBS)
        ],
        **_components(),
    }
