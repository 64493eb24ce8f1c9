"""The gallery: every component in every state, for those who build and review screens."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongkai.design import gallery_content

SCREENS = ("components", "home", "item", "desk", "forms", "letter")


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show one gallery screen, chosen by ``?screen=``; the first is the list of components.

    Only a demonstration or a developer's machine has a gallery: its content is made up.
    """
    if settings.DEMO_DATE is None and not settings.DEBUG:
        raise Http404("没有这一页")
    screen = request.GET.get("screen", SCREENS[0])
    if screen not in SCREENS:
        raise Http404("没有这个样例页")
    name = "gallery" if screen == SCREENS[0] else f"gallery_{screen}"
    # Forms need a token, and a token needs a cookie: only staff addresses may have one.
    staff = request.path.startswith("/desk/")
    return render(request, f"design/{name}.html", gallery_content.context(screen, forms=staff))
