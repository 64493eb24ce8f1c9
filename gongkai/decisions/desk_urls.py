"""Addresses of decisions at the desk, under /desk/."""

from django.urls import path

from gongkai.decisions import desk

app_name = "decisions-desk"
urlpatterns = [
    path("meetings/", desk.listing, name="meetings"),
    path("meetings/add/", desk.add, name="meeting-add"),
    path("meetings/<int:meeting_id>/", desk.meeting, name="meeting"),
    path("meetings/<int:meeting_id>/edit/", desk.edit, name="meeting-edit"),
    path("meetings/<int:meeting_id>/draft/", desk.draft, name="meeting-draft"),
    path("meetings/links/<int:link_id>/remove/", desk.unlink, name="unlink"),
]
