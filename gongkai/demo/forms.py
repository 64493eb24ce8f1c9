"""Interpretations in every form, one late, one relayed, one of a document that has lapsed, and the
Q&A that goes with them: ``content/forms/*.md`` in the format of ``kinds``.

``interprets`` names the document by 发文字号 or by words of its title; ``files`` gives names to files
beside the texts, and ``@name`` among the facts stands for the file's digest. The pictures are drawn
by ``scripts/draw_interpretations.py``.
"""

import json
import mimetypes
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Q

from gongkai.core import blobs
from gongkai.demo.kinds import build_one, moment_of, read
from gongkai.demo.people import populate
from gongkai.organisations.models import Unit
from gongkai.publishing.models import Item, ItemKind
from gongkai.publishing.uploads import picture_size

CONTENT = Path(__file__).parent / "content" / "forms"
_TYPES = {".vtt": "text/vtt; charset=utf-8", ".webm": "video/webm"}


def added_facts(slug: str) -> dict[str, Any]:
    """What the form of an interpretation among ``content/items`` needs beyond its text."""
    everything = json.loads((CONTENT / "facts.json").read_text(encoding="utf-8"))
    return dict(everything.get(slug, {}))


def pairs_of(text: str) -> tuple[str, list[dict[str, str]]]:
    """A text of ``## 问：`` and ``答：`` as (what stands before the first question, the pairs)."""
    before, *parts = text.split("## 问：")
    pairs = []
    for part in parts:
        question, _, answer = part.partition("\n")
        lines = [line.strip() for line in answer.strip().splitlines() if line.strip()]
        pairs.append(
            {"question": question.strip(), "answer": "\n".join(lines).removeprefix("答：")}
        )
    return before.strip(), pairs


def _attachment(name: str, moment: datetime) -> dict[str, Any]:
    path = CONTENT / name
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    data = path.read_bytes()
    blob = blobs.store(data, content_type=kind, now=moment)
    return {
        "title": path.stem,
        "filename": name,
        "sha256": blob.sha256,
        "size": blob.size,
        "content_type": kind,
        **picture_size(data),
    }


def _named(value: Any, digests: dict[str, str]) -> Any:
    """The facts with ``@name`` replaced by digests, however deep."""
    if isinstance(value, dict):
        return {key: _named(part, digests) for key, part in value.items()}
    if isinstance(value, list):
        return [_named(part, digests) for part in value]
    if isinstance(value, str) and value.startswith("@"):
        return digests[value[1:]]
    return value


def _prepared(document: dict[str, Any]) -> dict[str, Any]:
    moment = moment_of(document["released"])
    files = {name: _attachment(file, moment) for name, file in document.pop("files", {}).items()}
    named = document.pop("interprets")
    target = Item.objects.filter(Q(doc_no=named) | Q(title__contains=named), version__gt=0).get()
    facts = _named(document["facts"], {name: entry["sha256"] for name, entry in files.items()})
    return {
        **document,
        "facts": {**facts, "interprets": [target.pk]},
        "attachments": list(files.values()),
    }


def build_forms() -> list[Item]:
    """Release all of them through the services, each at its own time."""
    documents = [read(path) for path in sorted(CONTENT.glob("*.md"))]
    populate({document["unit"] for document in documents})
    kinds = {kind.key: kind for kind in ItemKind.objects.all()}
    units = {unit.code: unit for unit in Unit.objects.select_related("area")}
    ordered = sorted(documents, key=lambda document: document["released"])
    return [build_one(_prepared(document), kinds, units) for document in ordered]
