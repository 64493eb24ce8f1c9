"""The demonstration bar of staff pages: who one is, what comes next, who one may become."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from gongkai.core.middleware import is_public_path
from gongkai.demo.people import IDENTITIES, SHOWN_UNIT
from gongkai.organisations.models import User
from gongkai.review.enums import CaseStatus
from gongkai.review.models import ReviewCase

_STEP_POSTS = {"first": "chushen", "final": "zhongshen", "secrecy": "baomi"}
_TITLE = 12


def _switch(username: str, goal: str) -> str:
    return f"/f/role/?as={username}&next={goal}"


def _next_step(current: str) -> dict[str, str] | None:
    """What to do next as this identity, or whose turn it is, as one click."""
    code, _, post = current.rpartition("_")
    if post == "zhuguan":
        return {"label": "读入一份要点", "url": "/tour/"}
    if code != SHOWN_UNIT:
        return None
    case = ReviewCase.objects.filter(unit__code=code, status=CaseStatus.OPEN).defer("view").first()
    if case is None:
        if post == "bianji":
            return {"label": "起草一条信息，送审", "url": "/admin/items/"}
        return {
            "label": "换成编辑，起草一条送审",
            "url": _switch(f"{code}_bianji", "/admin/items/"),
        }
    title = case.title.removeprefix(case.unit.full_name).removeprefix("关于")
    title = title.replace("《", "").replace("》", "")
    short = f"{title[:_TITLE]}…" if len(title) > _TITLE else title
    turn = _STEP_POSTS.get(case.current_step, "")
    page = f"/desk/review/{case.pk}/"
    if turn == post:
        return {"label": f"审《{short}》", "url": page}
    return {
        "label": f"{case.get_current_step_display()}《{short}》",
        "url": _switch(f"{code}_{turn}", page),
    }


def demo_bar(request: HttpRequest) -> dict[str, Any]:
    """Context processor for desk pages; empty outside a demonstration and on public pages."""
    if settings.DEMO_DATE is None or is_public_path(request.path):
        return {}
    day = settings.DEMO_DATE
    current = request.user.get_username() if isinstance(request.user, User) else ""
    label = next((i.label for i in IDENTITIES if i.username == current), "")
    return {
        "demo": {
            "date_label": f"{day.year} 年 {day.month} 月 {day.day} 日",
            "identity": label or (str(request.user) if current else "访客"),
            "identities": [
                *(
                    {
                        "label": i.label,
                        "value": i.username,
                        "current": i.username == current,
                        "url": "/f/role/",
                    }
                    for i in IDENTITIES
                ),
                {
                    "label": "市民（公开网站）",
                    "value": "",
                    "current": not current,
                    "url": "/f/role/",
                },
            ],
            "next_step": _next_step(current),
            "switch_url": "/f/role/",
            "tour_url": "/tour/",
            "links_only": False,
            "css": "full" if request.path.startswith("/desk/") else "",
        }
    }
