"""Addresses of the demonstration."""

from django.urls import path

from gongkai.demo import views

app_name = "demo"
urlpatterns = [
    path("tour/", views.tour, name="tour"),
    path("tour/sample/", views.sample, name="sample"),
    path("f/role/", views.role, name="role"),
]
