"""Address of the gallery; the portal mounts it where it wants it."""

from django.urls import path

from gongkai.design import views

app_name = "design"

urlpatterns = [path("", views.gallery, name="gallery")]
