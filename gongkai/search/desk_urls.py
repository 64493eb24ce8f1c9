"""Addresses of search at the desk, under /desk/."""

from django.urls import path

from gongkai.search import desk_synonyms

app_name = "search-desk"
urlpatterns = [
    path("search/synonyms/", desk_synonyms.groups, name="synonyms"),
    path("search/synonyms/add/", desk_synonyms.add, name="synonym-add"),
    path("search/synonyms/<int:group_id>/", desk_synonyms.group, name="synonym"),
    path("search/synonyms/<int:group_id>/switch/", desk_synonyms.switch, name="synonym-switch"),
]
