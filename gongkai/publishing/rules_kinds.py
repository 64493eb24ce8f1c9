"""Kinds of information as data: deadlines, fields of their own, how a page shows them.

Plain values only. A kind is an entry of ``reference/kinds.json`` (or of a local file of the same
shape); nothing here knows any kind by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gongkai.publishing.rules_facts import CHECKS

FIELD_TYPES: Final = {
    "text": "一行文字",
    "longtext": "一段文字",
    "lines": "每行一条",
    "date": "日期",
    "number": "数字",
    "choice": "单选",
    "boolean": "是或否",
    "items": "已有的信息",
    "rows": "表格",
    "phone": "电话",
    "url": "网址",
    "file": "附件中的一个文件",
}
CELL_TYPES: Final = frozenset({"text", "longtext", "date", "number", "choice", "file", "url"})
RELATIONS: Final = {
    "interprets": ("解读", "解读"),
    "repeals": ("废止了", "已被废止，废止它的文件"),
    "supersedes": ("代替了", "已被代替，新的文件"),
    "relates": ("相关信息", "相关信息"),
    "refutes": ("被误传的信息", "对有关谣言的辟谣"),
    "truth": ("以这条正式信息为准", "对有关谣言的辟谣"),
    "part_of": ("上级规划", "落实它的规划"),
    "evaluates": ("评估的规划", "对它的评估和实施情况"),
    "formed": ("议定后形成的文件", "议定它的会议"),
    "explains": ("对议定事项的解读", "解读的会议"),
    "reports": ("相关报道", "报道的会议"),
    "responds": ("针对的征求意见公告", "意见采纳情况"),
}
"""Relation → (words on the page that refers, words on the page referred to)."""
OUTSIDE: Final = frozenset({"imported", "formed", "explains", "reports"})
"""Relations that other rooms write; no part of the content, so a correction keeps them."""

SHOWS: Final = frozenset({"questions", "talk", "film", "gallery", "bands", "scenario", "who"})
"""How a field (or several of the same word together) is composed on the page."""

COMMON_FIELDS: Final = frozenset({"body", "summary", "contact", "effective_on", "expires_on"})
LAYOUTS: Final = frozenset(
    {
        "", "profile", "questions", "interview", "video", "rumour", "guide", "agenda", "venues",
        "progress", "project",
    }
)  # fmt: skip
EXTRA_FIELDS: Final = frozenset(
    {"addressees", "expires_on", "effective_on", "changed_on", "validity", "genre"}
)
KIND_KEYS: Final = frozenset(
    {
        "key", "name", "group", "text", "required", "schema", "doc_no", "needs_interpretation",
        "fields", "template", "screening", "due_rule", "standing", "distinct_by", "review_days",
        "expiry_rule", "levels", "page", "order",
    }
)  # fmt: skip
FIELD_KEYS: Final = frozenset(
    {
        "name", "label", "type", "required", "choices", "help", "suffix", "columns", "relation",
        "formats", "pattern", "example", "claim", "head", "digits", "hidden", "when", "one_of",
        "requires", "show", "check", "overlap",
    }
)  # fmt: skip

GENERAL_BASIS: Final = "条例（国务院令第711号）第二十六条"


@dataclass(frozen=True, slots=True)
class DueRule:
    """By when information of a kind has to be public.

    ``count`` in ``unit``s (``workday``, ``day``) after the day named by ``base``: ``formed``
    (成文或变更之日), ``fact:<name>`` (a date among the kind's own fields) or ``target`` (the day
    on which the document it is linked with became public). Unit ``yearly`` means ``month`` and
    ``day`` of the year after the one in ``fact:<name>``. ``unconfirmed`` marks a period for which
    the house has seen no original text.
    """

    count: int = 20
    unit: str = "workday"
    base: str = "formed"
    basis: str = GENERAL_BASIS
    month: int = 1
    day: int = 31
    unconfirmed: bool = False
    base_word: str = "成文或变更"

    @property
    def words(self) -> str:
        """The period in words: 20 个工作日."""
        if self.unit == "yearly":
            return f"次年 {self.month} 月 {self.day} 日前"
        if not self.count:
            return "当天"
        return f"{self.count} {'个工作日' if self.unit == 'workday' else '日'}"

    @property
    def sentence(self) -> str:
        """The whole rule as one sentence."""
        if self.unit == "yearly":
            return f"{self.base_word}的{self.words}公开。"
        if not self.count:
            return f"在{self.base_word}当天公开。"
        return f"自{self.base_word}之日起 {self.words}内公开。"


def due_rule(data: Mapping[str, Any]) -> DueRule:
    """The rule out of its stored form; the general period of 条例第二十六条 for an empty one."""
    known = {k: v for k, v in data.items() if k in DueRule.__dataclass_fields__}
    return DueRule(**known)


@dataclass(frozen=True, slots=True)
class ExpiryRule:
    """How many days before its last day the editors hear of it, and why."""

    days: int = 30
    basis: str = "平台提醒"
    unconfirmed: bool = False


def expiry_rule(data: Mapping[str, Any]) -> ExpiryRule:
    """The rule out of its stored form; 30 days for an empty one."""
    return ExpiryRule(**{k: v for k, v in data.items() if k in ExpiryRule.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind is shown: words around it, the layout of its page, what stands in its head."""

    heading: str = "补充信息"
    maker: str = "发布机构"
    noun: str = "信息"
    tone: str = "idle"
    layout: str = ""
    validity: bool = False
    tab: bool = False
    called: tuple[str, ...] = ()
    head: tuple[str, ...] = ()


def look(page: Mapping[str, Any], schema: Sequence[Mapping[str, Any]]) -> Look:
    """A kind's look out of its stored form."""
    known = {k: v for k, v in page.items() if k in Look.__dataclass_fields__}
    known["called"] = tuple(known.get("called", ()))
    known["head"] = tuple(field["name"] for field in schema if field.get("head"))
    return Look(**known)


def _field_problems(field: Mapping[str, Any], where: str, types: frozenset[str]) -> list[str]:
    found = []
    name = str(field.get("name", ""))
    place = f"{where}的字段“{field.get('label') or name or '（无名）'}”"
    if not name.isidentifier() or not name.isascii():
        found.append(f"{place}：name 应为英文标识")
    if not field.get("label"):
        found.append(f"{place}：缺少 label（显示的名称）")
    if field.get("type") not in types:
        found.append(f"{place}：type 应为 {'、'.join(sorted(types))} 之一")
    unknown = set(field) - FIELD_KEYS
    if unknown:
        found.append(f"{place}：不认识 {'、'.join(sorted(unknown))}")
    if field.get("type") == "choice" and not field.get("choices"):
        found.append(f"{place}：单选要列出 choices")
    if field.get("type") == "items" and field.get("relation", "interprets") not in RELATIONS:
        found.append(f"{place}：relation 应为 {'、'.join(RELATIONS)} 之一")
    if field.get("type") == "rows":
        columns = field.get("columns") or []
        if not columns:
            found.append(f"{place}：表格要列出 columns")
        for column in columns:
            found += _field_problems(column, place, CELL_TYPES)
        found += condition_problems(columns, place)
    if field.get("show") and field["show"] not in SHOWS:
        found.append(f"{place}：show 应为 {'、'.join(sorted(SHOWS))} 之一")
    if field.get("check") and field["check"] not in CHECKS:
        found.append(f"{place}：check 应为 {'、'.join(CHECKS)} 之一")
    if field.get("overlap"):
        found += _overlap_problems(field, place)
    return found


def _overlap_problems(field: Mapping[str, Any], place: str) -> list[str]:
    rule, found = field["overlap"], []
    if field.get("type") != "items" or not isinstance(rule, Mapping):
        return [f"{place}：overlap 只用于已有的信息，写成 percent 和 basis"]
    if set(rule) - {"percent", "basis", "unconfirmed"}:
        found.append(f"{place}：overlap 只有 percent、basis、unconfirmed")
    percent = rule.get("percent")
    if isinstance(percent, bool) or not isinstance(percent, int) or not 1 <= percent <= 100:
        found.append(f"{place}：overlap 的 percent 应为 1 到 100 的整数")
    if not rule.get("basis"):
        found.append(f"{place}：overlap 要写明 basis（依据）")
    return found


def _values_of(field: Mapping[str, Any]) -> list[Any]:
    """The values a condition may name; none for fields that no condition can hang on."""
    if field.get("type") == "boolean":
        return [True, False]
    return [choice[0] for choice in field.get("choices") or []]


def condition_problems(fields: Sequence[Mapping[str, Any]], where: str) -> list[str]:
    """What is wrong with ``when`` and ``requires`` of the fields of a kind, or of the columns of
    a table: they name an earlier choice (or yes/no) that is itself unconditional, and its values."""
    found = []
    before: dict[str, Mapping[str, Any]] = {}
    for field in fields:
        place = f"{where}的字段“{field.get('label') or field.get('name')}”"
        when = field.get("when")
        if when is not None and (not isinstance(when, Mapping) or not when):
            found.append(f"{place}：when 应写成 {{字段: [取值]}}")
            when = {}
        for name, wanted in (when or {}).items():
            other = before.get(name)
            if other is None or not _values_of(other):
                found.append(f"{place}：when 里的“{name}”应为排在它前面的单选或是否字段")
            elif other.get("when"):
                found.append(f"{place}：when 里的“{name}”自己也有条件，不能再作条件")
            elif not isinstance(wanted, list) or not wanted:
                found.append(f"{place}：when 里“{name}”的取值应为列表")
            else:
                odd = [str(v) for v in wanted if v not in _values_of(other)]
                if odd:
                    found.append(f"{place}：when 里“{name}”没有 {'、'.join(odd)} 这样的取值")
        for value, names in (field.get("requires") or {}).items():
            if value not in _values_of(field):
                found.append(f"{place}：requires 里没有 {value} 这样的取值")
            if not isinstance(names, list) or set(names) - COMMON_FIELDS:
                found.append(f"{place}：requires 只能要求 {'、'.join(sorted(COMMON_FIELDS))}")
        before[str(field.get("name"))] = field
    return found


def kind_problems(entry: Mapping[str, Any], *, groups: Sequence[str]) -> list[str]:
    """What is wrong with the description of a kind, in Chinese; empty when it can be loaded."""
    where = f"种类“{entry.get('name') or entry.get('key') or '（无名）'}”"
    found = [f"{where}：缺少 {name}" for name in ("key", "name", "required") if name not in entry]
    unknown = set(entry) - KIND_KEYS
    if unknown:
        found.append(f"{where}：不认识 {'、'.join(sorted(unknown))}")
    if entry.get("group") not in (None, *groups):
        found.append(f"{where}：group 应为 {'、'.join(groups)} 之一")
    if entry.get("doc_no", "optional") not in ("required", "optional", "none"):
        found.append(f"{where}：doc_no 应为 required、optional 或 none")
    extra = set(entry.get("fields") or []) - EXTRA_FIELDS
    if extra:
        found.append(f"{where}：fields 里没有 {'、'.join(sorted(extra))} 这样的通用字段")
    schema = entry.get("schema") or []
    for field in schema:
        found += _field_problems(field, where, frozenset(FIELD_TYPES))
    found += condition_problems(schema, where)
    names = [field.get("name") for field in schema]
    if len(names) != len(set(names)):
        found.append(f"{where}：有两个字段用了同一个 name")
    if entry.get("distinct_by") and entry["distinct_by"] not in names:
        found.append(f"{where}：distinct_by 应为它自己的一个字段")
    found += _due_problems(entry.get("due_rule") or {}, where, names)
    layout = (entry.get("page") or {}).get("layout", "")
    if layout not in LAYOUTS:
        found.append(f"{where}：layout 应为 {'、'.join(filter(None, sorted(LAYOUTS)))} 之一或留空")
    return found


def _due_problems(rule: Mapping[str, Any], where: str, names: Sequence[Any]) -> list[str]:
    found = []
    unknown = set(rule) - set(DueRule.__dataclass_fields__)
    if unknown:
        found.append(f"{where}：期限里不认识 {'、'.join(sorted(unknown))}")
    if rule.get("unit", "workday") not in ("workday", "day", "yearly"):
        found.append(f"{where}：期限的 unit 应为 workday、day 或 yearly")
    count = rule.get("count", 20)
    if not isinstance(count, int) or not 0 <= count <= 400:
        found.append(f"{where}：期限的 count 应为 0 到 400 的整数")
    base = str(rule.get("base", "formed"))
    if base not in ("formed", "target") and base.removeprefix("fact:") not in names:
        found.append(f"{where}：期限的 base 应为 formed、target 或“fact:字段”")
    if rule and not rule.get("basis"):
        found.append(f"{where}：期限要写明 basis（依据）")
    return found


def plain_number(value: str) -> str:
    """A registration number as it is compared: upper case, every dash the plain one, no spaces
    (CSCR—2022—01001 → CSCR-2022-01001)."""
    text = "".join(value.split()).upper()
    for dash in "—－–―‐−":
        text = text.replace(dash, "-")
    while "--" in text:
        text = text.replace("--", "-")
    return text
