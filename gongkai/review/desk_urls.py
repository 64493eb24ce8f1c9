"""Addresses of the review desk, under /desk/."""

from django.urls import path

from gongkai.review import desk, desk_steps, desk_withheld

app_name = "review-desk"
urlpatterns = [
    path("review/", desk.queue, name="queue"),
    path("review/<int:case_id>/", desk.case, name="case"),
    path("review/<int:case_id>/recall/", desk.recall, name="recall"),
    path("review/<int:case_id>/consult/", desk.consult, name="consult"),
    path("review/consultations/<int:consultation_id>/", desk.consultation, name="consultation"),
    path("review/consultations/<int:consultation_id>/settle/", desk.settle, name="settle"),
    path("withheld/", desk_withheld.records, name="withheld"),
    path("withheld/export/", desk_withheld.export, name="withheld-export"),
    path("withheld/<int:record_id>/", desk_withheld.record, name="withheld-record"),
    path(
        "withheld/evaluations/<int:evaluation_id>/",
        desk_withheld.evaluation,
        name="withheld-evaluation",
    ),
    path("steps/", desk_steps.steps, name="steps"),
    path("steps/<int:unit_id>/", desk_steps.unit_steps, name="unit-steps"),
]
