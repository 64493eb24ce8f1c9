"""The parts of a unit's column that its profile fills, made ready for their pages."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from gongkai.profiles.rules import FUNCTION_FIELDS, parse_contact, phone_href, written
from gongkai.profiles.rules_guide import GUIDE_FIELDS
from gongkai.profiles.selectors import (
    PublicPart,
    PublicProfile,
    public_part_item,
    public_texts,
)
from gongkai.publishing.facts_view import file_address as file_url
from gongkai.publishing.importing.clean import present_html
from gongkai.publishing.placing import item_path

_TOPICS = {
    "publish": "信息发布", "secrecy": "保密审查", "request": "依申请公开", "attribute": "属性认定",
    "clearing": "文件清理和解读", "appraisal": "考核和责任追究",
}  # fmt: skip


OTHER_RULES = "其他制度"
# The six parts of an annual report (国办公开办函〔2021〕30号) and a word that marks each heading.
REPORT_PARTS = (
    ("总体情况", "总体情况"),
    ("主动公开政府信息情况", "主动公开"),
    ("收到和处理政府信息公开申请情况", "公开申请"),
    ("政府信息公开行政复议、行政诉讼情况", "复议"),
    ("存在的主要问题及改进情况", "问题"),
    ("其他需要报告的事项", "其他"),
)
OPENED_REPORTS = 3
"""So many of the newest reports are shown with their contents."""
_REACH = {"address": "办公地址", "hours": "办公时间", "phone": "联系电话", "fax": "传真",
          "email": "电子邮箱"}  # fmt: skip
_HOLDS = {"repealed": ("已废止", "idle"), "lapsed": ("已失效", "idle"),
          "not_yet": ("尚未施行", "warn"), "amended": ("已修改", "")}  # fmt: skip


def part_context(part: str, profile: PublicProfile, today: date) -> dict[str, Any]:
    """What the page of one part shows; ``shown`` None means the unit has published nothing."""
    match part:
        case "overview":
            return _overview(profile.first("overview"), today)
        case "functions":
            return _functions(profile.first("functions"), today)
        case "leaders":
            return {"leaders": [_leader(one) for one in profile.of("leaders")],
                    **_reviewed(today, *profile.of("leaders"))}  # fmt: skip
        case "guide":
            return _guide(profile.first("guide"), today)
        case "rules":
            return _rules(profile, today)
        case "report":
            return _reports(profile)
        case _:
            return _office(profile)


def _reviewed(today: date, *parts: PublicPart) -> dict[str, Any]:
    """The day on which the page was last found right, the oldest where there are several."""
    if not parts:
        return {"shown": None}
    oldest = min(parts, key=lambda p: p.reviewed_on)
    stale = oldest.due_on is not None and oldest.due_on < today
    return {"shown": parts[0], "reviewed_on": oldest.reviewed_on, "stale": stale,
            "record_url": item_path(parts[0].id)}  # fmt: skip


def _text(part: PublicPart) -> str:
    """The text of a part as clean HTML; empty when it has none."""
    item = public_part_item(part)
    if item is None or not item.body:
        return ""
    host = urlsplit(settings.BASE_URL).hostname or ""
    return present_html(
        item.body,
        image_url=lambda sha: file_url(item.pk, sha, "picture"),
        own_hosts=[host],
    ).html


def _lines(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else str(value or "").splitlines()
    return [line for line in (str(part).strip() for part in parts) if line]


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _overview(part: PublicPart | None, today: date) -> dict[str, Any]:
    if part is None:
        return {"shown": None}
    return {
        **_reviewed(today, part),
        "html": _text(part),
        "figures": [
            {"name": written(r.get("name")), "value": written(r.get("value")),
             "source": written(r.get("source"))}
            for r in _rows(part.facts.get("figures"))
            if written(r.get("name")) and written(r.get("value"))
        ],
        "data_year": written(part.facts.get("data_year")),
        "area_text": written(part.facts.get("area_text")),
    }  # fmt: skip


def _reach(facts: Mapping[str, Any]) -> dict[str, str]:
    """How to reach a unit: address, hours, phone, fax, e-mail and the person in charge."""
    contact = parse_contact(facts.get("contact"))
    return {
        "address": written(facts.get("address")),
        "hours": written(facts.get("hours")),
        "phone": written(facts.get("phone")),
        "phone_href": phone_href(facts.get("phone")),
        "fax": written(facts.get("fax")) or contact.fax,
        "email": written(facts.get("email")) or contact.email,
    }


def _functions(part: PublicPart | None, today: date) -> dict[str, Any]:
    if part is None:
        return {"shown": None}
    departments = part.facts.get("departments")
    rows = [
        {"name": written(r.get("name")), "duty": written(r.get("duty")),
         "phone": written(r.get("phone"))}
        for r in _rows(departments)
    ] or [{"name": line, "duty": "", "phone": ""} for line in _lines(departments)]  # fmt: skip
    return {
        **_reviewed(today, part),
        "org_name": written(part.facts.get("org_name")),
        "head": written(part.facts.get("head")),
        "duties": _lines(part.facts.get("duties")),
        "departments": rows,
        "with_phone": any(row["phone"] for row in rows),
        "reach": _reach(part.facts),
        "labels": FUNCTION_FIELDS,
        "html": _text(part),
    }


def _leader(part: PublicPart) -> dict[str, Any]:
    photo = written(part.facts.get("photo"))
    file = next((f for f in part.files if photo and f.get("sha256") == photo), None)
    return {
        "name": written(part.facts.get("name")) or part.title,
        "post": written(part.facts.get("post")),
        "duty": written(part.facts.get("duty")),
        "url": item_path(part.id),
        "photo": file_url(part.id, photo, str(file["filename"])) if file else "",
    }


def _guide(part: PublicPart | None, today: date) -> dict[str, Any]:
    if part is None:
        return {
            "shown": None,
            "gaps": ["公开工作机构", *_REACH.values(), "信息的分类、编排和获取方式"],
        }
    reach = _reach(part.facts)
    office = written(part.facts.get("office"))
    return {
        **_reviewed(today, part),
        "html": _text(part),
        "office": office,
        "reach": reach,
        "gaps": [
            *([] if office else ["公开工作机构"]),
            *(label for name, label in _REACH.items() if not reach[name]),
        ],
        "how": [
            (label, written(part.facts.get(name)))
            for name, label in GUIDE_FIELDS.items()
            if name in ("classification", "arrangement", "obtain") and part.facts.get(name)
        ],
    }


def _office(profile: PublicProfile) -> dict[str, Any]:
    """Where to hand in an application: the office of the guide, as far as it is published."""
    guide = profile.first("guide")
    if guide is None:
        return {"office": "", "reach": None}
    return {"office": written(guide.facts.get("office")), "reach": _reach(guide.facts)}


def _rules(profile: PublicProfile, today: date) -> dict[str, Any]:
    """The rules of a unit by topic in a fixed order, each with whether it still holds."""
    parts = profile.of("system")
    topics: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        topic = _TOPICS.get(str(part.facts.get("topic")), OTHER_RULES)
        word, tone = _HOLDS.get(part.validity, ("现行有效", "ok"))
        topics.setdefault(topic, []).append(
            {
                "title": part.title,
                "url": item_path(part.id),
                "doc_no": part.doc_no,
                "at": part.published_on,
                "word": word,
                "tone": tone,
            }
        )
    names = [*_TOPICS.values(), OTHER_RULES]
    return {
        **_reviewed(today, *parts),
        "systems": [
            {"topic": name, "rows": topics[name]} for name in names if name in topics
        ],
        "gaps": [name for name in _TOPICS.values() if name not in topics],
    }  # fmt: skip


def _contents(path: str, html: str) -> list[dict[str, str]]:
    """The six parts of a report, each with the address of its heading; empty = not found."""
    shown = present_html(html, image_url=lambda sha: "", own_hosts=[])
    left = [entry for entry in shown.toc if entry.level == 2]
    found = []
    for name, mark in REPORT_PARTS:
        hit = next((entry for entry in left if mark in entry.text), None)
        if hit is not None:
            left.remove(hit)
        found.append({"name": name, "url": f"{path}#{hit.id}" if hit else ""})
    return found


def _reports(profile: PublicProfile) -> dict[str, Any]:
    parts = profile.of("report")
    texts = public_texts(parts[:OPENED_REPORTS])
    return {
        "reports": [
            {
                "title": part.title,
                "url": item_path(part.id),
                "year": part.year,
                "at": part.first_on,
                "contents": _contents(item_path(part.id), texts[part.id])
                if part.id in texts else [],
                "files": [
                    {"label": str(f.get("title") or f["filename"]),
                     "url": file_url(part.id, f["sha256"], str(f["filename"]))}
                    for f in part.files
                ],
            }
            for part in parts
        ],
    }  # fmt: skip
