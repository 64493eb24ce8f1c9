"""What rooms say to reviewers beside a case: facts that are no part of what is reviewed and that
the public never sees, such as what was left out of it and why."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseNote:
    """A heading and short lines of text, shown to staff beside the case."""

    title: str
    lines: tuple[str, ...]


_PROVIDERS: dict[str, tuple[str, Callable[[str], CaseNote | None]]] = {}


def register_case_note(
    key: str, subject_kind: str, provider: Callable[[str], CaseNote | None]
) -> None:
    """Let a room add a note to the cases of one kind of subject; ``provider`` gets the subject's
    id. Registering a key again replaces it."""
    _PROVIDERS[key] = (subject_kind, provider)


def notes_of(subject_kind: str, subject_id: str) -> list[CaseNote]:
    """What the rooms have to say to the reviewers of a subject."""
    return [
        note
        for kind, provider in _PROVIDERS.values()
        if kind == subject_kind and (note := provider(subject_id)) is not None
    ]
