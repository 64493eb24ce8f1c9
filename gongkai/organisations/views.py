"""Signing in and out of the desk."""

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse

from gongkai.core.clock import now, today
from gongkai.organisations import services
from gongkai.organisations.access import member_for
from gongkai.organisations.forms import LoginForm
from gongkai.organisations.models import User


class DeskLogin(LoginView):
    """The one door for staff; Wagtail's own login is not registered."""

    template_name = "organisations/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True
    extra_context = {"page_title": "登录工作台", "site_name": "政务公开工作台"}

    def form_valid(self, form: LoginForm) -> HttpResponse:  # type: ignore[override]
        """Open the session, and record that it was opened."""
        response = super().form_valid(form)
        user: AbstractBaseUser | None = form.get_user()
        if isinstance(user, User):
            services.session_opened(member=member_for(user, today()), now=now())
        return response


class DeskLogout(LogoutView):
    """Ends the session; by POST only, so that no link can sign anybody out."""
