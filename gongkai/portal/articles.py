"""A unit's 法定主动公开内容 by the items of 条例 art. 20 (国办公开办函〔2019〕61号: second-level list)."""

from typing import Any

from django.core.paginator import Paginator

from gongkai.catalogue.entries.enums import ARTICLES
from gongkai.catalogue.entries.public import public_article_counts, public_article_records
from gongkai.catalogue.models import Column, Placement
from gongkai.organisations.models import Unit
from gongkai.portal import listing

PER_PAGE = 20


def _number(key: str) -> str:
    number, _, part = key.partition("-")
    return f"第（{part}）项" if number == "20" else "第二十一条"


def article_rail(unit: Unit, path: str, article: str) -> list[dict[str, Any]]:
    """The items of 条例 arts 20 and 21 under which the unit has published, with counts."""
    return [
        {
            "label": ARTICLES[key],
            "number": _number(key),
            "count": count,
            "url": listing.address(path, article=key),
            "current": key == article,
        }
        for key, count in public_article_counts(unit.pk).items()
    ]


def article_list(
    unit: Unit, column: Column, path: str, article: str, page: str | None
) -> dict[str, Any]:
    """The unit's records under one item, newest first; what is not public now is not there."""
    pages = Paginator(public_article_records(unit.pk, article), PER_PAGE).get_page(page)
    ids = list(pages.object_list)
    found = {
        p.subject_id: {**p.card, "published_at": p.published_at}
        for p in Placement.objects.filter(
            column=column, section=None, subject_kind="item", subject_id__in=ids
        )
    }
    return {
        "article": ARTICLES[article],
        "article_number": _number(article),
        "rows": listing.rows(found[i] for i in ids if i in found),
        "article_pages": pages,
        "query": f"article={article}",
        "all_url": path,
        "tabs": [],
        "years": [],
        "pages": {},
    }
