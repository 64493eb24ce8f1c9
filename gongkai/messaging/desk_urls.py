"""Addresses of messaging at the desk, under /desk/."""

from django.urls import path

from gongkai.messaging import desk

app_name = "messaging-desk"
urlpatterns = [
    path("messages/", desk.inbox, name="inbox"),
    path("messages/mark/", desk.mark, name="mark"),
    path("messages/settings/", desk.preferences_page, name="settings"),
    path("messages/<int:message_id>/", desk.open_message, name="open"),
]
