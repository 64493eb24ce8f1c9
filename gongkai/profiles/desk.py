"""Staff screens: the state of one unit's profile with its next act, and all units, worst first."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gongkai.core.clock import now, today
from gongkai.core.errors import NotVisible
from gongkai.core.pairs import fold
from gongkai.organisations.access import Member, require_visible, visible_units
from gongkai.organisations.desk import desk_context, member_of, role_required
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.profiles import selectors, services
from gongkai.profiles.rules import PART_KEYS
from gongkai.profiles.rules_state import ACTS, PartState, ProfileState
from gongkai.publishing.placing import item_path

PAGE = 30
SHOWN = {
    "": "全部",
    "none": "六项都没有公布",
    "red": "有缺失或不一致",
    "warn": "临近核对",
    "ok": "正常",
}


def _unit(member: Member, code: str) -> Unit:
    unit = Unit.objects.select_related("area", "parent").filter(code=code).first()
    if unit is None:
        raise NotVisible
    require_visible(member, unit)
    return unit


@role_required(Role.EDITOR, Role.SUPERVISOR)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The own unit's profile; who supervises others begins with all of them."""
    member = member_of(request)
    if member.holds_anywhere(Role.SUPERVISOR):
        return _all_page(request, member)
    ids = member.unit_ids(Role.EDITOR)
    found = Unit.objects.filter(pk__in=ids).order_by("order", "pk").first()
    if found is None:
        raise NotVisible
    return _unit_page(request, member, found)


def _act(unit: Unit, state: PartState) -> dict[str, Any]:
    """Where the one next act of a part leads: ``post`` = it writes something."""
    word = ACTS[state.act]
    if state.act in ("draft", "guide"):
        url = reverse("profiles-desk:draft", args=[unit.code, state.part.key])
        return {"label": word, "url": url, "post": True}
    assert state.act_item is not None
    if state.act == "confirm":
        url = reverse("profiles-desk:confirm", args=[state.act_item])
        return {"label": word, "url": url, "post": True}
    if state.act == "look":
        return {"label": word, "url": item_path(state.act_item), "post": False}
    return {"label": word, "url": reverse("items:edit", args=[state.act_item]), "post": False}


def _row(unit: Unit, state: PartState, main: bool) -> dict[str, Any]:
    return {
        "state": state,
        "act": _act(unit, state),
        "main": main,
        "items": [
            {
                "title": str(e.facts.get("name") or e.title),
                "url": item_path(e.id),
                "edit": reverse("items:edit", args=[e.id]),
                "reviewed_on": e.reviewed_on,
            }
            for e in sorted(state.entries, key=lambda e: e.id)
        ],
        # A further leader, rule or report may always be begun.
        "more": reverse("profiles-desk:draft", args=[unit.code, state.part.key])
        if state.present and state.part.key in ("leaders", "system", "report")
        and state.act != "draft"
        else "",
    }  # fmt: skip


@role_required(Role.EDITOR, Role.SUPERVISOR)
@require_safe
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """The profile of one unit: each part with its state, what is wrong, and the one next act."""
    member = member_of(request)
    return _unit_page(request, member, _unit(member, code))


def _unit_page(request: HttpRequest, member: Member, found: Unit) -> HttpResponse:
    state = selectors.state_of(found, today())
    editor = member.holds(Role.EDITOR, found)
    first = state.next
    others = Unit.objects.filter(pk__in=member.unit_ids(Role.EDITOR)).order_by("order", "pk")
    context = desk_context(
        request,
        current="profile",
        page_title=f"{found.short_name}的单位信息",
        unit=found,
        rows=[_row(found, part, editor and part is first) for part in state.parts],
        state=state,
        editor=editor,
        first=_row(found, first, True) if first and editor else None,
        units=[u for u in others[:20]] if editor else [],
        supervisor=member.holds_anywhere(Role.SUPERVISOR),
        whole=len(state.parts),
    )
    return render(request, "profiles/unit.html", context)


@role_required(Role.SUPERVISOR)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every unit the person supervises, the worst first."""
    return _all_page(request, member_of(request))


def _all_page(request: HttpRequest, member: Member) -> HttpResponse:
    day = today()
    words = request.GET.get("q", "").replace("\x00", "").strip()[:40]
    tone = request.GET.get("state", "")
    if tone not in SHOWN:
        tone = ""
    units = [
        u
        for u in visible_units(member).select_related("area")
        if u.valid_on(day)
        and selectors.owes_profile(u)
        and member.supervises(u)
        and fold(words) in fold(f"{u.short_name}{u.full_name}")
    ]
    rows = [(u, state, _tone(state)) for u, state in selectors.states_of(units, day)]
    counts = {key: sum(t == key for *_, t in rows) for key in SHOWN}
    shown = [row for row in rows if tone in ("", row[2])]
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    context = desk_context(
        request,
        current="profile",
        page_title="各单位的单位信息",
        page=page,
        words=words,
        tone=tone,
        total=len(rows),
        parts=list(PART_KEYS.values()),
        complete=counts["ok"],
        tabs=[
            {
                "label": label,
                "url": f"?state={key}" if key else "?",
                "count": counts[key] if key else len(rows),
                "current": key == tone,
            }
            for key, label in SHOWN.items()
        ],
    )
    return render(request, "profiles/units.html", context)


def _tone(state: ProfileState) -> str:
    if not state.present:
        return "none"
    tones = {part.tone for part in state.parts}
    return "red" if "red" in tones else "warn" if "warn" in tones else "ok"


@role_required(Role.EDITOR)
@require_POST
def draft(request: HttpRequest, code: str, part: str) -> HttpResponse:
    """Begin a draft of one part (the guide is generated) and open it for writing."""
    wanted = PART_KEYS.get(part)
    if wanted is None:
        raise Http404("没有这一项")
    member = member_of(request)
    item = services.part_draft(unit=_unit(member, code), part=wanted, member=member, now=now())
    if wanted.key == "guide":
        messages.success(request, "指南已按本单位现有信息生成，请核对后送审。")
    return redirect("items:edit", pk=item.pk)


@role_required(Role.EDITOR)
@require_POST
def confirm(request: HttpRequest, item_id: int) -> HttpResponse:
    """Write down that a part is still right today."""
    item = services.part_confirm(item_id=item_id, member=member_of(request), now=now())
    messages.success(request, f"已记下：{item.title}，今天核对无误。")
    return redirect("profiles-desk:unit", code=item.unit.code)
