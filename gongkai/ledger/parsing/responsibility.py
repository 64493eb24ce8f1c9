"""The grammar of responsibility: who leads, who is responsible, until when.

Reads the inside of a unit bracket, a labelled line (牵头单位：…) or a table cell:
``[label：] units [牵头|负责|…] [，units role]* [按职责分工负责] [，完成时限：date] [。default]``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gongkai.ledger.parsing.brackets import Cover, outermost
from gongkai.ledger.parsing.deadlines import is_deadline_clause
from gongkai.ledger.parsing.model import Duty, Issue, Part
from gongkai.ledger.parsing.names import (
    UnitRegister,
    is_role,
    join_lines,
    looks_like_unit,
    split_names,
)
from gongkai.ledger.parsing.vocabulary import (
    DUTY_ROLE_VERBS,
    LABEL_WORDS,
    LEAD_VERBS,
    ROLE_ADVERBS,
    SUPPORT_VERBS,
)

_UNIT_NOUN: Final = (
    "(?:单位|部门|科室|处室|股室|主体|机构|责任|单位及部门|部门及单位|单位（部门）|县区|地区)"
)
_LABEL: Final = re.compile(
    r"(?:省级|市级|市直|区级|县级)?(?P<word>牵头|主责|主办|责任|承办|落实|实施|执行|负责|主管|配合|协办|协同|协助|参与|参加|指导|监督)"
    r"(?:[和及、与（(]?(?:牵头|责任|配合|实施|落实|参与|参加|承办|负责)[）)]?)?"
    rf"{_UNIT_NOUN}[:：]"
    r"|(?P<deadline>(?:责任|完成|办理|落实|整改)?(?:时限|期限)(?:要求)?|完成时间|时间要求|时间节点|时间进度|完成日期|进度要求|推进时限)[:：]"
    r"|(?P<person>责任领导|牵头领导|分管领导|责任人|联系人|联系电话|分管市领导)[:：]"
)
_ROLE_TOKENS: Final = tuple(
    sorted(
        [(word, "lead") for word in LEAD_VERBS]
        + [(word, "duty") for word in DUTY_ROLE_VERBS]
        + [(word, "support") for word in SUPPORT_VERBS]
        + [(word, "") for word in ROLE_ADVERBS],
        key=lambda pair: -len(pair[0]),
    )
)
_ROLE_WORDS: Final = tuple(word for word, _ in _ROLE_TOKENS)
#: Verbs that also end nouns (业务指导): a role only right behind a unit.
_ALSO_NOUNS: Final = frozenset(
    ("指导", "监督", "支持", "完成", "实施", "推进", "推动", "办理", "执行")
)
#: Adverbs that say nothing when no verb follows.
_NEVER_ALONE: Final = frozenset(("组织", "做好", "抓", "抓好", "并", "均", "分工", "协调"))
_VERB_TURN: Final = re.compile(
    r"(?:牵头负责|牵头落实|牵头组织|牵头|负责落实|负责|配合|参与)(?:(?=、)|(?=(?:[省市区县各]|国家)[^，；、]{1,20}(?:负责|配合|参与|落实|协助|承办)))"
)
_ALIAS: Final = re.compile(
    r"[（(]\s*(?:以下|下同，|以下均)?(?P<how>简称|统一简称|统称|并称|合称)(?:为)?[:：]?[“\"‘]?(?P<alias>(?:[^”\"’（）()]|[（(][^（）()]{0,10}[）)]){2,30}?)[”\"’]?(?:，?下同)?[）)]"
)
_OPEN_ALIAS: Final = re.compile(
    r"[，,]以下(?P<how>统一简称|简称|统称)(?:为)?[“\"]?(?P<alias>[\u4e00-\u9fff、]{2,20}?)[”\"]?(?=[，,；;。）)]|$)"
)
_DEFAULT: Final = re.compile(
    r"(?P<names>[^。；;，,]{2,80}?)(?:均|都|同|也|一并|共同)?(?:为|是|作为|列为)(?:(?:以下|以上|上述|下列|各项|所有|全部|每项|各)*(?:任务|工作|事项|措施|要点)?(?:的)?)(?:共同)?(?:责任单位|落实单位)"
)
#: 以下各项均涉及甲、乙，不再单独列出.
_NOT_LISTED: Final = re.compile(
    r"[，,。；;]?以下(?:各项)?(?:工作)?(?:任务|措施|事项)?(?:均|都)(?:需要|需|含|涉及|由|包括|为)(?P<names>[^。；]{2,60}?)(?:负责|贯彻落实|抓好落实|落实|配合|组织实施)?[，,]?不再(?:单独|逐一|一一|另行)?列出"
)
#: 排在第一位的部门为牵头部门，下同.
_FIRST_LEADS: Final = re.compile(
    r"[，,。；;]?(?:其中)?[，,]?(?:排|列|居)(?:名|在)?(?:第[一1]|首)(?:位|名)?(?:的)?(?:部门|单位)?(?:为|是|作为)牵头(?:部门|单位)?"
    r"(?:[，,](?:其他|其余)(?:的)?(?:部门|单位)?为[^，,；;。]{0,12}(?:单位|部门))?(?:[，,]下同)?"
)
_MARK: Final = "\ue000"


@dataclass(slots=True)
class Assignment:
    """What one bracket, labelled line or set of cells says."""

    duties: list[Duty] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    deadline_texts: list[str] = field(default_factory=list)
    default_units: list[str] = field(default_factory=list)
    default_everywhere: bool = False
    aliases: dict[str, list[str]] = field(default_factory=dict)
    open_list: bool = False
    first_leads: bool = False
    issues: list[Issue] = field(default_factory=list)

    def add(self, other: "Assignment") -> None:
        """Take over everything from another bracket of the same item."""
        known = {(duty.unit, duty.part) for duty in self.duties}
        self.duties += [duty for duty in other.duties if (duty.unit, duty.part) not in known]
        self.roles += [role for role in other.roles if role not in self.roles]
        self.deadline_texts += other.deadline_texts
        self.default_units += other.default_units
        self.default_everywhere |= other.default_everywhere
        self.aliases.update(other.aliases)
        self.open_list |= other.open_list
        self.first_leads |= other.first_leads
        codes = {issue.code for issue in self.issues}
        self.issues += [issue for issue in other.issues if issue.code not in codes]

    def settle(self) -> None:
        """X负责，Y配合 without any 牵头: X leads. Call once, when all parts are together."""
        supporting = [
            duty.part == "responsible" and any(verb in duty.word for verb in SUPPORT_VERBS)
            for duty in self.duties
        ]
        if any(supporting) and not all(supporting) and not self.units("lead"):
            self.duties = [
                duty if support else Duty(duty.unit, "lead", duty.word)
                for duty, support in zip(self.duties, supporting, strict=True)
            ]

    @property
    def names_anyone(self) -> bool:
        return bool(self.duties or self.roles)

    def units(self, part: Part) -> list[str]:
        seen: dict[str, None] = {}
        for duty in self.duties:
            if duty.part == part:
                seen.setdefault(duty.unit)
        return list(seen)


def labels_in(text: str) -> Iterator[re.Match[str]]:
    return _LABEL.finditer(text)


def label_at(text: str) -> re.Match[str] | None:
    """A label such as 责任单位： at the very beginning."""
    return _LABEL.match(text.lstrip("（(【[ \u3000"))


def default_units_in(text: str, register: UnitRegister | None = None) -> tuple[list[str], bool]:
    """Units made responsible for many points by one sentence, and whether for all of them."""
    if len(text) > 2_000:
        return [], False
    match = _NOT_LISTED.search(text) if "不再" in text else None
    if match is None and "单位" in text:
        match = _DEFAULT.search(text)
    if match is None:
        return [], False
    names = split_names(match.group("names"), register).names
    names = [name for name in names if looks_like_unit(name) or name.startswith("各")]
    everywhere = any(word in text for word in ("以上", "上述", "所有", "各项任务", "全部", "每项"))
    return names, everywhere


def says_first_leads(text: str) -> bool:
    """The document says that the unit named first leads (排在第一位的为牵头单位)."""
    return "牵头" in text and bool(_FIRST_LEADS.search(text))


def strip_role(clause: str) -> tuple[str, list[tuple[str, str]]]:
    """Cut role words off the end: 市税务局牵头落实 → 市税务局, [(落实, duty), (牵头, lead)]."""
    found: list[tuple[str, str]] = []
    text = clause.rstrip(" \u3000。；;，,、")
    moved = True
    while moved and text.endswith(_ROLE_WORDS):
        moved = False
        for word, part in _ROLE_TOKENS:
            if not text.endswith(word):
                continue
            rest = text[: -len(word)].rstrip(" \u3000、")
            if word == "等":
                return text, found  # it belongs to the list of names, not to the role
            first = not found and (not part or word in _ALSO_NOUNS)
            alone = first and not (part and looks_like_unit(rest[-20:]))
            if alone and (part or word in _NEVER_ALONE):
                break
            found.append((word, part))
            text = rest
            moved = True
            break
    return text, found


def _part_of(found: list[tuple[str, str]]) -> tuple[str, str]:
    """(part, words as written) from the stripped role words."""
    words = "".join(word for word, _ in reversed(found))
    kinds = {part for _, part in found}
    for part in ("lead", "duty", "support"):
        if part in kinds:
            return part, words
    return ("duty", words) if found else ("", "")


class _Reader:
    def __init__(self, register: UnitRegister | None, default_part: str) -> None:
        self.register = register
        self.default_part = default_part
        self.result = Assignment()
        self.pending: list[str] = []
        self.alias_marks: dict[str, tuple[str, str]] = {}

    def read(self, text: str) -> Assignment:
        text = join_lines(text.replace(_MARK, ""))
        text = self._mark_aliases(self._conventions(text))
        sentences = _sentences(text)
        for number, sentence in enumerate(sentences):
            names, everywhere = default_units_in(sentence, self.register)
            if names and (number or not self.result.duties):
                self.result.default_units += names
                self.result.default_everywhere |= everywhere
                continue
            self._sentence(sentence)
        self._flush_pending()
        return self.result

    def _conventions(self, text: str) -> str:
        """Cut out what a bracket says about the brackets that follow it."""

        def not_listed(match: re.Match[str]) -> str:
            self.result.default_units += split_names(match.group("names"), self.register).names
            return ""

        if "不再" in text:
            text = _NOT_LISTED.sub(not_listed, text)
        if says_first_leads(text):
            self.result.first_leads = True
            text = _FIRST_LEADS.sub("", text)
        return text

    def _mark_aliases(self, text: str) -> str:
        def mark(match: re.Match[str]) -> str:
            key = f"{_MARK}{len(self.alias_marks)}{_MARK}"
            self.alias_marks[key] = (match.group("how"), match.group("alias").strip())
            return key

        return _OPEN_ALIAS.sub(mark, _ALIAS.sub(mark, text)) if "称" in text else text

    def _sentence(self, sentence: str) -> None:
        matches = list(labels_in(sentence))
        starts = [match.start() for match in matches] + [len(sentence)]
        if sentence[: starts[0]].strip(" ：:，,；;、"):
            self._segment(sentence[: starts[0]], "")
        for match, stop in zip(matches, starts[1:], strict=True):
            content = sentence[match.end() : stop].strip(" ，,；;、\u3000")
            if match.group("deadline"):
                self._flush_pending()
                if content:
                    self.result.deadline_texts.append(content)
            elif match.group("person"):
                self._flush_pending()
            else:
                part = next(p for word, p in LABEL_WORDS if match.group("word").startswith(word))
                if part == "responsible" and "牵头" in match.group():
                    part = "lead" if match.group("word") == "牵头" else part
                self._flush_pending()
                self._segment(content, part)

    def _segment(self, text: str, label: str) -> None:
        """Clauses between two labels; a clause's own role word wins over the label."""
        for clause in _clauses(text):
            if is_deadline_clause(clause):
                self._flush_pending(label)
                self.result.deadline_texts.append(clause)
                continue
            first, joined, second = _together(clause)
            names, found = strip_role(first)
            part, words = _part_of(found)
            if joined:
                _, later = strip_role(second)
                lead = self._names(names)
                self._assign(self.pending + lead, "lead", "会同")
                self.pending = []
                rest, _ = strip_role(second)
                self._assign(self._names(rest), "duty", _part_of(later)[1] or "会同")
                continue
            if part:
                self._assign(self.pending + self._names(names), part, words)
                self.pending = []
            elif label:
                self._assign(self._names(names), label, "")
            else:
                self.pending += self._names(names)
        if label:
            self._flush_pending(label)

    def _flush_pending(self, label: str = "") -> None:
        if not self.pending:
            return
        if not label and not self.default_part:
            self.result.issues.append(
                Issue(
                    "no_role_word", "括号里的单位后面没有“牵头”“负责”等字样，按责任单位读入。", 0.15
                )
            )
        self._assign(self.pending, label or self.default_part or "duty", "")
        self.pending = []

    def _names(self, text: str) -> list[str]:
        listed = split_names(text, self.register)
        self.result.open_list |= listed.open_list
        clean: list[str] = []
        for name in listed.names:
            bare = name
            for key, (how, alias) in self.alias_marks.items():
                if key in bare:
                    bare = bare.replace(key, "")
                    members = [*clean, bare] if how in ("统称", "并称", "合称") else [bare]
                    self.result.aliases[alias] = [member for member in members if member]
            if bare:
                clean.append(bare.replace(_MARK, ""))
        return clean

    def _assign(self, names: list[str], part: str, word: str) -> None:
        for name in names:
            if is_role(name) and not (self.register and self.register.knows(name)):
                if name not in self.result.roles:
                    self.result.roles.append(name)
                continue
            if part == "support" and not word:
                word = "配合"
            self.result.duties.append(Duty(name, "lead" if part == "lead" else "responsible", word))


def _sentences(text: str) -> list[str]:
    cover = Cover(outermost(text))
    sentences: list[str] = []
    start = 0
    for position, char in enumerate(text):
        if char == "。" and not cover.holds(position):
            sentences.append(text[start:position])
            start = position + 1
    sentences.append(text[start:])
    return [sentence.strip() for sentence in sentences if sentence.strip()]


def _clauses(text: str) -> list[str]:
    """Split at commas and semicolons outside brackets, and after a role verb in mid-list."""
    cover = Cover(outermost(text))
    cuts = [p for p, c in enumerate(text) if c in "，,；;\n" and not cover.holds(p)]
    cuts += [m.end() for m in _VERB_TURN.finditer(text) if not cover.holds(m.start())]
    clauses: list[str] = []
    start = 0
    for cut in sorted(set(cuts)):
        clauses.append(text[start:cut])
        start = cut
    clauses.append(text[start:])
    return [c for c in (clause.strip(" ，,；;、\n\u3000") for clause in clauses) if c]


def _together(clause: str) -> tuple[str, bool, str]:
    """A会同B负责 → A, True, B负责."""
    for word in ("牵头会同", "会同", "牵头，会同"):
        first, joined, second = clause.partition(word)
        if joined and len(first.strip()) >= 2 and len(second.strip()) >= 2:
            return first, True, second
    return clause, False, ""


def parse_assignment(
    text: str, register: UnitRegister | None = None, *, default_part: str = ""
) -> Assignment:
    """Read the inside of a bracket, a labelled line or a cell.

    ``default_part`` ("lead", "responsible", "support") is what a table column says about names
    without a role word of their own. Never raises.
    """
    return _Reader(register, default_part).read(text.strip())
