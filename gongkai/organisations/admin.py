"""The editors' writing desk inside Wagtail's admin: one guarded base, a short list of addresses.

Wagtail's own ``wagtail.admin.urls`` is not included. What stands here is all there is: the home
page, two technical resources, and per viewset a list, a start, an edit, a preview and a history.
No view publishes, deletes, copies, locks, schedules or acts in bulk; writes go through services.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView, View
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.home import sprite
from wagtail.admin.viewsets.base import ViewSet

from gongkai.core.clock import today
from gongkai.organisations.access import Member
from gongkai.organisations.desk import member_of, require_desk_role
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit

AdminView = Callable[..., HttpResponseBase]


def require_editor(view: AdminView) -> AdminView:
    """Let people in who are an editor somewhere today; flags and groups do not count.

    Others sign in first, or read why the door stays shut (403).
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        require_desk_role(request, Role.EDITOR)
        return view(request, *args, **kwargs)

    return never_cache(guarded)


def editor_units(member: Member) -> QuerySet[Unit]:
    """Units for which the person may write today."""
    day = today()
    ids = member.unit_ids(Role.EDITOR)
    found = Unit.objects.select_related("area").filter(pk__in=ids, valid_from__lte=day)
    return found.exclude(valid_to__lt=day)


class DeskPage(WagtailAdminTemplateMixin, View):
    """A page of the writing desk: Wagtail's frame, and the signed-in person as ``member``."""

    breadcrumbs_items: list[dict[str, Any]] = []

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Look up the person before anything else."""
        super().setup(request, *args, **kwargs)
        self.member = member_of(request)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, and this page."""
        home = {"url": reverse("wagtailadmin_home"), "label": "首页"}
        return [home, *self.breadcrumbs_items, {"url": None, "label": self.get_page_title()}]


class OwnUnitsMixin:
    """Lists of the writing desk show records of units in which the person is an editor."""

    model: type[Model]
    member: Member

    def get_base_queryset(self) -> QuerySet[Any]:
        """Records of the own units, by the stored row."""
        rows: QuerySet[Any] = self.model._default_manager.all()
        return rows.filter(unit_id__in=self.member.unit_ids(Role.EDITOR))


class StoredRowMixin:
    """Views of one record: the unit of the STORED row decides, never that of a draft.

    A record of another unit does not exist for a stranger: 404, whatever the method.
    """

    model: type[Model]
    member: Member
    select_related: tuple[str, ...] = ("unit",)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Fetch the row and check its unit before the view sees the request."""
        super().setup(request, *args, **kwargs)  # type: ignore[misc]
        row: Any = (
            self.model._default_manager.select_related(*self.select_related)
            .filter(pk=kwargs["pk"])
            .first()
        )
        if row is None or not self.member.holds(Role.EDITOR, row.unit_id):
            raise Http404("没有这条记录")
        self.row = row


@dataclass(frozen=True, slots=True)
class ExtraView:
    """One more address of a viewset: name, route below the viewset's prefix, view class."""

    name: str
    route: str
    view_class: type[View]


class UnitBoundViewSet(ViewSet):
    """Addresses for the records of a model that belongs to a unit.

    Registers list, add, edit, preview, history (read only) and ``extra_views``; nothing else.
    Every view class must be a :class:`DeskPage`; views of one record must use
    :class:`StoredRowMixin`, which is checked when the addresses are made.
    """

    model: type[Model]
    index_view_class: type[View]
    add_view_class: type[View]
    edit_view_class: type[View]
    preview_view_class: type[View]
    history_view_class: type[View]
    extra_views: tuple[ExtraView, ...] = ()
    menu_label = ""
    menu_icon = "doc-full"
    home_template = ""

    def home_context(self, request: HttpRequest) -> dict[str, Any]:
        """What the viewset's part of the home page shows (``home_template``)."""
        return {}

    def get_urlpatterns(self) -> list[URLPattern]:
        """The complete list of addresses."""
        views = [
            ExtraView("index", "", self.index_view_class),
            ExtraView("add", "add/", self.add_view_class),
            ExtraView("edit", "edit/<int:pk>/", self.edit_view_class),
            ExtraView("preview", "preview/<int:pk>/", self.preview_view_class),
            ExtraView("history", "history/<int:pk>/", self.history_view_class),
            *self.extra_views,
        ]
        for view in views:
            if not issubclass(view.view_class, DeskPage):
                raise TypeError(f"{view.view_class.__name__} must be a DeskPage")
            if "pk>" in view.route and not issubclass(view.view_class, StoredRowMixin):
                raise TypeError(f"{view.view_class.__name__} must check the stored row")
        return [
            path(view.route, self.construct_view(view.view_class), name=view.name) for view in views
        ]

    def menu_item(self) -> LinkMenuItem:
        """The viewset's line in the sidebar."""
        url = reverse(self.get_url_name("index"))
        return LinkMenuItem(self.url_namespace, self.menu_label, url, icon_name=self.menu_icon)


class AdminHome(DeskPage, TemplateView):
    """The first page: what waits for this editor, from every viewset."""

    template_name = "organisations/admin/home.html"
    page_title = "首页"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Only itself."""
        return [{"url": None, "label": "首页"}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The parts of the viewsets, each with its own template."""
        parts = [
            {"template": viewset.home_template, **viewset.home_context(self.request)}
            for viewset in viewsets()
            if viewset.home_template
        ]
        context: dict[str, Any] = super().get_context_data(**kwargs)
        units = list(editor_units(self.member))
        return {**context, "parts": parts, "units": units, "person": self.member.actor}


_VIEWSETS: dict[str, UnitBoundViewSet] = {}


def viewsets() -> list[UnitBoundViewSet]:
    """The viewsets of the writing desk in the order of their registration."""
    return list(_VIEWSETS.values())


def admin_urlpatterns(*registered: UnitBoundViewSet) -> list[URLPattern | URLResolver]:
    """All addresses under ``/admin/``, each behind the editors' door; the rest is 404."""
    _VIEWSETS.update({viewset.url_namespace: viewset for viewset in registered})
    catalog = JavaScriptCatalog.as_view(packages=["wagtail.admin", "gongkai.organisations"])
    patterns: list[URLPattern | URLResolver] = [
        path("", require_editor(AdminHome.as_view()), name="wagtailadmin_home"),
        path("jsi18n/", require_editor(catalog), name="wagtailadmin_javascript_catalog"),
        path("sprite/", require_editor(sprite), name="wagtailadmin_sprite"),
    ]
    for viewset in registered:
        guarded = [
            path(str(p.pattern), require_editor(p.callback), name=p.name)
            for p in viewset.get_urlpatterns()
        ]
        namespace = viewset.url_namespace
        patterns.append(path(f"{viewset.url_prefix}/", include((guarded, namespace), namespace)))
    return patterns
