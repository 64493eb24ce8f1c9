"""What the query log may keep of a search: cleaned words without personal data, or nothing.

《个人信息保护法》第六条: only what the purpose needs. The purpose is to learn what readers look for and
do not find; for that nobody has to know who asked, so whatever looks like a number of a person is
not masked but left out with all words beside it (a name often stands there).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gongkai.core.codes import is_index_number, is_uscc
from gongkai.core.pairs import fold, pairs
from gongkai.core.personal_numbers import find_numbers

LONGEST: Final = 100
"""Characters; whatever is longer was pasted, and what people paste is often their own matter."""

FILTERS_LONGEST: Final = 200

KEPT: Final = ""
PERSONAL: Final = "personal"
LONG: Final = "long"
NONSENSE: Final = "nonsense"
RARE: Final = "rare"
DROPPED: Final = {
    KEPT: "已记录",
    PERSONAL: "像个人信息",
    LONG: f"超过 {LONGEST} 个字",
    NONSENSE: "不成文字",
    RARE: "期满后不再保留的少见词",
}

_MAIL: Final = re.compile(r"[^\s@]@[^\s@]")
_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][a-z][-·. ]?[a-z0-9]{5,6}"
    r"(?![a-z0-9])"
)
_DATE: Final = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:[-./年]\d{1,2}(?:[-./月]\d{1,2}日?)?|-(?:19|20)\d\d)(?!\d)"
)
_CODE: Final = re.compile(r"[0-9a-z]+(?:[-/][0-9a-z]+)*")
# Seven digits that belong together: telephones, accounts, receipts, passports. Document numbers
# and amounts in 万元 have fewer.
_DIGITS: Final = re.compile(r"(?:\d[-. ]?){7}")
_NAME: Final = re.compile(r"[a-z_]{1,20}")
_VALUE: Final = re.compile(r"[0-9a-z_.\-]{1,40}")


@dataclass(frozen=True, slots=True)
class Words:
    """What is kept of a query. ``dropped`` says why nothing is; see ``DROPPED``."""

    text: str
    dropped: str = KEPT


def _visible(text: str) -> str:
    """The text without what cannot be seen; line breaks and controls become spaces."""
    shown = []
    for character in text:
        category = unicodedata.category(character)
        if category in ("Cc", "Zl", "Zp", "Zs"):
            shown.append(" ")
        elif category[0] != "C":
            shown.append(character)
    return " ".join("".join(shown).split())


def is_personal(text: str) -> bool:
    """Whether a folded text holds what may be a number of a person: resident number, mobile, bank
    card (``core.personal_numbers``, its uncertain findings too), mail address, licence plate, or
    any seven digits that belong together and are neither a date nor a code of an organisation or
    of a record."""
    if _MAIL.search(text) or _PLATE.search(text) or find_numbers(text):
        return True
    rest = _DATE.sub(" · ", text)
    rest = _CODE.sub(lambda m: " · " if _is_code(m[0].upper()) else m[0], rest)
    return _DIGITS.search(rest) is not None


def _is_code(text: str) -> bool:
    return is_uscc(text) or is_index_number(text)


def words_of(text: str) -> Words:
    """What may be kept of a query as it was typed."""
    # Ten thousand characters are not looked through; what is cut off here is too long anyway.
    shown = _visible(fold(text[: 10 * LONGEST]))
    if len(shown) > LONGEST or len(text) > 10 * LONGEST:
        return Words("", LONG)
    if is_personal(shown):
        return Words("", PERSONAL)
    dense = shown.replace(" ", "")
    if 2 * sum(map(str.isalnum, dense)) < len(dense) or not pairs(shown):
        return Words("", NONSENSE)
    return Words(shown)


def canonical_filters(filters: Mapping[str, str | int | Sequence[str | int]]) -> str:
    """Filters as one text for one choice: ``type=policy&unit=czj,wjw``, sorted; empty for none.

    Only codes pass (lower-case letters, digits, dots, dashes): a filter holds no words of a
    reader. What is longer than the field is cut at a whole filter.
    """
    found: list[str] = []
    for name, given in sorted(filters.items()):
        many: Iterable[str | int] = [given] if isinstance(given, str | int) else given
        values = sorted({str(value) for value in many if _VALUE.fullmatch(str(value))})
        if _NAME.fullmatch(name) and values and not any(map(_DIGITS.search, _undated(values))):
            found.append(f"{name}={','.join(values)}")
    while found and len("&".join(found)) > FILTERS_LONGEST:
        found.pop()
    return "&".join(found)


def _undated(values: Sequence[str]) -> list[str]:
    return [_DATE.sub("", value) for value in values]
