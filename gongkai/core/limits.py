"""How often somebody may ask for what costs much, without keeping who it is."""

import hashlib
import hmac
import time

from django.conf import settings
from django.core.cache import cache


def within(who: str, name: str, *, limit: int, seconds: int = 60) -> bool:
    """Whether ``who`` has asked for ``name`` at most ``limit`` times in this stretch of time.

    The count lies in the cache under a keyed digest of asker and stretch, so nobody can be read
    from it, and it is forgotten with the stretch.
    """
    stretch = int(time.time()) // seconds
    text = f"{name}:{who}:{stretch}".encode()
    key = "limit:" + hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()
    if cache.add(key, 1, timeout=seconds):
        return True
    try:
        return int(cache.incr(key)) <= limit
    except ValueError:  # forgotten between the two
        return True
