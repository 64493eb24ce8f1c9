"""Addresses of file texts at the desk, under /desk/."""

from django.urls import path

from gongkai.filetexts import desk

app_name = "filetexts-desk"
urlpatterns = [
    path("filetexts/", desk.board, name="board"),
    path("filetexts/<str:sha256>/again/", desk.again, name="again"),
]
