"""Addresses of deposits at the desk, under /desk/."""

from django.urls import path

from gongkai.deposits import desk, desk_places

app_name = "deposits-desk"
urlpatterns = [
    path("deposits/", desk.batches, name="batches"),
    path("deposits/make/", desk.make, name="make"),
    path("deposits/targets/", desk.targets, name="targets"),
    path("deposits/targets/<int:target_id>/end/", desk.end_target, name="end-target"),
    path("deposits/recalls/<int:recall_id>/", desk.recall, name="recall"),
    path("deposits/<int:batch_id>/", desk.batch, name="batch"),
    path("deposits/<int:batch_id>/dispatch/", desk.dispatch, name="dispatch"),
    path("deposits/<int:batch_id>/receipt/", desk.receipt, name="receipt"),
    path("deposits/<int:batch_id>/package/<int:part>/", desk.volume, name="package"),
    path("places/", desk_places.listing, name="places"),
    path("places/add/", desk_places.add, name="place-add"),
    path("places/<int:place_id>/", desk_places.place, name="place"),
    path("places/<int:place_id>/end/", desk_places.end, name="place-end"),
]
