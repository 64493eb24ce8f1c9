"""What was read and put right, and what confirming it would change in an existing ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.core.clock import day_of
from gongkai.core.facts import sha256_text
from gongkai.ledger.models import Plan, PlanImport, WorkPoint
from gongkai.ledger.parsing import UnitRegister
from gongkai.ledger.register import expand, unit_register
from gongkai.ledger.rules_likeness import Text, match_points


def corrected_items(row: PlanImport) -> list[dict[str, Any]]:
    """The points as they will enter the ledger: parsed, then corrected."""
    items = []
    register: UnitRegister | None = None
    for item in row.parsed["items"]:
        fix = row.corrections.get(str(item["no"]))
        if not fix:
            items.append({**item, "corrected": False})
            continue
        merged = {**item, **fix, "corrected": True}
        if "lead" in fix or "responsible" in fix:
            # Corrected names are expanded afresh; a person has looked, so nothing stays open.
            register = register or unit_register(day_of(row.created_at), row.office.area)
            for part in ("lead", "responsible"):
                merged[f"{part}_units"] = [
                    unit for name in merged[part] for unit in expand(register, name)
                ]
            merged["unknown_units"] = [
                n for n in (*merged["lead"], *merged["responsible"]) if not register.knows(n)
            ]
            merged["to_be_named"] = [
                n
                for n in (*merged["lead"], *merged["responsible"])
                if register.knows(n) and not expand(register, n)
            ]
        items.append(merged)
    return items


@dataclass(frozen=True, slots=True)
class PointDifference:
    """What confirming would do to one point of an existing ledger."""

    number: int
    title: str
    state: str  # added | removed | changed | same
    fields: tuple[str, ...] = ()
    details: tuple[tuple[str, str, str], ...] = ()  # label, words of the ledger, words now


def existing_plan(row: PlanImport) -> Plan | None:
    """The ledger this document would update: same office, year and number; else the plan of the
    year that was rolled over from last year and still waits for its document."""
    plans = Plan.objects.filter(office=row.office, year=row.parsed["year"] or 0)
    return (
        plans.filter(doc_no=row.parsed["doc_no"] or "").first()
        or plans.filter(doc_no="", source=None, rolled_from__isnull=False).first()
    )


def differences(
    row: PlanImport, items: Sequence[Mapping[str, Any]] | None = None
) -> list[PointDifference]:
    """Point by point, what a re-import would change; empty for a first import.

    ``items`` are :func:`corrected_items`, when the caller has them.
    """
    plan = existing_plan(row)
    if plan is None:
        return []
    current = {p.pk: p for p in plan.points.filter(retired_at=None)}
    wanted = list(corrected_items(row) if items is None else items)
    pairs = match_points({pk: as_text(p) for pk, p in current.items()}, [*map(as_text, wanted)])
    found = []
    for item, match in zip(wanted, pairs, strict=True):
        point = current.pop(match) if match is not None else None
        if point is None:
            found.append(PointDifference(item["no"], item["title"], "added"))
            continue
        details = tuple(
            (label, old, new)
            for label, old, new, differs in (
                ("序号", str(point.number), str(item["no"]), point.number != item["no"]),
                ("标题", point.title, item["title"], point.title != item["title"]),
                ("内容", point.text, item["text"], point.text_hash != text_hash(item["text"])),
                _listed("牵头单位", point.written_lead, item["lead"]),
                _listed("责任单位", point.written_responsible, item["responsible"]),
            )
            if differs
        )
        state = "changed" if details else "same"
        fields = tuple(label for label, _, _ in details)
        found.append(PointDifference(item["no"], item["title"], state, fields, details))
    found += [
        PointDifference(p.number, p.title, "kept" if p.kept else "removed")
        for p in current.values()
    ]
    return sorted(found, key=lambda d: d.number)


@dataclass(frozen=True, slots=True)
class Continuation:
    """How a new document follows on last year's plan."""

    last: Plan
    continued: tuple[tuple[int, str, int], ...]  # number and title now, number last year
    new: tuple[tuple[int, str], ...]
    dropped: tuple[tuple[int, str], ...]


def continuation(
    row: PlanImport, items: Sequence[Mapping[str, Any]] | None = None
) -> Continuation | None:
    """Which points go on from last year's plan of the office, which are new, which were dropped;
    None when there is no plan of the year before."""
    year = row.parsed["year"] or 0
    last = Plan.objects.filter(office=row.office, year=year - 1).order_by("-pk").first()
    if last is None:
        return None
    before = {p.pk: p for p in last.points.filter(retired_at=None)}
    wanted = list(corrected_items(row) if items is None else items)
    pairs = match_points({pk: as_text(p) for pk, p in before.items()}, [*map(as_text, wanted)])
    continued, new = [], []
    for item, match in zip(wanted, pairs, strict=True):
        if match is None:
            new.append((item["no"], item["title"]))
        else:
            continued.append((item["no"], item["title"], before.pop(match).number))
    dropped = sorted((p.number, p.title) for p in before.values())
    return Continuation(last, tuple(continued), tuple(new), tuple(dropped))


def _listed(label: str, old: Sequence[str], new: Sequence[str]) -> tuple[str, str, str, bool]:
    return label, "、".join(old), "、".join(new), list(old) != list(new)


def text_hash(text: str) -> str:
    """Identity of a text for re-import."""
    return sha256_text("".join(text.split()))


def as_text(point: WorkPoint | Mapping[str, Any]) -> Text:
    """A point of the ledger, or one that was read, as it is compared."""
    if isinstance(point, WorkPoint):
        return Text(point.number, point.title, point.text, point.text_hash)
    return Text(point["no"], point["title"], point["text"], text_hash(point["text"]))
