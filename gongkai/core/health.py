"""What rooms add to `gongkai doctor`: one line each on what works, is missing, or is wrong."""

from collections.abc import Callable, Iterator

# (label, ok: True works, None missing but not needed, False wrong, what to say)
Line = tuple[str, bool | None, str]
_EXAMINATIONS: dict[str, Callable[[], list[Line]]] = {}


def register_examination(name: str, examine: Callable[[], list[Line]]) -> None:
    """Add lines to the doctor's report; registering a name again replaces it."""
    _EXAMINATIONS[name] = examine


def examinations() -> Iterator[Line]:
    """The lines of all rooms; asked only when the database is up to date."""
    for examine in _EXAMINATIONS.values():
        yield from examine()
