"""How often one address may ask for what costs much. Nothing about the asker is kept but a count."""

import hashlib
import hmac
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from gongkai.organisations.views import client_address


def allowed(request: HttpRequest, name: str, *, limit: int, seconds: int = 60) -> bool:
    """Whether the address has asked for ``name`` at most ``limit`` times in this stretch.

    The count lies in the cache under a keyed digest of address and stretch, so no address can be
    read from it, and it is forgotten with the stretch.
    """
    stretch = int(time.time()) // seconds
    text = f"{name}:{client_address(request)}:{stretch}".encode()
    key = "limit:" + hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()
    if cache.add(key, 1, timeout=seconds):
        return True
    try:
        return int(cache.incr(key)) <= limit
    except ValueError:  # forgotten between the two
        return True
