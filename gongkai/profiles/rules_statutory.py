"""法定主动公开内容 of a unit by the items of 条例 art. 20 and 21. Plain values only.

The four columns and this second level are those of 国办公开办函〔2019〕61号; what stands under an item
is what the unit's catalogue says, and for everything the catalogue does not name, the kind of the
information.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gongkai.catalogue.entries.enums import ARTICLES

NUMERALS = "一二三四五六七八九十"

OWN_COLUMNS = ("guide", "system", "annual_report")
"""Kinds that stand in columns of their own beside the statutory content."""
NOT_HERE = (*OWN_COLUMNS, "news")
"""Kinds that are no statutory content; the column holds no news (国办公开办函〔2019〕61号)."""

# By which item of art. 20 a kind is published when no catalogue entry says so.
KIND_ARTICLES: dict[str, str] = {
    "normative_document": "20-1",
    "overview": "20-2", "functions": "20-2", "leader": "20-2",
    "plan": "20-3", "policy": "20-3", "interpretation": "20-3",
    "statistics": "20-4",
    "service": "20-5", "permit": "20-5",
    "penalty": "20-6",
    "budget": "20-7",
    "fees": "20-8",
    "procurement": "20-9",
    "project": "20-10",
    "emergency": "20-12", "bulletin": "20-12", "rumour": "20-12", "measure": "20-12",
    "trace": "20-12",
    "personnel": "20-14",
}  # fmt: skip
OTHER = "20-15"
"""Whatever else is public by law: every kind that the table above does not name."""


def article_of(kind: str) -> str:
    """The item of art. 20 under which a kind stands by itself; empty for what is not here."""
    return "" if kind in NOT_HERE else KIND_ARTICLES.get(kind, OTHER)


def cn_number(value: int) -> str:
    """1 to 99 in Chinese numerals."""
    tens, ones = divmod(value, 10)
    head = "" if not tens else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return head + (NUMERALS[ones - 1] if ones else "")


def article_number(key: str) -> str:
    """How the regulation counts an item: 第二十条第（一）项 as （一）, art. 21 by its name."""
    number, _, part = key.partition("-")
    return f"（{cn_number(int(part))}）" if number == "20" else "第二十一条"


def articles_for(level: str) -> tuple[str, ...]:
    """The items a unit of a level has: art. 20 for all, art. 21 as far as it speaks of them."""
    own = {"city": "21-city", "district": "21-city", "township": "21-town"}.get(level, "")
    return tuple(key for key in ARTICLES if key.startswith("20-") or key == own)


@dataclass(frozen=True, slots=True)
class Absence:
    """无此事项 that somebody agreed to: why, and for which period."""

    reason: str
    period: str


@dataclass(frozen=True, slots=True)
class ArticleState:
    """How one item stands: how much is public, what the newest is, else why there is nothing.

    ``word`` is what a reader sees; ``tone`` is ok, idle or warn.
    """

    key: str
    count: int
    newest: date | None
    word: str
    tone: str
    note: str = ""

    @property
    def name(self) -> str:
        """The item in short."""
        return ARTICLES[self.key]

    @property
    def number(self) -> str:
        """The item's number in the regulation."""
        return article_number(self.key)


def article_state(
    key: str, count: int, newest: date | None, *, absence: Absence | None, owed: bool
) -> ArticleState:
    """The state of an item; ``owed`` = the unit's catalogue names something under it."""
    if count:
        return ArticleState(key, count, newest, "已公开", "ok")
    if absence is not None:
        why = f"{absence.reason}（{absence.period}）" if absence.period else absence.reason
        return ArticleState(key, 0, None, "本单位无此类信息", "idle", why)
    if owed:
        return ArticleState(key, 0, None, "尚未公开", "warn", "公开目录里有这一项，由本单位公开。")
    return ArticleState(key, 0, None, "尚未公开", "idle")


@dataclass(frozen=True, slots=True)
class Basis:
    """A list of 履职依据: ``orders`` = government rules, published by order (令)."""

    key: str
    name: str
    orders: bool
    ended: bool


BASES = (
    Basis("guizhang", "政府规章（现行有效）", True, False),
    Basis("guizhang-feizhi", "政府规章（废止、失效）", True, True),
    Basis("guifanxing", "行政规范性文件（现行有效）", False, False),
    Basis("guifanxing-feizhi", "行政规范性文件（废止、失效）", False, True),
)
BASIS_KEYS = {basis.key: basis for basis in BASES}
NO_RULES = "本单位没有规章制定权。规章由设区的市和省的人民政府、国务院部门制定（立法法）。"


def merged(*parts: Mapping[str, int]) -> dict[str, int]:
    """The sums of several counts by key; what is not above nought is left out."""
    found: dict[str, int] = {}
    for part in parts:
        for key, n in part.items():
            found[key] = found.get(key, 0) + n
    return {key: n for key, n in found.items() if n > 0}
