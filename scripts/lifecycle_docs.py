"""Write the diagram and the table of docs/review-lifecycle.md from the gate's own table.

`python -m scripts.lifecycle_docs` writes; with `--check` it only says whether the page is stale.
"""

import sys
from pathlib import Path

from gongkai.review.enums import CaseStatus, Step
from gongkai.review.rules import DEFAULT_STEPS, LIFECYCLE

PAGE = Path(__file__).resolve().parent.parent / "docs" / "review-lifecycle.md"
BEGIN = "<!-- 以下由 python -m scripts.lifecycle_docs 生成，请勿手工修改 -->"
END = "<!-- 生成结束 -->"

# What the desk and the trail call the events of the table.
EVENTS = {
    "submit": "送审",
    "approve": "通过",
    "approve_last": "最后一步通过",
    "reject": "退回修改",
    "withhold": "审定不予公开",
    "void": "内容变动，作废",
    "recall": "撤回送审",
    "release": "发布",
}


def label(status: str) -> str:
    """The Chinese name of a status; the empty one is before the first submission."""
    return CaseStatus(status).label if status else "没有送审"


def diagram() -> str:
    """The state diagram in mermaid."""
    statuses = dict.fromkeys(s for move in LIFECYCLE for s in (move.source, move.target) if s)
    left = {move.source for move in LIFECYCLE}
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{label(status)}" as {status}' for status in statuses]
    lines += [
        f"    {move.source or '[*]'} --> {move.target}: {EVENTS[move.event]}" for move in LIFECYCLE
    ]
    lines += [f"    {status} --> [*]" for status in statuses if status not in left]
    return "\n".join([*lines, "```"])


def table() -> str:
    """Every move: from, event, to, who may, what it needs."""
    rows = [
        f"| {label(m.source)} | {EVENTS[m.event]} | {label(m.target)} | {m.who} | {m.needs} |"
        for m in LIFECYCLE
    ]
    head = ["| 现在 | 办理 | 变成 | 谁能办 | 需要 |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows])


def generated() -> str:
    """The part of the page between the two marks, marks included."""
    steps = " → ".join(Step(step).label for step in DEFAULT_STEPS)
    parts = [BEGIN, diagram(), table(), f"通用步骤：{steps}。", END]
    return "\n\n".join(parts)


def fresh(text: str) -> str:
    """The page with its generated part as the code has it now; ValueError without the marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} has lost its marks: {BEGIN} … {END}")
    return before + generated() + after


def main() -> int:
    """Write the page, or with --check return 1 when it is stale."""
    text = PAGE.read_text(encoding="utf-8")
    new = fresh(text)
    if "--check" in sys.argv[1:]:
        if new != text:
            print("docs/review-lifecycle.md is stale: run python -m scripts.lifecycle_docs")  # noqa: T201
        return int(new != text)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
