"""Writing personal data anew under the current key, in pieces, as often as it is interrupted."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.core.encryption import (
    CannotDecrypt,
    EncryptedField,
    Secret,
    blind_index,
    current_version,
    keys,
    version_of,
)
from gongkai.core.health import Line

BATCH = 200
ACTIONS = {"core.keys.rotated": "换用新的个人信息密钥"}


def encrypted_fields() -> Iterator[tuple[type[models.Model], EncryptedField]]:
    """Every encrypted column of this installation with its model."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedField):
                yield model, field


def _stored(model: type[models.Model], field: EncryptedField) -> models.QuerySet[Any]:
    raw = Cast(field.name, models.TextField())
    rows: models.QuerySet[Any] = model._default_manager.order_by("pk").annotate(raw_value=raw)
    return rows.exclude(raw_value=None).exclude(raw_value="")


def counts() -> dict[str, Counter[int]]:
    """How many values there are by table and key version."""
    found: dict[str, Counter[int]] = {}
    for model, field in encrypted_fields():
        label = f"{model._meta.verbose_name}·{field.verbose_name}"
        tokens = _stored(model, field).values_list("raw_value", flat=True)
        found[label] = Counter(version_of(token) for token in tokens.iterator(chunk_size=2000))
    return found


def rotate(
    *, now: datetime, say: Callable[[str, int, int], None] | None = None, batch: int = BATCH
) -> tuple[int, int]:
    """Encrypt whatever is under an older key under the current one; (done, could not be read).

    Each piece is a transaction of its own, and what is done is no longer looked for, so the work
    may be stopped and begun again at any time. ``say`` is told label, done and whole after each.
    """
    done = failed = 0
    for model, field in encrypted_fields():
        one, bad = _rotate_column(model, field, say, batch)
        done, failed = done + one, failed + bad
    if done:
        with transaction.atomic():
            facts.record(
                action="core.keys.rotated",
                subject=("keys", current_version()),
                actor=Actor.system("keys", "密钥轮换"),
                occurred_at=now,
                details={"values": done, "unreadable": failed},
            )
    return done, failed


def _rotate_column(
    model: type[models.Model],
    field: EncryptedField,
    say: Callable[[str, int, int], None] | None,
    batch: int,
) -> tuple[int, int]:
    label = f"{model._meta.verbose_name}·{field.verbose_name}"
    old = _stored(model, field).exclude(raw_value__startswith=f"k{current_version()}.")
    whole, done, failed, after = old.count(), 0, 0, None
    while True:
        with transaction.atomic():
            rows = old if after is None else old.filter(pk__gt=after)
            piece = list(rows.select_for_update(of=("self",))[:batch])
            for row in piece:
                after = row.pk
                try:
                    text = getattr(row, field.attname).reveal()
                except CannotDecrypt:
                    failed += 1
                    continue
                values: dict[str, Any] = {field.attname: Secret.of(field.purpose, text)}
                if field.index:
                    normal = field.normalise(text) if field.normalise else text
                    values[field.index] = blind_index(field.purpose, normal)
                model._default_manager.filter(pk=row.pk).update(**values)
                done += 1
        if not piece:
            return done, failed
        if say:
            say(label, done + failed, whole)


def examined() -> list[Line]:
    """A line for the doctor: which key is in use, and whether all values can be read."""
    found = counts()
    whole: Counter[int] = sum(found.values(), Counter())
    known = set(keys())
    lost = sum(n for version, n in whole.items() if version not in known)
    old = sum(n for version, n in whole.items() if version in known) - whole[current_version()]
    note = f"第 {current_version()} 版，加密的值 {sum(whole.values())} 个"
    if lost:
        note += f"，{lost} 个缺少密钥，读不出来"
    elif old:
        note += f"，{old} 个还用旧密钥，请运行 gongkai rotate_keys"
    return [("个人信息密钥", not lost, note)]
