"""WSGI entry point for gunicorn; the page cache stands around it where the settings want one."""

import os
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongkai.settings.production")


def _application() -> Any:
    django = get_wsgi_application()
    from django.conf import settings

    if not settings.PAGE_CACHE_BYTES:
        return django
    from gongkai.core.page_cache import PageCache

    return PageCache(django, limit=settings.PAGE_CACHE_BYTES)


application = _application()
