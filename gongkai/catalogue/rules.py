"""Whether a record belongs in a column, from the column's rule tree. Plain values only.

A rule is ``{"all": [...]}``, ``{"any": [...]}``, ``{"not": rule}`` or a leaf
``{"field": value-or-list}``; a leaf matches when the record's value (or one of its values) is in
the list. ``theme`` also matches by its top class. An empty rule matches nothing, so that a
column without a rule never fills by accident.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FIELDS = frozenset({"kind", "theme", "genre", "unit", "area", "topic", "attribute", "validity"})


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """What a rule may ask about a record; each field holds every value that applies."""

    kind: frozenset[str] = frozenset()
    theme: frozenset[str] = frozenset()
    genre: frozenset[str] = frozenset()
    unit: frozenset[str] = frozenset()
    area: frozenset[str] = frozenset()
    topic: frozenset[str] = frozenset()
    attribute: frozenset[str] = frozenset()
    validity: frozenset[str] = frozenset()


def check_rule(rule: Any) -> list[str]:
    """What is wrong with a rule, in Chinese; an empty list means it can be stored."""
    if not isinstance(rule, Mapping):
        return ["规则应为一个对象"]
    problems: list[str] = []
    for key, value in rule.items():
        if key in {"all", "any"}:
            if not isinstance(value, list) or not value:
                problems.append(f"“{key}”后面应为列表，至少有一个条件")
                continue
            for part in value:
                problems += _check_part(part)
        elif key == "not":
            problems += _check_part(value)
        elif key not in FIELDS:
            problems.append(f"没有“{key}”这个条件，可用：{'、'.join(sorted(FIELDS))}")
        elif not isinstance(value, str) and not (
            isinstance(value, list) and all(isinstance(one, str) for one in value)
        ):
            problems.append(f"“{key}”的取值应为文字或文字的列表")
    return problems


def _check_part(part: Any) -> list[str]:
    if isinstance(part, Mapping) and not part:
        return ["规则里有空的条件，请填写或删除"]
    return check_rule(part)


def matches(rule: Mapping[str, Any], record: RecordFacts) -> bool:
    """Whether the record satisfies the rule; several keys in one object all have to hold."""
    if not rule:
        return False
    for key, value in rule.items():
        if key == "all":
            ok = bool(value) and all(matches(part, record) for part in value)
        elif key == "any":
            ok = any(matches(part, record) for part in value)
        elif key == "not":
            ok = bool(value) and not matches(value, record)
        else:
            wanted = {value} if isinstance(value, str) else set(value)
            ok = not wanted.isdisjoint(getattr(record, key))
        if not ok:
            return False
    return True
