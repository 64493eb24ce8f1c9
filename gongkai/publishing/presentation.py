"""An item's content made ready for a page: the public page, the preview, the review page."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from gongkai.catalogue.models import Theme
from gongkai.organisations.models import Unit
from gongkai.publishing.content import content_of
from gongkai.publishing.enums import Origin, Validity
from gongkai.publishing.facts_view import cn_day, fact_rows, facts_view
from gongkai.publishing.facts_view import file_address as file_url
from gongkai.publishing.importing.clean import present_html
from gongkai.publishing.models import Item, ItemKind

VALIDITY_TONES = {
    Validity.NOT_YET: "idle",
    Validity.IN_FORCE: "ok",
    Validity.AMENDED: "warn",
    Validity.REPEALED: "red",
    Validity.LAPSED: "idle",
}


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if value else None


def present(
    content: Mapping[str, Any],
    *,
    item_id: int,
    unit: Unit | None = None,
    kind: ItemKind | None = None,
    theme: Theme | None = None,
    picture_url: Callable[[str], str] | None = None,
) -> dict[str, Any]:
    """What a page shows of a content (see ``content_of``), ready for the design's tags.

    ``head`` for ``{% item_header %}``, ``html`` and ``toc`` of the body, ``files`` for
    ``{% file_list %}``, ``summary``, ``validity`` (label, tone, text), ``own`` (the kind's
    own fields, see ``facts_view``) under ``heading``. Pictures and files point at
    ``/files/item/<id>/<sha16>/<name>``, unless ``picture_url`` gives another address. Rows that
    were read already can be passed in; otherwise they are looked up by their keys.
    """
    unit = unit or Unit.objects.get(code=content["unit"])
    kind = kind or ItemKind.objects.get(key=content["kind"])
    if theme is None and content.get("theme"):
        theme = Theme.objects.select_related("parent").filter(code=content["theme"]).first()
    host = urlsplit(settings.BASE_URL).hostname or ""
    body = present_html(
        str(content.get("body") or ""),
        image_url=picture_url or (lambda sha: file_url(item_id, sha, "picture")),
        own_hosts=[host],
    )
    return {
        "title": content.get("title") or "",
        "summary": content.get("summary") or "",
        "head": {
            "title": content.get("title") or "",
            "kind": kind.name,
            "category": content.get("genre") or "",
            "tone": "",
            "meta": _meta(content, unit, kind, theme),
        },
        "html": body.html,
        "toc": body.toc,
        "files": [
            {
                "title": entry.get("title") or entry["filename"],
                "url": file_url(item_id, entry["sha256"], entry["filename"]),
                "format": entry["filename"].rpartition(".")[2].upper(),
                "size": entry.get("size", 0),
                "sha256": entry["sha256"],
            }
            for entry in content.get("attachments") or []
        ],
        "validity": validity_of(content),
        "own": facts_view(
            kind,
            content.get("facts") or {},
            attachments=content.get("attachments") or [],
            item_id=item_id,
        ),
        "heading": kind.look.heading,
        "keywords": list(content.get("keywords") or []),
    }


def _meta(
    content: Mapping[str, Any], unit: Unit, kind: ItemKind, theme: Theme | None
) -> list[dict[str, Any]]:
    makers = [unit.short_name]
    if content.get("joint_units"):
        makers += Unit.objects.filter(code__in=content["joint_units"]).values_list(
            "short_name", flat=True
        )
    joint = content.get("origin") == Origin.JOINT
    own = fact_rows(kind, content.get("facts") or {}, head=True)
    rows: list[tuple[str, str, bool]] = [
        ("发文字号", str(content.get("doc_no") or ""), False),
        *((r["label"], r["value"], False) for r in own),
        (kind.look.maker, "、".join(makers if joint else makers[:1]), False),
        ("成文日期", cn_day(_day(content.get("formed_on"))), False),
        ("施行日期", cn_day(_day(content.get("effective_on"))), True),
        ("失效日期", cn_day(_day(content.get("expires_on"))), True),
        ("主题分类", str(theme) if theme else "", True),
        ("转载来源", str(content.get("source") or ""), False),
        ("咨询电话", str(content.get("contact") or ""), False),
    ]
    return [{"label": label, "value": value, "extra": extra} for label, value, extra in rows]


def validity_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Whether the document is in force: label, tone of its mark, and one sentence."""
    value = Validity(content.get("validity") or Validity.IN_FORCE)
    since = cn_day(_day(content.get("effective_on")))
    until = cn_day(_day(content.get("expires_on")))
    parts = [f"自{since}起施行" if since else "", f"有效期至{until}" if until else ""]
    return {
        "key": value.value,
        "label": value.label,
        "tone": VALIDITY_TONES[value],
        "text": "，".join(filter(None, parts)),
    }


def preview_context(item: Item, picture_url: Callable[[str], str] | None = None) -> dict[str, Any]:
    """Context of ``publishing/preview.html`` for an item object with unsaved content."""
    shown = present(
        content_of(item),
        item_id=item.pk or 0,
        unit=item.unit,
        kind=item.kind,
        theme=item.theme,
        picture_url=picture_url,
    )
    return {"page_title": item.title, "shown": shown, "item": item}
