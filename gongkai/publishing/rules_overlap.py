"""How much of one text is copied from another, by overlapping runs of characters (shingles).

An interpretation must not be an abridged copy of the document (各地解读办法), so both shares are
told: how much of the document stands in the interpretation, and how much of the interpretation
was taken from the document. Plain values only.
"""

from dataclasses import dataclass
from typing import Final

RUN: Final = 8
"""Characters of a run: shorter ones are shared by any two texts about one thing."""
SHORTEST: Final = 120
"""Letters below which a share says nothing."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shares in percent: of the document that was taken over, of the interpretation that is
    taken over."""

    of_document: int
    of_text: int

    @property
    def percent(self) -> int:
        """The larger of the two."""
        return max(self.of_document, self.of_text)


def letters(text: str) -> str:
    """The text without spaces and punctuation, which are no evidence of copying."""
    return "".join(c for c in text if c.isalnum())


def _runs(text: str) -> set[str]:
    return {text[i : i + RUN] for i in range(len(text) - RUN + 1)}


def overlap(text: str, document: str) -> Overlap | None:
    """How much two texts share; None when one of them is too short to tell."""
    ours, theirs = letters(text), letters(document)
    if min(len(ours), len(theirs)) < SHORTEST:
        return None
    mine, its = _runs(ours), _runs(theirs)
    shared = len(mine & its)
    return Overlap(100 * shared // len(its), 100 * shared // len(mine))
