"""What else is looked at before publication, by the screening profile a kind names.

Every kind passes the general inspection (personal numbers block wherever they stand). A profile
adds what matters for its sort of information. Plain values only.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gongkai.screening.findings import Finding, Severity

_DIGITS: Final = re.compile(r"\d{5,}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that make a person look again."""

    code: str
    words: re.Pattern[str]
    message: str
    remedy: str


BIRTH: Final = Pattern(
    "birth_date",
    re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?(?:出)?生(?!效|产|活)|出生(?:日期|年月|于)"),
    "写了出生日期。",
    "公务简历和名单不需要出生日期，请删去。",
)
BIRTH_DAY: Final = Pattern(
    "birth_date",
    re.compile(r"\d{4}年\d{1,2}月\d{1,2}日(?:出)?生|出生日期"),
    "写了完整的出生日期。",
    "公示确需区分同名人员的，只写出生年月。",
)
HOME: Final = Pattern(
    "home_address",
    re.compile(r"家庭住址|家住|现住址|户籍地址|住所地?[：:]"),
    "写了个人住址。",
    "请删去住址。",
)
FAMILY: Final = Pattern(
    "family",
    re.compile(r"配偶|其妻|其夫|其子|其女|之子|之女|家庭成员|父母"),
    "提到家庭成员。",
    "与公开事项无关的请删去。",
)
PERSON: Final = Pattern(
    "describes_person",
    re.compile(
        r"(?:男|女)(?:性)?[，,、]\s*\d{1,3}\s*岁|\d{1,3}\s*岁[，,、]?(?:男|女)|患者[一-龥]某|"
        r"病例\s*\d+\s*[：:为系]|姓名[：:]|系[一-龥]{2,20}(?:员工|职工|教师|学生)"
    ),
    "像是在描述某一个人。",
    "只写时间、场所和公众要做的事，不写个人的性别、年龄、单位和关系（国家层面要求保护涉疫个人信息）。",
)
DOOR: Final = Pattern(
    "door_number",
    re.compile(r"\d+\s*(?:栋|幢|号楼)\s*\d*\s*(?:单元|门)?\s*\d{2,4}\s*(?:室|房|户)|\d{3,4}室"),
    "地点写到了门牌、房号。",
    "写到小区、楼栋或场所即可。",
)
VAGUE: Final = Pattern(
    "vague_material",
    re.compile(r"其他材料|相关证明|有关材料|等材料|其它材料|等相关资料"),
    "办事材料写得不清楚。",
    "请逐项列出材料名称和份数，没有其他材料的就不写。",
)
NAMED: Final = Pattern(
    "named_party",
    re.compile(r"(?:当事人|违法行为人|申请人|姓名)[：:]\s*[一-龥]{2,4}(?![公司店厂局])"),
    "像是写了自然人当事人的全名。",
    "自然人只保留姓，名用“某”代替。",
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Patterns to warn of, and whether something must not be missing."""

    label: str
    patterns: tuple[Pattern, ...] = ()
    needs: Callable[[Mapping[str, Any]], str] | None = None


def _needs_tables(content: Mapping[str, Any]) -> str:
    if "<table" in str(content.get("body") or ""):
        return ""
    names = [str(a["filename"]).lower() for a in content.get("attachments") or []]
    if any(name.endswith((".xls", ".xlsx", ".pdf", ".ofd", ".csv")) for name in names):
        return ""
    return "没有表格：预决算、决算要公开收支表格，请在正文里放表格，或者上传表格附件。"


PROFILES: Final[Mapping[str, Profile]] = {
    "standard": Profile("一般审查"),
    "personnel": Profile("人事名单：姓名可以写，证件号码、住址和家庭成员不能写",
                         (BIRTH_DAY, HOME, FAMILY)),
    "leader": Profile("公务简历：不写出生日期、住址和家庭成员", (BIRTH, HOME, FAMILY)),
    "place_and_time": Profile("只写时间、地点和提示，不写个人", (PERSON, DOOR, HOME, FAMILY)),
    "anonymous": Profile("隐去自然人当事人", (NAMED, HOME, BIRTH)),
    "service": Profile("办事材料逐项写明", (VAGUE,)),
    "questions": Profile("问答和实录：不写提问人", (HOME, PERSON)),
    "tables": Profile("表格齐全", (), _needs_tables),
}  # fmt: skip


def profile_findings(
    name: str,
    texts: Mapping[str, str],
    content: Mapping[str, Any],
    labels: Mapping[str, str],
) -> list[Finding]:
    """What a profile finds in the texts (by field); an unknown profile finds nothing more."""
    profile = PROFILES.get(name, PROFILES["standard"])
    found = [
        finding
        for field, text in texts.items()
        for finding in _scan(profile.patterns, field, text, labels)
    ]
    missing = profile.needs(content) if profile.needs else ""
    if missing:
        reason, _, remedy = missing.partition("：")
        found.append(
            Finding("profile_needs", Severity.BLOCK, "facts", "", "", f"{reason}。", remedy)
        )
    return found


def _scan(
    patterns: Iterable[Pattern], field: str, text: str, labels: Mapping[str, str]
) -> Iterable[Finding]:
    for pattern in patterns:
        hits = list(pattern.words.finditer(text))
        if not hits:
            continue
        first = hits[0]
        excerpt = text[max(0, first.start() - 8) : first.end() + 8].replace("\n", " ")
        more = f"（共 {len(hits)} 处）" if len(hits) > 1 else ""
        yield Finding(
            code=pattern.code,
            severity=Severity.WARN,
            field=field,
            where=f"“{labels[field]}”" if field in labels else "",
            excerpt_masked=_DIGITS.sub(lambda m: "*" * len(m[0]), excerpt),
            message=f"{pattern.message.rstrip('。')}{more}。",
            remedy=pattern.remedy,
            start=first.start(),
            end=first.end(),
        )
