"""The period for handing over, as data."""

import json
from functools import cache
from pathlib import Path

from gongkai.deposits.rules import Policy


@cache
def policy() -> Policy:
    """See reference/deposit.json; marked as not confirmed."""
    path = Path(__file__).parent / "reference" / "deposit.json"
    return Policy(**json.loads(path.read_text(encoding="utf-8")))
