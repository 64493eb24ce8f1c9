"""What a person typed into the search box of a list, as a condition of the database.

For lists that are small (people, units) or short-lived, and for all others while there is no index.
"""

import re
from functools import reduce
from operator import and_, or_
from typing import Final

from django.db.models import Q

from gongkai.core.pairs import fold

WORDS: Final = 8
"""Words of one question that are looked for."""

_QUOTES: Final = str.maketrans(dict.fromkeys('"“”「」『』\x00', " "))
_BRACKETS: Final = str.maketrans("[]［］【】（）()", "〔〕〔〕〔〕〔〕〔〕")
_YEAR: Final = re.compile(r"[\[［【（(](?:19|20)\d\d")


def typed_words(text: str) -> list[str]:
    """The words of ``text``, without quotation marks and NUL (which PostgreSQL refuses)."""
    return text.translate(_QUOTES).split()[:WORDS]


def forms(word: str) -> list[str]:
    """How a word may be stored: as typed; narrow, lower case and simplified; and with the brackets
    of document numbers where it has a year in other ones."""
    found = [word, fold(word)]
    if _YEAR.search(word):
        found.append(word.translate(_BRACKETS))
    return list(dict.fromkeys(found))


def containing(text: str, *fields: str) -> Q:
    """Every word of ``text`` stands in one of the fields; everything when there is no word."""
    conditions = [
        reduce(
            or_, (Q(**{f"{field}__icontains": form}) for field in fields for form in forms(word))
        )
        for word in typed_words(text)
    ]
    return reduce(and_, conditions, Q())
