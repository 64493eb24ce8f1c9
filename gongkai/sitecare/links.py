"""Outside addresses of public items: noted at release, looked at again when that is switched on.

Only the answer's status and where it leads are read. Private networks are never asked: an address
in a text must not become a way to probe what stands behind the fire wall.
"""

import http.client
import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from gongkai.core.models import OutboxMessage
from gongkai.publishing.enums import Visibility
from gongkai.publishing.importing.links import is_outside, safe_href
from gongkai.publishing.models import Item
from gongkai.sitecare.enums import LinkState
from gongkai.sitecare.models import OutsideLink

EVERY = timedelta(days=7)
AT_ONCE = 10
"""Addresses looked at in one run of the timer; each may take ``SECONDS``."""
SECONDS = 5.0
PER_ITEM = 100
_HREF = re.compile(r'href="([^"]+)"')
_URL = re.compile(r"https?://[^\s<>\"'，。；）]{3,400}")


@dataclass(frozen=True, slots=True)
class Seen:
    """What stood at an address: status 0 for no answer; ``leads_to`` of a redirect."""

    status: int
    leads_to: str = ""
    note: str = ""


Look = Callable[[str], Seen]


def outside_links(item: Item) -> list[str]:
    """The outside addresses of an item's text, facts and source, each once."""
    own = frozenset({(urlsplit(settings.BASE_URL).hostname or "").lower()})
    found = [unescape(href) for href in _HREF.findall(item.body)]
    found += _URL.findall(item.source)
    names = [f["name"] for f in item.kind.schema if f["type"] == "url"]
    found += [str(item.facts[name]) for name in names if item.facts.get(name)]
    kept = dict.fromkeys(u for u in found if safe_href(u) == u and is_outside(u, own))
    return list(kept)[:PER_ITEM]


def follow(message: OutboxMessage, now: datetime) -> None:
    """Outbox handler: the notes of an item are those of its present text; a withdrawn one has
    none. What was seen at an address that stays is kept."""
    with transaction.atomic():
        item = Item.objects.select_related("kind").filter(pk=message.subject_id).first()
        public = item is not None and item.visibility == Visibility.PUBLIC
        wanted = outside_links(item) if item is not None and public else []
        rows = OutsideLink.objects.filter(item_id=message.subject_id)
        rows.exclude(url__in=wanted).delete()
        known = set(rows.values_list("url", flat=True))
        OutsideLink.objects.bulk_create(
            OutsideLink(item_id=int(message.subject_id), url=url)
            for url in wanted
            if url not in known
        )


def judge(url: str, seen: Seen) -> tuple[LinkState, str]:
    """What an answer means for readers, with a word on why."""
    if 300 <= seen.status < 400 and seen.leads_to:
        host = (urlsplit(urljoin(url, seen.leads_to)).hostname or "").removeprefix("www.")
        if host != (urlsplit(url).hostname or "").removeprefix("www."):
            return LinkState.MOVED, f"转到 {host}"[:200]
        return LinkState.OK, ""
    # Who wants to be asked differently or by signed-in people only is there all the same.
    if 200 <= seen.status < 300 or seen.status in (304, 401, 403, 405, 429):
        return LinkState.OK, ""
    return LinkState.BROKEN, (f"返回 {seen.status}" if seen.status else seen.note)[:200]


def look(url: str) -> Seen:
    """Ask for an address once, without following anything."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme.lower() == "https"
    try:
        port = parts.port or (443 if secure else 80)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return Seen(0, note="没有这个域名")
    if not all(ipaddress.ip_address(entry[4][0]).is_global for entry in found):
        return Seen(0, note="内部地址，不查看")
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(host, port, timeout=SECONDS)
    try:
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        connection.request("HEAD", path, headers={"User-Agent": "gongkai-link-check"})
        answer = connection.getresponse()
        return Seen(answer.status, answer.headers.get("Location", ""))
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        return Seen(0, note=f"没有回答（{type(error).__name__}）")
    finally:
        connection.close()


def check_due(now: datetime, *, ask: Look = look) -> int:
    """Timer job: look at the addresses whose turn it is; returns how many. Nothing is held open in
    the database meanwhile. Does nothing unless the installation switched it on."""
    if not settings.LINK_CHECKS:
        return 0
    due = OutsideLink.objects.filter(Q(checked_at=None) | Q(checked_at__lt=now - EVERY))
    rows = list(due.order_by("checked_at", "id")[:AT_ONCE])
    for row in rows:
        state, note = judge(row.url, ask(row.url))
        failures = 0 if state == LinkState.OK else min(row.failures + 1, 100)
        OutsideLink.objects.filter(pk=row.pk).update(
            state=state, note=note, failures=failures, checked_at=now
        )
    return len(rows)
