"""The guarded base of the writing desk: it cannot be built without its guards."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, reverse
from django.views.generic import View

from gongkai.organisations.admin import (
    DeskPage,
    ExtraView,
    StoredRowMixin,
    UnitBoundViewSet,
    admin_urlpatterns,
    viewsets,
)
from gongkai.organisations.models import Unit


class Page(DeskPage):
    pass


class RowPage(StoredRowMixin, DeskPage):
    model = Unit


def viewset(**parts: object) -> UnitBoundViewSet:
    views = {
        "index_view_class": Page,
        "add_view_class": Page,
        "edit_view_class": RowPage,
        "preview_view_class": RowPage,
        "history_view_class": RowPage,
        **parts,
    }
    kind = type("Things", (UnitBoundViewSet,), {"model": Unit, "menu_label": "事项", **views})
    return kind("things")


def test_the_list_of_addresses_is_complete_and_short() -> None:
    assert [p.name for p in viewset().get_urlpatterns()] == [
        "index",
        "add",
        "edit",
        "preview",
        "history",
    ]


@pytest.mark.parametrize("part", ["edit_view_class", "preview_view_class", "history_view_class"])
def test_a_view_of_one_record_must_check_the_stored_row(part: str) -> None:
    with pytest.raises(TypeError, match="stored row"):
        viewset(**{part: Page}).get_urlpatterns()


def test_an_extra_view_of_one_record_must_check_it_too() -> None:
    extra = (ExtraView("copy", "copy/<int:pk>/", Page),)
    with pytest.raises(TypeError, match="stored row"):
        viewset(extra_views=extra).get_urlpatterns()


def test_a_view_that_is_no_page_of_the_desk_is_refused() -> None:
    with pytest.raises(TypeError, match="DeskPage"):
        viewset(index_view_class=View).get_urlpatterns()


@pytest.mark.django_db
def test_every_address_stands_behind_the_editors_door(monkeypatch: pytest.MonkeyPatch) -> None:
    reverse("wagtailadmin_home")  # the real addresses register first, not into the copy below
    monkeypatch.setattr("gongkai.organisations.admin._VIEWSETS", {})
    patterns = admin_urlpatterns(viewset())
    assert [v.url_namespace for v in viewsets()] == ["things"]
    request = RequestFactory().get("/admin/")
    request.user = AnonymousUser()
    flat: list[URLPattern] = []
    for entry in patterns:
        flat += entry.url_patterns if isinstance(entry, URLResolver) else [entry]
    assert len(flat) == 3 + 5
    for pattern in flat:
        answer = pattern.callback(request, pk=1)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/desk/login/")
