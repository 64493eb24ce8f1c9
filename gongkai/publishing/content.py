"""The one shape of an item's content: what is edited, reviewed, digested, kept as version."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from gongkai.catalogue.models import Theme
from gongkai.organisations.models import Unit
from gongkai.publishing.models import CONTENT_FIELDS, Item, ItemKind
from gongkai.publishing.rules import FIELD_LABELS

_DATES = ("formed_on", "changed_on", "effective_on", "expires_on")


def content_of(item: Item) -> dict[str, Any]:
    """The content of an item object as plain JSON values; related rows by stable key."""
    content: dict[str, Any] = {}
    for name in CONTENT_FIELDS:
        value = getattr(item, name)
        if name in ("kind",):
            value = value.key
        elif name == "unit":
            value = value.code
        elif name == "theme":
            value = value.code if value else ""
        elif isinstance(value, date):
            value = value.isoformat()
        content[name] = value if value is not None else ""
    return content


def content_of_revision(
    stored: Mapping[str, Any], *, kind: str, unit: str, theme: str
) -> dict[str, Any]:
    """The same as :func:`content_of`, straight from a revision's JSON and the keys of its related
    rows; the gate compares it at every step, where building an item would cost most of the time.
    """
    # Revisions from before there were entries have none.
    stored = {"entries": [], **stored}
    content = {name: "" if stored[name] is None else stored[name] for name in CONTENT_FIELDS}
    return {**content, "kind": kind, "unit": unit, "theme": theme}


def apply_content(item: Item, content: Mapping[str, Any]) -> None:
    """Write plain content onto an item object (unsaved). Unknown keys raise KeyError."""
    for name, value in content.items():
        if name not in CONTENT_FIELDS:
            raise KeyError(name)
        if name == "kind":
            item.kind = value if isinstance(value, ItemKind) else ItemKind.objects.get(key=value)
        elif name == "unit":
            item.unit = value if isinstance(value, Unit) else Unit.objects.get(code=value)
        elif name == "theme":
            if value and not isinstance(value, Theme):
                value = Theme.objects.get(code=value)
            item.theme = value or None
        elif name in _DATES:
            setattr(
                item,
                name,
                date.fromisoformat(value) if isinstance(value, str) and value else value or None,
            )
        else:
            setattr(item, name, value)


def value_problems(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the stored fields cannot hold, by field: a draft may lack things, but never that."""
    found: dict[str, list[str]] = {}
    for name, value in content.items():
        if name not in CONTENT_FIELDS or not isinstance(value, str) or not value:
            continue
        field, label = Item._meta.get_field(name), FIELD_LABELS[name]
        limit = getattr(field, "max_length", None)
        choices = dict(getattr(field, "flatchoices", ()))
        if limit and len(value) > limit:
            found[name] = [f"{label}不能超过 {limit} 个字，现在是 {len(value)} 个，请精简。"]
        elif choices and value not in choices:
            found[name] = [f"{label}的取值“{value}”不在可选范围内，请重新选择。"]
        elif name in _DATES:
            try:
                date.fromisoformat(value)
            except ValueError:
                found[name] = [f"{label}“{value}”不是有效日期，请写成 2022-10-18 这样的形式。"]
    return found


def blobs_in(content: Mapping[str, Any]) -> set[str]:
    """SHA-256 names of every file the content refers to."""
    import re

    named = {entry["sha256"] for entry in content.get("attachments") or []}
    return named | set(re.findall(r"blob:([0-9a-f]{64})", content.get("body") or ""))
