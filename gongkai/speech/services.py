"""Making and dropping of recordings; both run in the worker, after the release has committed."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from gongkai.core import blobs, outbox
from gongkai.core.models import OutboxMessage
from gongkai.publishing.enums import Visibility
from gongkai.publishing.events import RELEASED, WITHDRAWN
from gongkai.publishing.importing.clean import plain_text
from gongkai.publishing.models import Item
from gongkai.publishing.placing import listed_at
from gongkai.speech import engine, rules
from gongkai.speech.models import Recording

MAKE = "speech.make"
# A recording takes the worker seconds; what the public waits for goes first.
PAUSE = timedelta(seconds=10)


def follow(message: OutboxMessage, now: datetime) -> None:
    """Subscriber of releases and withdrawals: recordings of what is no longer public go at once,
    one of the present version is asked for."""
    event = message.payload["event"]
    if event not in (RELEASED, WITHDRAWN):
        return
    item = Item.objects.only("visibility", "version").get(pk=message.subject_id)
    public = item.visibility == Visibility.PUBLIC
    recordings_drop(item_id=item.pk, keep=item.version if public else 0)
    if public and settings.SPEECH_COMMAND:
        with transaction.atomic():
            recording_ask(item_id=item.pk, version=item.version, now=now, available_at=now + PAUSE)


def recording_ask(
    *, item_id: int, version: int, now: datetime, available_at: datetime | None = None
) -> None:
    """Have the worker make a recording, in the running transaction; the same is asked once."""
    outbox.enqueue(
        kind=MAKE,
        subject=("item", item_id),
        key=f"{item_id}:{version}",
        now=now,
        payload={"version": version},
        available_at=available_at,
    )


def make(message: OutboxMessage, now: datetime) -> None:
    """Outbox handler of :data:`MAKE`."""
    recording_make(
        item_id=int(message.subject_id), version=int(message.payload["version"]), now=now
    )


def recording_make(*, item_id: int, version: int, now: datetime) -> Recording | None:
    """The recording of one version, made unless there is one; None when it need not be.

    Raises SpeechError when the command fails; the outbox then tries again.
    """
    item = Item.objects.select_related("unit").filter(pk=item_id, version=version).first()
    if not settings.SPEECH_COMMAND or item is None or item.visibility != Visibility.PUBLIC:
        return None
    made = Recording.objects.filter(item=item, version=version).first()
    if made is not None:
        return made
    day = listed_at(item)
    text, complete = rules.spoken(
        title=item.title,
        unit=item.unit.full_name,
        day=f"{day.year}年{day.month}月{day.day}日",
        summary=item.summary,
        body=plain_text(item.body),
    )
    audio = engine.speak(
        text,
        command=settings.SPEECH_COMMAND,
        timeout=settings.SPEECH_TIMEOUT,
        limit=settings.SPEECH_SIZE_LIMIT,
    )
    with transaction.atomic():
        # It may have been withdrawn or corrected while the machine was reading.
        still = Item.objects.select_for_update().filter(
            pk=item_id, version=version, visibility=Visibility.PUBLIC
        )
        if not still.exists():
            return None
        blob = blobs.store(audio.data, content_type=audio.content_type, now=now)
        recording, _ = Recording.objects.get_or_create(
            item_id=item_id,
            version=version,
            defaults={
                "blob": blob, "seconds": audio.seconds, "complete": complete, "made_at": now,
            },
        )  # fmt: skip
    return recording


def recordings_drop(*, item_id: int, keep: int = 0) -> int:
    """Forget the recordings of an item but those of version ``keep``; returns how many.

    No address serves them from then on. The bytes stay in the private store with those of the
    item's other files, for the archive.
    """
    count, _ = Recording.objects.filter(item_id=item_id).exclude(version=keep).delete()
    return count


def forget(item_id: int) -> list[str]:
    """The recordings of an item whose content is deleted for good, with the digests of their
    files: what was read aloud is the content once more."""
    rows = Recording.objects.filter(item_id=item_id)
    files = list(rows.values_list("blob_id", flat=True))
    rows.delete()
    return files
