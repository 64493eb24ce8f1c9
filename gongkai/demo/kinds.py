"""One good document of every kind of information, from ``content/kinds/*.md``, and the documents
of the named places, from ``content/places/*.md``.

The head of a file is one JSON object (kind, unit, fields, facts, ``released``; ``release_at`` for
one that waits for its hour, ``about`` for the titles of the documents it explains), the rest is
the body in the format of ``content/markup.py``. Among the facts ``"@name"`` means the item made
from ``name.md``, which has to be released earlier; ``files`` maps titles to the texts of plain
text attachments, ``papers`` lists the formats (docx, pdf) in which the text itself is attached;
``then`` is a later version: the hour and what changes.
"""

import io
import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from gongkai.catalogue.models import Theme
from gongkai.core import blobs
from gongkai.core.clock import SHANGHAI, at
from gongkai.demo.content.markup import markdown_to_html
from gongkai.demo.people import acting, populate
from gongkai.organisations.access import system_member
from gongkai.organisations.models import Unit
from gongkai.publishing import lifecycle
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item, ItemKind
from gongkai.review import services as review

CONTENT = Path(__file__).parent / "content" / "kinds"
PLACES = Path(__file__).parent / "content" / "places"
"""What the named places draw: progress data, projects, funds, guides and what goes with them."""
BASIS = "条例第十三条、第十九条；经核对，不含第十四条至第十六条所列情形"
POSTS = {"first": "chushen", "final": "zhongshen", "secrecy": "baomi"}
# Says of a file how it is built; everything else is content.
_PLAN = {
    "kind", "unit", "released", "release_at", "state", "poster", "about", "slug", "files",
    "papers", "then",
}  # fmt: skip
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def read(path: Path) -> dict[str, Any]:
    """One document: its head, and ``body`` as HTML."""
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    document: dict[str, Any] = json.loads(head)
    document["body"] = markdown_to_html(body) if body.strip() else ""
    document["slug"] = path.stem
    return document


def moment_of(text: str) -> datetime:
    """A time of a document's head, in Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def poster(title: str) -> bytes:
    """A plain picture for a video: two bands and a play mark, without letters."""
    from PIL import Image, ImageDraw

    shade = sum(map(ord, title)) % 40
    picture = Image.new("RGB", (1280, 720), (10, 51 + shade, 88))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 560, 1280, 720), fill=(18, 68, 112))
    draw.ellipse((540, 220, 740, 420), fill=(255, 255, 255))
    draw.polygon([(610, 265), (610, 375), (700, 320)], fill=(15, 76, 129))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _with_poster(content: dict[str, Any], title: str, moment: datetime) -> None:
    blob = blobs.store(poster(title), content_type="image/png", now=moment)
    content["attachments"] = [
        {
            "title": f"视频封面：{title}",
            "filename": "视频封面.png",
            "sha256": blob.sha256,
            "size": blob.size,
            "content_type": "image/png",
        }
    ]
    content["facts"]["poster"] = blob.sha256


def _linked(facts: dict[str, Any], made: Mapping[str, Item]) -> dict[str, Any]:
    """The facts with every ``"@name"`` in a list replaced by the id of that item."""
    return {
        name: [made[v[1:]].pk if isinstance(v, str) and v[:1] == "@" else v for v in value]
        if isinstance(value, list)
        else value
        for name, value in facts.items()
    }


def _with_files(content: dict[str, Any], files: dict[str, str], moment: datetime) -> None:
    """Attach plain text files, by title; the text is UTF-8 with a mark, so that any reader opens
    it."""
    content["attachments"] = []
    for title, text in files.items():
        data = ("\ufeff" + text).encode()
        blob = blobs.store(data, content_type="text/plain", now=moment)
        content["attachments"].append(
            {
                "title": title,
                "filename": f"{title}.txt",
                "sha256": blob.sha256,
                "size": blob.size,
                "content_type": "text/plain",
            }
        )


def _as_docx(title: str, body: str) -> bytes:
    from docx import Document

    paper = Document()
    paper.add_heading(title, level=1)
    for paragraph in re.findall(r"<(?:p|h2)>(.*?)</(?:p|h2)>", body):
        paper.add_paragraph(paragraph)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _as_pdf(title: str, body: str) -> bytes | None:
    """The text as pages; None where the machine cannot draw them (no Pango)."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError):
        return None
    style = (
        "@page{size:A4;margin:37mm 26mm 35mm 28mm}body{font:16pt/1.8 serif}h1{text-align:center}"
    )
    html = f"<style>{style}</style><h1>{title}</h1>{body}"
    return bytes(HTML(string=html).write_pdf())


def _with_papers(document: Mapping[str, Any], content: dict[str, Any], moment: datetime) -> None:
    """Attach the text itself, as 文字版 and 图片版 of a 规章 are."""
    title = document["title"]
    forms = {
        "docx": (_as_docx, "文字版", _DOCX),
        "pdf": (_as_pdf, "图片版", "application/pdf"),
    }
    content["attachments"] = []
    for form in document["papers"]:
        draw, name, content_type = forms[form]
        data = draw(title, document["body"])
        if data is None:
            continue
        blob = blobs.store(data, content_type=content_type, now=moment)
        content["attachments"].append(
            {
                "title": f"{title}（{name}）",
                "filename": f"{title}.{form}",
                "sha256": blob.sha256,
                "size": blob.size,
                "content_type": content_type,
            }
        )


def build_one(
    document: dict[str, Any],
    kinds: dict[str, ItemKind],
    units: dict[str, Unit],
    made: Mapping[str, Item] | None = None,
) -> Item:
    """Write, submit and release one document through the services; ``made`` holds those that it
    may refer to."""
    moment = moment_of(document["released"])
    code = document["unit"]
    content = {k: v for k, v in document.items() if k not in _PLAN}
    content["facts"] = _linked(content["facts"], made or {})
    top, _, leaf = document.get("theme", "").partition("/")
    if leaf:
        content["theme"] = Theme.objects.get(name=leaf, parent__name=top).code
    if document.get("about"):
        about = Item.objects.filter(title__in=document["about"], visibility="public")
        content["facts"]["interprets"] = list(about.order_by("pk").values_list("pk", flat=True))
    if document.get("files"):
        _with_files(content, document["files"], moment)
    if document.get("papers"):
        _with_papers(document, content, moment)
    if document.get("poster"):
        _with_poster(content, document["poster"], moment)
    editor = acting(f"{code}_bianji", moment)
    item = publishing.item_create(
        unit=units[code],
        kind=kinds[document["kind"]],
        content=content,
        member=editor,
        now=moment - timedelta(hours=2),
    )
    release_at = moment_of(document["release_at"]) if document.get("release_at") else None
    _release(item, code, moment, release_at)
    return item


def _release(item: Item, code: str, moment: datetime, release_at: datetime | None = None) -> None:
    case = publishing.item_submit(
        item_id=item.pk,
        member=acting(f"{code}_bianji", moment),
        now=moment - timedelta(minutes=40),
        release_at=release_at,
    )
    for step, minutes in (("first", 25), ("final", 10), ("secrecy", 0)):
        review.step_approve(
            case_id=case.pk,
            step=step,
            digest=case.digest,
            member=acting(f"{code}_{POSTS[step]}", moment),
            now=moment - timedelta(minutes=minutes),
            legal_basis=BASIS if step == "secrecy" else "",
        )


def _change(item: Item, document: Mapping[str, Any]) -> None:
    """The later version of a document: edited and reviewed like the first."""
    code, moment = document["unit"], moment_of(document["then"]["at"])
    publishing.item_edit(
        item_id=item.pk,
        content=document["then"]["content"],
        member=acting(f"{code}_bianji", moment),
        now=moment - timedelta(minutes=50),
    )
    _release(item, code, moment)


def build_kinds() -> list[Item]:
    """Release the documents, each at its own time, and bring validity up to the day of the
    demonstration: documents have lapsed, are about to, were repealed, or are not in force yet."""
    documents = [read(path) for folder in (CONTENT, PLACES) for path in sorted(folder.glob("*.md"))]
    populate({document["unit"] for document in documents})
    kinds = {kind.key: kind for kind in ItemKind.objects.all()}
    units = {unit.code: unit for unit in Unit.objects.select_related("area")}
    ordered = sorted(documents, key=lambda document: document["released"])
    found: dict[str, Item] = {}
    for document in ordered:
        found[document["slug"]] = build_one(document, kinds, units, found)
    made = list(found.values())
    changed = [document for document in documents if document.get("then")]
    for document in sorted(changed, key=lambda document: document["then"]["at"]):
        _change(found[document["slug"]], document)
    lifecycle.due_validity(member=system_member("tick"), now=at(date(2022, 10, 18), 8))
    return made
