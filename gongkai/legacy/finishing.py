"""Once a source is read to its end: links between its pages, what interprets what, the manifest."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Count, Max, Min

from gongkai.core import facts
from gongkai.core.facts import canonical_json
from gongkai.legacy import bodies
from gongkai.legacy.enums import IssueKind, RedirectState, RunStatus
from gongkai.legacy.models import ImportRun, Redirect, RowIssue, StagedItem
from gongkai.legacy.rules import OldAddress, name_key, old_address, url_key
from gongkai.legacy.staging import content_of, digest_of, manifest_of_run
from gongkai.organisations.access import Member
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item
from gongkai.publishing.placing import item_path

_CHUNK = 500


def finish(*, run: ImportRun, member: Member, now: datetime) -> ImportRun:
    """Settle links, make the manifest and mark the run as prepared.

    Every step can be done again, so that a run killed here is finished by the next attempt.
    """
    RowIssue.objects.filter(run=run, kind=IssueKind.LINK).delete()
    hosts = _own_hosts(run)
    outside = 0
    for chunk in _in_chunks(StagedItem.objects.filter(run=run, has_links=True)):
        outside += _settle_links(run, chunk, hosts)
    for chunk in _in_chunks(StagedItem.objects.filter(run=run).exclude(targets=[])):
        _settle_targets(run, chunk)
    with transaction.atomic():
        stored = ImportRun.objects.select_for_update().get(pk=run.pk)
        if stored.status != RunStatus.PREPARING:
            return stored
        stored.manifest = manifest_of_run(run.pk)
        stored.counts = {**stored.counts, **_summary(run), "outside_links": outside}
        stored.status = RunStatus.PREPARED
        stored.prepared_at = stored.updated_at = now
        stored.save()
        facts.record(
            action="legacy.run.prepared",
            subject=("import_batch", run.pk),
            unit_id=run.unit_id,
            actor=member.actor,
            occurred_at=now,
            details={"manifest": stored.manifest, "staged": stored.count("staged")},
        )
    return stored


def _in_chunks(rows: Any) -> Iterator[list[StagedItem]]:
    last = 0
    while chunk := list(rows.filter(row__gt=last).order_by("row")[:_CHUNK]):
        last = chunk[-1].row
        yield chunk


def _own_hosts(run: ImportRun) -> set[str]:
    hosts = {str(h).lower() for h in run.mapping.get("hosts", [])}
    urls = StagedItem.objects.filter(run=run).exclude(urls=[]).order_by("row")
    for found in urls.values_list("urls", flat=True)[:200]:
        hosts |= {a.host for a in map(old_address, found) if a and a.host}
    return hosts


def _save(rows: Iterable[StagedItem]) -> None:
    changed = list(rows)
    for row in changed:
        row.digest = digest_of(row)
    with transaction.atomic():
        StagedItem.objects.bulk_update(changed, ["content", "targets", "digest"], batch_size=200)


def _settle_links(run: ImportRun, chunk: list[StagedItem], hosts: set[str]) -> int:
    """Links to pages of the old site get new addresses: the item's where it is public already,
    else the old path on this site, which answers it with 301 once the batch is out. Returns how
    many links of the old site lead nowhere here."""
    contents = {row.pk: content_of(row) for row in chunk}
    wanted: dict[str, OldAddress] = {}
    for content in contents.values():
        for href in bodies.links_in(content["body"]):
            address = old_address(href) if _inside(href, hosts) else None
            if address is not None:
                wanted[url_key(address)] = address
    staged = set(
        StagedItem.objects.filter(run=run, url_key__in=wanted)
        .order_by()
        .values_list("url_key", flat=True)
    )
    known = {
        (r.host, r.path): r
        for r in Redirect.objects.filter(path__in={a.path for a in wanted.values()})
    }
    lost = 0
    changed = []

    def target(href: str) -> str | None:
        nonlocal lost
        if not _inside(href, hosts):
            return None
        address = old_address(href)
        if address is None:
            return None
        redirect = known.get((address.host, address.path))
        if redirect is not None and redirect.state == RedirectState.ITEM and redirect.item_id:
            return item_path(redirect.item_id)
        if url_key(address) in staged or redirect is not None:
            return address.path
        lost += 1
        return None

    for row in chunk:
        content = contents[row.pk]
        html, rewritten, _ = bodies.rewrite_links(content["body"], target)
        if rewritten:
            content["body"] = html
            row.content = canonical_json(content)
            changed.append(row)
    _save(changed)
    return lost


def _inside(href: str, hosts: set[str]) -> bool:
    try:
        return (urlsplit(href).hostname or "") in hosts
    except ValueError:
        return False


def _settle_targets(run: ImportRun, chunk: list[StagedItem]) -> None:
    """What a row interprets: ``title:…`` and ``url:…`` become ``row:n`` or ``item:n``; what cannot
    be found is told, not guessed."""
    titles: dict[str, str] = {}
    paths: dict[str, OldAddress] = {}
    for row in chunk:
        for wanted in row.targets:
            sort, _, value = wanted.partition(":")
            if sort == "title":
                titles[value] = name_key(f"《{value}》")
            elif sort == "url":
                host, _, path = value.partition("/")
                paths[value] = OldAddress(host, f"/{path}")
    by_name = _rows_by(run, "name_key", set(titles.values()))
    by_url = _rows_by(run, "url_key", {url_key(a) for a in paths.values()})
    public = {
        str(title): int(pk)
        for pk, title in Item.objects.filter(
            title__in=titles, visibility=Visibility.PUBLIC
        ).values_list("pk", "title")
    }
    old = {
        f"{r.host}{r.path}": r.item_id
        for r in Redirect.objects.filter(
            path__in={a.path for a in paths.values()}, item__isnull=False
        )
    }
    issues = []
    changed = []
    for row in chunk:
        settled: list[str] = []
        for wanted in row.targets:
            sort, _, value = wanted.partition(":")
            if sort in ("row", "item"):
                settled.append(wanted)
                continue
            rows = (
                by_name.get(titles[value]) if sort == "title" else by_url.get(url_key(paths[value]))
            )
            found = next((n for n in rows or [] if n != row.row), None)
            item = public.get(value) if sort == "title" else old.get(value)
            if found is not None:
                settled.append(f"row:{found}")
            elif item:
                settled.append(f"item:{item}")
            else:
                shown = f"《{value}》" if sort == "title" else value
                issues.append(
                    RowIssue(
                        run=run, row=row.row, kind=IssueKind.LINK, code="no_target",
                        field="interprets", title=row.title[:120],
                        reason=f"没有找到它解读的文件：{shown}"[:500],
                        remedy="先迁入那份文件，或公开后由编辑补上关联。",
                    )
                )  # fmt: skip
        if settled != row.targets:
            row.targets = list(dict.fromkeys(settled))
            changed.append(row)
    with transaction.atomic():
        RowIssue.objects.bulk_create(issues)
        _save(changed)


def _rows_by(run: ImportRun, field: str, keys: set[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    # Interpretations quote the document's name themselves: documents come first.
    rows = StagedItem.objects.filter(run=run, **{f"{field}__in": keys}).order_by("row")
    for key, number, kind in rows.values_list(field, "row", "kind"):
        if kind == "interpretation":
            continue
        found.setdefault(key, []).append(number)
    return found


def _summary(run: ImportRun) -> dict[str, Any]:
    staged = StagedItem.objects.filter(run=run).order_by()
    span = staged.aggregate(first=Min("original_on"), last=Max("original_on"))
    kinds = staged.values_list("kind").annotate(n=Count("pk")).order_by("-n")
    units = staged.values_list("unit_id").annotate(n=Count("pk")).order_by("-n")
    return {
        "kinds": dict(kinds),
        "units": {str(unit_id): n for unit_id, n in units},
        "first": span["first"].isoformat() if span["first"] else "",
        "last": span["last"].isoformat() if span["last"] else "",
        IssueKind.LINK.value: RowIssue.objects.filter(run=run, kind=IssueKind.LINK).count(),
    }
