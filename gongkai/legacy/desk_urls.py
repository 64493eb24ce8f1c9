"""Addresses of legacy at the desk, under /desk/."""

from django.urls import path

from gongkai.legacy import desk

app_name = "legacy-desk"
urlpatterns = [
    path("legacy/", desk.runs, name="runs"),
    path("legacy/addresses.csv", desk.addresses, name="addresses"),
    path("legacy/<int:run_id>/", desk.run, name="run"),
    path("legacy/<int:run_id>/rows/", desk.rows, name="rows"),
    path("legacy/<int:run_id>/rows/<int:number>/", desk.staged, name="staged"),
    path("legacy/<int:run_id>/submit/", desk.submit, name="submit"),
    path("legacy/<int:run_id>/abandon/", desk.abandon, name="abandon"),
    path("legacy/<int:run_id>/download/<slug:what>/", desk.download, name="download"),
]
