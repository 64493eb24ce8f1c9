"""Measure the work-point parser on real policy documents.

    python benchmarks/measure_parser.py FOLDER [--differences N] [--minimum N]

FOLDER holds JSON lines (plain or gzip) named ``*docs.jsonl`` or ``*docs.jsonl.gz`` with the fields
``title`` and ``text``. The texts are third-party documents and never part of this repository.

A plain heuristic, written without the parser, counts the brackets that name units; the parser's
items are compared with them one by one. The heuristic is not the truth: read the differences.
"""

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gongkai.core.documents import from_text
from gongkai.ledger.parsing import ParsedPlan, apply_edits, parse_work_points

BRACKET = re.compile(r"[（(【](?:[^（）()【】]|[（(][^（）()]{0,200}[)）]){2,700}[)）】]")
ROLE = re.compile(
    r"^\s*(?:[\u4e00-\u9fff]{0,4}(?:责任|牵头|配合|承办|落实|实施)(?:单位|部门|处室|科室)|完成时限)\s*[:：]"
    r"|(?:牵头|负责|配合|落实|参与|组织实施|承办|协办|按职责分工|推进|负责人)[\s。]*$"
    r"|牵头[，,；;、]"
)
INSIDE = "的，,、与应将要对为是等"


def documents(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(identifier, title, text) of every document in the folder."""
    for path in sorted((*folder.glob("*docs.jsonl"), *folder.glob("*docs.jsonl.gz"))):
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as handle:
            for number, row in enumerate(handle):
                record = json.loads(row)
                yield f"{path.name}:{number}", record.get("title", ""), record.get("text", "")


def plain_brackets(text: str) -> list[tuple[int, int]]:
    """Spans of brackets that seem to name units; brackets that touch count once."""
    found: list[tuple[int, int]] = []
    for match in BRACKET.finditer(text):
        content = re.sub(r"\s", "", match.group()[1:-1])
        after = text[match.end() : match.end() + 1]
        if not ROLE.search(content) or (after and after in INSIDE):
            continue
        if found and not text[found[-1][1] : match.start()].strip(" 。；\n\u3000\xa0"):
            found[-1] = (found[-1][0], match.end())
        else:
            found.append(match.span())
    return found


def compare(
    text: str, plan: ParsedPlan, brackets: list[tuple[int, int]]
) -> tuple[int, list[tuple[int, int]], list[str]]:
    """(agreed, brackets without an item, brackets of items that the heuristic does not know)."""
    items = [item for item in plan.items if item.bracket]
    free = set(range(len(items)))
    missing: list[tuple[int, int]] = []
    agreed = 0
    for start, end in brackets:
        hit = next(
            (n for n in sorted(free) if items[n].span[0] <= start and end <= items[n].span[1] + 1),
            None,
        )
        if hit is None:
            missing.append((start, end))
        else:
            free.discard(hit)
            agreed += 1
    return agreed, missing, [items[n].bracket for n in sorted(free)]


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the work-point parser.")
    parser.add_argument("folder", type=Path, help="folder with *docs.jsonl(.gz)")
    parser.add_argument("--differences", type=int, default=0, help="print this many differences")
    parser.add_argument("--minimum", type=int, default=3, help="brackets a document must have")
    options = parser.parse_args()
    if not options.folder.is_dir() or not list(options.folder.glob("*docs.jsonl*")):
        print(f"No data: {options.folder} holds no *docs.jsonl or *docs.jsonl.gz.")
        return 2
    totals: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    issues: Counter[str] = Counter()
    shown: list[str] = []
    slowest = (0.0, "")
    spent = 0.0
    for identifier, title, text in documents(options.folder):
        brackets = plain_brackets(text)
        if len(brackets) < options.minimum:
            continue
        began = time.perf_counter()
        plan = parse_work_points(from_text(text), title=title or None)
        took = time.perf_counter() - began
        spent += took
        slowest = max(slowest, (took, identifier))
        for item in plan.items:
            if apply_edits(item.raw, item.edits) != item.clean:
                totals["broken edit lists"] += 1
        agreed, missing, extra = compare(text, plan, brackets)
        totals["documents"] += 1
        totals["characters"] += len(text)
        totals["documents in full agreement"] += not missing and not extra
        totals["brackets by heuristic"] += len(brackets)
        totals["brackets with their item"] += agreed
        totals["brackets without item"] += len(missing)
        totals["items by bracket"] += sum(1 for item in plan.items if item.bracket)
        totals["items only the parser sees"] += len(extra)
        totals["items without units"] += sum(
            1 for i in plan.items if not (i.lead or i.responsible or i.role)
        )
        totals["items"] += len(plan.items)
        totals["items at full confidence"] += sum(1 for i in plan.items if i.confidence == 1.0)
        totals["unit names"] += sum(len(i.lead) + len(i.responsible) for i in plan.items)
        problems.update(problem.code for problem in plan.problems)
        issues.update(issue.code for item in plan.items for issue in item.issues)
        for start, end in missing:
            shown.append(f"- {identifier} {title[:24]}: …{text[max(0, start - 30) : end + 12]!r}")
        shown.extend(f"+ {identifier} {title[:24]}: （{bracket}）" for bracket in extra)
    for name, count in totals.items():
        print(f"{count:>9,}  {name}")
    print(f"{spent * 1000:>9,.0f}  milliseconds of parsing; slowest {slowest[0] * 1000:.0f} ms")
    print("problems:", dict(problems.most_common()))
    print("issues:", dict(issues.most_common()))
    step = max(1, len(shown) // options.differences) if options.differences else 1
    for line in shown[::step][: options.differences]:
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
