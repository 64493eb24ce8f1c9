"""Addresses of people and calendar, under /desk/."""

from django.urls import path

from gongkai.organisations import office_desk

app_name = "office-desk"
urlpatterns = [
    path("people/", office_desk.people, name="people"),
    path("people/<int:user_id>/", office_desk.person, name="person"),
    path("people/roles/<int:assignment_id>/end/", office_desk.end_role, name="end-role"),
    path("calendar/", office_desk.calendar_days, name="calendar"),
    path("calendar/<int:row_id>/remove/", office_desk.calendar_remove, name="calendar-remove"),
]
