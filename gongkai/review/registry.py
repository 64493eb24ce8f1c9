"""How a content room lets its records pass the gate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from gongkai.core.errors import NotVisible
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit
from gongkai.review.models import ReviewCase


@dataclass(frozen=True, slots=True)
class Subject:
    """What is submitted: ``view`` is the canonical content, blob hashes included.

    ``authors`` are the ids of everybody who wrote on it since the last release; it may be a lazy
    query, because only a submission reads it.
    """

    id: str
    title: str
    unit: Unit
    view: Mapping[str, Any]
    authors: Iterable[int]


@dataclass(frozen=True, slots=True)
class Reading:
    """A content as a reviewer reads it.

    ``texts`` maps field → (label, plain text), in reading order, and is what differences are
    made of; ``html`` is the body as the public would see it; ``files`` and ``findings`` are what
    is attached and what the machine found.
    """

    texts: Mapping[str, tuple[str, str]]
    html: str
    files: tuple[Mapping[str, Any], ...]
    findings: tuple[Any, ...]


class Reviewable(Protocol):
    """Implemented once per content room.

    A room may also have ``stops_release(*, view, subject_id, now) -> str``: asked at the hour of
    a scheduled release, it says why the content must not go out after all; empty when it may.
    """

    label: str

    def lock(self, subject_id: str) -> None:
        """Lock the record until the end of the transaction; nothing when it does not exist.

        The gate does so before it locks a case, as the room does before it voids one. Two people
        who lock the same two rows in the same order never wait for each other for ever.
        """

    def subject(self, subject_id: str) -> Subject:
        """The present state of the record."""

    def present_view(self, subject_id: str) -> Mapping[str, Any]:
        """``subject(subject_id).view`` and nothing else: compared at every step, so it is cheap."""

    def released_view(self, subject_id: str) -> Mapping[str, Any] | None:
        """What the public sees now, in the same shape as ``Subject.view``; None if nothing."""

    def reading(self, view: Mapping[str, Any], subject_id: str) -> Reading:
        """A content for the eyes of a reviewer."""

    def release(self, *, case: ReviewCase, member: Member, now: datetime) -> None:
        """Make exactly ``case.view`` public; called by the gate only."""

    def case_closed(self, *, case: ReviewCase, now: datetime) -> None:
        """The case ended without release (rejected, voided, recalled, withheld)."""

    def reopened(self, *, subject_id: str, now: datetime) -> None:
        """What was withheld may be published after all: its editor goes on with the draft."""

    def edit_url(self, subject_id: str) -> str:
        """Where its editor works on it."""


_KINDS: dict[str, Reviewable] = {}


def register_reviewable(kind: str, adapter: Reviewable) -> None:
    """Register the adapter of a kind; a second one raises ValueError."""
    if kind in _KINDS and type(_KINDS[kind]) is not type(adapter):
        raise ValueError(f"review kind {kind} is registered already")
    _KINDS[kind] = adapter


def reviewable(kind: str) -> Reviewable:
    """The adapter of a kind; NotVisible for an unknown one."""
    if kind not in _KINDS:
        raise NotVisible
    return _KINDS[kind]
