"""Addresses of the report on searches, under /desk/."""

from django.urls import path

from gongkai.desk import search_desk

app_name = "search-report"
urlpatterns = [
    path("search/", search_desk.overview, name="overview"),
    path("search/export/<slug:form>/", search_desk.export, name="export"),
]
