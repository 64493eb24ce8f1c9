"""Load the kinds of information from their reference file; repeatable."""

import json
from pathlib import Path

from gongkai.publishing.models import ItemKind


def load_kinds() -> int:
    """Create or update kinds by key; returns how many the file names."""
    path = Path(__file__).parent / "reference" / "kinds.json"
    entries = json.loads(path.read_text(encoding="utf-8"))
    for entry in entries:
        ItemKind.objects.update_or_create(
            key=entry["key"], defaults={k: v for k, v in entry.items() if k != "key"}
        )
    return len(entries)
