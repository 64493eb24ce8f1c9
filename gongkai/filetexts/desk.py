"""The desk page of file texts: how many are in which state, which could not be read, once more."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from gongkai.core.clock import now
from gongkai.filetexts import external, selectors, services
from gongkai.filetexts.enums import TROUBLED, TextState
from gongkai.organisations.desk import desk_context, member_of, role_required

PER_PAGE = 20


@role_required(*services.KEEPERS)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Counts by state, and the files of one state; without a choice, those that need somebody."""
    state = request.GET.get("state", "")
    state = state if state in TextState.values else ""
    page = Paginator(selectors.listed(state), PER_PAGE).get_page(request.GET.get("page"))
    counts = selectors.counts()
    context = desk_context(
        request,
        current="filetexts",
        page_title="附件文字",
        page=page,
        rows=selectors.shown(page.object_list, member_of(request)),
        state=state,
        state_label=TextState(state).label if state else "",
        states=[(value, label, counts[value]) for value, label in TextState.choices],
        counted=[(s.value, s.label, counts[s]) for s in TextState if counts[s]],
        troubled={str(s) for s in TROUBLED},
        query=urlencode({"state": state}) if state else "",
        programs=[
            ("LibreOffice", bool(external.office()), external.NO_OFFICE),
            ("Tesseract", bool(external.ocr()), external.NO_OCR),
        ],
    )
    return render(request, "filetexts/board.html", context)


@role_required(*services.KEEPERS)
@require_POST
def again(request: HttpRequest, sha256: str) -> HttpResponse:
    """Read one file once more."""
    services.text_again(sha256=sha256, member=member_of(request), now=now())
    return redirect("filetexts-desk:board")
