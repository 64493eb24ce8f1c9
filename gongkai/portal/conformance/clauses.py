"""What 《互联网网站适老化通用设计规范》 asks of a site, clause by clause, in our own words.

Clause numbers as cited in public explanations of the standard (工业和信息化部, 2021). Rows of
``APP`` come from the annex for apps; this site takes them on by its own choice. Plain data.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """What became of a clause."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    MANUAL = "manual"
    NOT_APPLICABLE = "not_applicable"
    UNCHECKED = "unchecked"


LABELS: Final = {
    State.PASS: "通过",
    State.FAIL: "不通过",
    State.MANUAL: "人工",
    State.NOT_APPLICABLE: "不适用",
    State.UNCHECKED: "未检查",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One row: ``key`` names its check, ``manual`` what only a person can judge (empty: nothing).

    A clause with a manual part is never 通过 by itself: what was measured is told beside it.
    """

    key: str
    number: str
    asks: str
    manual: str = ""
    source: str = "网站规范"


APP: Final = "APP 附件（自愿采用）"
OWN: Final = "本站要求"

CLAUSES: Final = (
    Clause("flat", "布局", "长者页面扁平，没有阴影、透视和纹理"),
    Clause("regions", "布局", "用颜色区分功能区域", manual="看长者版各页的分区是否一眼能分清"),
    Clause("keyboard", "服务原则 2", "桌面端全部操作能用键盘完成，没有走不出去的地方"),
    Clause("pointer", "服务原则 2", "桌面端提供特大鼠标指针"),
    Clause("zoom", "1.2.3", "桌面端自带页面缩放，不依赖系统和浏览器"),
    Clause("caption", "1.2.3", "桌面端自带大字屏幕，显示指到和走到的内容"),
    Clause("phone_text", "1.2.3", "移动网页至少有一种字号不小于 18 dp"),
    Clause("focus", "焦点", "组件得到焦点时有明显的变化"),
    Clause("voice", "语音", "能用声音读出文字和组件，文章页至少要有，可以开关"),
    Clause("captcha", "1.4.3", "图形验证码能放大一倍以上，并有不靠视觉的办法"),
    Clause("captcha_time", "1.4.4", "验证码有时限的，语音提示并可以延长一倍以上"),
    Clause("media", "2.3", "音频、视频的控件能用键盘操作"),
    Clause("adverts", "2.4.1", "没有广告内容和插件，没有临时弹出的窗口"),
    Clause("lures", "2.4.2", "没有诱导下载、付款的按钮", manual="看按钮文字和位置是否误导"),
    Clause("floats", "浮窗", "没有随页面出现的浮窗；有的，能永久关闭"),
    Clause("undo", "2.6.1", "提交法律、财务类内容后 10 分钟内可以撤销或改交"),
    Clause("words", "3.1.1–3.1.4", "栏目名不用术语和网络用语，常用名称、图标不改，有操作反馈",
           manual="对照常用词表读一遍栏目名和按钮"),
    Clause("systems", "4.1", "主流系统、浏览器和辅助软件都能用",
           manual="用 NVDA、旁白等读屏软件和三种浏览器走十条主要路线"),
    Clause("alike", "4.2.1", "同类组件样子一致", manual="逐类页面对看按钮、列表和分页"),
    Clause("entrance", "入口", "有直接进入长者版的应用入口"),
    Clause("installed", "入口", "装到桌面后一点就进长者版",
           manual="在常用手机和电脑上实际安装一次"),
    Clause("elder_text", "字号", "长者页面文字不小于 18 dp", source=APP),
    Clause("line_height", "行距", "长者页面行距不小于 1.3 倍", source=APP),
    Clause("contrast", "对比度", "长者页面文字和背景对比度不小于 4.5:1", source=APP),
    Clause("targets", "触控", "长者页面主要组件不小于 60×60 dp", source=APP),
    Clause("close", "关闭按钮", "窗口的关闭按钮不小于 44×44 dp", source=APP),
    Clause("same_parts", "一致", "长者版、纯文本版和标准版有同样的页脚、网页标签和搜索", source=OWN),
    Clause("without_script", "无脚本", "不用脚本也能进出长者版", source=OWN),
    Clause("axe", "WCAG 2.2", "自动工具没有发现问题（标准版、长者版）", source=OWN),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw: whether it is as asked, and in a few words how it knows."""

    state: State
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """A clause with what became of it."""

    clause: Clause
    state: State
    note: str


def table(found: dict[str, Finding], unchecked: str = "没有检查到") -> list[Row]:
    """All clauses with their findings. A manual part turns 通过 into 人工, never the other way:
    what failed has failed, and what nobody measured is not passed."""
    rows = []
    for clause in CLAUSES:
        finding = found.get(clause.key)
        if finding is None and clause.manual:
            finding = Finding(State.MANUAL, "")
        if finding is None:
            finding = Finding(State.UNCHECKED, unchecked)
        state, note = finding.state, finding.note
        if clause.manual and state == State.PASS:
            state = State.MANUAL
        if state == State.MANUAL:
            note = "；".join(filter(None, (note, f"请人工检查：{clause.manual}")))
        rows.append(Row(clause, state, note))
    return rows
