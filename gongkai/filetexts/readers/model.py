"""What reading a file gives: pages of text, pages that are pictures, or what is wrong."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

MEGABYTE: Final = 1024 * 1024


class Outcome(StrEnum):
    """How reading ended."""

    TEXT = "text"
    NO_TEXT = "no_text"
    PICTURES = "pictures"
    """Some pages (perhaps all) are pictures; ``Reading.pictures`` names them."""
    OLD_OFFICE = "old_office"
    """A format that only an office program reads."""
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    UNSUPPORTED = "unsupported"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is read of one file: bytes in, characters out, pages, pictures recognised."""

    max_bytes: int = 64 * MEGABYTE
    max_chars: int = 2_000_000
    max_pages: int = 3_000
    max_pictures: int = 300


@dataclass(frozen=True, slots=True)
class Reading:
    """The result. ``pages`` are clean; a format without pages has one. ``problem`` is Chinese."""

    outcome: Outcome
    kind: str = ""
    pages: tuple[str, ...] = ()
    pictures: tuple[int, ...] = ()
    problem: str = ""
    complete: bool = True

    def packed(self) -> dict[str, Any]:
        """As plain values, for the way between processes."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def unpacked(cls, values: dict[str, Any]) -> "Reading":
        """The reverse of :meth:`packed`."""
        return cls(
            **{
                **values,
                "outcome": Outcome(values["outcome"]),
                "pages": tuple(values["pages"]),
                "pictures": tuple(values["pictures"]),
            }
        )


@dataclass(slots=True)
class Found:
    """What a reader of one format collected, before it is cleaned and cut."""

    pages: list[str] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    complete: bool = True
    note: str = ""


class ReadingError(Exception):
    """A file that cannot be read: ``outcome`` and a Chinese sentence for people."""

    def __init__(self, outcome: Outcome, problem: str) -> None:
        super().__init__(problem)
        self.outcome = outcome
        self.problem = problem
