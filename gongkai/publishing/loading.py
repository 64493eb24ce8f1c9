"""Load the kinds of information from their reference file, or a local one; repeatable."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from gongkai.core.errors import InvalidInput
from gongkai.publishing.enums import KindGroup
from gongkai.publishing.models import ItemKind
from gongkai.publishing.rules_kinds import kind_problems

REFERENCE = Path(__file__).parent / "reference" / "kinds.json"
# What a file leaves out falls back to these, so that a key taken out of a file goes away.
_DEFAULTS: dict[str, Any] = {
    "schema": [],
    "doc_no": "optional",
    "needs_interpretation": False,
    "group": KindGroup.NEWS,
    "text": "",
    "fields": [],
    "template": "",
    "screening": "standard",
    "due_rule": {},
    "standing": False,
    "distinct_by": "",
    "review_days": None,
    "expiry_rule": {},
    "levels": [],
    "page": {},
    "order": 900,
}


def load_kinds(path: Path = REFERENCE) -> int:
    """Create or update kinds by key; returns how many the file names.

    Kinds that the file does not name stay as they are. Raises InvalidInput naming the kind, the
    field and what is wrong with it; then nothing is loaded.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InvalidInput({"kinds": [f"读不出 {path.name}：{error}"]}) from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidInput({"kinds": [f"{path.name} 应为种类的列表"]})
    problems = [p for entry in entries for p in kind_problems(entry, groups=KindGroup.values)]
    if problems:
        raise InvalidInput({"kinds": problems})
    with transaction.atomic():
        for entry in entries:
            values = {**_DEFAULTS, **{k: v for k, v in entry.items() if k != "key"}}
            ItemKind.objects.update_or_create(key=entry["key"], defaults=values)
    return len(entries)
