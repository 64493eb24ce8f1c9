"""政府信息公开指南: made from what the unit itself has published, and compared with it.

条例第十二条: the guide names classification, arrangement and ways to obtain, and of the office
in charge its name, address, hours, phone, fax and internet contact. 第五十三条第二项: not keeping
it up to date is a violation. Plain values only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Any

from gongkai.profiles.rules import (
    PART_KEYS,
    Finding,
    address_problem,
    email_problem,
    hours_problem,
    parse_contact,
    phone_problem,
    plain,
    review_finding,
    same_address,
    same_email,
    same_hours,
    same_phone,
    written,
)

GUIDE_FIELDS = {
    "office": "公开工作机构",
    "address": "办公地址",
    "hours": "办公时间",
    "phone": "联系电话",
    "fax": "传真",
    "email": "电子邮箱",
    "classification": "信息分类",
    "arrangement": "编排体系",
    "obtain": "获取方式",
}
BASIS = PART_KEYS["guide"].basis
STALE_BASIS = "条例第五十三条第二项"


@dataclass(frozen=True, slots=True)
class UnitData:
    """What the guide is made from. ``functions``: the facts of the published 机构职能, of
    ``functions_on``; ``classes``: names of the classes in which something is public, with counts;
    ``index_example``: an 索引号 of the unit; ``guide``: the facts of the present guide."""

    name: str
    functions: Mapping[str, Any]
    functions_on: date | None
    classes: Sequence[tuple[str, int]]
    directory: str
    search: str
    apply: str
    index_example: str = ""
    reading_places: Sequence[str] = ()
    guide: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of the guide, and where it comes from."""

    key: str
    label: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Guide:
    """A generated guide, ready to be drafted."""

    title: str
    summary: str
    statements: tuple[Statement, ...]
    body: str

    @property
    def facts(self) -> dict[str, str]:
        """The facts of the item, by name."""
        return {s.key: s.text for s in self.statements if s.key in GUIDE_FIELDS}


def department_rows(departments: Any) -> list[tuple[str, str]]:
    """(name, duty) of the internal departments, out of a table or of text (one a line,
    ``name：duty``, or several names in a line)."""
    if isinstance(departments, list):
        return [
            (written(row.get("name")), written(row.get("duty")))
            for row in departments
            if isinstance(row, Mapping) and written(row.get("name"))
        ]
    found = []
    for line in plain(departments).splitlines():
        name, _, duty = line.partition(":")
        names = [name] if duty else name.replace(";", "、").split("、")
        found += [(one.strip(" 0123456789.)("), duty.strip()) for one in names]
    return [row for row in found if row[0]]


def office_in(departments: Any) -> str:
    """Which internal department does the work of openness: the one that says so, else the
    office (办公室); empty when none can be told."""
    rows = department_rows(departments)
    for wanted in ("政务公开", "信息公开"):
        for name, duty in rows:
            if wanted in name or wanted in duty:
                return name
    for wanted in ("办公室", "综合"):
        for name, _ in rows:
            if wanted in name:
                return name
    return ""


def present_data(data: UnitData) -> dict[str, str]:
    """What the unit's own data say for each field of the guide that has a counterpart."""
    contact = parse_contact(data.functions.get("contact"))
    return {
        "address": written(data.functions.get("address")),
        "hours": written(data.functions.get("hours")),
        "phone": written(data.functions.get("phone")),
        "fax": contact.fax,
        "email": contact.email,
    }


def _classification(data: UnitData) -> str:
    names = "、".join(name for name, _ in data.classes)
    if not names:
        return "按条例第二十条、第二十一条列出的事项分类；本机关目前还没有在本平台公开信息。"
    return f"按条例第二十条、第二十一条列出的事项分类，目前有：{names}。"


def _arrangement(data: UnitData) -> str:
    example = f"（例如 {data.index_example}）" if data.index_example else ""
    return (
        f"每条信息有一个不重复、不变更的索引号{example}，"
        "由机关代码、生成年份和顺序号组成；目录列出索引号、名称、内容概述和生成日期。"
    )


def _obtain(data: UnitData) -> str:
    places = "、".join(data.reading_places)
    onsite = (
        f"也可以到{places}查阅。"
        if places
        else "也可以到国家档案馆、公共图书馆和政务服务场所查阅。"
    )
    return f"在政府信息公开专栏的目录里查、用站内搜索找，都可以下载；{onsite}"


def generate(data: UnitData) -> Guide:
    """A complete draft of the guide; fields nobody has filled yet stay empty, so that the gate
    names them. What the present guide says about the office in charge is kept."""
    since = f"（{data.functions_on}公布）" if data.functions_on else ""
    own = f"本单位机构职能{since}"
    office = written(data.guide.get("office"))
    office_source = "现行指南"
    if not office:
        office, office_source = office_in(data.functions.get("departments")), f"{own}的内设机构"
    values = present_data(data)
    sources = {
        "address": own, "hours": own, "phone": own,
        "fax": f"{own}的传真和电子邮箱", "email": f"{own}的传真和电子邮箱",
    }  # fmt: skip
    rows = [Statement("office", GUIDE_FIELDS["office"], office, office_source)]
    for key, source in sources.items():
        text = values[key]
        if not text and written(data.guide.get(key)):
            text, source = written(data.guide.get(key)), "现行指南"
        rows.append(Statement(key, GUIDE_FIELDS[key], text, source))
    rows += [
        Statement(
            "classification", GUIDE_FIELDS["classification"], _classification(data),
            "本单位已公开信息的分类统计",
        ),
        Statement(
            "arrangement", GUIDE_FIELDS["arrangement"], _arrangement(data), "平台的索引号规则"
        ),
        Statement("obtain", GUIDE_FIELDS["obtain"], _obtain(data), "条例第二十三条至第二十五条"),
        Statement(
            "apply", "申请方式",
            "需要的信息没有公开的，可以当面、邮寄或者按专栏“依申请公开”写明的渠道提出书面申请，"
            "写明姓名或者名称、身份证明、联系方式，要的信息叫什么，以及想要的形式。",
            "条例第二十七条、第二十九条",
        ),
        Statement(
            "reply", "答复期限",
            "能当场答复的当场答复；不能的，自收到申请之日起 20 个工作日内答复，"
            "需要延长的，最多再延长 20 个工作日并会告诉您。",
            "条例第三十三条",
        ),
        Statement(
            "remedy", "监督和救济",
            "认为本机关没有依法公开的，可以向政府信息公开工作主管部门投诉、举报，"
            "也可以依法申请行政复议或者提起行政诉讼。",
            "条例第四十七条、第五十一条",
        ),
    ]  # fmt: skip
    statements = tuple(rows)
    title = f"{data.name}政府信息公开指南"
    summary = f"到哪里查{data.name}的政府信息，怎样申请公开，找哪个机构、打哪个电话。"
    return Guide(title, summary[:400], statements, _body(data, statements))


def _body(data: UnitData, statements: Sequence[Statement]) -> str:
    said = {s.key: escape(s.text) for s in statements}
    name = escape(data.name)
    links = (
        f'<p>目录见 <a href="{escape(data.directory)}">信息公开目录</a>，'
        f'搜索见 <a href="{escape(data.search)}">站内搜索</a>。</p>'
    )
    contacts = "".join(
        f"<li>{label}：{said[key]}</li>"
        for key, label in GUIDE_FIELDS.items()
        if key in ("office", "address", "hours", "phone", "fax", "email") and said.get(key)
    )
    counts = "".join(f"<li>{escape(label)}：{number} 条</li>" for label, number in data.classes)
    return (
        f"<p>为方便公民、法人和其他组织查找{name}的政府信息，"
        "依照《中华人民共和国政府信息公开条例》第十二条编制本指南。</p>"
        f"<h2>一、公开哪些信息</h2><p>{said['classification']}</p>"
        + (f"<ul>{counts}</ul>" if counts else "")
        + f"<h2>二、怎样编排</h2><p>{said['arrangement']}</p>"
        f"<h2>三、怎样获取</h2><p>{said['obtain']}</p>{links}"
        f"<h2>四、怎样申请</h2><p>{said['apply']}</p><p>{said['reply']}</p>"
        f'<p>申请的步骤见 <a href="{escape(data.apply)}">依申请公开</a>。</p>'
        f"<h2>五、找谁办理</h2><ul>{contacts}</ul>"
        f"<h2>六、监督和救济</h2><p>{said['remedy']}</p>"
    )


_CHECKS: dict[str, Callable[[Any], str | None]] = {
    "address": address_problem,
    "hours": hours_problem,
    "phone": phone_problem,
    "email": email_problem,
}
_SAME: dict[str, Callable[[Any, Any], bool]] = {
    "address": same_address,
    "hours": same_hours,
    "phone": same_phone,
    "fax": same_phone,
    "email": same_email,
}


def compare(
    guide: Mapping[str, Any], data: UnitData, *, reviewed_on: date | None, today: date
) -> list[Finding]:
    """Where a published guide lacks something, cannot be right, differs from the unit's present
    data, leaves out a class in which the unit publishes, or was not reviewed for a year."""
    found = []
    present = present_data(data)
    for name, label in GUIDE_FIELDS.items():
        value = written(guide.get(name))
        if not value:
            found.append(Finding("missing", name, f"指南缺少“{label}”", "请更新指南。", BASIS))
            continue
        check = _CHECKS.get(name)
        problem = check(value) if check else None
        if problem:
            found.append(Finding("wrong", name, f"指南的{label}{problem}", "请更新指南。", BASIS))
        elif name in _SAME and present[name] and not _SAME[name](value, present[name]):
            found.append(
                Finding(
                    "wrong", name,
                    f"指南的{label}是“{value}”，机构职能写的是“{present[name]}”",
                    "请核对哪一个是对的：机构职能错了先改机构职能，指南错了点“更新指南”。",
                    STALE_BASIS,
                )
            )  # fmt: skip
    said = plain(guide.get("classification"))
    left_out = [name for name, count in data.classes if count and plain(name) not in said]
    if said and left_out:
        found.append(
            Finding(
                "wrong", "classification", f"指南的信息分类没有写到：{'、'.join(left_out)}",
                "请更新指南。", STALE_BASIS,
            )
        )  # fmt: skip
    stale = review_finding(PART_KEYS["guide"], reviewed_on, today)
    return [*found, stale] if stale else found
