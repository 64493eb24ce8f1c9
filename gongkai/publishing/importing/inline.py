"""Text and inline marks of one block, as a flat list that has one canonical HTML form.

A run of text is a ``Piece``: its content and the set of marks on it. Writing pieces back
nests the marks always in the same order and merges neighbours, so cleaning text twice gives
what cleaning once gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from gongkai.publishing.importing.tree import Node

# Outermost first: the one nesting order that is ever stored.
MARKS: Final = ("a", "strong", "em", "sup", "sub")
BR: Final = "\n"

_SPACES: Final = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
    "\u2028\u2029\u0085\x0b\x0c"
)
_TO_SPACE: Final = {ord(char): " " for char in _SPACES}
# Zero-width, soft hyphen, bidirectional overrides (they can make a number read backwards),
# other control characters, noncharacters.
_DROPPED: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_CJK: Final = r"[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—]"
_WRAP: Final = re.compile(rf"(?<={_CJK})[ \t]*\n\s*(?={_CJK}|$)|^[ \t]*\n\s*(?={_CJK})")
_BLANKS: Final = re.compile(r"[ \t\n]+")
_WIDE: Final = re.compile(" ?\u3000[ \u3000]*")
BLANK: Final = " \t\n\u3000"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, a line break or a picture, with its marks.

    ``text`` holds the text; ``picture`` is the digest when the piece is a picture, and then
    ``text`` is its description. ``href`` belongs to the mark ``a``.
    """

    text: str
    marks: frozenset[str] = frozenset()
    href: str = ""
    picture: str = ""
    is_break: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing of this piece would be seen."""
        return not self.picture and (self.is_break or not self.text.strip(BLANK))


def drop_unprintable(text: str) -> str:
    """Remove characters that nobody can see or that the sanitizer cannot take."""
    return _DROPPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def tidy(text: str) -> str:
    """Normalise white space of a text node; bracket and digit forms are left as typed.

    A source line break between Chinese characters is only the wrapping of the pasted file and
    disappears; several blanks become one.
    """
    text = drop_unprintable(text).translate(_TO_SPACE)
    text = _BLANKS.sub(" ", _WRAP.sub("", text))
    return _WIDE.sub("\u3000", text)


def trim(pieces: Sequence[Piece]) -> list[Piece]:
    """Cut blanks and breaks at both ends, and blanks beside breaks."""
    lines = split_lines(pieces)
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    result: list[Piece] = []
    for number, line in enumerate(lines):
        if number:
            result.append(Piece("", is_break=True))
        result.extend(line)
    return result


def split_lines(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """The pieces between line breaks, each line without blanks at its ends."""
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.is_break:
            lines.append([])
        else:
            lines[-1].append(piece)
    return [_trim_line(line) for line in lines]


def _trim_line(line: list[Piece]) -> list[Piece]:
    pieces = [piece for piece in line if piece.picture or piece.text]
    while pieces and not pieces[0].picture:
        text = pieces[0].text.lstrip(BLANK)
        if text:
            pieces[0] = replace(pieces[0], text=text)
            break
        pieces.pop(0)
    while pieces and not pieces[-1].picture:
        text = pieces[-1].text.rstrip(BLANK)
        if text:
            pieces[-1] = replace(pieces[-1], text=text)
            break
        pieces.pop()
    return pieces


def plain(pieces: Iterable[Piece]) -> str:
    """The text alone; a break becomes a newline, a picture nothing."""
    return "".join("\n" if p.is_break else "" if p.picture else p.text for p in pieces)


def without(pieces: Iterable[Piece], mark: str) -> list[Piece]:
    """The same pieces with one mark taken off."""
    return [replace(piece, marks=piece.marks - {mark}) for piece in pieces]


def all_marked(pieces: Iterable[Piece], mark: str) -> bool:
    """Whether every visible piece has the mark (and there is one)."""
    seen = [piece for piece in pieces if not piece.is_blank]
    return bool(seen) and all(mark in piece.marks for piece in seen)


def nodes(pieces: Sequence[Piece]) -> list[Node | str]:
    """Write pieces as HTML nodes: one nesting order, equal neighbours joined."""
    return _nest(_settle_blanks(pieces), 0)


def _settle_blanks(pieces: Sequence[Piece]) -> list[Piece]:
    # A blank or a break carries no mark of its own: it takes the marks both neighbours share,
    # so that <b>a</b> <b>b</b> and <b>a b</b> are the same text.
    following: list[Piece | None] = []
    after: Piece | None = None
    for piece in reversed(pieces):
        following.append(after)
        after = after if piece.is_blank else piece
    result: list[Piece] = []
    before: Piece | None = None
    for piece, after in zip(pieces, reversed(following), strict=True):
        if not piece.is_blank:
            before = piece
            result.append(piece)
            continue
        marks: frozenset[str] = frozenset()
        href = ""
        if before is not None and after is not None:
            marks = before.marks & after.marks
            if before.href != after.href:
                marks -= {"a"}
            href = before.href if "a" in marks else ""
        result.append(replace(piece, marks=marks, href=href))
    return result


def _nest(pieces: Sequence[Piece], depth: int) -> list[Node | str]:
    if depth == len(MARKS):
        return _leaves(pieces)
    mark = MARKS[depth]
    result: list[Node | str] = []
    index = 0
    while index < len(pieces):
        key = _key(pieces[index], mark)
        end = index
        while end < len(pieces) and _key(pieces[end], mark) == key:
            end += 1
        inner = _nest(pieces[index:end], depth + 1)
        if key is None:
            result.extend(inner)
        else:
            attrs = {"href": key} if mark == "a" else {}
            result.append(Node(mark, attrs, inner))
        index = end
    return result


def _key(piece: Piece, mark: str) -> str | None:
    if mark not in piece.marks:
        return None
    return piece.href if mark == "a" else mark


def _leaves(pieces: Sequence[Piece]) -> list[Node | str]:
    result: list[Node | str] = []
    for piece in pieces:
        if piece.is_break:
            result.append(Node("br"))
        elif piece.picture:
            result.append(Node("img", {"src": f"blob:{piece.picture}", "alt": piece.text}))
        elif result and isinstance(result[-1], str):
            result[-1] += piece.text
        else:
            result.append(piece.text)
    return result
