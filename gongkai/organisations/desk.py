"""The staff shell: who is signed in, what stands in the menu, who may pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import reverse

from gongkai.core.clock import today
from gongkai.core.errors import InvalidInput, PermissionRefused
from gongkai.organisations.access import Member, member_for
from gongkai.organisations.enums import Role

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
Waiting = Callable[[Member], Sequence[QuerySet[Any]]]
"""What waits for a person, as queries that only have to be counted."""

NO_ROLE = PermissionRefused(
    "岗位权限",
    "您的账号现在没有任何有效岗位，不能使用工作台。",
    "请联系本单位的政务公开主管或运维人员授予岗位。",
)


def member_of(request: HttpRequest) -> Member:
    """The signed-in person with the roles of today; built once per request."""
    member: Member | None = getattr(request, "_gongkai_member", None)
    if member is None:
        member = member_for(request.user, today())
        request._gongkai_member = member  # type: ignore[attr-defined]
    return member


def staff_required(view: View[P]) -> View[P]:
    """Let people with any role of today in; others sign in first, or read why not."""
    return role_required()(view)


def role_required(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Let people in who hold one of the roles (any role when none is named) in any unit.

    Which record they may touch is for the service to say.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            require_desk_role(request, *roles)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def require_desk_role(request: HttpRequest, *roles: Role) -> Member:
    """The signed-in person, if they hold one of the roles (any when none is named) anywhere.

    Raises PermissionRefused naming the roles that may come here.
    """
    member = member_of(request)
    if not member.holdings:
        raise NO_ROLE
    if roles and not member.holds_anywhere(*roles):
        wanted = "、".join(role.label for role in roles)
        raise PermissionRefused(
            "岗位权限",
            f"这个页面只对{wanted}岗位开放，您不在这个岗位上。",
            "请由该岗位人员登录后办理，或联系运维人员核对岗位。",
        )
    return member


# From which order on a menu line stands under which heading.
GROUPS = ((20, "信息"), (30, "要点"), (60, "存档"), (80, "管理"))


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the desk menu; ``roles`` empty = everybody on the desk."""

    key: str
    label: str
    url_name: str
    icon: str
    roles: tuple[str, ...]
    order: int
    waiting: Waiting | None

    @property
    def group(self) -> str:
        """The heading under which the line stands; the first lines have none."""
        return next((name for start, name in reversed(GROUPS) if self.order >= start), "")


_MENU: dict[str, MenuEntry] = {}


def register_menu_entry(
    key: str,
    label: str,
    url_name: str,
    icon: str,
    roles: Sequence[str] = (),
    order: int = 100,
    waiting: Waiting | None = None,
) -> None:
    """Put a line into the desk menu for people who hold one of ``roles`` in any unit.

    ``waiting`` gives what waits for this person, counted in one query for the whole menu;
    ``icon`` is a name of the design system; ``order`` also says under which heading of ``GROUPS``
    it stands. Registering a key again replaces it.
    """
    _MENU[key] = MenuEntry(key, label, url_name, icon, tuple(roles), order, waiting)


def _counts(entries: Sequence[MenuEntry], member: Member) -> dict[str, int]:
    """How much waits under each entry, by key; one query for all of them."""
    parts = [
        rows.order_by()
        .annotate(menu_key=Value(entry.key))
        .values("menu_key")
        .annotate(menu_n=Count("pk"))
        for entry in entries
        if entry.waiting
        for rows in entry.waiting(member)
    ]
    found: dict[str, int] = {}
    for row in parts[0].union(*parts[1:], all=True) if parts else ():
        key = row["menu_key"]
        found[key] = found.get(key, 0) + row["menu_n"]
    return found


def menu_for(member: Member, current: str = "") -> list[dict[str, Any]]:
    """The menu of this person as ``design/desk.html`` takes it; ``current`` is a key."""
    rows: list[dict[str, Any]] = []
    group = ""
    shown = [e for e in _MENU.values() if not e.roles or member.holds_anywhere(*e.roles)]
    counts = _counts(shown, member)
    for entry in sorted(shown, key=lambda entry: (entry.order, entry.key)):
        rows.append(
            {
                "key": entry.key,
                "label": entry.label,
                "url": reverse(entry.url_name),
                "icon": entry.icon,
                "current": entry.key == current,
                "count": counts.get(entry.key, 0),
                "group": entry.group if entry.group != group else "",
            }
        )
        group = entry.group
    return rows


def who_is(request: HttpRequest) -> dict[str, str]:
    """Name, unit and roles of the signed-in person for the head of the page."""
    member = member_of(request)
    names = {h.unit_id: h.unit_name for h in member.holdings}
    unit = next(iter(names.values()), "")
    if len(names) > 1:
        unit = f"{unit}等 {len(names)} 个单位"
    roles = list(dict.fromkeys(Role(h.role).label for h in member.holdings))
    return {"name": member.actor.name, "unit": unit, "role": "、".join(roles)}


def desk_context(request: HttpRequest, current: str = "", **extra: Any) -> dict[str, Any]:
    """Context that every page on ``design/desk.html`` needs, with the page's own on top."""
    return {
        "desk_menu": menu_for(member_of(request), current),
        "who": who_is(request),
        "desk_url": "/desk/",
        "logout_url": reverse("accounts:logout"),
        **extra,
    }


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent with a POST, even when nothing was; None for other methods.

    A form bound to this says what is missing, where ``request.POST or None`` would show itself
    as untouched.
    """
    return request.POST if request.method == "POST" else None


def fold_errors(error: InvalidInput, form: forms.Form) -> None:
    """Put what a service found wrong beside the form's own fields; the rest above the form."""
    for field, messages in error.fields.items():
        for message in messages:
            form.add_error(field if field in form.fields else None, message)
