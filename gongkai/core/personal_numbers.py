"""Finds personal numbers in text: 公民身份号码, mobile numbers and bank cards, disguised or not.

One detector for masking and for the publishing gate. Check characters (GB 11643, ISO/IEC 7812-1)
tell real numbers from other digits; words nearby tell which digits are meant as what.
"""

import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import Final

from gongkai.core.codes import (
    PROVINCES,
    CodeError,
    is_luhn,
    is_organisation_code,
    is_uscc,
    resident_id_check_character,
    resident_id_shape,
)
from gongkai.core.digit_windows import (
    SPELLED_DIGITS,
    Folded,
    Window,
    describe_disguise,
    digits_of,
    fold,
    has_spelled_number,
    may_hold_number,
    windows,
)
from gongkai.core.number_hits import Ground, Hit, NumberKind, without_overlaps

__all__ = ["Ground", "Hit", "NumberKind", "find_numbers", "phone_key"]


_FEWEST_DIGITS: Final = 8
_BEFORE: Final = 20
_AFTER: Final = 8

_ID: Final = re.compile(
    r"[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]"
)
_OLD_ID: Final = re.compile(
    r"[1-8][0-9]{5}[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}"
)
_MASKED_ID: Final = re.compile(r"(?<![0-9A-Za-z*])[0-9*]{17}[0-9Xx×*](?![0-9A-Za-z*])")
_MASKED_SHAPE: Final = re.compile(r"[1-8*][0-9*]{5}(?:19|20|1\*|2\*|\*)")
_MOST_MASKED: Final = 4
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_PREFIXED_MOBILE: Final = re.compile(r"(?:0086|86|0)(1[3-9][0-9]{9})")
_TWO_MOBILES: Final = re.compile(r"1[3-9][0-9]{9}1[3-9][0-9]{9}")
_CARD_SIZES: Final = re.compile(r"4,4,4,4(?:,[123])?|6,1[0-3]")
_CARD_LENGTHS: Final = range(16, 20)

_LOOKALIKE_ID: Final = re.compile(r"(?<![0-9A-Za-z])[0-9OoIlZzSB]{17}[0-9XxOoIl](?![0-9A-Za-z])")
_LOOKALIKE_MOBILE: Final = re.compile(r"(?<![0-9A-Za-z])[1Il][0-9OoIl]{10}(?![0-9A-Za-z])")
_LOOKALIKE: Final = re.compile("[OoIlZzSB]")
_LOOKALIKES: Final = str.maketrans("OoIlZzSBx", "00112258X")

_CODE_WITH_SERIAL: Final = re.compile(
    r"(?<![0-9A-Za-z])([0-9A-Za-z]{9,18})[/-](?:19|20)[0-9]{2}-[0-9]{5,6}(?![0-9])"
)
_PROJECT_CODE: Final = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{6}(?:-[0-9]{2}){2}-[0-9]{6}(?![0-9])")
_ASCII_RUN: Final = re.compile(r"[!-~]{12,}")
_URL_SIGN: Final = re.compile(r"://|^www\.|[?&][A-Za-z_]+=")

_ID_WORDS: Final = re.compile("身份证|身份號|身份号|公民身份|证件号|證件號|居民证")
_ID_LABEL: Final = re.compile(_ID_WORDS.pattern.join(("(?:", r")[号號码碼为是:(\s]*$")))
_FIRM_WORDS: Final = re.compile("信用代码|机构代码|识别号|税号|注册号|登记号")
_PHONE_WORDS: Final = re.compile("电话|手机|联系|号码|致电|微信|[Tt][Ee][Ll]|[Pp]hone|[Mm]obile")
_LINE_WORDS: Final = re.compile("电话|传真|联系|座机|热线")
_CARD_WORDS: Final = re.compile("卡号|银行卡|一卡通|存折|账号|帐号|账户|帐户|开户")
_PHONE_LABELS: Final = frozenset({"tel", "phone", "mobile", "mob", "t", "m", "sj", "dh", "no"})
_LATIN_LABEL: Final = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]+$")
_DECIMAL: Final = re.compile(r"\.[0-9]{1,2}(?![0-9.])")


def phone_key(text: str) -> str:
    """The digits of a telephone number without the country prefix: how allow-lists compare."""
    return re.sub(r"^(?:0086|86)(?=1[3-9][0-9]{9}$|[1-9][0-9]{9,}$)", "", digits_of(text))


def find_numbers(
    text: str,
    *,
    allow_phones: Collection[str] = (),
    header: str = "",
    not_after: date | None = None,
) -> list[Hit]:
    """Return the personal numbers in ``text``, in order, without overlaps.

    ``allow_phones`` are published office numbers; ``header`` is the heading of the table column
    the text stands in; ``not_after`` bounds plausible birth dates. 统一社会信用代码, 索引号,
    project codes, amounts and landlines are not reported.
    """
    allowed = frozenset(phone_key(phone) for phone in allow_phones)
    plain = fold(text)
    found = list(_Scan(text, plain, header, allowed, not_after).hits())
    if has_spelled_number(plain.text):
        spelled = _Scan(text, fold(text, spelled=True), header, allowed, not_after).hits()
        found.extend(
            hit
            for hit in spelled
            if hit.ground in {Ground.CHECKED, Ground.CONTEXT}
            and any(char in SPELLED_DIGITS for char in text[hit.start : hit.end])
        )
    return without_overlaps(found)


class _Scan:
    """One pass over one folding of the text."""

    def __init__(
        self,
        original: str,
        folded: Folded,
        header: str,
        allowed: frozenset[str],
        not_after: date | None,
    ) -> None:
        self._original = original
        self._folded = folded
        self._text = folded.text
        self._header = header
        self._allowed = allowed
        self._not_after = not_after
        self._urls: list[tuple[int, int]] = []
        self._codes: list[tuple[int, int]] = []

    def hits(self) -> Iterator[Hit]:
        possible = may_hold_number(self._text)
        masked = "*" in self._text
        alike = _LOOKALIKE.search(self._text) is not None
        if not (possible or masked or alike):
            return
        if sum(map(str.isdigit, self._text)) < _FEWEST_DIGITS:
            return
        if possible:
            yield from self._windows()
        if masked:
            yield from self._masked_ids()
        if alike:
            yield from self._lookalikes()

    def _windows(self) -> Iterator[Hit]:
        runs = _ASCII_RUN.finditer(self._text)
        self._urls = [m.span() for m in runs if _URL_SIGN.search(m[0])]
        self._codes = [m.span() for m in _PROJECT_CODE.finditer(self._text)]
        for m in _CODE_WITH_SERIAL.finditer(self._text):
            publisher = m[1].upper()
            if is_uscc(publisher) or is_organisation_code(publisher):
                self._codes.append(m.span())
        for window in windows(self._text):
            if self._inside(self._codes, window):
                continue
            for judge in (self._resident_id, self._mobile, self._card):
                if (hit := judge(window)) is not None:
                    yield hit

    # --- 公民身份号码 ---------------------------------------------------------------------------

    def _resident_id(self, window: Window) -> Hit | None:
        named = self._is_called_id(window)
        if len(window.digits) != 18:
            return self._id_of_odd_length(window) if named else None
        kind = NumberKind.RESIDENT_ID
        if not self._is_id_shape(window.digits):
            if not named or not window.contiguous or _is_firm(window.digits):
                return None
            before = self._text[max(0, window.start - _BEFORE) : window.start]
            labelled = _ID_WORDS.search(self._header) or _ID_LABEL.search(before)
            return self._hit(kind, window, Ground.CONTEXT, certain=labelled is not None)
        if window.digits[17] != resident_id_check_character(window.digits[:17]):
            return self._id_with_bad_check(window, named=named)
        if _is_firm(window.digits) and not named:
            if self._near(_FIRM_WORDS, window):
                return None
            return self._hit(kind, window, Ground.AMBIGUOUS, certain=False)
        # In a table of many short numbers some run of groups passes the check by chance.
        if named or window.regular or len(window.sizes) <= 8:
            return self._hit(kind, window, Ground.CHECKED, certain=True)
        return self._hit(kind, window, Ground.LOOSE, certain=False)

    def _id_with_bad_check(self, window: Window, *, named: bool) -> Hit | None:
        if named and window.regular:
            return self._hit(NumberKind.RESIDENT_ID, window, Ground.CONTEXT, certain=True)
        if (
            not window.contiguous
            or _is_firm(window.digits)
            or self._near(_FIRM_WORDS, window)
            or self._inside(self._urls, window)
            or not self._clean_border(window)
        ):
            return None
        return self._hit(NumberKind.RESIDENT_ID, window, Ground.BAD_CHECK, certain=False)

    def _id_of_odd_length(self, window: Window) -> Hit | None:
        """Under the name 身份证: a first-generation number, or one digit too few or too many."""
        if not window.contiguous or not self._clean_border(window):
            return None
        if _OLD_ID.fullmatch(window.digits):
            return self._hit(NumberKind.RESIDENT_ID, window, Ground.CONTEXT, certain=True)
        if len(window.digits) in {16, 17, 19, 20}:
            return self._hit(NumberKind.RESIDENT_ID, window, Ground.BAD_CHECK, certain=False)
        return None

    def _is_id_shape(self, digits: str) -> bool:
        if _ID.fullmatch(digits) is None:
            return False
        try:
            resident_id_shape(digits, not_after=self._not_after)
        except CodeError:
            return False
        return True

    def _is_called_id(self, window: Window) -> bool:
        """Whether the digits are called 身份证号 and nothing closer calls them a firm's code."""
        if _ID_WORDS.search(self._header):
            return True
        before = self._text[max(0, window.start - _BEFORE) : window.start]
        person = max((m.end() for m in _ID_WORDS.finditer(before)), default=-1)
        firm = max((m.end() for m in _FIRM_WORDS.finditer(before)), default=-1)
        if person >= 0 or firm >= 0:
            return person > firm
        return _ID_WORDS.search(self._text[window.end : window.end + _AFTER]) is not None

    def _masked_ids(self) -> Iterator[Hit]:
        """Masks that hide at most four characters still identify the person."""
        for m in _MASKED_ID.finditer(self._text):
            number = m[0].upper().replace("×", "X")
            if 1 <= number.count("*") <= _MOST_MASKED and _MASKED_SHAPE.match(number):
                yield self._made(
                    NumberKind.RESIDENT_ID, m.span(), number, Ground.WEAK_MASK, certain=True
                )

    # --- mobile numbers and cards ---------------------------------------------------------------

    def _mobile(self, window: Window) -> Hit | None:
        kind = NumberKind.MOBILE
        digits = window.digits
        if not self._phone_border(window) or not window.split_only_by("-._"):
            return None
        if window.contiguous and _TWO_MOBILES.fullmatch(digits):
            both = {digits[:11], digits[11:]}
            return None if both <= self._allowed else self._hit(kind, window, Ground.CHECKED)
        prefixed = _PREFIXED_MOBILE.fullmatch(digits)
        if prefixed is not None:
            digits = prefixed[1]
        if _MOBILE.fullmatch(digits) is None or digits in self._allowed:
            return None
        named = self._near(_PHONE_WORDS, window)
        if window.contiguous:
            alone = not window.joined or self._text[window.start - 1] not in "-_"
            certain = named or (alone and not self._inside(self._urls, window))
        elif prefixed is not None:
            if window.sizes[1:] not in {(11,), (3, 4, 4)}:
                return None
            certain = True
        elif set(window.sizes) == {1}:
            certain = named or window.regular
        elif window.sizes == (3, 4, 4):
            certain = named or (window.regular and window.gaps[0] in {"-", ".", "_"})
        elif named and len(window.sizes) <= 5:
            certain = window.regular
        else:
            return None
        return self._hit(kind, window, Ground.CHECKED if certain else Ground.LOOSE, certain=certain)

    def _card(self, window: Window) -> Hit | None:
        digits = window.digits
        if len(digits) not in _CARD_LENGTHS or not digits.isdigit():
            return None
        if self._inside(self._urls, window) or not self._clean_border(window) or _is_firm(digits):
            return None
        sizes = ",".join(map(str, window.sizes))
        spaced = window.regular and window.split_only_by("-")
        if window.gaps and not (spaced and _CARD_SIZES.fullmatch(sizes)):
            return None
        named = self._near(_CARD_WORDS, window)
        if not is_luhn(digits):
            if named and window.contiguous:
                return self._hit(NumberKind.CARD, window, Ground.CONTEXT, certain=False)
            return None
        if named:
            return self._hit(NumberKind.CARD, window, Ground.CONTEXT, certain=True)
        # Two landlines written together are 16 digits long, and one in ten passes the check.
        if digits[0] in "012789" or self._near(_LINE_WORDS, window):
            return None
        union_pay = digits.startswith("62")
        ground = Ground.CHECKED if union_pay else Ground.LOOSE
        return self._hit(NumberKind.CARD, window, ground, certain=union_pay)

    def _lookalikes(self) -> Iterator[Hit]:
        """Letters read or typed for digits: O for 0, l for 1."""
        for m in _LOOKALIKE_ID.finditer(self._text):
            digits = m[0].translate(_LOOKALIKES)
            changed = sum(not c.isdigit() for c in m[0][:17])
            if not 1 <= changed <= 9 or is_uscc(m[0]) or not self._is_id_shape(digits):
                continue
            if digits[17] == resident_id_check_character(digits[:17]):
                yield self._made(NumberKind.RESIDENT_ID, m.span(), digits, Ground.LOOKALIKE)
        for m in _LOOKALIKE_MOBILE.finditer(self._text):
            digits = m[0].translate(_LOOKALIKES)
            changed = sum(not c.isdigit() for c in m[0])
            if 1 <= changed <= 4 and _MOBILE.fullmatch(digits) and digits not in self._allowed:
                yield self._made(NumberKind.MOBILE, m.span(), digits, Ground.LOOKALIKE)

    # --- surroundings ---------------------------------------------------------------------------

    def _near(self, words: re.Pattern[str], window: Window) -> bool:
        before = self._text[max(0, window.start - _BEFORE) : window.start]
        after = self._text[window.end : window.end + _AFTER]
        return any(words.search(part) for part in (self._header, before, after))

    def _around(self, window: Window) -> tuple[str, str]:
        left = self._text[window.start - 1] if window.start else " "
        right = self._text[window.end] if window.end < len(self._text) else " "
        return left, right

    def _clean_border(self, window: Window) -> bool:
        # \b counts Chinese characters as word characters, so borders are tested in ASCII.
        left, right = self._around(window)
        if _is_letter(left) or _is_letter(right) or left == "*" or right == "*":
            return False
        return _DECIMAL.match(self._text, window.end) is None

    def _phone_border(self, window: Window) -> bool:
        left, right = self._around(window)
        if _is_letter(right) or right in "元万亿吨%‰*" or left in "¥￥$*":
            return False
        if _DECIMAL.match(self._text, window.end):
            return False
        if not _is_letter(left):
            return True
        label = _LATIN_LABEL.search(self._text[max(0, window.start - 12) : window.start])
        return label is not None and label[0].lower() in _PHONE_LABELS

    @staticmethod
    def _inside(spans: list[tuple[int, int]], window: Window) -> bool:
        return any(a < window.end and window.start < b for a, b in spans)

    # --- results --------------------------------------------------------------------------------

    def _hit(
        self, kind: NumberKind, window: Window, ground: Ground, *, certain: bool = True
    ) -> Hit:
        span = (window.start, window.end)
        return self._made(kind, span, window.digits, ground, certain=certain)

    def _made(
        self,
        kind: NumberKind,
        span: tuple[int, int],
        digits: str,
        ground: Ground,
        *,
        certain: bool = False,
    ) -> Hit:
        start, end = self._folded.original_span(*span)
        disguises = describe_disguise(self._original[start:end])
        if ground is Ground.LOOKALIKE:
            disguises = (*disguises, "用形近字母代替数字")
        return Hit(kind, start, end, digits, certain, ground, disguises)


def _is_firm(digits: str) -> bool:
    """A 统一社会信用代码 whose region exists: one resident number in 31 has its check character."""
    return is_uscc(digits) and (digits[2:4] in PROVINCES or digits[2:8] == "100000")


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()
