"""Addresses of the review desk, under /desk/."""

from django.urls import path

from gongkai.review import desk

app_name = "review-desk"
urlpatterns = [
    path("review/", desk.queue, name="queue"),
    path("review/<int:case_id>/", desk.case, name="case"),
    path("review/<int:case_id>/recall/", desk.recall, name="recall"),
    path("review/<int:case_id>/consult/", desk.consult, name="consult"),
    path("review/consultations/<int:consultation_id>/", desk.consultation, name="consultation"),
    path("review/consultations/<int:consultation_id>/settle/", desk.settle, name="settle"),
]
