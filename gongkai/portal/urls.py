"""Addresses of the public site. A district's site repeats the city's under /qx/<district>/."""

from django.urls import include, path

from gongkai.portal import (
    views,
    views_assist,
    views_catalogue,
    views_check,
    views_clicks,
    views_columns,
    views_errors,
    views_home,
    views_items,
    views_ledger,
    views_machines,
    views_package,
    views_pdf,
    views_places,
    views_profiles,
    views_reports,
    views_topics,
    views_units,
)

app_name = "portal"

SITE = [
    path("", views_home.home, name="home"),
    path("zt/<slug:key>/", views_topics.topic, name="topic"),
    path("zx/", views.stream, name="stream"),
    path("dw/", views_units.units, name="units"),
    path("dw/<slug:code>/", views_units.unit, name="unit"),
    path("dw/<slug:code>/jiansuo/", views_units.find, name="unit-find"),
    path("nb/", views_reports.reports, name="reports"),
    path("jy/", views_check.check, name="check"),
    path("dw/<slug:code>/ml/", views_profiles.directory, name="directory"),
    path("dw/<slug:code>/ml/<slug:form>/", views_profiles.directory_file, name="directory-file"),
    path("ml/", views_catalogue.catalogues, name="catalogues"),
    path("ml/<slug:key>/", views_catalogue.catalogue, name="catalogue"),
    path("jd/", views_ledger.progress, name="progress"),
    path("jd/<int:number>/", views_ledger.point, name="point"),
    path("feed/", views_machines.site_feed, name="feed"),
    path("zt/<slug:key>/feed/", views_machines.topic_feed, name="topic-feed"),
    path("dw/<slug:code>/feed/", views_machines.unit_feed, name="unit-feed"),
    path("search/", views.search, name="search"),
    path("columns/", views_columns.columns, name="columns"),
    path("sitemap/", views.sitemap, name="sitemap"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("elder.webmanifest", views_assist.manifest, name="manifest"),
    path("contact/", views.contact, name="contact"),
    path("cy/", views_places.places, name="places"),
]

urlpatterns = [
    *SITE,
    path("nr/<int:item_id>/", views_items.item, name="item"),
    path("nr/<int:item_id>/qingjing/<str:path>/", views_items.scenario, name="scenario"),
    path("nr/<int:item_id>/likai/<slug:name>/", views_items.leaving, name="leaving"),
    path("nr/<int:item_id>/dabao/", views_package.package, name="package"),
    path("nr/<int:item_id>/pdf/", views_pdf.pdf, name="pdf"),
    path("likai/", views_items.leaving_signed, name="leaving-signed"),
    path("nr/<int:item_id>/v/<int:number>/", views_items.version, name="version"),
    path("qx/<slug:district>/", include(SITE)),
    path("sitemap.xml", views_machines.sitemap_index, name="sitemap-index"),
    path("sitemap-<int:part>.xml", views_machines.sitemap_part, name="sitemap-part"),
    path("robots.txt", views_machines.robots, name="robots"),
    path("f/jy/", views_check.upload, name="check-upload"),
    path("f/zhaocuo/", views_errors.report, name="report"),
    path("f/zhaocuo/huizhi/", views_errors.state, name="report-state"),
    path("f/dianji/", views_clicks.click, name="click"),
    path("zi/", views_assist.characters, name="characters"),
    path("f/view/", views.choose_view, name="view"),
]
