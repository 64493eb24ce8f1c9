"""Inserting many rows fast: one prepared statement instead of a compiled one for every batch.

``bulk_create`` builds SQL for every value of every row, which is most of what loading an archive
costs. Here the statement is built once and the driver repeats it.
"""

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

from django.db import connection, models


class JsonText(str):
    """The value of a JSON field that is JSON text already; stored as it stands."""

    __slots__ = ()


def _json(value: Any) -> str:
    return value if type(value) is JsonText else json.dumps(value, ensure_ascii=False)


def _adapter(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.DateTimeField):  # before DateField, which it is based on
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, models.DateField):
        return connection.ops.adapt_datefield_value
    return None


@contextmanager
def fewer_collections() -> Iterator[None]:
    """Look for garbage less often while very many objects are made that all live a moment only:
    a tenth of the time of loading an archive."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def keys(model: type[models.Model], number: int) -> list[int]:
    """Take ``number`` keys that no other row of the model will get; inside a transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, model._meta.pk.column, number],
            )
            return [row[0] for row in cursor.fetchall()]
        # The transaction holds SQLite's one write lock from its beginning.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        last = row[0] if row else 0
        return list(range(last + 1, last + number + 1))


def insert(rows: Sequence[models.Model], *, skip_conflicts: bool = False) -> None:
    """Save new rows of one model without reading their keys back; inside a transaction.

    Rows that have a key (:func:`keys`) keep it, if all of them have one.

    Nothing is validated and ``pre_save`` is not called: for rows that our own code has made. With
    ``skip_conflicts`` a row that a unique constraint forbids is left out. Raises RuntimeError
    outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("rows are inserted inside the transaction of what they belong to")
    if not rows:
        return
    meta = rows[0]._meta
    keyed = rows[0].pk is not None
    fields = [field for field in meta.concrete_fields if keyed or not field.primary_key]
    values_of = attrgetter(*(field.attname for field in fields))
    adapters = [
        (place, adapt)
        for place, field in enumerate(fields)
        if (adapt := _adapter(field)) is not None
    ]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608
    if skip_conflicts:
        statement += " ON CONFLICT DO NOTHING"
    prepared = []
    for row in rows:
        values = list(values_of(row))
        for place, adapt in adapters:
            values[place] = adapt(values[place])
        prepared.append(values)
    with connection.cursor() as cursor:
        cursor.executemany(statement, prepared)
