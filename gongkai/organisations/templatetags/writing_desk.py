"""What the frame of the writing desk tells Wagtail's scripts: settings and the sidebar.

Wagtail's own tags for this name addresses of pages, images and accounts, which do not exist here.
"""

from typing import Any

from django import template
from django.conf import settings
from django.http.request import HttpHeaders
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.html import json_script
from django.utils.safestring import SafeString
from wagtail.admin.localization import get_js_translation_strings
from wagtail.admin.telepath import JSContext
from wagtail.admin.ui import sidebar

from gongkai.organisations.admin import viewsets
from gongkai.organisations.desk import who_is

register = template.Library()


class _People(sidebar.MainMenuModule):
    """The main menu with the person's shown name instead of the login name."""

    def __init__(self, items: list[Any], account: list[Any], user: Any, name: str) -> None:
        super().__init__(items, account, user)
        self.name = name

    def js_args(self) -> list[Any]:
        """As Wagtail's, with the name replaced."""
        items, account, person = super().js_args()
        return [items, account, {**person, "name": self.name}]


@register.simple_tag(takes_context=True)
def desk_config(context: template.Context) -> SafeString:
    """The settings object of Wagtail's scripts, without any address."""
    request = context["request"]
    config = {
        "CSRF_TOKEN": get_token(request),
        "CSRF_HEADER_NAME": HttpHeaders.parse_header_name(settings.CSRF_HEADER_NAME),
        "ADMIN_API": {"PAGES": "", "DOCUMENTS": "", "IMAGES": "", "EXTRA_CHILDREN_PARAMETERS": ""},
        "ADMIN_URLS": {"DISMISSIBLES": "", "PAGES": "", "BLOCK_PREVIEW": ""},
        "I18N_ENABLED": False,
        "LOCALES": [],
        "STRINGS": get_js_translation_strings(),
        "KEYBOARD_SHORTCUTS_ENABLED": True,
    }
    return json_script(config, "wagtail-config")


@register.simple_tag(takes_context=True)
def desk_sidebar(context: template.Context) -> SafeString:
    """The sidebar: home, the viewsets, the way back to the desk, and signing out."""
    request = context["request"]
    items = [
        sidebar.LinkMenuItem("home", "首页", reverse("wagtailadmin_home"), icon_name="home"),
        *(viewset.menu_item() for viewset in viewsets()),
        sidebar.LinkMenuItem("desk", "回工作台", "/desk/", icon_name="arrow-left"),
    ]
    account = [
        sidebar.ActionMenuItem(
            "logout", "退出登录", reverse("accounts:logout"), icon_name="logout"
        ),
    ]
    who = who_is(request)
    name = f"{who['name']} · {who['unit']}"
    modules = [sidebar.WagtailBrandingModule(), _People(items, account, request.user, name)]
    return json_script({"modules": JSContext().pack(modules)}, "wagtail-sidebar-props")
