"""订阅: asking for one, confirming it, managing and leaving. All under /f/, never cached.

A reader has no account; whoever holds a signed link from a mail acts for the address. Links that
programs open by themselves (mail scanners do) only show a page: what changes something is a POST.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.catalogue.models import PublicSite
from gongkai.catalogue.selectors import public_sites
from gongkai.core import clock
from gongkai.core.errors import InvalidInput
from gongkai.organisations.desk import fold_errors
from gongkai.portal.context import absolute, column_tags, site_context
from gongkai.portal.frame import show, sites_and_site
from gongkai.portal.limits import allowed
from gongkai.subscriptions import links, rules, selectors, services
from gongkai.subscriptions.enums import Frequency, Leave
from gongkai.subscriptions.forms import AddressForm, SubscribeForm
from gongkai.subscriptions.kinds import district_of
from gongkai.subscriptions.registry import Followable, Followed, followable

ASKED_AN_HOUR = 12
_HOUR = 3600
_NAME = "订阅"
_OFTEN = f"一个小时内最多提交 {ASKED_AN_HOUR} 次，请过一会儿再来。"


def _frame(params: QueryDict | dict[str, str]) -> tuple[list[PublicSite], PublicSite]:
    """The site that the reader comes from: its district stands among the parameters."""
    district = str(params.get("district", ""))
    sites = public_sites()
    site = next((s for s in sites if district_of(s.prefix) == district and not s.shut), None)
    return (sites, site) if site else sites_and_site()


def _page(
    request: HttpRequest,
    template: str,
    title: str,
    *,
    params: QueryDict | dict[str, str] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    sites, site = _frame(params or {})
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=title,
        tags=[
            *column_tags(_NAME, "用邮箱或者订阅地址接收更新", [], "办事服务"),
            ("robots", "noindex"),
        ],
        trail=[(_NAME, reverse("portal:subscribe")), (title, "")]
        if title != _NAME
        else [(_NAME, "")],
        mail=settings.MAIL_ENABLED,
        **more,
    )
    return show(request, template, context, status=status)


def _said(request: HttpRequest, title: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """A page that says one thing: ``tone``, ``text``, and links ``actions`` (label, address)."""
    return _page(request, "subscribe_said.html", title, status=status, **more)


def _void(request: HttpRequest) -> HttpResponse:
    return _said(
        request,
        "这个网址已经失效",
        tone="warn",
        text="可能过了期限，或者没有复制完整。确认订阅的网址三天内有效，过期的订阅和邮箱已经删除，请重新订阅。",
        actions=[("管理我的订阅", reverse("portal:subscribe"))],
        status=404,
    )


def _wanted(params: QueryDict) -> tuple[Followable | None, str, Followed | None]:
    """What an address asks to follow: its kind, canonical target, and what that is."""
    kind = followable(params.get("what", ""))
    if kind is None:
        return None, "", None
    given = {name: params.getlist(name) for name in params if name not in _OWN}
    target = kind.canonical(given)
    return kind, target, kind.describe([target]).get(target) if target else None


_OWN = frozenset({"what", "address", "frequency", "website", "csrfmiddlewaretoken"})


@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """What will be followed, in words; by mail or by feed. Without ``what``: one's own
    subscriptions, for who has lost the mails."""
    params = request.POST if request.method == "POST" else request.GET
    if not params.get("what"):
        return _own(request)
    kind, target, followed = _wanted(params)
    if kind is None or followed is None:
        return _said(
            request,
            "没有找到要订阅的内容",
            tone="warn",
            text="它可能已经撤回、归档或者改了网址。请回到原来的页面再试，也可以订阅别的栏目和单位。",
            actions=[("全部栏目", "/columns/"), ("单位公开专栏", "/dw/")],
            params=params,
            status=404,
        )
    form = SubscribeForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = _asked(request, form, kind.key, target)
        if status == 302:
            return redirect("portal:subscribe-sent")
    return _page(
        request,
        "subscribe.html",
        _NAME,
        params=params,
        status=status,
        form=form,
        kind=kind,
        followed=followed,
        feed_url=absolute(followed.feed),
        kept=[("what", kind.key), *((n, v) for n, vs in rules.parsed(target).items() for v in vs)],
    )


def _asked(request: HttpRequest, form: SubscribeForm, kind: str, target: str) -> int:
    if not form.is_valid():
        return 422
    if not allowed(request, "subscribe", limit=ASKED_AN_HOUR, seconds=_HOUR):
        form.add_error(None, _OFTEN)
        return 429
    try:
        services.subscribe(
            kind=kind,
            target=target,
            address=form.cleaned_data["address"],
            frequency=form.cleaned_data["frequency"],
            now=clock.now(),
        )
    except InvalidInput as error:
        fold_errors(error, form)
        return 422
    return 302


def _own(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        if not form.is_valid():
            status = 422
        elif not allowed(request, "subscribe", limit=ASKED_AN_HOUR, seconds=_HOUR):
            form.add_error(None, _OFTEN)
            status = 429
        else:
            try:
                services.manage_link_send(address=form.cleaned_data["address"], now=clock.now())
                return HttpResponseRedirect(f"{reverse('portal:subscribe-sent')}?manage=1")
            except InvalidInput as error:
                fold_errors(error, form)
                status = 422
    return _page(request, "subscribe_own.html", _NAME, status=status, form=form)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The same answer for every address, so that nobody learns whose is known here."""
    manage = request.GET.get("manage") == "1"
    text = (
        "这个邮箱如果有订阅，很快会收到管理订阅的网址。没有订阅的，不会收到邮件。"
        if manage
        else "我们往您填的邮箱发了一封信，请打开信里的网址，再按“确认订阅”。三天内不确认，"
        "订阅和邮箱一起删除。"
    )
    return _said(
        request,
        "请查收邮件",
        tone="ok",
        text=f"{text}没有看到的，请看看垃圾邮件；同一个邮箱一天最多发 {rules.LETTERS_A_DAY} 封。",
        actions=[("回首页", "/")],
    )


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """What the link in the mail leads to: a button. Pressed, the subscription begins."""
    row = links.to_confirm(token)
    kind = followable(row.kind) if row else None
    followed = kind.describe([row.target]).get(row.target) if row and kind else None
    if row is None or kind is None or followed is None:
        return _void(request)
    manage = reverse("portal:subscriptions", args=[links.manage_token(row.subscriber)])
    if request.method == "POST":
        if not services.confirm(subscription_id=row.pk, now=clock.now()):
            return _void(request)
        return HttpResponseRedirect(f"{manage}?new={row.pk}")
    if row.confirmed_at is not None:
        return HttpResponseRedirect(manage)
    return _page(
        request,
        "subscribe_act.html",
        "确认订阅",
        lead="按下面的按钮，订阅就开始了。",
        what=[(kind.label, followed)],
        rows=[
            ("邮箱", selectors.masked(row.subscriber)),
            ("多久发一次", row.get_frequency_display()),
        ],
        button="确认订阅",
        protected=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """All subscriptions of an address: how often, leave one, leave all."""
    who = links.to_manage(token)
    if who is None:
        return _gone(request) if links.was_manage(token) else _void(request)
    if request.method == "POST":
        _act(request, who.pk)
        return redirect("portal:subscriptions", token=token)
    return _page(
        request,
        "subscribe_manage.html",
        "我的订阅",
        rows=selectors.own(who),
        address=selectors.masked(who),
        fresh=request.GET.get("new", ""),
        frequencies=Frequency.choices,
        paused=who.paused_at,
    )


def _act(request: HttpRequest, subscriber_id: int) -> None:
    act, now = request.POST.get("act", ""), clock.now()
    number = request.POST.get("id", "")
    chosen = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0
    if act == "all":
        services.leave_all(subscriber_id=subscriber_id, now=now)
    elif act == "leave":
        services.leave(subscriber_id=subscriber_id, ids=[chosen], how=Leave.PAGE, now=now)
    elif act == "frequency":
        services.frequency_set(
            subscriber_id=subscriber_id,
            subscription_id=chosen,
            frequency=request.POST.get("frequency", ""),
            now=now,
        )


def _gone(request: HttpRequest) -> HttpResponse:
    return _said(
        request,
        "已经全部退订",
        tone="ok",
        text="这个邮箱已经没有订阅，地址也从本站删除了。以后想再订，在栏目、单位和文件的页面上按“订阅”。",
        actions=[("回首页", "/")],
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """One click out (RFC 8058): a POST by the mail program needs neither cookie nor token, because
    the signed link itself is the permission; a GET shows one button."""
    found = links.to_leave(token)
    if found is None:
        return _void(request)
    who, ids = found
    if request.method == "POST":
        if who is not None:
            services.leave(subscriber_id=who.pk, ids=ids, how=Leave.ONE_CLICK, now=clock.now())
        return _left(request)
    what = selectors.own_some(who, ids) if who is not None else []
    if not what:
        return _left(request)
    return _page(
        request,
        "subscribe_act.html",
        "退订",
        lead="按下面的按钮，以后不再收到这些内容的邮件。",
        what=what,
        rows=[],
        button="退订",
        protected=False,
    )


def _left(request: HttpRequest) -> HttpResponse:
    return _said(
        request,
        "已经退订",
        tone="ok",
        text="不会再因为它们给您发邮件。一个邮箱退掉最后一项时，邮箱地址也从本站删除。",
        actions=[("回首页", "/")],
    )
