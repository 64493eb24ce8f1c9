"""What was read and put right, and what confirming it would change in an existing ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.core.clock import day_of
from gongkai.core.facts import sha256_text
from gongkai.ledger.models import Plan, PlanImport
from gongkai.ledger.parsing import UnitRegister
from gongkai.ledger.register import expand, unit_register


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
    """The ledger this document would update: same office, year and number."""
    return Plan.objects.filter(
        office=row.office, year=row.parsed["year"] or 0, doc_no=row.parsed["doc_no"] or ""
    ).first()


def differences(
    row: PlanImport, items: Sequence[Mapping[str, Any]] | None = None
) -> list[PointDifference]:
    """Point by point, what a re-import would change; empty for a first import.

    ``items`` are :func:`corrected_items`, when the caller has them.
    """
    plan = existing_plan(row)
    if plan is None:
        return []
    current = {p.number: p for p in plan.points.filter(retired_at=None)}
    found = []
    for item in corrected_items(row) if items is None else items:
        point = current.pop(item["no"], None)
        if point is None:
            found.append(PointDifference(item["no"], item["title"], "added"))
            continue
        details = tuple(
            (label, old, new)
            for label, old, new, differs in (
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
    found += [PointDifference(p.number, p.title, "removed") for p in current.values()]
    return sorted(found, key=lambda d: d.number)


def _listed(label: str, old: Sequence[str], new: Sequence[str]) -> tuple[str, str, str, bool]:
    return label, "、".join(old), "、".join(new), list(old) != list(new)


def text_hash(text: str) -> str:
    """Identity of a text for re-import."""
    return sha256_text("".join(text.split()))
