"""What rooms above say about an item on its desk page, in a few lines beside it."""

from collections.abc import Callable
from dataclasses import dataclass

from gongkai.publishing.models import Item


@dataclass(frozen=True, slots=True)
class Aside:
    """A heading and short lines of text."""

    title: str
    lines: tuple[str, ...]


_PROVIDERS: dict[str, Callable[[Item], Aside | None]] = {}


def register_aside(key: str, provider: Callable[[Item], Aside | None]) -> None:
    """Let a room add lines to every item's desk page; registering a key again replaces it."""
    _PROVIDERS[key] = provider


def asides_of(item: Item) -> list[Aside]:
    """What the rooms have to say about an item."""
    return [aside for provider in _PROVIDERS.values() if (aside := provider(item)) is not None]
