"""The phrases of asking, which say nothing about what is looked for. Our own list, as data."""

import re
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "reference" / "stop_phrases.txt"

STOP_CHARACTERS: Final = frozenset(
    "的了和与及或是在有对为等于之其也都被把将以由并而但若如吗呢吧啊呀么"
)
"""Characters that are never marked and never looked for beside other words."""

_ASKING: Final = re.compile(
    "[?？]|吗|呢$|什么|怎么|怎样|怎麽|如何|哪|多少|多久|几时|何时|为何|为什么|是否|能否|可否|请问|咨询"
    "|能不能|可不可以|是不是|有没有"
)


@cache
def _cuts() -> re.Pattern[str]:
    """One pattern of all phrases, longest first. ``^`` and ``$`` bind one to an end of a run."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    phrases = {line.strip() for line in lines if line.strip() and not line.startswith("#")}
    parts: list[str] = []
    for phrase in sorted(phrases, key=lambda p: (-len(p.strip("^$")), p)):
        begin = r"(?<![^\W_])" if phrase.startswith("^") else ""
        end = r"(?![^\W_])" if phrase.endswith("$") else ""
        parts.append(begin + re.escape(phrase.strip("^$")) + end)
    return re.compile("|".join(parts))


def content_of(text: str, *, or_all: bool = True) -> str:
    """A folded text without its phrases of asking, a blank where one stood.

    Never cut to nothing: a text of nothing else comes back as it was, unless ``or_all`` is false.
    """
    previous, kept = "", text
    while kept != previous:  # a cut may bring the next phrase to the end of a run
        previous, kept = kept, _cuts().sub(" ", kept)
    kept = " ".join(kept.split())
    return kept or (text if or_all else "")


def is_question(text: str) -> bool:
    """Whether a folded query is put as a question."""
    return _ASKING.search(text) is not None
