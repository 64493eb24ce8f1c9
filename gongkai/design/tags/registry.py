"""The one library all tags register with, and how they read rows."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone

register = template.Library()


def local(value: dt.date) -> dt.date:
    """A moment as the wall clock shows it; a plain date unchanged."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        # Nobody has a zone of his own here, and asking for it costs more than the conversion.
        return value.astimezone(timezone.get_default_timezone())
    return value


def get(row: Any, name: str, default: Any = "") -> Any:
    """Read one value of a row given as a dict or as an object; ``default`` also replaces None."""
    value = row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)
    return default if value is None else value
