"""The tour over the city's document, and the role switcher."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import login, logout
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe
from docx import Document

from gongkai.catalogue.models import Column, Placement
from gongkai.core import facts
from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, PermissionRefused
from gongkai.demo.city import CONTENT
from gongkai.demo.people import IDENTITIES
from gongkai.ledger import planning
from gongkai.ledger.forms import ImportForm
from gongkai.ledger.selectors import PointState, Progress, public_plan, public_progress
from gongkai.organisations.access import Member, member_for
from gongkai.organisations.desk import fold_errors, member_of, posted
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit, User


def _demo_only() -> None:
    if settings.DEMO_DATE is None:
        raise Http404("这里只在演示城市开放")


@require_http_methods(["GET", "POST"])
def role(request: HttpRequest) -> HttpResponse:
    """Take another identity in one click; exists only in a demonstration."""
    _demo_only()
    back = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = ""
    if request.method == "POST":
        wanted = request.POST.get("identity", "")
        if wanted == "":
            logout(request)
            return redirect("/")
        identity = next((i for i in IDENTITIES if i.username == wanted), None)
        user = User.objects.filter(username=wanted).first() if identity else None
        if identity is None or user is None:
            raise Http404("没有这个演示身份")
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        with transaction.atomic():
            facts.record(
                action="organisations.demo.switched",
                subject=("user", user.pk),
                actor=member_for(user, today()).actor,
                occurred_at=now(),
            )
        return HttpResponseRedirect(back or identity.landing)
    suggested = request.GET.get("as", "")
    context = {
        # Whose turn it is comes first.
        "identities": sorted(IDENTITIES, key=lambda i: i.username != suggested),
        "next": back,
        "suggested": suggested,
        "current": request.user.get_username() if request.user.is_authenticated else "",
        "page_title": "换个身份",
    }
    return render(request, "demo/role.html", context)


def _office(member: Member) -> Unit | None:
    """The office in which the person may read work points in."""
    ids = member.unit_ids(Role.SUPERVISOR)
    return Unit.objects.filter(pk__in=ids).order_by("order").first()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a point lives on the site, and how much is there."""

    name: str
    path: str
    count: int


@dataclass(frozen=True, slots=True)
class PointRow:
    """A point of the document: its words, with links where they name a place, and its places."""

    point: PointState
    words: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]


def _linked(text: str, places: Iterable[Place]) -> tuple[tuple[str, str], ...]:
    """The text in pieces (words, address); the first mention of each place carries its address."""
    spots = sorted((text.find(place.name), place) for place in places if text.find(place.name) >= 0)
    pieces: list[tuple[str, str]] = []
    position = 0
    for start, place in spots:
        if start < position:
            continue
        pieces += [(text[position:start], ""), (place.name, place.path)]
        position = start + len(place.name)
    pieces.append((text[position:], ""))
    return tuple(piece for piece in pieces if piece[0])


def _rows(progress: Progress) -> list[tuple[str, list[PointRow]]]:
    """The points by section, each with the places it lives in; two queries."""
    columns = list(
        Column.objects.filter(site__prefix="", work_point__isnull=False)
        .select_related("site")
        .order_by("order")
    )
    counts = dict(
        Placement.objects.filter(column__in=columns, section=None)
        .values_list("column")
        .annotate(Count("id"))
    )
    places: dict[int, list[Place]] = {}
    for column in columns:
        place = Place(column.name, column.path, counts.get(column.pk, 0))
        places.setdefault(column.work_point or 0, []).append(place)
    return [
        (
            title,
            [
                PointRow(
                    point,
                    _linked(point.text, places.get(point.number, ())),
                    tuple(places.get(point.number, ())),
                )
                for point in points
            ],
        )
        for title, points in progress.sections()
    ]


@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """The demonstration city's work points as a Word file, to drop in."""
    _demo_only()
    source = (CONTENT / "work_points_2022.md").read_text(encoding="utf-8")
    document = Document()
    for line in source.splitlines():
        words = line.replace("**", "").strip()
        if words.startswith("#"):
            document.add_heading(words.lstrip("# "), level=min(words.count("#"), 3))
        elif words.strip("-"):
            document.add_paragraph(words)
    out = io.BytesIO()
    document.save(out)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    response = HttpResponse(out.getvalue(), content_type=kind)
    name = quote("长沙市2022年政务公开工作要点（演示）.docx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@dataclass(frozen=True, slots=True)
class Walk:
    """One step of the walk through the city: who one becomes, and where one arrives."""

    title: str
    text: str
    username: str
    goal: str
    button: str


WALK: tuple[Walk, ...] = (
    Walk(
        "起草",
        "写一条信息，或上传一份 docx，送审。",
        "czj_bianji",
        "/admin/items/",
        "做编辑",
    ),
    Walk("初审", "只看改了什么，作结论。", "czj_chushen", "/desk/review/", "做初审"),
    Walk("终审", "自己审自己会被拒绝。", "czj_zhongshen", "/desk/review/", "做终审"),
    Walk(
        "保密审查",
        "写明依据；最后一步通过，当场发布，每一步多少毫秒都看得见。",
        "czj_baomi",
        "/desk/review/",
        "做保密审查",
    ),
    Walk("撤回", "原网址立刻变成撤回说明。", "czj_zhongshen", "/desk/items/", "去撤回"),
    Walk(
        "换个单位",
        "别的单位没公开的稿件，在这里就是不存在。",
        "wjw_bianji",
        "/desk/review/",
        "做卫健委编辑",
    ),
)


@require_http_methods(["GET", "POST"])
def tour(request: HttpRequest) -> HttpResponse:
    """The city's document and what became of each point; drop a document in to read it."""
    _demo_only()
    member = member_of(request)
    office = _office(member)
    if request.method == "POST" and office is None:
        raise PermissionRefused(
            "岗位权限",
            "读入工作要点只能由政务公开主管岗位办理。",
            "请先换成“市政务公开办 · 主管”身份，再读入文件。",
        )
    form = ImportForm(posted(request), request.FILES or None, offices=[office]) if office else None
    if request.method == "POST" and form is not None and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            opened = planning.import_open(
                office=form.office_chosen,
                data=upload.read(),
                filename=upload.name,
                member=member,
                now=now(),
            )
            return redirect("ledger-desk:import", import_id=opened.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    plan = public_plan(None, today())
    progress = public_progress(plan, today()) if plan else None
    context: dict[str, Any] = {
        "page_title": "导览",
        "form": form,
        "plan": plan,
        "progress": progress,
        "sections": _rows(progress) if progress else [],
        "supervisor": IDENTITIES[0],
        "walk": WALK,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "demo/tour.html", context, status=status)
