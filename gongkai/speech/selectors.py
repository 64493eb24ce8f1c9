"""Reads of recordings. ``public_*`` is the only door for public code."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet

from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item
from gongkai.speech.models import Recording
from gongkai.speech.rules import EXTENSIONS, length_words


@dataclass(frozen=True, slots=True)
class PublicRecording:
    """The sound of an item as its page offers it. ``size`` in bytes."""

    url: str
    content_type: str
    size: int
    length: str
    complete: bool


def recording_name(recording: Recording) -> str:
    """The file name a reader gets."""
    return f"langdu.{EXTENSIONS[recording.blob.content_type]}"


def of_public(item_id: int) -> Recording | None:
    """The recording of the version of an item that is public now."""
    return (
        Recording.objects.select_related("blob")
        .filter(item_id=item_id, item__visibility=Visibility.PUBLIC, version=F("item__version"))
        .first()
    )


def public_recording(item: Item) -> PublicRecording | None:
    """The recording of a public item; None without one. No query where none are made."""
    if not settings.SPEECH_COMMAND or item.visibility != Visibility.PUBLIC:
        return None
    found = of_public(item.pk)
    if found is None:
        return None
    return PublicRecording(
        url=f"/files/speech/{item.pk}/{found.blob_id[:16]}/{recording_name(found)}",
        content_type=found.blob.content_type,
        size=found.blob.size,
        length=length_words(found.seconds),
        complete=found.complete,
    )


def without_recording() -> QuerySet[Item]:
    """Public items whose present version has no recording, newest first."""
    made = Recording.objects.filter(item=OuterRef("pk"), version=OuterRef("version"))
    return (
        Item.objects.filter(visibility=Visibility.PUBLIC)
        .filter(~Exists(made))
        .only("pk", "version")
        .order_by("-published_at", "-id")
    )
