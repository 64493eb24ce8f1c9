"""The steps of reading, one short piece of work each: a file read, converted, one page recognised.

No step holds a transaction while it works, and none takes longer than the lease of its file. The
quick step runs from the outbox; the others, and what piled up, run as a slow job beside it.
"""

import time
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from gongkai.core import blobs
from gongkai.core.models import OutboxMessage
from gongkai.filetexts import external, isolation, services
from gongkai.filetexts.enums import TextState
from gongkai.filetexts.models import FileText, FileTextPage
from gongkai.filetexts.readers import Outcome, Reading
from gongkai.filetexts.rules import bound, clean, filled, joined, without_gaps
from gongkai.screening.filetypes import FileType

GRACE = timedelta(seconds=20)
"""How long a fresh file is left to the outbox before the background takes it too."""

_STATES = {
    Outcome.TEXT: TextState.READ,
    Outcome.NO_TEXT: TextState.NO_TEXT,
    Outcome.ENCRYPTED: TextState.ENCRYPTED,
    Outcome.UNREADABLE: TextState.UNREADABLE,
    Outcome.UNSUPPORTED: TextState.UNSUPPORTED,
    Outcome.TOO_LARGE: TextState.TOO_LARGE,
}


def read_now(message: OutboxMessage, now: datetime) -> None:
    """Outbox handler of a fresh file."""
    quick_step(sha256=message.subject_id, now=now, reader=isolation.QUICK)


def slow_step(now: datetime, *, grace: bool = True) -> int:
    """Slow job: one piece of work that waits; returns how many were done (0 or 1).

    Files that only have to be opened go first, then conversions, then the page of the file that
    is nearest to its end. Without ``grace`` fresh files are taken at once.
    """
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    rows = FileText.objects.filter(free).values_list("pk", flat=True)
    piled = rows.filter(state=TextState.WAITING)
    if grace:
        piled = piled.filter(asked_at__lt=now - GRACE)
    if sha := piled.order_by("asked_at", "pk").first():
        quick_step(sha256=sha, now=now, reader=isolation.SLOW)
        return 1
    if sha := rows.filter(state=TextState.OFFICE_WAITING).order_by("asked_at", "pk").first():
        office_step(sha256=sha, now=now)
        return 1
    pages = rows.filter(state=TextState.OCR_WAITING)
    if sha := pages.order_by(F("pages") - F("pages_done"), "asked_at", "pk").first():
        ocr_step(sha256=sha, now=now)
        return 1
    return 0


def revive(now: datetime) -> int:
    """Timer job: what waited for a program that is there now goes on; returns how many."""
    found = 0
    for missing, waiting, program in (
        (TextState.NO_OFFICE, TextState.OFFICE_WAITING, external.office),
        (TextState.NO_OCR, TextState.OCR_WAITING, external.ocr),
    ):
        rows = FileText.objects.filter(state=missing)
        if rows.exists() and program():
            found += rows.update(state=waiting, problem="")
    return found


# --- the steps ----------------------------------------------------------------------------------


def _content(row: FileText, now: datetime) -> bytes | None:
    """The bytes of a claimed file. When the storage has lost them, that is settled and None; when
    the storage does not answer, the file is left for later and the error goes up."""
    try:
        return blobs.read(row.pk)
    except FileNotFoundError:
        problem = "存储里没有这个文件了。"
        services.settle(row=row, now=now, state=TextState.UNREADABLE, problem=problem, text="")
        return None
    except OSError:
        services.postpone(row=row)
        raise


def _name(row: FileText) -> str:
    return f"file.{row.suffix}" if row.suffix else "file"


def quick_step(*, sha256: str, now: datetime, reader: isolation.Reader) -> bool:
    """Open a waiting file and read it, or find out what it needs. False: not waiting."""
    row = services.claim(sha256=sha256, state=TextState.WAITING, now=now)
    if row is None:
        return False
    content = _content(row, now)
    if content is not None:
        started = time.perf_counter()
        reading = reader.read(content, _name(row))
        _keep(row, reading, now, started, method=reading.kind)
    return True


def office_step(*, sha256: str, now: datetime) -> bool:
    """Convert an old office file and read the result. False: not waiting."""
    row = services.claim(sha256=sha256, state=TextState.OFFICE_WAITING, now=now)
    if row is None:
        return False
    if not external.office():
        state, problem = TextState.NO_OFFICE, external.NO_OFFICE
        return services.settle(row=row, now=now, state=state, problem=problem)
    content = _content(row, now)
    if content is None:
        return True
    started = time.perf_counter()
    try:
        newer = external.converted(content, FileType(row.kind))
    except external.Failed as error:
        reading = Reading(Outcome.UNREADABLE, row.kind, problem=str(error))
    else:
        reading = isolation.SLOW.read(newer.content, newer.name)
    _keep(row, reading, now, started, method="libreoffice", kind=row.kind)
    return True


def _keep(
    row: FileText, reading: Reading, now: datetime, started: float, *, method: str, kind: str = ""
) -> None:
    """Settle a file after it was opened: read, or waiting for the program that it needs."""
    found: dict[str, Any] = {
        "kind": kind or reading.kind,
        "pages": len(reading.pages),
        "complete": reading.complete,
        "problem": reading.problem[:300],
        "milliseconds": row.milliseconds + round((time.perf_counter() - started) * 1000),
    }
    if reading.outcome == Outcome.OLD_OFFICE:
        there = bool(external.office())
        state = TextState.OFFICE_WAITING if there else TextState.NO_OFFICE
        found["problem"] = "" if there else external.NO_OFFICE
        services.settle(row=row, now=now, state=state, **found)
        return
    text = bound(reading.pages)
    found |= {"text": text, "method": method if text else ""}
    if reading.outcome == Outcome.PICTURES:
        there = bool(external.ocr())
        state = TextState.OCR_WAITING if there else TextState.NO_OCR
        found |= {"ocr_pages": list(reading.pictures), "pages_done": 0}
        if not there:
            found["problem"] = external.NO_OCR
    else:
        state = _STATES[reading.outcome]
    services.settle(row=row, now=now, state=state, **found)


def ocr_step(*, sha256: str, now: datetime) -> bool:
    """Recognise the next page of a file; after the last one put its text together."""
    row = services.claim(sha256=sha256, state=TextState.OCR_WAITING, now=now)
    if row is None:
        return False
    if not external.ocr():
        state, problem = TextState.NO_OCR, external.NO_OCR
        return services.settle(row=row, now=now, state=state, problem=problem)
    done = dict(FileTextPage.objects.filter(file=row).values_list("number", "text"))
    waiting = [int(number) for number in row.ocr_pages if number not in done]
    page, problem = None, row.problem
    started = time.perf_counter()
    if waiting:
        content = _content(row, now)
        if content is None:
            return True
        text, wrong = _recognised(_name(row), content, waiting[0])
        page = (waiting[0], text)
        done[waiting[0]] = text
        problem = f"{problem}{wrong}"[:300]
    progress: dict[str, Any] = {
        "pages_done": len(done),
        "problem": problem,
        "milliseconds": row.milliseconds + round((time.perf_counter() - started) * 1000),
    }
    if len(waiting) > 1:
        state = TextState.OCR_WAITING
        return services.settle(row=row, now=now, state=state, page=page, **progress)
    text = filled(row.text, done, max(row.pages, *done)) if done else row.text
    seen = any(done.values())
    state = TextState.READ_BY_OCR if seen else TextState.READ if text else TextState.NO_TEXT
    method = "+".join(filter(None, [row.method, "ocr"])) if seen else row.method
    return services.settle(row=row, now=now, state=state, text=text, method=method, **progress)


def _recognised(name: str, content: bytes, number: int) -> tuple[str, str]:
    """(text, what went wrong) of one page."""
    picture, dpi, problem = isolation.SLOW.draw(content, name, page=number, dpi=external.DPI)
    if problem:
        return "", problem
    try:
        found = external.recognised(picture, dpi)
    except external.Failed as error:
        return "", f"第{number}页：{error}"
    return joined(clean(without_gaps(found))), ""
