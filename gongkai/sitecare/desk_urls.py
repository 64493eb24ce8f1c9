"""Addresses of error reports at the desk, under /desk/."""

from django.urls import path

from gongkai.sitecare import desk

app_name = "sitecare-desk"
urlpatterns = [
    path("errors/", desk.reports, name="reports"),
    path("errors/links/", desk.links, name="links"),
    path("errors/<int:report_id>/", desk.report, name="report"),
]
