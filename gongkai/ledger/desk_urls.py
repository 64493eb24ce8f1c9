"""Addresses of the ledger desk, under /desk/."""

from django.urls import path, re_path

from gongkai.ledger import (
    desk,
    followup_bulk_desk,
    followup_desk,
    import_desk,
    report_desk,
    year_desk,
)

app_name = "ledger-desk"
urlpatterns = [
    path("ledger/", desk.overview, name="overview"),
    path("ledger/tasks/<int:task_id>/", desk.task, name="task"),
    path("ledger/imports/", import_desk.imports, name="imports"),
    path("ledger/imports/<int:import_id>/", import_desk.import_detail, name="import"),
    path("ledger/imports/<int:import_id>/confirm/", import_desk.import_confirm, name="confirm"),
    path("ledger/imports/<int:import_id>/discard/", import_desk.import_discard, name="discard"),
    path("ledger/export.xlsx", year_desk.export_xlsx, name="export"),
    path("ledger/print/", year_desk.ledger_print, name="print"),
    path("ledger/districts/", year_desk.districts, name="districts"),
    path("ledger/plans/<int:plan_id>/year/", year_desk.year, name="year"),
    re_path(
        r"^ledger/plans/(?P<plan_id>\d+)/year/(?P<act>close|reopen)/$",
        year_desk.year_act,
        name="year-act",
    ),
    path("ledger/plans/<int:plan_id>/references/", year_desk.plan_references, name="references"),
    path("followups/", followup_desk.followups_list, name="followups"),
    path("followups/new/", followup_desk.followup_new, name="followup-new"),
    path("followups/bulk/", followup_bulk_desk.followup_bulk, name="followup-bulk"),
    path("followups/<int:followup_id>/", followup_desk.followup, name="followup"),
    path(
        "followups/<int:followup_id>/print/",
        followup_bulk_desk.followup_print,
        name="followup-print",
    ),
    re_path(
        r"^followups/(?P<followup_id>\d+)/(?P<act>accept|return|escalate|call_off)/$",
        followup_desk.followup_act,
        name="followup-act",
    ),
    path("ledger/reports/", report_desk.reports_unit, name="reports"),
    path("ledger/reports/office/", report_desk.reports_office, name="reports-office"),
    path(
        "ledger/reports/<int:plan_id>/<int:unit_id>/<slug:month>/",
        report_desk.reports_read,
        name="reports-read",
    ),
    path(
        "ledger/reports/<int:plan_id>/<int:unit_id>/<slug:month>/read/",
        report_desk.reports_read_all,
        name="reports-read-all",
    ),
    path("ledger/reports/<int:report_id>/return/", report_desk.report_return, name="report-return"),
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
