"""Addresses of the ledger desk, under /desk/."""

from django.urls import path, re_path

from gongkai.ledger import desk, import_desk

app_name = "ledger-desk"
urlpatterns = [
    path("ledger/", desk.overview, name="overview"),
    path("ledger/tasks/<int:task_id>/", desk.task, name="task"),
    path("ledger/imports/", import_desk.imports, name="imports"),
    path("ledger/imports/<int:import_id>/", import_desk.import_detail, name="import"),
    path("ledger/imports/<int:import_id>/confirm/", import_desk.import_confirm, name="confirm"),
    path("ledger/imports/<int:import_id>/discard/", import_desk.import_discard, name="discard"),
    path("ledger/mine/", desk.mine, name="mine"),
    path("ledger/shares/<int:assignment_id>/", desk.assignment, name="assignment"),
    re_path(
        r"^ledger/shares/(?P<assignment_id>\d+)/(?P<act>override|restore|end)/$",
        desk.assignment_act,
        name="assignment-act",
    ),
    re_path(
        r"^ledger/evidence/(?P<evidence_id>\d+)/(?P<act>remove|reject)/$",
        desk.evidence_act,
        name="evidence-act",
    ),
]
