"""The mapping file: which field of the old site becomes what. Its reference is docs/mapping.md.

A mapping is checked as a whole before a row is read, so that a mistake in it costs nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gongkai.legacy.rules import FORMAT_NAMES, VALIDITY_WORDS
from gongkai.publishing.models import CONTENT_FIELDS
from gongkai.publishing.rules import FIELD_LABELS

OWN_TARGETS: Final = {
    "original_on": "原发布日期",
    "index_no": "索引号",
    "urls": "原网址",
    "interprets": "解读的文件",
}
# Decided by the platform or by people here, never by a file.
_NOT_MAPPED: Final = frozenset(
    {"attribute", "change_kind", "change_note", "facts", "changed_on", "joint_units"}
)
TARGETS: Final = (
    *(name for name in CONTENT_FIELDS if name not in _NOT_MAPPED),
    *OWN_TARGETS,
)
LISTS: Final = frozenset({"keywords", "topics", "urls", "attachments", "interprets", "entries"})
DATES: Final = frozenset({"formed_on", "effective_on", "expires_on", "original_on"})
_OPTIONS: Final = frozenset({"from", "value", "map", "default", "as", "formats", "split", "strict"})
_TOP: Final = frozenset(
    {"version", "source", "key", "hosts", "fields", "near_duplicates", "redirects", "note"}
)
_BODIES: Final = ("text", "html")
DEFAULT_SPLIT: Final = "\n"


class MappingError(Exception):
    """The mapping cannot be used; ``problems`` lists every mistake in Chinese."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class FieldRule:
    """Where one target gets its value: the first source field that is not empty, or a constant;
    then through ``words``; ``default`` when nothing came."""

    target: str
    sources: tuple[str, ...] = ()
    value: Any = None
    words: Mapping[str, Any] = field(default_factory=dict)
    default: Any = None
    form: str = ""
    formats: tuple[str, ...] = FORMAT_NAMES
    split: str = DEFAULT_SPLIT

    @property
    def label(self) -> str:
        """The target's Chinese name."""
        return label_of(self.target)


@dataclass(frozen=True, slots=True)
class OldColumn:
    """An old list page and what stands for it: the key of a column, or nothing."""

    url: str
    column: str


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """A checked mapping."""

    source: str
    key: str
    hosts: tuple[str, ...]
    fields: Mapping[str, FieldRule]
    skip_near: bool
    redirects: tuple[OldColumn, ...]
    raw: Mapping[str, Any]


def label_of(target: str) -> str:
    """The Chinese name of a target."""
    return OWN_TARGETS.get(target) or FIELD_LABELS.get(target.split(".")[0], target)


def read_mapping(text: str) -> ImportMapping:
    """Parse and check a mapping file. Raises MappingError."""
    try:
        raw = json.loads(text.lstrip("\ufeff"))
    except ValueError as error:
        line = getattr(error, "lineno", 0)
        raise MappingError(
            [f"对应表不是完整的 JSON，第 {line} 行附近写法有误，请核对。"]
        ) from error
    return check_mapping(raw)


def check_mapping(raw: Any) -> ImportMapping:
    """Check a mapping that was parsed already. Raises MappingError with every mistake."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("fields"), Mapping):
        raise MappingError(['对应表应当是一个 { }，里面要有 "fields"，写明每一项取自哪一列。'])
    problems = [
        f"对应表里没有“{name}”这一项，可用的有：{'、'.join(sorted(_TOP))}。"
        for name in raw
        if name not in _TOP
    ]
    rules: dict[str, FieldRule] = {}
    for target, spec in raw["fields"].items():
        try:
            rules[target] = _rule(str(target), spec)
        except MappingError as error:
            problems += error.problems
    for needed in ("title", "original_on", "kind"):
        if needed not in raw["fields"]:
            problems.append(f"fields 里缺少“{needed}”（{_needed_label(needed)}），这一项必须有。")
    if "body" not in raw["fields"] and "attachments" not in raw["fields"]:
        problems.append("fields 里正文 body 和附件 attachments 至少要有一项。")
    hosts = raw.get("hosts", [])
    if not isinstance(hosts, list) or not all(isinstance(h, str) for h in hosts):
        problems.append('hosts 应当是域名的列表，例如 ["www.example.gov.cn"]。')
        hosts = []
    near = raw.get("near_duplicates", "keep")
    if near not in ("keep", "skip"):
        problems.append("near_duplicates 只能是 keep（收下并列出）或 skip（不收并列出）。")
    key = raw.get("key", "")
    if not isinstance(key, str):
        problems.append("key 应当是旧网站编号所在的字段名。")
    redirects = _redirects(raw.get("redirects", []), problems)
    if problems:
        raise MappingError(problems)
    return ImportMapping(
        source=str(raw.get("source", ""))[:120],
        key=key,
        hosts=tuple(h.lower() for h in hosts),
        fields=rules,
        skip_near=near == "skip",
        redirects=redirects,
        raw=dict(raw),
    )


def _needed_label(target: str) -> str:
    return "信息种类" if target == "kind" else label_of(target)


def _redirects(raw: Any, problems: list[str]) -> tuple[OldColumn, ...]:
    found = []
    for entry in raw if isinstance(raw, list) else [None]:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("url"), str):
            problems.append('redirects 应当是 [{"url": "旧栏目网址", "column": "栏目标识"}, …]。')
            break
        found.append(OldColumn(entry["url"], str(entry.get("column") or "")))
    return tuple(found)


def _rule(target: str, spec: Any) -> FieldRule:
    if target not in TARGETS and not target.startswith("facts."):
        raise MappingError(
            [
                f"fields 里的“{target}”不是可以填的项，可用的有：{'、'.join(TARGETS)}，以及 facts.名称。"
            ]
        )
    if isinstance(spec, str):
        spec = {"from": spec}
    if not isinstance(spec, Mapping):
        raise MappingError([f"fields 里的“{target}”应当是字段名，或者一个 {{ }}。"])
    problems = [
        f"“{target}”里没有“{name}”这个写法，可用的有：{'、'.join(sorted(_OPTIONS))}。"
        for name in spec
        if name not in _OPTIONS
    ]
    sources = spec.get("from", [])
    sources = [sources] if isinstance(sources, str) else sources
    if not isinstance(sources, list) or not all(isinstance(s, str) and s for s in sources):
        problems.append(f"“{target}”的 from 应当是字段名，或字段名的列表。")
        sources = []
    if not sources and "value" not in spec and "default" not in spec:
        problems.append(f"“{target}”要有 from（取自哪一列）或 value（固定值）。")
    words = spec.get("map", {})
    if not isinstance(words, Mapping):
        problems.append(f"“{target}”的 map 应当是“旧网站的写法: 新的写法”的对照。")
        words = {}
    form = spec.get("as", "text" if target == "body" else "")
    if target == "body" and form not in _BODIES:
        problems.append("正文的 as 只能是 text（纯文字）或 html（网页代码）。")
    if target == "interprets":
        form = spec.get("as", "title")
        if form not in ("title", "url"):
            problems.append("interprets 的 as 只能是 title（书名号里的标题）或 url（网址）。")
    formats = spec.get("formats", list(FORMAT_NAMES))
    if not isinstance(formats, list) or not set(map(str, formats)) <= set(FORMAT_NAMES):
        problems.append(f"“{target}”的 formats 只能从 {'、'.join(FORMAT_NAMES)} 里选。")
        formats = []
    if target == "validity":
        wrong = [w for w in map(str, words.values()) if w not in VALIDITY_WORDS]
        if wrong:
            problems.append(f"validity 的 map 里“{'、'.join(wrong)}”不是有效性的取值。")
    if problems:
        raise MappingError(problems)
    return FieldRule(
        target,
        tuple(sources),
        spec.get("value"),
        {str(k).strip(): v for k, v in words.items()},
        spec.get("default"),
        str(form),
        tuple(map(str, formats)),
        str(spec.get("split", DEFAULT_SPLIT)),
    )


def missing_columns(mapping: ImportMapping, heads: Sequence[str]) -> list[str]:
    """Source fields the mapping names and a file does not have, each with the target it feeds."""
    have = set(heads)
    found = []
    for rule in mapping.fields.values():
        if rule.sources and not have & set(rule.sources) and rule.default is None:
            found.append(f"{'、'.join(rule.sources)}（对应{rule.label}）")
    if mapping.key and mapping.key not in have:
        found.append(f"{mapping.key}（旧网站编号）")
    return found


# --- a proposal ----------------------------------------------------------------------------------

_GUESSES: Final[dict[str, tuple[str, ...]]] = {
    "title": ("title", "标题", "名称", "文件名称", "信息名称", "biaoti"),
    "body": ("body", "content", "text", "正文", "内容", "信息内容", "html", "zhengwen"),
    "original_on": (
        "pubdate", "publish_date", "published_at", "publishtime", "date", "发布日期", "发布时间",
        "公开日期", "发文日期", "fbrq", "time", "createtime",
    ),
    "formed_on": ("成文日期", "formed_on", "cwrq", "生成日期", "印发日期"),
    "doc_no": ("doc_no", "docno", "文号", "发文字号", "fileno", "wenhao", "wh"),
    "index_no": ("index_no", "索引号", "索引", "indexno", "syh"),
    "unit": ("unit", "发布机构", "发文机关", "单位", "部门", "发布单位", "机构", "dept", "org"),
    "theme": ("theme", "主题分类", "主题", "ztfl"),
    "kind": ("kind", "column", "栏目", "信息分类", "类别", "channel", "channelname"),
    "validity": ("validity", "status", "有效性", "效力", "时效性"),
    "attachments": ("attachments", "attach", "附件", "files", "file", "fujian"),
    "urls": ("url", "link", "网址", "链接", "原文链接", "地址", "href"),
    "summary": ("summary", "内容概述", "摘要", "概述", "abstract"),
    "keywords": ("keywords", "关键词", "主题词"),
    "source": ("来源", "信息来源", "laiyuan"),
    "contact": ("contact", "联系电话", "咨询电话"),
    "effective_on": ("施行日期", "生效日期", "实施日期"),
    "expires_on": ("失效日期", "废止日期", "有效期至"),
    "genre": ("genre", "体裁分类", "体裁", "文种"),
}  # fmt: skip
_KEYS: Final = ("id", "docid", "编号", "信息编号", "guid", "uuid", "infoid")


def suggest(heads: Sequence[str], sample: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Propose a mapping from column heads; what is not recognised is left to the person.

    ``sample`` is one row, which tells whether bodies are text or HTML.
    """
    by_name = {h.strip().lower().replace(" ", ""): h for h in heads}
    fields: dict[str, Any] = {}
    for target, names in _GUESSES.items():
        found = next((by_name[n.lower()] for n in names if n.lower() in by_name), None)
        if found is not None:
            fields[target] = found
    if "body" in fields:
        text = str((sample or {}).get(fields["body"], ""))
        markup = any(tag in text.lower() for tag in ("<p", "<div", "<br", "<span", "<table"))
        fields["body"] = {"from": fields["body"], "as": "html" if markup else "text"}
    if "kind" in fields:
        fields["kind"] = {"from": fields["kind"], "map": {"政策解读": "interpretation"},
                          "default": "notice"}  # fmt: skip
    else:
        fields["kind"] = {"value": "notice"}
    return {
        "version": 1,
        "source": "旧网站的名称",
        "key": next((by_name[k] for k in _KEYS if k in by_name), ""),
        "hosts": [],
        "near_duplicates": "keep",
        "fields": fields,
    }
