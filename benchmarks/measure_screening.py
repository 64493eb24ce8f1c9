"""Measures the detector of personal numbers on texts that nobody here wrote.

    python -m benchmarks.measure_screening FOLDER

FOLDER holds ``privacy/multipriv_zh.jsonl`` (invented people with their numbers in a paragraph) and
``policy/hebei_docs.jsonl.gz`` (published government documents). Recall is counted on the first,
findings per document on the second. Both sets stay outside the repository; without them the
script says what is missing and ends with status 2.
"""

import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from gongkai.core.codes import is_luhn, is_resident_id
from gongkai.core.personal_numbers import NumberKind, find_numbers
from gongkai.screening.findings import Finding, Severity
from gongkai.screening.rules import scan_text

PEOPLE = "privacy/multipriv_zh.jsonl"
DOCUMENTS = "policy/hebei_docs.jsonl.gz"
SHOWN = 20


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file with one per line, compressed or not."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    return (json.loads(line) for line in content.decode().splitlines() if line)


def share(part: int, whole: int) -> str:
    return f"{part}/{whole}" + (f" ({part / whole:.1%})" if whole else "")


def measure_recall(path: Path) -> None:
    """Recall of identity, mobile and card numbers that stand in the paragraph as given."""
    there: Counter[str] = Counter()
    found: Counter[str] = Counter()
    blocked: Counter[str] = Counter()
    for row in rows(path):
        text = row["naturalParagraph"]
        hits = {(hit.kind, hit.digits[-11:]): hit for hit in find_numbers(text)}
        wanted: list[tuple[str, NumberKind, str]] = []
        number = str(row["idCardNumbers"]).upper()
        if number in text.upper() and len(number) == 18:
            label = "identity, check digit right" if is_resident_id(number) else "identity, wrong"
            wanted.append((label, NumberKind.RESIDENT_ID, number))
        phone = str(row["phoneNumbers"])
        if phone in text and re.fullmatch("1[3-9][0-9]{9}", phone):
            wanted.append(("mobile", NumberKind.MOBILE, phone))
        for card in re.findall("(?<![0-9])62[0-9]{14,17}(?![0-9])", text):
            label = "card, Luhn right" if is_luhn(card) else "card, Luhn wrong"
            wanted.append((label, NumberKind.CARD, card))
        for label, kind, digits in wanted:
            there[label] += 1
            hit = hits.get((kind, digits[-11:]))
            found[label] += hit is not None
            blocked[label] += hit is not None and hit.certain
    print(f"recall on {path.name}")
    for label in sorted(there):
        print(
            f"  {label:28} found {share(found[label], there[label])}, "
            f"of these blocking {share(blocked[label], found[label])}"
        )


DISGUISES: dict[str, Callable[[str], str]] = {
    "groups split by blanks": lambda n: f"{n[:6]} {n[6:14]} {n[14:]}",
    "every digit apart": " ".join,
    "hyphens": lambda n: f"{n[:6]}-{n[6:10]}-{n[10:14]}-{n[14:]}",
    "full width": lambda n: n.translate({ord("0") + i: chr(0xFF10 + i) for i in range(10)}),
    "zero-width characters": "\u200b".join,
    "broken over a line": lambda n: f"{n[:10]}\n{n[10:]}",
    "Chinese numerals": lambda n: n.translate(
        {ord(str(i)): char for i, char in enumerate("零一二三四五六七八九")}
    ),
    "letters O and l": lambda n: n.replace("0", "O").replace("1", "l", 1),
}


def measure_disguises(path: Path) -> None:
    """Recall of right identity numbers, with the words around them, once they are disguised."""
    people = [
        (row["naturalParagraph"], number)
        for row in rows(path)
        for number in [str(row["idCardNumbers"]).upper()]
        if is_resident_id(number) and number in row["naturalParagraph"]
    ]
    print(f"recall of disguised identity numbers ({len(people)} paragraphs)")
    for name, disguise in DISGUISES.items():
        found = sum(
            any(
                hit.kind is NumberKind.RESIDENT_ID and hit.digits == number
                for hit in find_numbers(text.replace(number, disguise(number)))
            )
            for text, number in people
        )
        print(f"  {name:28} {share(found, len(people))}")


def measure_alarms(path: Path) -> None:
    """What the checks say about documents that were lawfully published."""
    documents = characters = 0
    by_code: Counter[tuple[str, str]] = Counter()
    touched: Counter[Severity] = Counter()
    shown: list[Finding] = []
    start = time.perf_counter()
    for row in rows(path):
        text = f"{row['title']}\n{row['text']}"
        documents += 1
        characters += len(text)
        findings = scan_text(text)
        by_code.update((finding.code, finding.severity.value) for finding in findings)
        touched.update({finding.severity for finding in findings})
        shown.extend(findings)
    seconds = time.perf_counter() - start
    print(f"alarms on {path.name}: {documents} documents, {characters:,} characters")
    print(f"  {seconds:.1f} s, {characters / seconds / 1e6:.1f} million characters a second")
    for (code, severity), count in sorted(by_code.items()):
        print(f"  {code:20} {severity:5} {count}")
    print(f"  documents with a blocking finding: {share(touched[Severity.BLOCK], documents)}")
    print(f"  excerpts to judge (masked), first {SHOWN}:")
    for finding in shown[:SHOWN]:
        print(f"    {finding.code:20} {finding.excerpt_masked}")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m benchmarks.measure_screening FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    missing = [name for name in (PEOPLE, DOCUMENTS) if not (folder / name).is_file()]
    if missing:
        print(
            f"not found in {folder}: {', '.join(missing)}. These measuring texts are not part of "
            "the repository; pass the folder that holds them.",
            file=sys.stderr,
        )
        return 2
    measure_recall(folder / PEOPLE)
    measure_disguises(folder / PEOPLE)
    measure_alarms(folder / DOCUMENTS)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
