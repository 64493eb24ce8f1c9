"""我为政府网站找错: the form, its receipt, and what came of a report. All under /f/, never cached."""

import hashlib
import hmac

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.catalogue.models import PublicSite
from gongkai.catalogue.selectors import public_sites
from gongkai.core import clock
from gongkai.core.calendar import load_calendar
from gongkai.core.errors import InvalidInput
from gongkai.organisations.desk import fold_errors
from gongkai.organisations.views import client_address
from gongkai.portal import rules
from gongkai.portal.context import column_tags, site_context
from gongkai.portal.frame import show, sites_and_site
from gongkai.sitecare import rules as report_rules
from gongkai.sitecare import selectors, services
from gongkai.sitecare.forms import ReportForm

SENT_AN_HOUR = 6
ASKED_AN_HOUR = 60
_HOUR = 3600
_NAME = "我为政府网站找错"


def _counted(request: HttpRequest, what: str, limit: int) -> bool:
    """Whether a visitor is still within the limit of an hour. Only a keyed digest of the address
    is kept, for that hour, in the cache."""
    address = client_address(request)
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{what}:{address}".encode(), hashlib.sha256)
    key = f"portal:{what}:{digest.hexdigest()[:32]}"
    cache.add(key, 0, _HOUR)
    try:
        return int(cache.incr(key)) <= limit
    except ValueError:  # it ran out between the two
        return True


def _site_of(page: str, key: str) -> tuple[list[PublicSite], PublicSite]:
    """The site of a reported page: by its path, else as the page itself said."""
    sites = public_sites()
    prefix = report_rules.prefix_of(page)
    found = next((s for s in sites if prefix and s.prefix == prefix), None)
    found = found or next((s for s in sites if s.key == key), None)
    if found is None:
        return sites_and_site()
    return sites, found


def _page(
    request: HttpRequest, form: ReportForm, page: str, key: str, *, status: int = 422
) -> HttpResponse:
    sites, site = _site_of(page, key)
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=_NAME,
        tags=[
            *column_tags(_NAME, "报告网页上的错误", ["找错"], "咨询投诉"),
            ("robots", "noindex"),
        ],
        trail=[(_NAME, "")],
        form=form,
        reported=page,
        site_key=site.key,
        policy=selectors.policy(),
    )
    return show(request, "error_form.html", context, status=status if form.errors else 200)


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form with the page's address and the selected words in it; keep the report."""
    if request.method == "POST":
        form = ReportForm(request.POST)
        page = request.POST.get("page", "").strip()
        key = request.POST.get("site", "")[:50]
        if form.is_valid():
            if not _counted(request, "report", SENT_AN_HOUR):
                form.add_error(None, f"一个小时内最多提交 {SENT_AN_HOUR} 条，请过一会儿再来。")
                return _page(request, form, page, key, status=429)
            given = form.cleaned_data
            try:
                made = services.report_make(
                    site=_site_of(page, key)[1],
                    page=given["page"].strip(),
                    kind=given["kind"],
                    text=given["text"],
                    quote=given["quote"],
                    now=clock.now(),
                )
                address = reverse("portal:report-state")
                return HttpResponseRedirect(f"{address}?no={made.receipt}&new=1")
            except InvalidInput as error:
                fold_errors(error, form)
        return _page(request, form, page, key)
    asked = request.GET.get("page", "")
    page = asked if asked and rules.safe_next(asked) == asked else ""
    page = page[: report_rules.PAGE_LENGTH]
    quote = report_rules.cleaned(request.GET.get("text", ""), report_rules.QUOTE_LENGTH)
    form = ReportForm(initial={"page": page, "quote": quote.replace("\n", " ")})
    return _page(request, form, page, request.GET.get("site", "")[:50])


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """What came of a report, for who holds its receipt number. The words of the report itself are
    not shown."""
    typed = request.GET.get("no", "").strip()[:40]
    often = bool(typed) and not _counted(request, "receipt", ASKED_AN_HOUR)
    found = selectors.public_report(typed) if typed and not often else None
    sites, site = sites_and_site()
    if found is not None:
        site = next((s for s in sites if s.pk == found.site_id), site)
    context = site_context(
        site,
        request,
        sites=sites,
        page_title="找错办理情况",
        tags=[
            *column_tags("找错办理情况", "凭回执号查询", ["找错"], "咨询投诉"),
            ("robots", "noindex"),
        ],
        trail=[(_NAME, reverse("portal:report")), ("办理情况", "")],
        typed=typed,
        often=often,
        fresh=request.GET.get("new") == "1" and found is not None,
        report=found,
        receipt=report_rules.shown_receipt(found.receipt) if found else "",
        shown=selectors.shown(found, load_calendar(), clock.today()) if found else None,
        policy=selectors.policy(),
    )
    return show(request, "error_state.html", context, status=429 if often else 200)
