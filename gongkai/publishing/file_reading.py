"""Having the files of public items read, so that search finds what they say.

A release asks at once, from the outbox. What came in without one (an import, an upgrade) is asked
for by the timer, which goes through the archive once a day. When a text is there, a fact about
the item says so, and the indexes read the item again.
"""

from datetime import datetime
from typing import Final

from gongkai.core.clock import day_of
from gongkai.core.models import OutboxMessage
from gongkai.filetexts.models import FileTextRequest
from gongkai.filetexts.services import text_wanted
from gongkai.publishing import events
from gongkai.publishing.enums import Visibility
from gongkai.publishing.found import KIND, files_of
from gongkai.publishing.models import Item

JOB: Final = "publishing.file_texts"
AT_ONCE: Final = 500
"""Items that one run of the timer looks at."""

# Where the timer stands, and the day on which it last came to the end.
_round: dict[str, object] = {"after": 0, "done_on": None}


def follow(message: OutboxMessage, now: datetime) -> None:
    """After a release or correction: ask for the texts of the item's files."""
    if message.payload.get("event") != events.RELEASED:
        return
    item = Item.objects.filter(pk=int(message.subject_id), visibility=Visibility.PUBLIC).first()
    if item is not None and item.attachments:
        text_wanted(subject=(KIND, item.pk), files=list(files_of(item).items()), now=now)


def ask_for_missing(now: datetime) -> int:
    """Ask for the files of the next public items that nobody has asked for; returns how many
    items. Starts again each day."""
    if _round["done_on"] == day_of(now):
        return 0
    rows = Item.objects.filter(visibility=Visibility.PUBLIC, pk__gt=_round["after"])
    items = list(rows.order_by("pk").only("pk", "attachments")[:AT_ONCE])
    with_files = [item for item in items if item.attachments]
    known = set(
        FileTextRequest.objects.filter(
            subject_kind=KIND, subject_id__in=[str(item.pk) for item in with_files]
        ).values_list("subject_id", "sha256")
    )
    asked = 0
    for item in with_files:
        files = files_of(item)
        if any((str(item.pk), sha) not in known for sha in files):
            text_wanted(subject=(KIND, item.pk), files=list(files.items()), now=now)
            asked += 1
    _round["after"] = items[-1].pk if items else 0
    if len(items) < AT_ONCE:
        _round.update(after=0, done_on=day_of(now))
    return asked


def register() -> None:
    """Hooks of this module, called once from ``apps.ready()``."""
    from gongkai.core.jobs import register_job

    events.subscribe("file_texts", "登记附件", follow)
    register_job(JOB, "登记附件", ask_for_missing)
