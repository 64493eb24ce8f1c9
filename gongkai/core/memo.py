"""What a process may remember of the database between two requests, and for how long.

Three kinds, all off in tests (``settings.MEMO_SECONDS`` = 0) and inside a transaction, where a
caller must see its own uncommitted writes:

- *reference* data (sites, columns, kinds, units, working days) changes a few times a year. It is
  remembered for ``MEMO_SECONDS``, so a change is seen by every process that much later at most.
- what is *computed from facts* is remembered until a new fact is recorded. Facts are written in
  every business transaction, so the id of the newest one is a version of everything they prove.
  On PostgreSQL two transactions may commit in the other order than their ids say; such a result
  is off until the next fact, and ``MEMO_SECONDS`` bounds that too.
- what is *public now* is remembered as long as the version is certain to be the same: until the
  next fact on SQLite, which commits in the order of ids, until the next commit of anybody on
  PostgreSQL. A withdrawal is a fact of its own transaction, so nothing remembered outlives it;
  pages stay within the 5 seconds that caches are told (core.caching). Names of units and columns
  in it are as old as the first kind allows, and ``MEMO_SECONDS`` more.

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

LARGE_LIMIT = 400
"""Entries of what is public, which may be tens of kilobytes each."""

_Store = dict[Hashable, tuple[float, Hashable, Any]]
_KNOWN: _Store = {}
_LARGE: _Store = {}


def clear() -> None:
    """Forget everything; called after a write of staff in this process."""
    _KNOWN.clear()
    _LARGE.clear()


def works() -> bool:
    """Whether anything is remembered here and now."""
    return bool(settings.MEMO_SECONDS) and not connection.in_atomic_block


def _keep(store: _Store, key: Hashable, version: Hashable, value: Any) -> None:
    if len(store) >= (LARGE_LIMIT if store is _LARGE else LIMIT):
        store.clear()
    store[key] = (time.monotonic() + settings.MEMO_SECONDS, version, value)


# Written out: building these through the ORM costs more than asking them, several times a page.
_NEWEST = f"SELECT MAX(id) FROM {Fact._meta.db_table}"  # noqa: S608
_SNAPSHOT = "SELECT pg_current_snapshot()::text"


def _ask(sql: str) -> Hashable:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: Hashable = cursor.fetchone()[0]
    return found


def _newest_fact() -> Hashable:
    return _ask(_NEWEST)


def _state() -> Hashable:
    """Two equal states see the same rows. Equal snapshots of PostgreSQL see exactly the same
    transactions, which the newest fact does not say there."""
    return _ask(_SNAPSHOT if connection.vendor == "postgresql" else _NEWEST)


def _remembering(
    function: Callable[P, R],
    version_of: Callable[[], Hashable],
    key: Callable[P, Hashable],
    store: _Store = _KNOWN,
) -> Callable[P, R]:
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def remember(*args: P.args, **kwargs: P.kwargs) -> R:
        if not works():
            return function(*args, **kwargs)
        full: Hashable = (name, key(*args, **kwargs))
        # Asked before the value is read: what is recorded in between makes the value old, not new.
        version = version_of()
        known = store.get(full)
        if known is not None and known[1] == version and time.monotonic() < known[0]:
            found: R = known[2]
            return found
        value = function(*args, **kwargs)
        _keep(store, full, version, value)
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


def while_public(
    key: Callable[P, Hashable],
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a read of public content (titles and texts that may be withdrawn); one small query
    instead of many. The key has to hold everything that the value depends on, the day too."""
    return lambda function: _remembering(function, _state, key, _LARGE)


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
            _keep(_KNOWN, (name, row), 0, value)
            found[row] = value
    return found
