"""How often one address may ask for what costs much. Nothing about the asker is kept but a count."""

from django.http import HttpRequest

from gongkai.core.limits import within
from gongkai.organisations.views import client_address


def allowed(request: HttpRequest, name: str, *, limit: int, seconds: int = 60) -> bool:
    """Whether the address has asked for ``name`` at most ``limit`` times in this stretch."""
    return within(client_address(request), name, limit=limit, seconds=seconds)
