"""Signing in and out of the desk."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from gongkai.core.clock import now, today
from gongkai.core.context import reading_view
from gongkai.organisations import services
from gongkai.organisations.access import member_for
from gongkai.organisations.desk import NO_ROLE, member_of
from gongkai.organisations.forms import LoginForm
from gongkai.organisations.models import User


class DeskLogin(LoginView):
    """The one door for staff; Wagtail's own login is not registered."""

    template_name = "organisations/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True
    extra_context = {"page_title": "登录工作台", "site_name": "政务公开工作台"}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Who is signed in without any role would be sent round in circles: offer the way out."""
        stranded = request.user.is_authenticated and not member_of(request).holdings
        if stranded and request.method in ("GET", "HEAD"):
            context = {
                **self.extra_context,
                "reason": NO_ROLE.reason,
                "remedy": NO_ROLE.remedy,
                "person": member_of(request).actor.name,
            }
            return render(request, "organisations/no_role.html", context)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Django calls the view object ``view`` too, which is the reading view in our templates."""
        return super().get_context_data(**kwargs) | {"view": reading_view(self.request)}

    def form_valid(self, form: LoginForm) -> HttpResponse:  # type: ignore[override]
        """Open the session, and record that it was opened."""
        response = super().form_valid(form)
        user: AbstractBaseUser | None = form.get_user()
        if isinstance(user, User):
            services.session_opened(member=member_for(user, today()), now=now())
        return response


class DeskLogout(LogoutView):
    """Ends the session; by POST only, so that no link can sign anybody out."""


def client_address(request: HttpRequest) -> str:
    """The visitor's address for the lockout: the proxy's X-Real-IP when one stands in front."""
    if settings.BEHIND_PROXY and request.headers.get("X-Real-IP"):
        return request.headers["X-Real-IP"].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
