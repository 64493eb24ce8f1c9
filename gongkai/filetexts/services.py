"""Asking for texts, keeping what was read, telling the records that asked, forgetting.

Rows of :class:`FileText` are the queue: what is waiting is read by ``reading``. A few fresh files
also get an outbox row each, so that a file uploaded now is read within a second; a flood (the
first index of an old installation) goes through the background alone and is in nobody's way.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from gongkai.core import facts, outbox
from gongkai.core.actors import Actor
from gongkai.core.errors import NotVisible, PermissionRefused
from gongkai.core.models import Blob, Fact
from gongkai.filetexts.enums import UNFINISHED, TextState
from gongkai.filetexts.models import FileText, FileTextPage, FileTextRequest
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.screening.filetypes import extension_of

READ = "filetexts.read"
TEXT_READ = "filetexts.text.read"
TEXT_AGAIN = "filetexts.text.again"
KEEPERS = (Role.SUPERVISOR, Role.OPERATOR)
FAST_LANE = 20
"""So many waiting files at most have an outbox row as well."""
LEASE = timedelta(minutes=4)
"""Longer than any one step may take (``isolation``, ``external``)."""
MOST_TRIES = 3

Subject = tuple[str, int | str]


# --- asking -------------------------------------------------------------------------------------


def text_wanted(
    *, subject: Subject, files: Sequence[tuple[str, str]], now: datetime
) -> dict[str, FileText]:
    """The texts of a record's files (digest, file name), as far as they are known.

    Every file comes back as its row; one whose ``state`` is in ``UNFINISHED`` will be read, and
    when there is text the fact :data:`TEXT_READ` is recorded about ``subject``. What is known
    already costs two reads and no write, so it may be asked as often as one likes.
    """
    names = dict(files)
    if not names:
        return {}
    kind, key = subject[0], str(subject[1])
    known = FileText.objects.in_bulk(list(names))
    asked = set(
        FileTextRequest.objects.filter(
            sha256__in=names, subject_kind=kind, subject_id=key
        ).values_list("sha256", flat=True)
    )
    if asked.issuperset(names) and known.keys() >= names.keys():
        return known
    with transaction.atomic():
        new = [sha for sha in names if sha not in known]
        FileText.objects.bulk_create(
            [FileText(sha256=s, suffix=extension_of(names[s])[:16], asked_at=now) for s in new],
            ignore_conflicts=True,
        )
        FileTextRequest.objects.bulk_create(
            [
                FileTextRequest(
                    sha256=sha, subject_kind=kind, subject_id=key, name=name[:255], asked_at=now
                )
                for sha, name in names.items()
                if sha not in asked
            ],
            ignore_conflicts=True,
        )
        # Under the lock: who finishes reading meanwhile sees the request, or we see the text.
        rows = FileText.objects.select_for_update().filter(pk__in=names).order_by("pk")
        known = {row.pk: row for row in rows}
        there = [sha for sha, row in known.items() if row.state not in UNFINISHED]
        FileTextRequest.objects.filter(
            sha256__in=there, subject_kind=kind, subject_id=key, told_at=None
        ).update(told_at=now)
        _hurry([known[sha] for sha in new if sha in known], now)
    return known


def _hurry(rows: Iterable[FileText], now: datetime) -> None:
    """Give waiting files an outbox row each, while only few are waiting."""
    rows = [row for row in rows if row.state == TextState.WAITING]
    if not rows:
        return
    waiting = FileText.objects.filter(state=TextState.WAITING).values("pk")[: FAST_LANE + 1]
    if len(waiting) > FAST_LANE:
        return
    for row in rows:
        outbox.enqueue(kind=READ, subject=("file", row.pk), key=f"{row.pk}:{row.round}", now=now)


def text_again(*, sha256: str, member: Member, now: datetime) -> FileText:
    """Read a file once more; what is known of it stays until the new text is there.

    For supervisors and operators, and for named system jobs. Raises NotVisible when nobody ever
    asked for the file, PermissionRefused.
    """
    if not (member.holds_anywhere(*KEEPERS) or member.actor.key.startswith("system:")):
        wanted = "、".join(role.label for role in KEEPERS)
        raise PermissionRefused(
            "岗位权限",
            f"“重新读取”只能由{wanted}岗位办理，您不在这个岗位上。",
            "请由该岗位人员登录后办理，或联系运维人员核对岗位。",
        )
    with transaction.atomic():
        row = FileText.objects.select_for_update().filter(pk=sha256).first()
        if row is None:
            raise NotVisible
        FileTextPage.objects.filter(file=row).delete()
        row.state = TextState.WAITING
        row.round += 1
        row.tries = row.milliseconds = row.pages_done = 0
        row.ocr_pages = []
        row.problem = ""
        row.leased_until = None
        row.asked_at = now
        row.save()
        facts.record(
            action=TEXT_AGAIN,
            subject=("file", sha256),
            actor=member.actor,
            occurred_at=now,
            details={"sha256": sha256},
        )
        _hurry([row], now)
    return row


def forget(sha256: str) -> None:
    """The text of a file that was dropped goes with it, and so does who asked for it."""
    FileText.objects.filter(pk=sha256).delete()
    FileTextRequest.objects.filter(sha256=sha256).delete()


def subject_forget(*, subject: Subject) -> None:
    """A record whose content is deleted for good asks for nothing any more; the names of its files
    are forgotten. Texts go with the files themselves."""
    FileTextRequest.objects.filter(subject_kind=subject[0], subject_id=str(subject[1])).delete()


# --- the worker's side --------------------------------------------------------------------------


def claim(*, sha256: str, state: TextState, now: datetime) -> FileText | None:
    """Take a waiting file for this worker; None when it is not waiting or somebody has it.

    A file that ended the worker ``MOST_TRIES`` times is given up.
    """
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    rows = FileText.objects.filter(free, pk=sha256, state=state)
    if not rows.update(leased_until=now + LEASE, tries=F("tries") + 1):
        return None
    row = FileText.objects.filter(pk=sha256).first()
    if row is not None and row.tries > MOST_TRIES:
        settle(row=row, now=now, state=TextState.UNREADABLE, problem="读了几次都没有读完，不再读。")
        return None
    return row


def postpone(*, row: FileText) -> None:
    """Leave a claimed file to the end of its lease without blaming it: the storage failed."""
    mine = FileText.objects.filter(pk=row.pk, leased_until=row.leased_until, tries__gt=0)
    mine.update(tries=F("tries") - 1)


def settle(
    *,
    row: FileText,
    now: datetime,
    state: TextState,
    page: tuple[int, str] | None = None,
    **found: Any,
) -> bool:
    """Keep what a step found for a claimed file, and tell who asked if there is new text.

    ``found`` are fields of the row, ``page`` is one that was recognised (number, text). Returns
    False when the file was dropped or taken over meanwhile; then nothing is kept.
    """
    with transaction.atomic():
        # A reader that was faster than the deletion must not bring the words back.
        if not Blob.objects.filter(pk=row.pk).exists():
            forget(row.pk)
            return False
        before = row.text
        text = found.get("text", before)
        mine = FileText.objects.filter(pk=row.pk, leased_until=row.leased_until, round=row.round)
        changed = mine.update(
            state=state,
            leased_until=None,
            tries=0,
            characters=len(text),
            read_at=None if state in UNFINISHED and not text else now,
            **found,
        )
        if not changed:
            return False
        pages = FileTextPage.objects.filter(file_id=row.pk)
        if state != TextState.OCR_WAITING:
            pages.delete()
        elif page is not None:
            pages.update_or_create(file_id=row.pk, number=page[0], defaults={"text": page[1]})
        if text != before or (text and state not in UNFINISHED):
            method = found.get("method", row.method)
            _tell(row.pk, method, len(text), now, everybody=text != before)
    return True


def _tell(sha256: str, method: str, characters: int, now: datetime, *, everybody: bool) -> None:
    """One fact for every record that asked and was not told, or for all of them."""
    rows = FileTextRequest.objects.filter(sha256=sha256)
    waiting = list(rows if everybody else rows.filter(told_at=None))
    facts_ = [
        facts.build(
            action=TEXT_READ,
            subject=(request.subject_kind, request.subject_id),
            actor=Actor.system("filetexts", "系统"),
            occurred_at=now,
            details={"sha256": sha256, "method": method, "characters": characters},
        )
        for request in waiting
    ]
    Fact.objects.bulk_create(facts_, batch_size=200)
    FileTextRequest.objects.filter(pk__in=[r.pk for r in waiting]).update(told_at=now)
