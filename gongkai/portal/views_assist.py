"""Small answers for readers who need help: pinyin and traditional characters, the elder app."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from gongkai.design import readings
from gongkai.portal.frame import sites_and_site

_WANTED = ("pinyin", "fanti")
_DAY = 24 * 3600
_ICONS = ((192, "any"), (512, "any"), (512, "maskable"))


@require_safe
def characters(request: HttpRequest) -> HttpResponse:
    """A short text with pinyin, in traditional characters, or both, for the caption bar.

    ``?to=pinyin``, ``fanti`` or ``pinyin-fanti`` and ``text`` of at most 200 characters. The same
    question always has the same answer, so any cache may keep it. The text is written nowhere.
    """
    wanted = request.GET.get("to", "").split("-")
    text = request.GET.get("text", "")
    if not text or len(text) > readings.LIMIT or not set(wanted) <= set(_WANTED):
        return JsonResponse({"error": f"请给出 1 到 {readings.LIMIT} 个字"}, status=400)
    response = JsonResponse({"parts": readings.written(text, wanted)})
    response["Cache-Control"] = f"public, max-age={_DAY}"
    return response


@require_safe
def manifest(request: HttpRequest, district: str = "") -> HttpResponse:
    """The web app that opens a site in its elder view.

    It starts at the address that sets the view, because an installed app has cookies of its own
    on some systems. Nothing of the content is kept on the device: there is no service worker.
    """
    _, site = sites_and_site(district)
    start = f"/f/view/?to=elder&next={site.path}"
    response = JsonResponse(
        {
            "id": f"{site.path}?app=elder",
            "name": f"{site.name}长者版",
            "short_name": "公开长者版",
            "description": "大字、大按钮，先说要点，可以读给您听。",
            "lang": "zh-CN",
            "start_url": start,
            "scope": "/",
            "display": "minimal-ui",
            "background_color": "#ffffff",
            "theme_color": "#0a3d6b",
            "icons": [
                {"src": static("design/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
                *(
                    {
                        "src": static(f"design/icons/{purpose}-{size}.png"),
                        "sizes": f"{size}x{size}",
                        "type": "image/png",
                        "purpose": purpose,
                    }
                    for size, purpose in _ICONS
                ),
            ],
        },
        content_type="application/manifest+json",
    )
    response["Cache-Control"] = "public, max-age=300"
    return response
