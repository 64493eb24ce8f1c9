"""Staff screens: the own inbox and the own settings."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongkai.core.clock import day_of, now, today
from gongkai.core.errors import InvalidInput, NotVisible, Refusal
from gongkai.messaging import preferences, rules, selectors, services
from gongkai.messaging.enums import Channel
from gongkai.messaging.forms import AddressForm, CodeForm, SettingsForm, field_name
from gongkai.messaging.models import Message
from gongkai.messaging.registry import kind_label, room_label
from gongkai.organisations.desk import (
    desk_context,
    fold_errors,
    member_of,
    posted,
    staff_required,
)


def _number(text: str | None) -> int | None:
    """A positive whole number of an address that a database can hold; None for anything else."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 18:
        return None
    return int(text)


@staff_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The own messages: those not read yet, or all; one kind or every kind."""
    member = member_of(request)
    everything = request.GET.get("show") == "all"
    kind = request.GET.get("kind", "")[:60]
    counts = selectors.unread_by_kind(member)
    page = selectors.page_of(
        member,
        unread=not everything,
        kind=kind,
        before=_number(request.GET.get("before")),
        after=_number(request.GET.get("after")),
    )
    kept = {"show": "all"} if everything else {}
    filters = {**kept, **({"kind": kind} if kind else {})}
    context = desk_context(
        request,
        current="messages",
        page_title="消息",
        page=page,
        rows=[_row(message) for message in page.rows],
        everything=everything,
        kind=kind,
        kind_name=kind_label(kind) if kind else "",
        unread=sum(counts.values()),
        unread_here=counts.get(kind, 0) if kind else sum(counts.values()),
        tabs=[
            {"label": "未读", "url": _url(), "count": sum(counts.values()),
             "current": not everything},
            {"label": "全部", "url": _url(show="all"), "current": everything},
        ],
        kinds=[
            {"label": label, "count": count, "current": key == kind, "url": _url(**kept, kind=key)}
            for key, label, count in selectors.labels(
                counts if kind in counts or not kind else {**counts, kind: 0}
            )
        ],
        every_kind=_url(**kept),
        top=page.rows[0].pk if page.first and page.rows else selectors.newest_id(member),
        newer_url=_url(**filters, after=page.newer) if page.newer else "",
        older_url=_url(**filters, before=page.older) if page.older else "",
        here=_url(**filters),
    )  # fmt: skip
    return render(request, "messaging/inbox.html", context)


def _row(message: Message) -> dict[str, Any]:
    due = message.due
    days = (due - today()).days if due else None
    return {
        "message": message,
        "label": kind_label(message.kind),
        "due": due,
        "due_words": rules.due_words(due, today=today()) if due and not message.read_at else "",
        "late": days is not None and days < 0,
        "today": day_of(message.created_at) == today(),
    }


def _url(**query: Any) -> str:
    words = urlencode(query)
    return reverse("messaging-desk:inbox") + (f"?{words}" if words else "")


@never_cache
@staff_required
@require_GET
def open_message(request: HttpRequest, message_id: int) -> HttpResponse:
    """Mark an own message read and go where it leads.

    A GET, so that the link works from a mail, in a new tab and without script. All it changes is
    the reader's own read mark, so a link that somebody else makes a reader follow does no harm; a
    browser that only loads ahead, or a page that embeds the address, does not even change that.
    The target was checked to be a page of this platform when the message was written, and is
    checked again here.
    """
    member = member_of(request)
    row = selectors.own(member).filter(pk=message_id).first()
    if row is None or not rules.is_local_path(row.url):
        raise NotVisible
    if _followed(request):
        services.message_read(message_id=row.pk, member=member, now=now())
    return HttpResponseRedirect(row.url)


def _followed(request: HttpRequest) -> bool:
    """Whether a person followed the link, as far as the browser says."""
    ahead = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return (
        "prefetch" not in ahead and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    )


@staff_required
@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Mark messages read (all that were seen, or one), or one unread again; back to the list."""
    member = member_of(request)
    newest, single = _number(request.POST.get("newest")), _number(request.POST.get("message"))
    act = request.POST.get("act", "")
    if act == "all" and newest is not None:
        kind = request.POST.get("kind", "")[:60]
        done = services.messages_read(member=member, now=now(), newest=newest, kind=kind)
        messages.success(request, f"已把 {done} 条消息标为已读。")
    elif act == "read" and single is not None:
        services.message_read(message_id=single, member=member, now=now())
    elif act == "unread" and single is not None:
        services.message_unread(message_id=single, member=member)
    else:
        raise Refusal("消息", "没有看懂要做什么。", "请回到消息列表再试一次。")
    back = request.POST.get("back", "")
    inside = rules.is_local_path(back) and back.startswith(reverse("messaging-desk:inbox"))
    return redirect(back if inside else reverse("messaging-desk:inbox"))


@staff_required
@require_http_methods(["GET", "POST"])
def preferences_page(request: HttpRequest) -> HttpResponse:
    """The own settings: what comes by mail and when, and the address."""
    member = member_of(request)
    user_id = member.actor.user_id or 0
    act = request.POST.get("act", "")
    state = selectors.mail_state(user_id)
    form = SettingsForm(
        posted(request) if act == "settings" else None,
        choices=selectors.choices_of(member),
        state=state,
    )
    address = AddressForm(posted(request) if act == "address" else None)
    code = CodeForm(posted(request) if act == "code" else None)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            done = _apply(request, act, form, address, code)
            if done:
                messages.success(request, done)
                return redirect("messaging-desk:settings")
        except InvalidInput as error:
            fold_errors(error, {"address": address, "code": code}.get(act, form))
        except Refusal as error:
            refusal = error
        state = selectors.mail_state(user_id)
    wrong = bool(form.errors or address.errors or code.errors)
    context = desk_context(
        request,
        current="messages",
        page_title="提醒设置",
        trail=[("消息", reverse("messaging-desk:inbox")), ("提醒设置", "")],
        form=form,
        rooms=_rooms(form),
        channels=[channel.label for channel in Channel],
        address=address,
        code=code,
        state=state,
        refusal=refusal,
    )
    status = 422 if wrong else refusal.status if refusal else 200
    return render(request, "messaging/settings.html", context, status=status)


def _apply(
    request: HttpRequest, act: str, form: SettingsForm, address: AddressForm, code: CodeForm
) -> str:
    """Do what was asked; the words that say so, or nothing when a form is not complete."""
    member = member_of(request)
    if act == "address" and address.is_valid():
        preferences.address_set(address=address.cleaned_data["address"], member=member, now=now())
        return "验证码已经发出，请查收邮件，把 6 位数字填到下面。"
    if act == "code" and code.is_valid():
        preferences.address_verify(code=code.cleaned_data["code"], member=member, now=now())
        return "邮箱已经验证，从现在起按下面的设置发邮件。"
    if act == "remove":
        preferences.address_remove(member=member, now=now())
        return "邮箱已经删去，不再发邮件。"
    if act == "settings" and form.is_valid():
        preferences.settings_change(
            channels=form.channels(),
            mail_off=form.cleaned_data["mail_off"],
            digest_hour=form.cleaned_data["digest_hour"],
            member=member,
            now=now(),
        )
        return "提醒设置已经保存。"
    if act not in ("address", "code", "settings"):
        raise Refusal("提醒设置", "没有看懂要做什么。", "请刷新页面再试一次。")
    return ""


def _rooms(form: SettingsForm) -> list[dict[str, Any]]:
    """The table by room: each kind with its radio buttons in the order of the columns."""
    rooms: dict[str, list[dict[str, Any]]] = {}
    for kind in form.kinds:
        rows = rooms.setdefault(room_label(kind.key), [])
        field = form[field_name(kind)]
        buttons = {str(radio.data["value"]): radio for radio in field}
        rows.append(
            {
                "kind": kind,
                "label": kind.label.removeprefix(f"{room_label(kind.key)}："),
                "field": field,
                "cells": [
                    {"label": channel.label, "radio": buttons.get(channel.value)}
                    for channel in Channel
                ],
            }
        )
    return [{"label": label, "rows": rows} for label, rows in rooms.items()]
