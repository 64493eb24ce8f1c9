"""Serving of private files, and the pages for refusals."""

from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongkai.core import blobs


@require_safe
def serve_file(
    request: HttpRequest, kind: str, record: str, sha: str, filename: str
) -> HttpResponseBase:
    """Serve one file of one record, if the record says that this reader may have it."""
    gate = blobs.gate_for(kind)
    grant = gate(request, record, sha) if gate else None
    if grant is None or not grant.sha256.startswith(sha):
        raise Http404("没有这个文件")
    return deliver(blobs.path_of(grant.sha256), grant)


def deliver(path: str, grant: blobs.Grant) -> HttpResponseBase:
    """Send a private file of the store, under the name and terms of ``grant``; raises Http404."""
    response: HttpResponseBase
    if settings.ACCEL_PREFIX:
        response = HttpResponse()
        response["X-Accel-Redirect"] = f"{settings.ACCEL_PREFIX}/{path}"
    else:
        try:
            response = FileResponse(storages["blobs"].open(path, "rb"))
        except FileNotFoundError as error:
            raise Http404("文件缺失，请联系发布单位") from error
    response["Content-Type"] = grant.content_type
    disposition = "inline" if grant.inline else "attachment"
    response["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(grant.filename)}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "public, max-age=5" if grant.public else "private, no-store"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or stale: say so, and how to go on."""
    context = {
        "rule": "表单安全校验",
        "reason": "页面停留太久，或浏览器没有保存本站的安全标记，这次提交没有被接受。",
        "remedy": "请返回上一页，刷新后重新提交；浏览器通常会保留已填写的内容。",
    }
    return render(request, "403.html", context, status=403)
