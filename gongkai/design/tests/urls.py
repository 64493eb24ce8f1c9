"""Addresses for the tests of this app."""

from django.urls import include, path

urlpatterns = [
    path("design/", include("gongkai.design.urls")),
    path("desk/design/", include("gongkai.design.urls", namespace="staff-design")),
]
