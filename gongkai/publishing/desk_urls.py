"""Addresses of published information on the desk, under /desk/."""

from django.urls import path

from gongkai.publishing import desk, desk_interpretations, desk_schedule

app_name = "publishing-desk"
urlpatterns = [
    path("items/", desk.items, name="items"),
    path("items/<int:item_id>/", desk.item, name="item"),
    path("items/<int:item_id>/confirm/", desk.confirm, name="confirm"),
    path("schedule/", desk_schedule.schedule_view, name="schedule"),
    path("interpretations/", desk_interpretations.overview, name="interpretations"),
    path("interpretations/cases/", desk_interpretations.cases, name="interpretation-cases"),
]
