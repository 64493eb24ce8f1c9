"""What may be reported and how. Plain values only: no ORM, no settings, no clock."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# Without letters and digits that are taken for one another when read out.
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_RECEIPT: Final = re.compile(f"ZC[{ALPHABET}]{{10}}")
_ITEM: Final = re.compile(r"/nr/([0-9]{1,18})/")
_UNIT: Final = re.compile(r"(?:/qx/[-a-zA-Z0-9_]+)?/dw/([-a-zA-Z0-9_]+)/")
_DISTRICT: Final = re.compile(r"/(qx/[-a-zA-Z0-9_]+)/")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\ufeff]+")

PAGE_LENGTH: Final = 500
QUOTE_LENGTH: Final = 200
TEXT_LENGTH: Final = 1000
LEAST_TEXT: Final = 5


@dataclass(frozen=True, slots=True)
class Policy:
    """Within how many working days a report is answered; ``unconfirmed`` until somebody has read
    the rule in the original."""

    answer_workdays: int
    source: str
    unconfirmed: bool


def make_receipt(pick: Callable[[str], str]) -> str:
    """A receipt number; ``pick`` chooses one character of a text."""
    return "ZC" + "".join(pick(ALPHABET) for _ in range(10))


def read_receipt(text: str) -> str:
    """A receipt number as typed by a person; empty when it cannot be one."""
    plain = re.sub(r"[\s\-－—]+", "", text[:40]).upper()
    return plain if _RECEIPT.fullmatch(plain) else ""


def shown_receipt(receipt: str) -> str:
    """A receipt number as it is shown and read out: ZC-ABCDE-FGHJK."""
    return f"{receipt[:2]}-{receipt[2:7]}-{receipt[7:]}"


def item_of(page: str) -> int:
    """The number of the item whose page was reported; 0 for other pages."""
    match = _ITEM.match(page)
    return int(match[1]) if match else 0


def unit_of(page: str) -> str:
    """The code of the unit whose column was reported; empty for other pages."""
    match = _UNIT.match(page)
    return match[1] if match else ""


def prefix_of(page: str) -> str:
    """The path prefix of the district's site a page lies on; empty for the city's."""
    match = _DISTRICT.match(page)
    return match[1] if match else ""


def cleaned(text: str, limit: int) -> str:
    """What was typed, without control characters and long runs of blanks, cut to ``limit``."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    lines = [_BLANKS.sub(" ", line).strip() for line in plain.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:limit]
