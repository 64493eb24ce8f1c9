"""What a unit's profile must say, and in which form. Plain values only.

The parts are those of 国办公开办函〔2019〕61号 and of the yearly inspection (国办秘函〔2019〕19号):
概况, 机构职能, 领导信息, 指南, 制度, 年报.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

SOON_DAYS = 30
"""From so many days before its review day on, a part counts as near its review."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the profile: its key, the kind of item that fills it, name and legal basis.

    ``review_days`` 0 = the part is not reviewed on a day of its own (reports of past years).
    """

    key: str
    kind: str
    label: str
    basis: str
    review_days: int = 365


PARTS = (
    Part("overview", "overview", "概况", "国办秘函〔2019〕19号"),
    Part("functions", "functions", "机构职能", "条例第二十条第二项"),
    Part("leaders", "leader", "领导信息", "条例第二十条第二项"),
    Part("guide", "guide", "政府信息公开指南", "条例第十二条"),
    Part("system", "system", "政府信息公开制度", "国办公开办函〔2019〕61号"),
    Part("report", "annual_report", "政府信息公开年报", "条例第四十九条、第五十条", 0),
)
PART_OF_KIND = {part.kind: part for part in PARTS}
PART_KEYS = {part.key: part for part in PARTS}
KINDS = tuple(PART_OF_KIND)

# The eight facts of 机构职能 (inspection item C1.3), in the order in which they are shown.
FUNCTION_FIELDS = {
    "org_name": "机构名称",
    "duties": "主要职责",
    "departments": "内设机构",
    "address": "办公地址",
    "hours": "办公时间",
    "phone": "联系电话",
    "contact": "传真和电子邮箱",
    "head": "负责人",
}
LEADER_FIELDS = {"name": "姓名", "post": "职务", "duty": "分管工作", "resume": "简历"}
DIRECTORY_FIELDS = {
    "index_no": "索引号",
    "title": "名称",
    "summary": "内容概述",
    "formed_on": "生成日期",
}

# Worst first.
SEVERITIES = ("missing", "wrong", "stale", "soon")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be: which field, what, how to mend it, why."""

    severity: str
    field: str
    message: str
    remedy: str
    basis: str

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return SEVERITIES.index(self.severity)


def written(value: Any) -> str:
    """A value as it was written, without blanks at the ends; for showing."""
    return str(value or "").strip()


def plain(value: Any) -> str:
    """A value with full-width forms folded, without blanks at the ends; for comparing."""
    return unicodedata.normalize("NFKC", str(value or "")).strip()


def number(value: Any, otherwise: float) -> float:
    """The number a value says; ``otherwise`` for what is none."""
    try:
        found = float(plain(value))
    except ValueError:
        return otherwise
    return found if abs(found) < 1e9 else otherwise


_PHONE = re.compile(
    r"(?:0\d{2,3}[-\s]?)?[1-9]\d{6,7}(?:[-转]\d{1,6})?|400[-\s]?\d{3}[-\s]?\d{4}|1\d{4,5}"
)
_PHONE_SEPARATORS = re.compile(r"[、,;/和或]|\s{2,}")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_CLOCK = re.compile(r"\d{1,2}(?::|时|点)\d{0,2}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PLACE = re.compile(r"[路街道巷村镇乡区县号楼栋大厦园]")


def _numbers(value: Any) -> list[str]:
    text = plain(value).replace("(", "").replace(")", "-").replace("—", "-").replace("–", "-")
    return [part.strip() for part in _PHONE_SEPARATORS.split(text) if part.strip()]


def phone_digits(value: Any) -> frozenset[str]:
    """The numbers of a phone field by their digits, without the area code of Changsha."""
    found = set()
    for part in _numbers(value):
        digits = re.sub(r"\D", "", part)
        if digits.startswith("0731"):
            digits = digits[4:]
        if digits:
            found.add(digits)
    return frozenset(found)


def phone_href(value: Any) -> str:
    """The first number of a phone field as a ``tel:`` address wants it; empty without one."""
    for part in _numbers(value):
        number = "".join(ch for ch in part.partition("转")[0] if ch.isdigit())
        if len(number) >= 5:
            return number
    return ""


def phone_problem(value: Any) -> str | None:
    """Why a text cannot be an office phone, in Chinese; None when it can (several are allowed)."""
    parts = _numbers(value)
    if not parts:
        return "没有填写"
    for part in parts:
        if _MOBILE.search(re.sub(r"[-\s]", "", part)):
            return f"“{part}”像个人手机号，请换成办公电话"
        number = re.sub(r"^[^\d]*[::]\s*", "", part)  # “财政咨询：0731-…”
        if not _PHONE.fullmatch(number):
            return f"“{part}”不像办公电话，请写成 0731-88660001 这样的形式"
    return None


def email_problem(value: Any) -> str | None:
    """Why a text is not an e-mail address; None when it is."""
    text = plain(value)
    if not text:
        return "没有填写"
    return None if _EMAIL.fullmatch(text) else f"“{text}”不是完整的电子邮箱地址"


def address_problem(value: Any) -> str | None:
    """Why nobody would find the office by this address; None when they would."""
    text = plain(value)
    if not text:
        return "没有填写"
    if len(text) < 6 or not _PLACE.search(text):
        return f"“{text}”不够具体，请写到路名和门牌号"
    return None


def hours_problem(value: Any) -> str | None:
    """Why nobody would know when to come; None when hours are named by the clock."""
    text = plain(value)
    if not text:
        return "没有填写"
    return None if len(_CLOCK.findall(text)) >= 2 else f"“{text}”没有写明几点到几点"


@dataclass(frozen=True, slots=True)
class Contact:
    """What the field 传真和电子邮箱 holds."""

    fax: str
    email: str


def parse_contact(value: Any) -> Contact:
    """Fax and e-mail out of one field, written in whatever order."""
    text = plain(value)
    email = _EMAIL.search(text)
    rest = text.replace(email.group(), " ") if email else text
    fax = re.search(r"(?:\(?0\d{2,3}\)?[-\s]?)?[1-9]\d{6,7}(?:-\d{1,6})?", rest)
    return Contact(fax.group().strip() if fax else "", email.group() if email else "")


def _bare(value: Any) -> str:
    return re.sub(r"[\s,.;:!?、。,;:()\-–—~至到]", "", plain(value)).lower()


def same_address(one: Any, other: Any) -> bool:
    """Whether two writings name one place: blanks, marks, province and city do not count."""

    def short(value: Any) -> str:
        return _bare(value).removeprefix("湖南省").removeprefix("长沙市")

    return short(one) == short(other)


def same_hours(one: Any, other: Any) -> bool:
    """Whether two writings name the same hours, however they are joined and padded."""

    def short(value: Any) -> str:
        text = re.sub(r"(?<!\d)0(\d[:时点])", r"\1", plain(value))
        text = re.sub(r"[时点](\d{2})分?", r":\1", text)
        text = re.sub(r"[时点]", ":00", text)
        return _bare(text.replace("星期", "周").replace("每周", "周"))

    return short(one) == short(other)


def same_phone(one: Any, other: Any) -> bool:
    """Whether two fields give the same numbers."""
    return phone_digits(one) == phone_digits(other)


def same_email(one: Any, other: Any) -> bool:
    """Whether two fields give the same mailbox."""
    return plain(one).lower() == plain(other).lower()


_FORMS = {"address": address_problem, "hours": hours_problem, "phone": phone_problem}


def functions_findings(facts: Mapping[str, Any]) -> list[Finding]:
    """What 机构职能 lacks of its eight facts, and which of them cannot be right
    (条例第二十条第二项)."""
    basis = PART_KEYS["functions"].basis
    found = []
    for name, label in FUNCTION_FIELDS.items():
        value = plain(facts.get(name))
        check = _FORMS.get(name)
        if not value:
            found.append(
                Finding("missing", name, f"机构职能缺少“{label}”", f"请补上{label}。", basis)
            )
        elif check and (problem := check(value)):
            found.append(Finding("wrong", name, f"{label}{problem}", "请修改后送审。", basis))
    contact = parse_contact(facts.get("contact"))
    if plain(facts.get("contact")):
        for name, label in (("fax", "传真"), ("email", "电子邮箱")):
            if not getattr(contact, name):
                found.append(
                    Finding(
                        "wrong", "contact", f"“传真和电子邮箱”里没有{label}", f"请补上{label}。",
                        basis,
                    )
                )  # fmt: skip
    return found


def leader_findings(leaders: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """What is missing of each leader, and who is named twice (inspection item C1.4)."""
    basis = PART_KEYS["leaders"].basis
    found = []
    names: list[str] = []
    for place, leader in enumerate(leaders, start=1):
        name = written(leader.get("name"))
        who = name or f"第 {place} 位领导"
        for field, label in LEADER_FIELDS.items():
            if not plain(leader.get(field)):
                found.append(
                    Finding("missing", field, f"{who}缺少“{label}”", f"请补上{label}。", basis)
                )
        if name and name in names:
            found.append(
                Finding(
                    "wrong", "name", f"“{name}”出现了两次",
                    "请核对：同名的两位请在职务中区分，重复的请撤回一条。", basis,
                )
            )  # fmt: skip
        names.append(name)
    return found


def directory_findings(rows: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Rows of the directory that lack one of the four columns (条例第十二条第三款)."""
    lacking: dict[str, list[str]] = {name: [] for name in DIRECTORY_FIELDS}
    for row in rows:
        for name in DIRECTORY_FIELDS:
            if not plain(row.get(name)):
                lacking[name].append(plain(row.get("title")) or plain(row.get("index_no")))
    return [directory_finding(name, len(titles), titles[0]) for name, titles in lacking.items()
            if titles]  # fmt: skip


def directory_finding(field: str, count: int, example: str = "") -> Finding:
    """The finding that ``count`` rows of the directory lack a column."""
    label = DIRECTORY_FIELDS[field]
    such = f"，例如《{example}》" if example else ""
    return Finding(
        "missing", field, f"目录有 {count} 条缺少“{label}”{such}", f"请补上{label}后更正发布。",
        "条例第十二条",
    )  # fmt: skip


def review_due(reviewed_on: date, days: int) -> date:
    """By which day something reviewed on a day has to be looked at again."""
    return reviewed_on + timedelta(days=days)


def review_finding(part: Part, reviewed_on: date | None, today: date) -> Finding | None:
    """That a part is due, or nearly due, for its review (条例第十二条, 第五十三条第二项)."""
    if reviewed_on is None or not part.review_days:
        return None
    due = review_due(reviewed_on, part.review_days)
    basis = "条例第五十三条第二项" if part.key == "guide" else part.basis
    if due < today:
        return Finding(
            "stale", "reviewed_on",
            f"{part.label}已有 {(today - reviewed_on).days} 天没有核对（上次 {reviewed_on}）",
            "请逐项核对：没有变化的点“核对”，有变化的先修改再送审。", basis,
        )  # fmt: skip
    if (due - today).days <= SOON_DAYS:
        return Finding(
            "soon", "reviewed_on", f"{part.label}应在 {due} 前核对，还有 {(due - today).days} 天",
            "请逐项核对。", basis,
        )  # fmt: skip
    return None


def report_due(year: int, *, whole_government: bool) -> date:
    """By when the report on ``year`` has to be public: a department's by 31 January of the next
    year (条例第四十九条第一款), a government's by 31 March (第二款)."""
    return date(year + 1, 3, 31) if whole_government else date(year + 1, 1, 31)


def report_findings(
    years: Iterable[int], *, founded: date, whole_government: bool, today: date
) -> list[Finding]:
    """The last year whose report should be out and is not.

    A unit owes no report on a year in which it did not exist.
    """
    year = today.year - 1
    if report_due(year, whole_government=whole_government) >= today:
        year -= 1
    if founded > date(year, 12, 31) or year in set(years):
        return []
    due = report_due(year, whole_government=whole_government)
    clause = "第四十九条第二款" if whole_government else "第四十九条第一款"
    return [
        Finding(
            "missing", "year", f"没有公布 {year} 年度报告，应在 {due} 前公布",
            f"请起草 {year} 年政府信息公开工作年度报告。", f"条例{clause}",
        )
    ]  # fmt: skip


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


def report_year(title: str, facts: Mapping[str, Any]) -> int:
    """The year a report is about: its own fact, else the first year in its title; 0 if none."""
    for text in (plain(facts.get("year")), plain(title)):
        hit = _YEAR.search(text)
        if hit:
            return int(hit.group())
    return 0
