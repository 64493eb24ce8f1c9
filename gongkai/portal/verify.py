"""After every release and withdrawal the worker looks at the public pages as a visitor would.

What it saw, with the time each page took, is shown on the live strip. A page that does not show
what it should makes the check fail, and the outbox tries again.
"""

import time
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.test import RequestFactory
from django.urls import resolve
from django.utils.html import escape

from gongkai.catalogue.models import ColumnKind, Placement
from gongkai.core.models import OutboxMessage
from gongkai.portal.frame import SiteShut
from gongkai.publishing.events import WITHDRAWN
from gongkai.publishing.models import Item
from gongkai.publishing.placing import item_path

COLUMNS = 6


def _fetch(path: str) -> tuple[int, str, int]:
    """(status, text, milliseconds) of a public page, asked without any cookie."""
    base = urlsplit(settings.BASE_URL)
    started = time.perf_counter()
    request = RequestFactory(headers={"host": base.netloc}).get(path, secure=base.scheme == "https")
    match = resolve(path.partition("?")[0])
    try:
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    except Http404:
        return 404, "", round((time.perf_counter() - started) * 1000)
    except SiteShut:
        return 503, "", round((time.perf_counter() - started) * 1000)
    content = getattr(response, "content", b"").decode()
    return response.status_code, content, round((time.perf_counter() - started) * 1000)


def look(message: OutboxMessage, now: datetime) -> None:
    """Outbox handler: see that the item is (or is no longer) where the public would find it."""
    item = Item.objects.select_related("unit").get(pk=message.subject_id)
    path = item_path(item.pk)
    status, text, elapsed = _fetch(path)
    steps: list[dict[str, Any]] = []
    if message.payload["event"] == WITHDRAWN and item.visibility != "public":
        gone = status == 410
        steps.append(_step("核验：原网址显示撤回说明", gone, elapsed, path))
    elif item.visibility == "public":
        shown = status == 200 and item.index_no in text
        steps.append(_step("核验：公开页面可以打开", shown, elapsed, path))
        placed = Placement.objects.filter(
            subject_kind="item", subject_id=item.pk, section=None
        ).select_related("column__site")
        # A correction keeps its first date, so it need not stand on a list's first page.
        for placement in placed[:COLUMNS] if item.version == 1 else []:
            column = placement.column
            # The first page of a unit's column lists items of law; everything is in its directory.
            own = column.kind == ColumnKind.UNIT
            page = f"{column.path}ml/" if own else column.path
            # A composed page draws figures and shows what fits; its list of all has everything.
            if column.kind == ColumnKind.TOPIC and column.blocks:
                page = f"{column.path}?all=1"
            status, text, elapsed = _fetch(page)
            shown = status == 200 and f'href="{escape(path)}"' in text
            steps.append(_step(f"核验：{column.name}里能看到", shown, elapsed, page))
    message.payload = {**message.payload, "steps": steps}


def _step(label: str, ok: bool, milliseconds: int, url: str) -> dict[str, Any]:
    return {
        "label": label,
        "state": "done" if ok else "failed",
        "milliseconds": milliseconds,
        "url": url,
    }
