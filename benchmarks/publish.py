"""From draft to public through our gate, against what Wagtail alone takes to publish a snippet.

Ours: draft, check, submission, every step by another person, release with version, placements,
facts and outbox, in one transaction per act. Yardstick: a snippet with the same fields, saved,
given a revision and published. The two take turns in blocks, so that a busy machine slows both.
"""

import itertools
import time
from collections.abc import Callable
from typing import Any

from benchmarks import scratch
from benchmarks.report import Result, median, ms

TITLE = "draft, review by all steps and release, against a bare Wagtail snippet"
BLOCK = 30
LIMIT = 2.0
LIMITED = "registered"


def snippet_model(name: str) -> Any:
    """A model with the item's content fields, drafts and revisions, on the scratch database only.

    It borrows the app label of publishing, because revisions find their model by label.
    """
    from django.db import connection, models
    from wagtail.models import DraftStateMixin, RevisionMixin

    from gongkai.catalogue.models import Theme
    from gongkai.organisations.models import Unit
    from gongkai.publishing.models import CONTENT_FIELDS, Item, ItemKind

    related = {"kind": ItemKind, "unit": Unit, "theme": Theme}
    fields: dict[str, Any] = {}
    for field_name in CONTENT_FIELDS:
        if field_name in related:
            fields[field_name] = models.ForeignKey(
                related[field_name], models.PROTECT, null=True, related_name="+"
            )
        else:
            fields[field_name] = Item._meta.get_field(field_name).clone()
    meta = type("Meta", (), {"app_label": "publishing"})
    model = type(
        name,
        (DraftStateMixin, RevisionMixin, models.Model),
        {"__module__": __name__, "Meta": meta, **fields},
    )
    with connection.schema_editor() as editor:
        editor.create_model(model)
    return model


def yardstick(model: Any, desk: scratch.Desk) -> Callable[[int], list[float]]:
    """Create, save_revision and publish one snippet; returns the seconds of the whole."""
    from django.db import transaction

    from gongkai.catalogue.models import Theme
    from gongkai.core.clock import day_of
    from gongkai.organisations.models import User
    from gongkai.publishing.models import ItemKind

    user = User.objects.get(pk=desk.editor.actor.user_id)
    related = {
        "kind": ItemKind.objects.get(key="policy"),
        "unit": desk.unit,
        "theme": Theme.objects.get(code="0401"),
    }

    def publish(number: int) -> list[float]:
        content = {**scratch.content(number), **related, "formed_on": day_of(scratch.moment())}
        started = time.perf_counter()
        with transaction.atomic():
            row = model(live=False, **content)
            row.save()
            revision = row.save_revision(user=user)
        with transaction.atomic():
            # Permission was not asked, so that no group has to be set up for the yardstick.
            revision.publish(user=user, skip_permission_checks=True)
        return [time.perf_counter() - started]

    return publish


STAGES = ("draft", "submit", "first review", "final review", "secrecy review and release")


def ours(desk: scratch.Desk) -> Callable[[int], list[float]]:
    """One item all the way through the services; returns the seconds of each stage."""
    from gongkai.publishing import services as publishing
    from gongkai.publishing.models import ItemKind
    from gongkai.review import services as review

    kind = ItemKind.objects.get(key="policy")

    def publish(number: int) -> list[float]:
        content = scratch.content(number)
        marks = [time.perf_counter()]
        item = publishing.item_create(
            unit=desk.unit,
            kind=kind,
            content=content,
            member=desk.editor,
            now=scratch.moment(9),
        )
        marks.append(time.perf_counter())
        case = publishing.item_submit(item_id=item.pk, member=desk.editor, now=scratch.moment(10))
        marks.append(time.perf_counter())
        for step in case.steps:
            review.step_approve(
                case_id=case.pk,
                step=step,
                digest=case.digest,
                member=desk.reviewers[step],
                now=scratch.moment(11),
                legal_basis="条例第十三条" if step == "secrecy" else "",
            )
            marks.append(time.perf_counter())
        return [after - before for before, after in itertools.pairwise(marks)]

    return publish


def _queries(run: Callable[[int], list[float]], number: int) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        run(number)
    return len(captured)


def _stage_queries(desk: scratch.Desk, number: int) -> list[int]:
    """Queries of each stage, BEGIN and COMMIT included."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from gongkai.publishing import services as publishing
    from gongkai.publishing.models import ItemKind
    from gongkai.review import services as review

    counts = []

    def counted(act: Callable[[], Any]) -> Any:
        with CaptureQueriesContext(connection) as captured:
            found = act()
        counts.append(len(captured))
        return found

    kind = ItemKind.objects.get(key="policy")
    item = counted(
        lambda: publishing.item_create(
            unit=desk.unit,
            kind=kind,
            content=scratch.content(number),
            member=desk.editor,
            now=scratch.moment(9),
        )
    )
    case = counted(
        lambda: publishing.item_submit(item_id=item.pk, member=desk.editor, now=scratch.moment(10))
    )
    for step in case.steps:
        counted(
            lambda step=step: review.step_approve(
                case_id=case.pk,
                step=step,
                digest=case.digest,
                member=desk.reviewers[step],
                now=scratch.moment(11),
                legal_basis="条例第十三条" if step == "secrecy" else "",
            )
        )
    return counts


def run(scale: str) -> Result:
    """Measure; ``scale`` full does 300 items, small 60."""
    from wagtail.snippets.models import register_snippet

    from gongkai.catalogue.models import Column, Placement, Section
    from gongkai.publishing.models import Item

    items = 300 if scale == "full" else 60
    scratch.load_reference()
    desk = scratch.staff("czj")
    bare = yardstick(snippet_model("BareSnippet"), desk)
    registered_model = snippet_model("RegisteredSnippet")
    register_snippet(registered_model)
    registered = yardstick(registered_model, desk)
    through_gate = ours(desk)
    runs: dict[str, Callable[[int], list[float]]] = {
        "ours": through_gate,
        "bare": bare,
        "registered": registered,
    }
    for act in runs.values():
        for number in (1, 2):
            act(10_000 * (2 + list(runs.values()).index(act)) + number)
    found: dict[str, list[list[float]]] = {name: [] for name in runs}
    for start in range(1, items + 1, BLOCK):
        for name, act in runs.items():
            found[name] += [act(n) for n in range(start, min(start + BLOCK, items + 1))]
    totals = {name: [sum(row) for row in rows] for name, rows in found.items()}
    middle = {name: median(values) for name, values in totals.items()}
    result = Result("publish", TITLE)
    for name, label in (
        ("registered", f"{items} items, ours ÷ bare snippet (register_snippet)"),
        ("bare", "the same ÷ model with the mixins, not registered"),
    ):
        result.add(
            label,
            ms(middle["ours"]),
            ms(middle[name]),
            middle["ours"] / middle[name],
            LIMIT if name == LIMITED else None,
        )
    counts = _stage_queries(desk, 90_001)
    stages = [
        (name, ms(median([row[n] for row in found["ours"]])), str(counts[n]))
        for n, name in enumerate(STAGES)
    ]
    stages.append(("all of ours", ms(middle["ours"]), str(sum(counts))))
    labels = {"registered": "bare snippet", "bare": "model with the mixins, not registered"}
    for name, words in labels.items():
        label = f"{words}: create, save_revision, publish"
        stages.append((label, ms(middle[name]), str(_queries(runs[name], 90_002))))
    result.tables.append(("Where the time goes", ("stage", "median", "queries"), stages))
    done = Item.objects.filter(visibility="public").count()
    result.notes += [
        f"{done} items are public with {Placement.objects.count()} placements; the city has "
        f"{Column.objects.count()} columns with {Section.objects.count()} sections.",
        "Queries count BEGIN, COMMIT and savepoints. Ours are five transactions by four people; "
        "the outbox (index, lights) runs after commit and is not counted.",
        "The snippet has Wagtail's drafts, revisions, publication log and the reference index that "
        "register_snippet turns on; no search index, workflow or preview. The model that is not "
        "registered lacks the reference index: not a snippet yet, shown as the lower bound.",
    ]
    return result
