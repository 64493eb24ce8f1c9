"""What a process may remember of the database between two requests, and for how long.

Two kinds, both off in tests (``settings.MEMO_SECONDS`` = 0) and inside a transaction, where a
caller must see its own uncommitted writes:

- *reference* data (sites, columns, kinds, units, working days) changes a few times a year. It is
  remembered for ``MEMO_SECONDS``, so a change is seen by every process that much later at most.
- what is *computed from facts* is remembered until a new fact is recorded. Facts are written in
  every business transaction, so the id of the newest one is a version of everything they prove.
  On PostgreSQL two transactions may commit in the other order than their ids say; such a result
  is off until the next fact, and ``MEMO_SECONDS`` bounds that too.

Values are shared by all threads of the process: whoever gets one must not change it.
"""

import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection

from gongkai.core.models import Fact

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

LIMIT = 5000
"""Entries; beyond that the process forgets everything and starts again."""

_KNOWN: dict[Hashable, tuple[float, int, Any]] = {}


def clear() -> None:
    """Forget everything; called after a write of staff in this process."""
    _KNOWN.clear()


def works() -> bool:
    """Whether anything is remembered here and now."""
    return bool(settings.MEMO_SECONDS) and not connection.in_atomic_block


def _keep(key: Hashable, version: int, value: Any) -> None:
    if len(_KNOWN) >= LIMIT:
        _KNOWN.clear()
    _KNOWN[key] = (time.monotonic() + settings.MEMO_SECONDS, version, value)


def _newest_fact() -> int:
    newest = Fact.objects.order_by("-id").values_list("id", flat=True)[:1]
    return next(iter(newest), 0)


def _remembering(
    function: Callable[P, R],
    version_of: Callable[[], int],
    key: Callable[P, Hashable],
) -> Callable[P, R]:
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def remember(*args: P.args, **kwargs: P.kwargs) -> R:
        if not works():
            return function(*args, **kwargs)
        full: Hashable = (name, key(*args, **kwargs))
        # Asked before the value is read: what is recorded in between makes the value old, not new.
        version = version_of()
        known = _KNOWN.get(full)
        if known is not None and known[1] == version and time.monotonic() < known[0]:
            found: R = known[2]
            return found
        value = function(*args, **kwargs)
        _keep(full, version, value)
        return value

    return remember


def reference(
    key: Callable[P, Hashable],
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a read of reference data; ``key`` turns its arguments into something hashable."""
    return lambda function: _remembering(function, lambda: 0, key)


def until_next_fact(
    key: Callable[P, Hashable],
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a read of what facts prove; one small query instead of the whole computation."""
    return lambda function: _remembering(function, _newest_fact, key)


def rows(
    name: str, ids: Iterable[int], load: Callable[[list[int]], Mapping[int, T]]
) -> dict[int, T]:
    """Reference rows by id: ``load`` is asked only for those that are not remembered."""
    wanted = dict.fromkeys(ids)
    if not works():
        return dict(load(list(wanted))) if wanted else {}
    now = time.monotonic()
    found: dict[int, T] = {}
    for row in wanted:
        known = _KNOWN.get((name, row))
        if known is not None and now < known[0]:
            found[row] = known[2]
    missing = [row for row in wanted if row not in found]
    if missing:
        for row, value in load(missing).items():
            _keep((name, row), 0, value)
            found[row] = value
    return found
