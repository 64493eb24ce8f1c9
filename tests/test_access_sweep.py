"""Every address of the project, asked for by a stranger of every role, with GET and with POST.

A rule stands in the table for every URL name; an address without a rule fails, so nobody can add
one unseen. For all of them: no confidential word of the foreign unit comes back, nothing is
written, and the answer is the one that the rule expects.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings

from gongkai.core.views import serve_file
from gongkai.ledger.enums import UnitRole
from gongkai.messaging.models import Message
from gongkai.organisations.enums import REVIEWER_ROLES, Role
from gongkai.publishing.models import Item
from tests.factories import DAY
from tests.sweep_world import CANARY, PUBLIC_TITLE, World, build

EVERYBODY = frozenset(
    {*(str(r) for r in Role.values), "superuser", "anonymous"}
)  # who tries, see sweep_world.strangers
STAFF = EVERYBODY - {"superuser", "anonymous"}
NOBODY: frozenset[str] = frozenset()
EDITOR = frozenset({"editor"})
SUPERVISOR = frozenset({"supervisor"})
OPERATOR = frozenset({"operator"})
KEEPERS = SUPERVISOR | OPERATOR
MEETINGS = EDITOR | SUPERVISOR | {str(role) for role in REVIEWER_ROLES}
REGISTER = EDITOR | SUPERVISOR | {str(role) for role in REVIEWER_ROLES}

Targets = Callable[[World], list[dict[str, Any]]]
Data = Callable[[World, dict[str, Any]], dict[str, Any]]


def once(world: World) -> list[dict[str, Any]]:
    return [{}]


def no_data(world: World, target: dict[str, Any]) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Rule:
    """``opens`` for whom the page opens; the others are refused: visitors are sent to the login,
    staff get 403 or 404. ``writes`` for whom the POST may change something (their own affair).
    ``public`` pages open for everybody or do not exist."""

    opens: frozenset[str]
    targets: Targets = once
    data: Data = no_data
    writes: frozenset[str] = NOBODY
    public: bool = False


def public(targets: Targets = once, data: Data = no_data) -> Rule:
    return Rule(EVERYBODY, targets, data, public=True)


def items(*names: str, key: str = "pk") -> Targets:
    return lambda world: [
        {key: item.pk} for name, item in world.items.items() if not names or name in names
    ]


def cases(world: World) -> list[dict[str, Any]]:
    return [{"case_id": case.pk} for case in world.cases]


def attack_on_item(world: World, target: dict[str, Any]) -> dict[str, Any]:
    row = Item.objects.get(pk=target["pk"])
    return {
        "base": row.latest_revision_id, "action": "submit", "title": "入侵", "body": "<p>入侵</p>",
        "new_files": SimpleUploadedFile("a.csv", b"a,b\n"),
    }  # fmt: skip


def attack_on_case(world: World, target: dict[str, Any]) -> dict[str, Any]:
    case = next(c for c in world.cases if c.pk == target["case_id"])
    verdict = "open" if case.current_step == "secrecy" else "approve"
    return {"verdict": verdict, "digest": case.digest, "remark": "x", "legal_basis": "条例第十三条"}


def attack_on_meeting(world: World, target: dict[str, Any]) -> dict[str, Any]:
    return {
        "unit": world.city.district_1_bureau.pk, "kind": "executive", "government": "市人民政府",
        "term": "第十六届", "session_no": 99, "held_on": "2022-10-10", "chair": "市长",
        "agenda-TOTAL_FORMS": 1, "agenda-INITIAL_FORMS": 0, "agenda-0-title": "入侵",
        "agenda-0-way": "study", "agenda-0-decision": "agreed", "agenda-0-text": "入侵",
    }  # fmt: skip


def foreign_start(world: World, target: dict[str, Any]) -> dict[str, Any]:
    kind = world.city.kinds["news"].pk
    return {"unit": world.city.district_1_bureau.pk, "kind": kind, "title": "冒名的稿件"}


def fixed(**values: Any) -> Data:
    return lambda world, target: dict(values)


def of(**path: str) -> Targets:
    """One target whose values are primary keys of the world's records."""
    return lambda world: [{name: getattr(world, record).pk for name, record in path.items()}]


def acts(record: str, key: str, *names: str) -> Targets:
    return lambda world: [{key: getattr(world, record).pk, "act": name} for name in names]


def subjects(world: World) -> list[dict[str, Any]]:
    rows = [("item", item.pk) for item in world.items.values()]
    rows += [("ledger_assignment", world.assignment.pk), ("user", world.person.pk)]
    return [{"kind": kind, "subject_id": str(pk)} for kind, pk in rows]


def files(world: World) -> list[dict[str, Any]]:
    name = {"filename": "x"}
    return [
        {"kind": kind, "record": str(record), "sha": sha[:16], **name}
        for sha in world.secret_shas.values()
        for kind, record in [
            *(("item", item.pk) for item in world.items.values()),
            ("ledger", world.evidence.pk),
            ("evidence", world.evidence.pk),
        ]
    ]


def versions(world: World) -> list[dict[str, Any]]:
    return [
        {"item_id": item.pk, "number": number}
        for item in world.items.values()
        for number in (1, 2, 9)
    ]


def staged_rows(world: World) -> list[dict[str, Any]]:
    return [{"run_id": world.import_run.pk, "number": number} for number in (1, 99)]


def downloads(world: World) -> list[dict[str, Any]]:
    return [{"run_id": world.import_run.pk, "what": what} for what in ("manifest", "bad-rows")]


def both_sites(**more: Any) -> Targets:
    return lambda world: [dict(more), {"district": "wangcheng", **more}]


def reports_of(world: World) -> list[dict[str, Any]]:
    unit = world.assignment.unit_id
    return [{"plan_id": world.plan.pk, "unit_id": unit, "month": "2022-09"}]


def messages_of(world: World) -> list[dict[str, Any]]:
    ids = Message.objects.exclude(recipient__in=[p.pk for p in world.strangers.values() if p])
    return [{"message_id": pk} for pk in ids.values_list("pk", flat=True)[:8]]


def attack_on_messages(world: World, target: dict[str, Any]) -> dict[str, Any]:
    pk = messages_of(world)[0]["message_id"]
    return {"act": "all", "newest": pk, "message": pk}


def own_settings(world: World, target: dict[str, Any]) -> dict[str, Any]:
    return {"act": "address", "address": "stranger@mail.example"}


def hidden_document(world: World, target: dict[str, Any]) -> dict[str, Any]:
    """Following what is not public: the title must not come back."""
    return {
        "what": "document", "key": world.items["draft"].pk, "frequency": "daily",
        "address": "stranger@mail.example", "website": "",
    }  # fmt: skip


def forged(world: World) -> list[dict[str, Any]]:
    return [{"token": "x"}, {"token": signing.dumps([1, 1], key="another key")}]


RULES: dict[str, Rule] = {
    "accounts:login": Rule(EVERYBODY, public=True),
    "accounts:logout": Rule(EVERYBODY, public=True),
    # the writing desk
    "wagtailadmin_home": Rule(EDITOR),
    "wagtailadmin_javascript_catalog": Rule(EDITOR),
    "wagtailadmin_sprite": Rule(EDITOR),
    "items:index": Rule(EDITOR),
    "items:add": Rule(EDITOR, data=foreign_start),
    "items:edit": Rule(NOBODY, items(), attack_on_item),
    "items:preview": Rule(NOBODY, items(), fixed(title="x")),
    "items:history": Rule(NOBODY, items()),
    "items:recall": Rule(NOBODY, items()),
    "items:reschedule": Rule(NOBODY, items(), fixed(reschedule_at="2022-11-01T09:00")),
    "items:discard": Rule(NOBODY, items()),
    "items:picture_add": Rule(
        NOBODY, items(), lambda w, t: {"picture": SimpleUploadedFile("a.gif", b"GIF89a")}
    ),
    "items:picture": Rule(
        NOBODY,
        lambda w: [
            {"pk": item.pk, "sha": sha[:16]}
            for item in w.items.values()
            for sha in w.secret_shas.values()
        ],
    ),
    "items:clean": Rule(EDITOR, data=fixed(html="<p>x</p>")),
    # the desk
    "desk:home": Rule(STAFF),
    "desk:strip": Rule(NOBODY, subjects),
    "desk:trail": Rule(NOBODY, subjects),
    "review-desk:queue": Rule(STAFF),
    "review-desk:case": Rule(NOBODY, cases, attack_on_case),
    "review-desk:recall": Rule(NOBODY, cases),
    "review-desk:consult": Rule(
        NOBODY, cases, lambda w, t: {"units": [w.city.bureau_b.pk], "question": "？"}
    ),
    "review-desk:consultation": Rule(
        NOBODY, of(consultation_id="consultation"), fixed(agrees="yes", opinion="同意")
    ),
    "review-desk:settle": Rule(
        NOBODY, of(consultation_id="objection"), fixed(settlement="协商一致")
    ),
    "messaging-desk:inbox": Rule(STAFF),
    "messaging-desk:open": Rule(NOBODY, messages_of),
    "messaging-desk:mark": Rule(NOBODY, once, attack_on_messages),
    "messaging-desk:settings": Rule(STAFF, once, own_settings, writes=STAFF),
    "review-desk:withheld": Rule(REGISTER),
    "review-desk:withheld-export": Rule(SUPERVISOR, writes=SUPERVISOR),
    "review-desk:withheld-record": Rule(
        NOBODY, of(record_id="withheld"), fixed(outcome="release", reason="入侵")
    ),
    "review-desk:withheld-evaluation": Rule(
        NOBODY, of(evaluation_id="evaluation"), fixed(verdict="confirm", remark="入侵")
    ),
    "review-desk:steps": Rule(KEEPERS),
    # the catalogues
    "catalogue-desk:board": Rule(STAFF),
    "catalogue-desk:overview": Rule(SUPERVISOR),
    "catalogue-desk:entry": Rule(NOBODY, of(entry_id="entry")),
    "catalogue-desk:entry-act": Rule(
        NOBODY,
        acts("entry", "entry_id", "link", "check", "absence", "units"),
        lambda w, t: {
            "unit": w.city.district_1_bureau.pk,
            "record": w.items["public"].pk,
            "period": "2021",
            "reason": "没有这类信息",
            "names": "市财政局",
        },
    ),
    "catalogue-desk:link-end": Rule(NOBODY, of(link_id="entry_link")),
    "catalogue-desk:absence-act": Rule(
        NOBODY,
        acts("entry_absence", "absence_id", "approve", "refuse", "cancel"),
        fixed(remark="入侵"),
    ),
    "catalogue-desk:imports": Rule(SUPERVISOR),
    "catalogue-desk:import": Rule(NOBODY, of(import_id="catalogue_import")),
    "catalogue-desk:confirm": Rule(NOBODY, of(import_id="catalogue_import")),
    "catalogue-desk:discard": Rule(NOBODY, of(import_id="catalogue_import")),
    "catalogue-desk:export": Rule(
        NOBODY, lambda w: [{"owner_id": w.city.district_1.pk}, {"owner_id": w.city.government.pk}]
    ),
    "review-desk:unit-steps": Rule(
        OPERATOR,
        lambda w: [{"unit_id": w.city.district_1_bureau.pk}],
        fixed(mode="own", steps=["first"]),
        writes=OPERATOR,
    ),
    # the city's one list of synonyms: a district's office reads it, only the city's keeps it
    "search-desk:synonyms": Rule(SUPERVISOR),
    "search-desk:synonym-add": Rule(SUPERVISOR, once, fixed(words="入侵甲、入侵乙", way="both")),
    "search-desk:synonym": Rule(
        SUPERVISOR, of(group_id="synonyms"), fixed(words="入侵甲、入侵乙", way="both")
    ),
    "search-desk:synonym-switch": Rule(SUPERVISOR, of(group_id="synonyms")),
    # what goes to archives and libraries is public already; an operator looks after all of it
    "deposits-desk:batches": Rule(KEEPERS),
    "deposits-desk:make": Rule(
        OPERATOR,
        once,
        lambda w, t: {"target": w.target.pk, "period": "2022-10-01"},
        writes=OPERATOR,
    ),
    "deposits-desk:targets": Rule(
        KEEPERS,
        once,
        lambda w, t: {
            "kind": "library",
            "name": "x",
            "owner": w.city.district_1.pk,
            "since": "2022-09",
        },
        writes=OPERATOR,
    ),
    "deposits-desk:end-target": Rule(OPERATOR, of(target_id="target"), writes=OPERATOR),
    "deposits-desk:batch": Rule(OPERATOR, of(batch_id="batch")),
    "deposits-desk:dispatch": Rule(
        OPERATOR,
        of(batch_id="batch"),
        lambda w, t: {"manifest": w.batch.manifest_sha256, "method": "光盘"},
        writes=OPERATOR,
    ),
    "deposits-desk:receipt": Rule(
        OPERATOR, of(batch_id="batch"), fixed(receipt_no="1", receiver="x"), writes=OPERATOR
    ),
    "deposits-desk:package": Rule(OPERATOR, lambda w: [{"batch_id": w.batch.pk, "part": 1}]),
    "deposits-desk:recall": Rule(
        OPERATOR, of(recall_id="recall"), fixed(note="电话"), writes=OPERATOR
    ),
    "deposits-desk:places": Rule(KEEPERS),
    "deposits-desk:place-add": Rule(
        KEEPERS,
        once,
        lambda w, t: {
            "kind": "archive",
            "name": "x",
            "address": "x",
            "hours": "x",
            "owner": w.city.district_1.pk,
        },
        writes=OPERATOR,
    ),
    "deposits-desk:place": Rule(OPERATOR, of(place_id="place"), writes=OPERATOR),
    "deposits-desk:place-end": Rule(OPERATOR, of(place_id="place"), writes=OPERATOR),
    "publishing-desk:items": Rule(STAFF),
    "publishing-desk:item": Rule(
        NOBODY, items(key="item_id"), fixed(category="error", reason="入侵")
    ),
    "publishing-desk:confirm": Rule(NOBODY, items(key="item_id")),
    "publishing-desk:schedule": Rule(STAFF),
    "publishing-desk:interpretations": Rule(STAFF),
    "publishing-desk:interpretation-cases": Rule(STAFF),
    # the ledger
    "ledger-desk:overview": Rule(SUPERVISOR),
    "ledger-desk:task": Rule(
        NOBODY,
        of(task_id="task"),
        lambda w, t: {"unit": w.city.district_2_bureau.pk, "role": UnitRole.values[0]},
    ),
    "ledger-desk:imports": Rule(SUPERVISOR),
    "ledger-desk:import": Rule(NOBODY, of(import_id="opened_import"), fixed(no="1")),
    "ledger-desk:confirm": Rule(NOBODY, of(import_id="opened_import")),
    "ledger-desk:discard": Rule(NOBODY, of(import_id="opened_import")),
    "ledger-desk:mine": Rule(STAFF),
    "ledger-desk:export": Rule(SUPERVISOR),
    "ledger-desk:print": Rule(SUPERVISOR),
    "ledger-desk:districts": Rule(SUPERVISOR),
    "ledger-desk:year": Rule(NOBODY, of(plan_id="plan"), lambda w, t: {"task": [w.task.pk]}),
    "ledger-desk:year-act": Rule(
        NOBODY, acts("plan", "plan_id", "close", "reopen"), fixed(reason="入侵")
    ),
    "ledger-desk:references": Rule(
        NOBODY, of(plan_id="plan"), lambda w, t: {"point": w.task.point_id}
    ),
    "ledger-desk:followups": Rule(STAFF),
    "ledger-desk:followup-new": Rule(
        SUPERVISOR,
        data=lambda w, t: {
            "unit": w.city.district_1_bureau.pk,
            "level": "reminder",
            "title": "x",
            "demand": "x",
            "days": 3,
        },
    ),
    "ledger-desk:followup-bulk": Rule(
        SUPERVISOR,
        data=lambda w, t: {
            "share": [w.assignment.pk],
            "level": "reminder",
            "title": "x",
            "lead": "x",
            "days": 3,
            "act": "issue",
        },
    ),
    "ledger-desk:followup": Rule(NOBODY, of(followup_id="followup"), fixed(text="入侵")),
    "ledger-desk:followup-print": Rule(NOBODY, of(followup_id="followup")),
    "ledger-desk:followup-act": Rule(
        NOBODY,
        acts("followup", "followup_id", "accept", "return", "escalate", "call_off"),
        fixed(reason="入侵", days=3),
    ),
    "ledger-desk:reports": Rule(
        STAFF, data=lambda w, t: {f"{w.assignment.pk}-progress": "入侵", "act": "send"}
    ),
    "ledger-desk:reports-office": Rule(SUPERVISOR, data=fixed(start="", kind="next_nth", nth=5)),
    "ledger-desk:reports-read": Rule(NOBODY, reports_of),
    "ledger-desk:reports-read-all": Rule(NOBODY, reports_of),
    "ledger-desk:report-return": Rule(NOBODY, of(report_id="report"), fixed(reason="入侵")),
    "ledger-desk:assignment": Rule(
        NOBODY,
        of(assignment_id="assignment"),
        fixed(kind="url", url="https://www.changsha.gov.cn/x", title="x", note=""),
    ),
    "ledger-desk:assignment-act": Rule(
        NOBODY,
        acts("assignment", "assignment_id", "override", "restore", "end"),
        fixed(light="green", reason="入侵"),
    ),
    "ledger-desk:evidence-act": Rule(
        NOBODY, acts("evidence", "evidence_id", "remove", "reject"), fixed(reason="入侵")
    ),
    # meetings, what is held back included
    "decisions-desk:meetings": Rule(MEETINGS),
    "decisions-desk:meeting": Rule(
        NOBODY,
        of(meeting_id="meeting"),
        lambda w, t: {"agenda": w.agenda.pk, "kind": "formed", "items": str(w.items["public"].pk)},
    ),
    "decisions-desk:meeting-add": Rule(EDITOR, once, attack_on_meeting),
    "decisions-desk:meeting-edit": Rule(NOBODY, of(meeting_id="meeting"), attack_on_meeting),
    "decisions-desk:meeting-draft": Rule(NOBODY, of(meeting_id="meeting")),
    "decisions-desk:unlink": Rule(NOBODY, of(link_id="agenda_link")),
    # sites and their topics; an operator looks after all of them
    "catalogue-desk:sites": Rule(KEEPERS),
    "catalogue-desk:site": Rule(
        OPERATOR,
        lambda w: [{"key": w.city.district_site.key}],
        fixed(event="maintain", note="升级", until="2022-10-20"),
        writes=OPERATOR,
    ),
    "catalogue-desk:column": Rule(
        OPERATOR,
        lambda w: [{"key": w.city.district_site.key, "column_id": w.city.district_column.pk}],
        fixed(note="结束了"),
        writes=OPERATOR,
    ),
    # texts of files: counts and problems for who looks after the platform, names for nobody else
    "filetexts-desk:board": Rule(KEEPERS),
    "filetexts-desk:again": Rule(
        KEEPERS, lambda w: [{"sha256": w.secret_shas["draft"]}], writes=KEEPERS
    ),
    # what readers report as wrong
    "subscriptions-desk:overview": Rule(KEEPERS),
    "sitecare-desk:reports": Rule(SUPERVISOR),
    "sitecare-desk:links": Rule(KEEPERS),
    "sitecare-desk:report": Rule(
        NOBODY, of(report_id="error_report"), fixed(outcome="no_error", answer="入侵")
    ),
    # what readers search for, without the readers
    "search-report:overview": Rule(KEEPERS),
    "search-report:export": Rule(KEEPERS, lambda w: [{"form": form} for form in ("csv", "xlsx")]),
    # profiles of units
    "profiles-desk:own": Rule(EDITOR | SUPERVISOR),
    "profiles-desk:units": Rule(SUPERVISOR),
    "profiles-desk:unit": Rule(NOBODY, lambda w: [{"code": w.city.district_1_bureau.code}]),
    "profiles-desk:draft": Rule(
        NOBODY,
        lambda w: [
            {"code": w.city.district_1_bureau.code, "part": part} for part in ("guide", "system")
        ],
    ),
    "profiles-desk:confirm": Rule(NOBODY, items(key="item_id")),
    # moving an old site in: an operator sees their own imports, a supervisor the own area's
    "legacy-desk:runs": Rule(KEEPERS),
    "legacy-desk:addresses": Rule(KEEPERS),
    "legacy-desk:run": Rule(NOBODY, of(run_id="import_run")),
    "legacy-desk:rows": Rule(NOBODY, of(run_id="import_run")),
    "legacy-desk:staged": Rule(NOBODY, staged_rows),
    "legacy-desk:submit": Rule(NOBODY, of(run_id="import_run")),
    "legacy-desk:abandon": Rule(NOBODY, of(run_id="import_run")),
    "legacy-desk:download": Rule(NOBODY, downloads),
    # people and the calendar; an operator looks after everybody, a supervisor after the own area
    "office-desk:people": Rule(
        KEEPERS,
        data=fixed(username="fresh.name", display_name="新人", password="Xiang-jiang-66"),
        writes=KEEPERS,
    ),
    "office-desk:person": Rule(
        OPERATOR,
        of(user_id="person"),
        lambda w, t: {"unit": w.city.district_1_bureau.pk, "role": "clerk"},
        writes=OPERATOR,
    ),
    "office-desk:end-role": Rule(OPERATOR, of(assignment_id="role"), writes=OPERATOR),
    "office-desk:calendar": Rule(
        KEEPERS,
        data=fixed(day="2022-12-31", kind="holiday", name="x", source="y"),
        writes=OPERATOR,
    ),
    "office-desk:calendar-remove": Rule(OPERATOR, of(row_id="holiday"), writes=OPERATOR),
    # the demonstration
    "design:gallery": public(),
    "demo:tour": public(),
    "demo:sample": public(),
    "demo:role": public(),
    # the public site
    "file": public(files),
    "portal:home": public(both_sites()),
    "portal:topic": public(both_sites(key="yingshang")),
    "portal:stream": public(both_sites()),
    "portal:units": public(both_sites()),
    "portal:catalogues": public(both_sites()),
    "portal:catalogue": public(both_sites(key="yiwujiaoyu")),
    "portal:unit": public(both_sites(code="wangcheng_czj")),
    "portal:unit-find": public(both_sites(code="wangcheng_czj")),
    "portal:reports": public(both_sites()),
    "portal:check": public(both_sites()),
    "portal:check-upload": public(),
    "portal:package": public(items(key="item_id")),
    "portal:directory": public(both_sites(code="wangcheng_czj")),
    "portal:directory-file": public(
        lambda w: [
            {**site, "code": "wangcheng_czj", "form": form}
            for site in ({}, {"district": "wangcheng"})
            for form in ("xlsx", "csv", "pdf")
        ]
    ),
    "portal:progress": public(both_sites()),
    "portal:point": public(both_sites(number=1)),
    "portal:search": public(both_sites()),
    "portal:suggest": public(both_sites()),
    "portal:columns": public(both_sites()),
    "portal:sitemap": public(both_sites()),
    "portal:accessibility": public(both_sites()),
    "portal:contact": public(both_sites()),
    "portal:manifest": public(both_sites()),
    "portal:characters": public(),
    "portal:places": public(both_sites()),
    "portal:item": public(items(key="item_id")),
    "portal:version": public(versions),
    "portal:scenario": public(
        lambda w: [{"item_id": item.pk, "path": "1"} for item in w.items.values()]
    ),
    "portal:leaving": public(
        lambda w: [{"item_id": item.pk, "name": "url"} for item in w.items.values()]
    ),
    "portal:leaving-signed": public(),
    "portal:pdf": public(items(key="item_id")),
    "portal:feed": public(both_sites()),
    "portal:topic-feed": public(both_sites(key="yingshang")),
    "portal:unit-feed": public(both_sites(code="wangcheng_czj")),
    "portal:sitemap-index": public(),
    "portal:sitemap-part": public(lambda w: [{"part": n} for n in (0, 1, 9)]),
    "portal:robots": public(),
    "portal:search-feed": public(both_sites()),
    "portal:item-feed": public(items(key="item_id")),
    "portal:subscribe": public(data=hidden_document),
    "portal:subscribe-sent": public(),
    "portal:subscribe-confirm": public(forged),
    "portal:subscriptions": public(forged, fixed(act="all")),
    "portal:unsubscribe": public(forged),
    "portal:report": public(data=fixed(page="/x/", kind="typo", text="太短")),
    "portal:report-state": public(),
    "portal:click": public(),
    "portal:view": public(),
}
# Lists are asked with this as well, because a query may reach what a path does not.
QUERY = f"?q={CANARY}&status=draft&kind=policy&unit=1&plan=1&open=1&by=unit&page=1"


def patterns() -> Iterator[tuple[str, Any]]:
    """(name, view) of every address of the project."""

    def walk(entries: list[Any], namespace: str) -> Iterator[tuple[str, Any]]:
        for entry in entries:
            if isinstance(entry, URLResolver):
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                yield from walk(entry.url_patterns, inner)
            elif isinstance(entry, URLPattern):
                yield f"{namespace}{entry.name or entry.pattern}", entry.callback

    yield from walk(get_resolver().url_patterns, "")


def test_every_address_has_a_rule_and_every_rule_an_address() -> None:
    names = {name for name, _ in patterns()}
    assert names - set(RULES) == set(), "add a rule for the new address to RULES"
    assert set(RULES) - names == set(), "the rule's address is gone"


def test_there_is_one_door_to_files() -> None:
    assert [view for name, view in patterns() if name == "file"] == [serve_file]


class Writes:
    """Collects what would change in the database, apart from the session itself."""

    IGNORED = ('"django_session"', '"axes_', "`django_session`")

    def __init__(self) -> None:
        self.found: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        start = sql.lstrip()[:6].upper()
        if start in ("INSERT", "UPDATE", "DELETE") and not any(t in sql[:80] for t in self.IGNORED):
            self.found.append(sql[:160])
        return execute(sql, params, many, context)


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{content.decode(errors='replace')}\n{dict(response.items())}"


def ask(
    client: Client, method: str, url: str, data: dict[str, Any]
) -> tuple[HttpResponse, list[str]]:
    writes = Writes()
    with connection.execute_wrapper(writes):
        response = client.get(url) if method == "get" else client.post(url, data)
    return response, writes.found


def check(
    who: str, method: str, url: str, rule: Rule, response: Any, written: list[str]
) -> list[str]:
    """What is wrong with one answer, in words."""
    told = f"{who} {method.upper()} {url} → {response.status_code}"
    wrong = []
    text = body_of(response)
    # The words of a search come back because the person typed them.
    typed = CANARY in url
    if CANARY in text and not (typed and only_echo(text)):
        wrong.append(f"{told}: the canary came back")
    if written and not (method == "post" and who in rule.writes):
        wrong.append(f"{told}: wrote {written[:3]}")
    if response.status_code >= 500:
        wrong.append(f"{told}: broke")
    if rule.public:
        return wrong
    if who == "anonymous":
        if response.status_code != 302 or "/desk/login/" not in response["Location"]:
            wrong.append(f"{told}: a visitor must be sent to the login")
    elif who not in rule.opens:
        if response.status_code not in (403, 404, 405):
            wrong.append(f"{told}: must be refused")
    elif method == "get" and response.status_code not in (200, 405):
        wrong.append(f"{told}: should open")
    return wrong


def only_echo(text: str) -> bool:
    """Whether the canary stands alone everywhere, as a search form shows it back."""
    return not any(
        f"{CANARY}{rest}" in text for rest in ("的", "更正", "撤回", "，请改", ".", "可否")
    )


@pytest.fixture
def world(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> World:
    settings.DEMO_DATE = DAY
    # Laying a page out takes seconds; what would be laid out is looked through instead.
    monkeypatch.setattr("gongkai.portal.pdf.making.missing", str)
    monkeypatch.setattr("gongkai.portal.pdf.making._lay_out", lambda sheet: sheet.dated.encode())
    return build()


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_a_stranger_of_every_role_reads_and_writes_nothing(who: str, world: World) -> None:
    client = Client(raise_request_exception=False)
    person = world.strangers[who]
    wrong: list[str] = []
    asked = 0
    for name, rule in RULES.items():
        # Again for every rule, because some addresses end the session.
        client.logout()
        if person:
            client.force_login(person)
        for target in rule.targets(world):
            url = reverse(name, kwargs=target)
            tries = [("get", url), ("post", url)]
            if rule.targets is once:
                tries.insert(1, ("get", url + QUERY))
            for method, address in tries:
                with transaction.atomic():
                    data = rule.data(world, target) if method == "post" else {}
                    response, written = ask(client, method, address, data)
                    wrong += check(who, method, address, rule, response, written)
                    transaction.set_rollback(True)
                asked += 1
    assert not wrong, f"{len(wrong)} of {asked} answers are wrong:\n" + "\n".join(wrong)
    assert asked > 200


def test_the_sweep_would_notice_a_leak_and_a_write(world: World) -> None:
    """The owner of the records sees the canary and can write: the net has no holes of its own."""
    client = Client()
    client.force_login(world.person)
    rule = Rule(NOBODY)
    url = reverse("items:edit", kwargs={"pk": world.items["draft"].pk})
    response, written = ask(client, "get", url, {})
    assert any("canary" in text for text in check("editor", "get", url, rule, response, written))
    data = attack_on_item(world, {"pk": world.items["draft"].pk})
    response, written = ask(client, "post", url, data)
    assert any("wrote" in text for text in check("editor", "post", url, rule, response, written))


def test_what_was_published_can_be_found_so_the_sweep_is_not_empty(world: World) -> None:
    public_item = reverse("portal:item", kwargs={"item_id": world.items["public"].pk})
    page = Client().get(public_item).content.decode()
    assert PUBLIC_TITLE in page
    hidden = reverse("portal:item", kwargs={"item_id": world.items["draft"].pk})
    assert Client().get(hidden).status_code == 404
