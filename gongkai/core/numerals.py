"""Chinese numerals as laws and official papers write them, 0 to 9999.

Only spellings that a careful drafter would use are read; a colloquial or damaged spelling is
refused with the remedy, because a silently wrong article number is worse than a question.
"""

import re
from typing import Final, Literal

MAX_NUMBER: Final = 9999

_DIGITS: Final = "零一二三四五六七八九"
_UNITS: Final = ((1000, "千"), (100, "百"), (10, "十"), (1, ""))
_ZEROES: Final = str.maketrans({"〇": "零", "○": "零"})
_WITH_UNITS: Final = re.compile(
    "(?:([一二三四五六七八九])千)?零?(?:([一二三四五六七八九])百)?零?"
    "(?:([一二三四五六七八九])?(十))?零?([一二三四五六七八九])?"
)

Zero = Literal["零", "〇"]


def int_to_chinese(number: int, *, zero: Zero = "零") -> str:
    """Write ``number`` (0 to 9999) with units: 12 → 十二, 105 → 一百零五, 1010 → 一千零一十.

    ``zero`` chooses between 一百零五 and 一百〇五. Raises ValueError outside the range.
    """
    if not 0 <= number <= MAX_NUMBER:
        raise ValueError(f"只能写出0到{MAX_NUMBER}之间的整数，收到的是{number}。")
    if number == 0:
        return zero
    written = ""
    skipped = False
    rest = number
    for size, unit in _UNITS:
        digit, rest = divmod(rest, size)
        if digit == 0:
            skipped = bool(written)
            continue
        if skipped:
            written += zero
            skipped = False
        leading_ten = size == 10 and digit == 1 and not written
        written += unit if leading_ten else _DIGITS[digit] + unit
    return written


def digits_to_chinese(number: int, *, zero: Zero = "〇") -> str:
    """Write ``number`` digit by digit, the way years are written: 2022 → 二〇二二."""
    if not 0 <= number <= MAX_NUMBER:
        raise ValueError(f"只能写出0到{MAX_NUMBER}之间的整数，收到的是{number}。")
    return "".join(zero if d == "0" else _DIGITS[int(d)] for d in str(number))


def chinese_to_int(text: str) -> int:
    """Read a Chinese numeral: 十二, 二十, 一百零五, 一百〇一, 二百十, 两千, 二〇二二.

    A word without units is read digit by digit (二〇二二 → 2022, at most four digits).
    Raises ValueError with a Chinese message for anything else, 二百五 included: it may mean
    二百五十 or 二百零五.
    """
    spelled = text.strip().translate(_ZEROES)
    if not spelled:
        raise ValueError("数字是空的，请填写，例如“十二”。")
    if all(char in _DIGITS for char in spelled):
        if len(spelled) > len(str(MAX_NUMBER)):
            raise ValueError(f"“{text}”超过四位数，请核对。")
        return int("".join(str(_DIGITS.index(char)) for char in spelled))
    plain = re.sub("两(?=[百千])", "二", spelled)
    match = _WITH_UNITS.fullmatch(plain)
    if match is None:
        raise ValueError(f"“{text}”不是规范的中文数字，请写成“十二”“一百零五”这样的形式。")
    thousands, hundreds, tens, ten, ones = match.groups()
    value = (
        _value(thousands) * 1000
        + _value(hundreds) * 100
        + (_value(tens) or (1 if ten else 0)) * 10
        + _value(ones)
    )
    canonical = int_to_chinese(value)
    accepted = {canonical, canonical.replace("一十", "十")}
    if 10 <= value < 20:
        accepted.add("一" + canonical)
    if plain not in accepted:
        raise ValueError(f"“{text}”的写法有歧义；如果是{value}，请写成“{canonical}”。")
    return value


def _value(digit: str | None) -> int:
    return _DIGITS.index(digit) if digit else 0
