"""Addresses of profiles at the desk, under /desk/."""

from django.urls import path

from gongkai.profiles import desk

app_name = "profiles-desk"
urlpatterns = [
    path("profile/", desk.own, name="own"),
    path("profile/all/", desk.overview, name="units"),
    path("profile/confirm/<int:item_id>/", desk.confirm, name="confirm"),
    path("profile/<slug:code>/", desk.unit, name="unit"),
    path("profile/<slug:code>/draft/<slug:part>/", desk.draft, name="draft"),
]
