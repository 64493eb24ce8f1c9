"""A small old site for tests: rows, a mapping, and the way from file to public."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from gongkai.legacy import preparing, sources
from gongkai.legacy.attachments import Files, open_files
from gongkai.legacy.mapping import check_mapping
from gongkai.legacy.models import ImportRun
from gongkai.legacy.services import run_submit
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit, User
from gongkai.review import services as review
from gongkai.review.models import ReviewCase
from tests.factories import City, member, moment, reviewers, user_with

MAPPING: dict[str, Any] = {
    "version": 1,
    "source": "旧站",
    "key": "id",
    "hosts": ["old.example.gov.cn"],
    "fields": {
        "title": "title",
        "body": {"from": "text", "as": "text"},
        "original_on": "date",
        "kind": {"value": "notice"},
        "urls": "url",
    },
}


def mapping(**fields: Any) -> dict[str, Any]:
    """The plain mapping with other or more fields; None takes one away."""
    merged = {**MAPPING["fields"], **fields}
    return {**MAPPING, "fields": {k: v for k, v in merged.items() if v is not None}}


def row(number: int, **changes: Any) -> dict[str, Any]:
    """A row that can be taken over."""
    return {
        "id": f"D{number}",
        "title": f"关于第{number}号桥梁限高架维修的通告",
        "text": f"第{number}号桥梁限高架将于近日维修。\n维修期间请绕行，具体路线见现场标志。" * 3,
        "date": f"2019-0{number % 9 + 1}-15",
        "url": f"http://old.example.gov.cn/art/{number}.html",
        **changes,
    }


def write(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """JSON lines."""
    path.write_text(
        "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8"
    )
    return path


def prepared(
    path: Path,
    *,
    unit: Unit,
    operator: Member,
    raw: Mapping[str, Any] = MAPPING,
    fixed: bool = True,
    folder: Path | None = None,
    limit: int = 0,
    chunk: int = 3,
    progress: Callable[[preparing.Tally], None] | None = None,
) -> ImportRun:
    """Read a file to its end, or go on where an earlier attempt stopped."""
    checked = check_mapping(raw)
    source = sources.look(path)
    run, _ = preparing.run_open(
        filename=path.name,
        fingerprint=sources.fingerprint(path),
        size=source.size,
        mapping=checked,
        unit=unit,
        fixed=fixed,
        member=operator,
        now=moment(9),
        limit=limit,
    )
    with open_files(path, source.member, folder) as files:
        return _read(run, source, checked, files, operator, chunk, progress)


def _read(
    run: ImportRun,
    source: sources.Source,
    checked: Any,
    files: Files,
    operator: Member,
    chunk: int,
    progress: Callable[[preparing.Tally], None] | None,
) -> ImportRun:
    shop = preparing.shop_for(
        mapping=checked,
        unit=run.unit,
        fixed=run.fixed_unit,
        files=files,
        now=moment(9),
        keep=True,
    )
    return preparing.prepare(
        run=run,
        rows=sources.rows(source, after=run.cursor),
        shop=shop,
        member=operator,
        now=moment(9, 5),
        chunk=chunk,
        progress=progress,
    )


def approve(run: ImportRun, operator: Member, people: dict[str, User]) -> ReviewCase:
    """Submit and pass every step; the last one releases."""
    case = run_submit(run_id=run.pk, member=operator, now=moment(10))
    for step in case.steps:
        review.step_approve(
            case_id=case.pk,
            step=step,
            digest=case.digest,
            member=member(people[step]),
            now=moment(11),
            legal_basis="条例第十三条" if step == "secrecy" else "",
        )
    run.refresh_from_db()
    return case


def people_of(city: City, unit: Unit) -> tuple[Member, dict[str, User]]:
    """An operator, and the unit's reviewers."""
    return member(user_with("operator", city.office)), reviewers(unit)
