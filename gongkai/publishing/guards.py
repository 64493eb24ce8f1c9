"""Rooms above that know more about a kind than its description says: what must not be submitted,
what has to hold in the releasing transaction itself, and what is kept for a while only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gongkai.publishing.models import Item
from gongkai.publishing.rules import Problem


class Guard:
    """One room's say over the items of a kind; every method may be left as it is here.

    ``fleeting`` marks a kind whose text is deleted for good one day: nothing of it is written
    into facts, which nobody can take back. ``ends_replaced`` says that the room itself ends what an
    item replaces, so that nobody has to be asked to correct it.
    """

    fleeting = False
    ends_replaced = False

    def problems(self, item: Item, content: Mapping[str, Any], *, now: datetime) -> list[Problem]:
        """What keeps this content from being submitted (and from a release at its hour)."""
        return []

    def releasing(self, item: Item, *, now: datetime) -> None:
        """Called in the releasing transaction, the item written; raises Refusal to stop it."""

    def withdrawn(self, item: Item, *, now: datetime) -> None:
        """Called in the transaction that takes the item down."""


_GUARDS: dict[str, Guard] = {}
_NONE = Guard()


def register_guard(kind: str, guard: Guard) -> None:
    """Let a room guard a kind, in ``apps.ready()``; registering a kind again replaces it."""
    _GUARDS[kind] = guard


def guard_of(kind: str) -> Guard:
    """The guard of a kind; one that allows everything where no room registered any."""
    return _GUARDS.get(kind, _NONE)
