"""The files and pictures of one row: named in a field, linked in the text, shown in the text."""

from collections.abc import Mapping
from typing import Any

from gongkai.core import blobs
from gongkai.core.errors import InvalidInput
from gongkai.legacy import attachments, bodies
from gongkai.legacy.candidate import Candidate
from gongkai.legacy.enums import IssueKind
from gongkai.legacy.rules import ValueProblem
from gongkai.legacy.shop import Shop
from gongkai.publishing.uploads import Purpose, Upload, check_upload

_UNKEPT = "0" * 64


def picture(shop: Shop, address: str) -> str | None:
    """Keep a picture of a text; its SHA-256, None when it is missing or no picture."""
    try:
        data = shop.files.read(address)
        if data is None:
            return None
        checked = check_upload(
            Upload(attachments.clean_filename(address), data),
            purpose=Purpose.PICTURE,
            field="body",
            today=shop.today,
        )
    except (InvalidInput, ValueProblem):
        return None
    if shop.keep_at is None:
        return _UNKEPT
    return blobs.store(data, content_type=checked.content_type, now=shop.keep_at).sha256


def named(value: Any, split: str) -> dict[str, str]:
    """Address → title of the files a field names: text, a list of texts, or a list of objects
    with title (or name) and url (or path, file)."""
    if value is None:
        return {}
    parts = value if isinstance(value, list) else [value]
    found: dict[str, str] = {}
    for part in parts:
        if isinstance(part, Mapping):
            title = str(part.get("title") or part.get("name") or "")
            address = part.get("url") or part.get("path") or part.get("file") or ""
            found.setdefault(str(address).strip(), title[:120])
        else:
            for address in str(part).split(split):
                found.setdefault(address.strip(), "")
    found.pop("", None)
    return found


def attach(shop: Shop, made: Candidate, body: bodies.Body, wanted: dict[str, str]) -> None:
    """Put the files of a row into its content; what is missing is noted. A link in the text to a
    file that is now attached keeps its words only. Raises ValueProblem."""
    for address in body.files:
        wanted.setdefault(address, "")
    entries: dict[str, dict[str, Any]] = {}
    kept: set[str] = set()
    for address, title in list(wanted.items())[: attachments.MOST]:
        entry = attachments.keep(shop.files, address, title, today=shop.today, now=shop.keep_at)
        if entry is None:
            _missing(made, address, "附件")
        else:
            kept.add(address)
            entries.setdefault(entry["sha256"] or address, entry)
    for address in body.lost_pictures:
        _missing(made, address, "图片")
    if entries:
        made.content["attachments"] = list(entries.values())
    if kept and made.has_links:
        html, _, _ = bodies.rewrite_links(body.html, lambda a: "" if a in kept else None)
        made.content["body"] = html
        made.has_links = "<a " in html
    if not body.text.strip() and not entries:
        reason = "没有正文，也没有附件"
        if wanted:
            reason = f"没有正文，{len(wanted)} 个附件都不在附件目录里"
        raise ValueProblem(
            "no_body", reason, "请从旧网站补抓正文，或把附件放进附件目录后再读这一行。"
        )


def _missing(made: Candidate, address: str, word: str) -> None:
    made.note(
        IssueKind.FILE,
        "missing_file",
        "attachments",
        f"{word}没有找到：{address[:200]}",
        "请把它放进附件目录重新读入，或公开后由编辑补上。",
    )
