"""Addresses of the catalogues at the desk, under /desk/."""

from django.urls import path, re_path

from gongkai.catalogue.entries import desk, import_desk
from gongkai.catalogue.sites import desk as sites_desk

app_name = "catalogue-desk"
urlpatterns = [
    path("catalogue/", desk.board, name="board"),
    path("catalogue/city/", desk.overview, name="overview"),
    path("catalogue/entries/<int:entry_id>/", desk.entry, name="entry"),
    re_path(
        r"^catalogue/entries/(?P<entry_id>\d+)/(?P<act>link|check|absence|units)/$",
        desk.entry_act,
        name="entry-act",
    ),
    path("catalogue/links/<int:link_id>/end/", desk.link_end, name="link-end"),
    re_path(
        r"^catalogue/absences/(?P<absence_id>\d+)/(?P<act>approve|refuse|cancel)/$",
        desk.absence_act,
        name="absence-act",
    ),
    path("catalogue/imports/", import_desk.imports, name="imports"),
    path("catalogue/imports/<int:import_id>/", import_desk.import_detail, name="import"),
    path("catalogue/imports/<int:import_id>/confirm/", import_desk.confirm, name="confirm"),
    path("catalogue/imports/<int:import_id>/discard/", import_desk.discard, name="discard"),
    path("catalogue/export/<int:owner_id>/", import_desk.export, name="export"),
    path("sites/", sites_desk.sites, name="sites"),
    path("sites/<slug:key>/", sites_desk.site, name="site"),
    path("sites/<slug:key>/columns/<int:column_id>/", sites_desk.column, name="column"),
]
