"""The one entrance to screening: texts and files in, one report out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from gongkai.screening.files import FileInput, inspect_file
from gongkai.screening.filetypes import POLICIES, FilePolicy, Purpose
from gongkai.screening.findings import Finding, Report, report_of
from gongkai.screening.rules import TextOptions, scan_text


def inspect(
    texts: Mapping[str, str],
    files: Sequence[FileInput] = (),
    *,
    allow_phones: Collection[str] = (),
    labels: Mapping[str, str] | None = None,
    not_after: date | None = None,
    policies: Mapping[Purpose, FilePolicy] = POLICIES,
) -> Report:
    """Inspect what is about to be published.

    ``texts`` maps field keys to plain text (strip markup first: a tag inside a number hides it);
    ``labels`` gives the fields' Chinese names for ``Finding.where``. ``allow_phones`` are the
    published office numbers of the unit, ``not_after`` the day of inspection, which bounds
    birth dates. The report blocks when any finding does.
    """
    options = TextOptions(allow_phones=frozenset(allow_phones), not_after=not_after)
    names = labels or {}
    findings: list[Finding] = []
    for field, text in texts.items():
        label = f"“{names[field]}”" if field in names else ""
        findings.extend(scan_text(text, options, field=field, where=label))
    for file in files:
        findings.extend(inspect_file(file, options, policies=policies))
    return report_of(findings)
