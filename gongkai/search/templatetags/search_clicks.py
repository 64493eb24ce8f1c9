"""What a page of hits needs to tell of clicks: ``{% load search_clicks %}``."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gongkai.search.clicks import Mark, ping_address

register = template.Library()


@register.simple_tag
def click_ping(trace: int, record: str, position: int) -> SafeString:
    """The attribute of a hit's link: ``<a href="{{ path }}"{% click_ping trace record rank %}>``.

    ``trace`` is what ``traces.searched`` returned (0: nothing is told), ``record`` the key of the
    record or of an article of it (``item:12``, ``item:12#第三条``), ``position`` its place among all
    hits, from 1.
    """
    address = ping_address(Mark(trace, record.partition("#")[0], position))
    return format_html(' ping="{}"', address) if address else SafeString("")
