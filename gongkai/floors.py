"""The house as data: which app stands on which floor. A test keeps imports to it, and the diagram
in ARCHITECTURE.md is made from it."""

# app -> (floor, what it is for). An app imports only from lower floors, never from a neighbour.
FLOORS: dict[str, tuple[int, str]] = {
    "core": (1, "clock, working days, facts and audit, blobs, outbox, masking, codes, documents"),
    "design": (1, "tokens, base layouts, components, print and error pages; no models"),
    "organisations": (2, "people, units in time, roles, access checks, guarded admin base"),
    "screening": (2, "text and file inspection that yields findings; no models"),
    "catalogue": (3, "sites, columns, placements, value lists"),
    "review": (3, "the gate: steps, digests, verdicts, consultations, withheld records"),
    "publishing": (4, "items and kinds, Word import, correction, withdrawal, the writing desk"),
    "ledger": (5, "work-point parser, tasks, evidence, lights"),
    "portal": (8, "the public site"),
    "desk": (8, "the staff shell: today, live strip, audit trail"),
    "demo": (8, "the demonstration city and its tour"),
}
