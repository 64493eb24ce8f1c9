"""The house as data: which app stands on which floor. A test keeps imports to it, and the diagram
in ARCHITECTURE.md is made from it."""

# app -> (floor, what it is for). An app imports only from lower floors, never from a neighbour.
# 2.5 is a landing: search, filetexts and messaging stand on organisations (names of units, who keeps
# synonyms, who may look, whom to write to) and below every room.
FLOORS: dict[str, tuple[float, str]] = {
    "core": (1, "clock, working days, facts and audit, blobs, outbox, masking, codes, documents"),
    "design": (1, "tokens, base layouts, components, print and error pages; no models"),
    "organisations": (2, "people, units in time, roles, access checks, guarded admin base"),
    "screening": (2, "text and file inspection that yields findings; no models"),
    "search": (2.5, "index of what can be found, sources, query, suggestions, query log"),
    "filetexts": (2.5, "plain text inside stored files: readers, conversion, recognition"),
    "messaging": (2.5, "in-site inbox, e-mail, digests, each person's settings"),
    "catalogue": (
        3,
        "sites, columns, placements, statutory and grass-roots catalogues, value lists",
    ),
    "review": (3, "the gate: steps, digests, verdicts, consultations, withheld records"),
    "publishing": (4, "items and kinds, Word import, correction, withdrawal, the writing desk"),
    "legacy": (5, "moving an old site in: import, duplicates, redirects, archive manifest"),
    "profiles": (5, "unit profiles, disclosure guide and directory, checked against each other"),
    "decisions": (5, "meetings and agendas, plans, epidemic measures, trace notices, rebuttals"),
    "speech": (5, "public items read aloud by an external command: recordings and their files"),
    "deposits": (5, "what was sent to archives and libraries, with receipts"),
    "ledger": (5, "work-point parser, tasks, evidence, lights, follow-up, monthly reports"),
    "sitecare": (5, "what readers report as wrong on pages, sources that are looked at again"),
    "subscriptions": (
        5,
        "what readers without an account follow, by mail and feed, and how they leave",
    ),
    "portal": (8, "the public site"),
    "desk": (8, "the staff shell: today, live strip, audit trail"),
    "demo": (8, "the demonstration city and its tour"),
}
