"""Reading what is known. Nothing here is public: whether a record may be seen is for its room."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from gongkai.filetexts import registry
from gongkai.filetexts.enums import TROUBLED, UNFINISHED, TextState
from gongkai.filetexts.models import FileText, FileTextRequest
from gongkai.filetexts.rules import PAGE_MARK
from gongkai.organisations.access import Member
from gongkai.screening.filetypes import LABELS, FileType


def texts_of(shas: Iterable[str]) -> dict[str, str]:
    """The plain texts of files by digest; files without text are left out."""
    rows = FileText.objects.filter(pk__in=list(shas)).exclude(text="").values_list("pk", "text")
    return {sha: text.replace(PAGE_MARK, "\n").strip("\n") for sha, text in rows}


def counts() -> dict[str, int]:
    """How many files are in each state, every state named."""
    rows = FileText.objects.order_by().values_list("state").annotate(n=Count("pk"))
    found = dict(rows)
    return {str(state): found.get(state, 0) for state in TextState.values}


def ocr_pages_waiting() -> int:
    """How many pages still have to be recognised."""
    waiting = FileText.objects.filter(state=TextState.OCR_WAITING)
    rows = waiting.values_list("ocr_pages", "pages_done")
    return sum(max(0, len(numbers) - done) for numbers, done in rows)


def summary() -> dict[str, Any]:
    """For the command: states, pages that wait for recognition, characters kept."""
    characters = FileText.objects.aggregate(n=Sum("characters"))["n"] or 0
    pages = ocr_pages_waiting()
    return {"states": counts(), "ocr_pages_waiting": pages, "characters": characters}


def unfinished() -> QuerySet[FileText]:
    """Files that still have to be read."""
    return FileText.objects.filter(state__in=UNFINISHED)


def listed(state: str = "") -> QuerySet[FileText]:
    """Files in one state, without one those that need somebody; newest first, texts not loaded."""
    states = [state] if state in TextState.values else list(TROUBLED)
    return FileText.objects.filter(state__in=states).defer("text").order_by("-asked_at", "pk")


@dataclass(frozen=True, slots=True)
class Shown:
    """A line at the desk. ``records`` are (words, address or nothing), at most three."""

    row: FileText
    kind: str
    name: str
    records: list[tuple[str, str]]
    more: int


_RECORDS = 3


def shown(rows: Iterable[FileText], member: Member) -> list[Shown]:
    """The rows with the records that use them, as far as this person may see those; the name of a
    file is told only with its record."""
    page = list(rows)
    by_file: dict[str, list[FileTextRequest]] = {row.pk: [] for row in page}
    for request in FileTextRequest.objects.filter(sha256__in=by_file).order_by("pk"):
        by_file[request.sha256].append(request)
    wanted = {(r.subject_kind, r.subject_id) for found in by_file.values() for r in found[:50]}
    named = registry.named(member, wanted)
    lines = []
    for row in page:
        requests = by_file[row.pk]
        seen = [r for r in requests if (r.subject_kind, r.subject_id) in named]
        known = FileType(row.kind) if row.kind in set(FileType) else None
        lines.append(
            Shown(
                row,
                LABELS[known] if known else "尚未打开",
                seen[0].name if seen else "",
                [named[(r.subject_kind, r.subject_id)] for r in seen[:_RECORDS]],
                len(requests) - len(seen[:_RECORDS]),
            )
        )
    return lines
