"""Addresses of the staff shell, under /desk/."""

from django.urls import path

from gongkai.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("strip/<slug:kind>/<str:subject_id>/", views.strip, name="strip"),
    path("trail/<slug:kind>/<str:subject_id>/", views.trail, name="trail"),
]
