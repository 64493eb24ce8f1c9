"""An item's content as a reviewer reads it: words instead of codes."""

from collections.abc import Mapping
from typing import Any

from gongkai.catalogue.entries.selectors import entry_names
from gongkai.catalogue.models import Column, Theme
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import Attribute, ChangeKind, Origin, Validity
from gongkai.publishing.facts_text import text_of
from gongkai.publishing.importing.clean import plain_text, present_html
from gongkai.publishing.inspection import inspect_content, inspect_files
from gongkai.publishing.models import Item, ItemKind
from gongkai.publishing.overlap import interpretation_findings
from gongkai.publishing.rules import FIELD_LABELS
from gongkai.publishing.rules_facts import EMPTY
from gongkai.review.registry import Reading

_CHOICES: dict[str, Mapping[str, str]] = {
    "validity": dict(Validity.choices),
    "attribute": dict(Attribute.choices),
    "origin": dict(Origin.choices),
    "change_kind": dict(ChangeKind.choices),
}


def topic_names(keys: list[str]) -> list[str]:
    """Names of topic keys (``yingshang/wenjian`` → 优化营商环境·政策文件); one query."""
    columns: dict[str, str] = {}
    sections: dict[str, str] = {}
    rows = Column.objects.filter(key__in={k.split("/")[0] for k in keys}).values_list(
        "key", "name", "sections__key", "sections__name"
    )
    for column, name, section, title in rows:
        columns[column] = name
        if section:
            sections[f"{column}/{section}"] = title
    return [
        "·".join(filter(None, (columns.get(k.split("/")[0], k), sections.get(k, "")))) for k in keys
    ]


def _facts(view: Mapping[str, Any], kind: ItemKind | None) -> dict[str, tuple[str, str]]:
    values = view.get("facts") or {}
    if not values:
        return {}
    names = {a["sha256"]: str(a["filename"]) for a in view.get("attachments") or []}
    found = {}
    for field in kind.schema if kind else []:
        value = values.get(field["name"])
        if value in EMPTY:
            continue
        if field["type"] == "items":
            titles = Item.objects.filter(pk__in=list(value or [])).values_list("title", flat=True)
            text = "；".join(titles)
        elif field["type"] == "file":
            text = names.get(value, "（文件不在附件里）")
        else:
            text = text_of(field, value, names)
        found[f"facts.{field['name']}"] = (field["label"], text)
    return found


def file_url(subject_id: str, sha256: str, filename: str) -> str:
    """Where a file of an item is served, if its record allows."""
    return f"/files/item/{subject_id}/{sha256[:16]}/{filename}"


def reading_of(view: Mapping[str, Any], subject_id: str) -> Reading:
    """See gongkai.review.registry.Reading."""
    texts: dict[str, tuple[str, str]] = {}
    for name, label in FIELD_LABELS.items():
        value = view.get(name)
        if name in ("facts", "attachments", "body", "unit", "kind") or value in (None, "", []):
            continue
        if name == "theme":
            theme = Theme.objects.select_related("parent").filter(code=value).first()
            text = str(theme) if theme else str(value)
        elif name == "topics":
            text = "、".join(topic_names(list(value)))
        elif name == "entries":
            names = entry_names(list(value))
            text = "；".join(f"{names.get(code, '已移出目录的事项')}（{code}）" for code in value)
        elif name == "joint_units":
            text = "、".join(
                Unit.objects.filter(code__in=value).values_list("short_name", flat=True)
            )
        elif name in _CHOICES:
            text = _CHOICES[name].get(value, str(value))
        else:
            text = "、".join(value) if isinstance(value, list) else str(value)
        texts[name] = (label, text)
    kind = ItemKind.objects.filter(key=view.get("kind")).first()
    texts.update(_facts(view, kind))
    attachments = view.get("attachments") or []
    if attachments:
        lines = [f"{a['title']}（{a['filename']}，{a['sha256'][:12]}）" for a in attachments]
        texts["attachments"] = ("附件", "\n".join(lines))
    texts["body"] = ("正文", plain_text(view.get("body") or ""))
    presented = present_html(
        view.get("body") or "", image_url=lambda sha: file_url(subject_id, sha, "picture")
    )
    files = tuple(
        {**a, "url": file_url(subject_id, a["sha256"], a["filename"])} for a in attachments
    )
    findings = (
        *inspect_content(view, kind).findings,
        *(interpretation_findings(view, kind) if kind else ()),
        *inspect_files(view),
    )
    return Reading(texts, presented.html, files, findings)
