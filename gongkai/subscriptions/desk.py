"""The supervising office's screen: what people follow, and how the mail goes. No addresses."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongkai.core.clock import now
from gongkai.organisations.desk import desk_context, role_required
from gongkai.organisations.enums import Role
from gongkai.subscriptions import rules, selectors
from gongkai.subscriptions.registry import followables


@role_required(Role.SUPERVISOR, Role.OPERATOR)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Subscriptions by kind, what is followed most, and where mail fails."""
    figures = selectors.figures()
    context = desk_context(
        request,
        current="subscriptions",
        page_title="订阅",
        figures=figures,
        total=sum(kind.total for kind in figures),
        state=selectors.state(now()),
        tops=[(kind, selectors.most_followed(kind)) for kind in followables() if kind.counted],
        failing=selectors.failing(),
        most_failures=rules.MOST_FAILURES,
        mail=settings.MAIL_ENABLED,
    )
    return render(request, "subscriptions/overview.html", context)
