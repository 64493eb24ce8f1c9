"""Addresses of the accounts room, included under /desk/."""

from django.urls import path

from gongkai.organisations.views import DeskLogin, DeskLogout

app_name = "accounts"
urlpatterns = [
    path("login/", DeskLogin.as_view(), name="login"),
    path("logout/", DeskLogout.as_view(), name="logout"),
]
