"""Address of the desk screen of subscriptions, under /desk/."""

from django.urls import path

from gongkai.subscriptions import desk

app_name = "subscriptions-desk"
urlpatterns = [path("subscriptions/", desk.overview, name="overview")]
