"""Where browsers tell of a click on a hit (``ping``, see ``search.clicks``)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gongkai.core import clock
from gongkai.search import clicks, traces


@csrf_exempt
@require_POST
def click(request: HttpRequest) -> HttpResponse:
    """Count a click on a hit that we ourselves marked; nothing else is read of the request.

    Without a token of a session: the signature says which hit it was, each counts once, and who
    could forge the request could as well have clicked.
    """
    mark = clicks.read(request.GET.get("t", ""))
    if mark is not None:
        traces.clicked(mark, now=clock.now())
    return HttpResponse(status=204)
