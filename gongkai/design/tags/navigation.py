"""Ways through the pages."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.core.paginator import Page

from gongkai.design.tags.registry import get, register


@register.inclusion_tag("design/components/breadcrumb.html")
def breadcrumb(trail: Iterable[Any]) -> dict[str, Any]:
    """Where this page lies: ``(label, url)`` pairs or dicts; the last is the page itself."""
    return {
        "trail": [
            {"label": crumb[0], "url": crumb[1] if len(crumb) > 1 else ""}
            if isinstance(crumb, (tuple, list))
            else {"label": get(crumb, "label"), "url": get(crumb, "url")}
            for crumb in trail
        ]
    }


@register.inclusion_tag("design/components/tabs.html")
def tabs(items: Iterable[Any], label: str = "分类") -> dict[str, Any]:
    """Tabs that are links: label, url, current, count."""
    return {"items": list(items), "label": label}


@register.inclusion_tag("design/components/stepper.html")
def stepper(steps: Iterable[Any], label: str = "办理步骤") -> dict[str, Any]:
    """Steps of a procedure: label and state (done, now, bad, or empty for later)."""
    return {"steps": list(steps), "label": label}


@register.inclusion_tag("design/components/pagination.html", takes_context=True)
def pagination(
    context: template.Context, page: Page[Any], parameter: str = "page"
) -> dict[str, Any]:
    """Pages by number; keeps the other parameters of the address."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else None

    def address(number: int) -> str:
        if query is None:
            return f"?{parameter}={number}"
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    paginator = page.paginator
    numbers = [
        {
            "number": number,
            "url": address(number) if isinstance(number, int) else "",
            "current": number == page.number,
            "gap": not isinstance(number, int),
        }
        for number in paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]
    return {
        "page": page,
        "numbers": numbers,
        "previous": address(page.number - 1) if page.has_previous() else "",
        "next": address(page.number + 1) if page.has_next() else "",
        "total": paginator.count,
    }


@register.inclusion_tag("design/components/key_pagination.html")
def key_pagination(newer: str = "", older: str = "", label: str = "") -> dict[str, Any]:
    """Pages by key, for deep lists: addresses of the newer and older stretch."""
    return {"newer": newer, "older": older, "label": label}
