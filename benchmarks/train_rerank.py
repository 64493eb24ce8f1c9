"""``python -m benchmarks.train_rerank --set CORPUS[,CORPUS…] QUERIES [WEIGHT] … --out FILE``.

Learns the weights of re-ranking from questions with known answers and writes them with their
source. Each set is indexed and searched as the product does it; of the first hits of each question
the right ones should come first (conditional logit, Newton's method). A set's WEIGHT says how much
one of its questions counts. What to expect on unseen questions is printed and written too: halves
by a hash of the right documents, each half judged with the weights of the other.
"""

import argparse
import hashlib
import json
import math
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Vector = list[float]
RIDGE = 1.0
STEPS = 20


@dataclass(frozen=True)
class Example:
    """One question: features of its first hits, the ids of all its hits, which ids are right, how
    much it counts, and by what it is put into a half."""

    rows: list[Vector]
    names: Sequence[str]
    answer: frozenset[str]
    weight: float = 1.0
    group: str = ""

    @property
    def right(self) -> list[bool]:
        """Which of the rows are right."""
        return [name in self.answer for name in self.names[: len(self.rows)]]


def _centred(example: Example, scale: Vector) -> list[Vector]:
    means = [sum(column) / len(example.rows) for column in zip(*example.rows, strict=True)]
    return [
        [(v - m) / s for v, m, s in zip(row, means, scale, strict=True)] for row in example.rows
    ]


def _scale(examples: Sequence[Example]) -> Vector:
    """Spread of each feature inside the questions."""
    size = len(examples[0].rows[0])
    squares, number = [0.0] * size, 0
    for example in examples:
        for row in _centred(example, [1.0] * size):
            number += 1
            for i, value in enumerate(row):
                squares[i] += value * value
    return [math.sqrt(total / number) or 1.0 for total in squares]


def _solve(matrix: list[Vector], right: Vector) -> Vector:
    """Gauss with pivots; the matrix is positive definite by its ridge."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for i in range(size):
        pivot = max(range(i, size), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(i + 1, size):
            factor = rows[k][i] / rows[i][i]
            for j in range(i, size + 1):
                rows[k][j] -= factor * rows[i][j]
    found = [0.0] * size
    for i in reversed(range(size)):
        known = sum(rows[i][j] * found[j] for j in range(i + 1, size))
        found[i] = (rows[i][size] - known) / rows[i][i]
    return found


def _shares(scores: Vector) -> tuple[Vector, float]:
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers], top + math.log(total)


def train(examples: Sequence[Example]) -> Vector:
    """The weights under which the right hits are likeliest to come first."""
    used = [e for e in examples if any(e.right) and not all(e.right)]
    if not used:
        raise ValueError("no question has a right and a wrong hit among its first ones")
    scale, size = _scale(used), len(used[0].rows[0])
    data = [(_centred(e, scale), e.right, e) for e in used]

    def loss(weights: Vector) -> float:
        total = RIDGE / 2 * sum(w * w for w in weights)
        for rows, right, e in data:
            scores = [sum(w * v for w, v in zip(weights, row, strict=True)) for row in rows]
            wanted = [s for s, good in zip(scores, right, strict=True) if good]
            total += e.weight * (_shares(scores)[1] - sum(wanted) / len(wanted))
        return total

    weights = [0.0] * size
    now = loss(weights)
    for _ in range(STEPS):
        slope = [-RIDGE * w for w in weights]
        bend = [[RIDGE * (i == j) for j in range(size)] for i in range(size)]
        for rows, right, e in data:
            shares, _ = _shares(
                [sum(w * v for w, v in zip(weights, row, strict=True)) for row in rows]
            )
            number = sum(right)
            mean = [0.0] * size
            for row, share, good in zip(rows, shares, right, strict=True):
                for i, value in enumerate(row):
                    mean[i] += share * value
                    slope[i] += e.weight * value * (good / number - share)
                    part = e.weight * share * value
                    for j in range(size):
                        bend[i][j] += part * row[j]
            for i in range(size):
                for j in range(size):
                    bend[i][j] -= e.weight * mean[i] * mean[j]
        step, length = _solve(bend, slope), 1.0
        while True:
            moved = [w + length * s for w, s in zip(weights, step, strict=True)]
            new = loss(moved)
            if new <= now or length < 1e-4:
                break
            length /= 2
        done = now - new < 1e-5
        weights, now = moved, new
        if done:
            break
    return [w / s for w, s in zip(weights, scale, strict=True)]


def half(group: str) -> int:
    """0 or 1, always the same for the same right documents."""
    return hashlib.sha256(group.encode()).digest()[0] & 1


def order(example: Example, weights: Vector) -> list[int]:
    """Places of the first hits in their new order."""
    values = [sum(w * v for w, v in zip(weights, row, strict=True)) for row in example.rows]
    return sorted(range(len(values)), key=lambda place: (-round(values[place], 9), place))


def examples(corpus: Sequence[Path], queries: Path, weight: float) -> list[Example]:
    """Index a set as the product does it and describe the first hits of each question that would
    be ordered again: those that are put as questions and describe a matter."""
    from gongkai.search import index, query, rules_rerank, trial

    records = trial.read_records(corpus)
    tasks, subjects = trial.read_tasks(queries, {record.id: record for record in records})
    found = []
    with trial.built(records, subjects=not subjects) as built:
        for task in tasks:
            understood = trial.asked_of(task.text)
            if not understood.describes:
                continue
            hits = built.engine(task.text)
            first = hits[: rules_rerank.LIMIT]
            kept = [index.stored(built.searcher, hit.address) for hit in first]
            asked = rules_rerank.question(
                understood.question, query.rarity_of(built.searcher, understood)
            )
            rows = rules_rerank.features(
                asked,
                [
                    rules_rerank.Candidate(one.title, f"{one.asked}\n{one.text}", hit.score)
                    for one, hit in zip(kept, first, strict=True)
                ],
            )
            names = built.names(hits)
            found.append(
                Example(
                    [list(row) for row in rows], tuple(names), frozenset(task.right), weight,
                    ",".join(sorted(task.right)),
                )
            )  # fmt: skip
    return found


def judge(tested: Sequence[Example], trained: Sequence[Vector]) -> dict[str, Any]:
    """Figures of the engine's order and of the new one, each question with its own weights."""
    from gongkai.search.rules_measure import Answered, figures, gains

    before, after = [], []
    for example, weights in zip(tested, trained, strict=True):
        new = [example.names[place] for place in order(example, weights)]
        before.append(Answered(example.names, example.answer))
        after.append(Answered(new + list(example.names[len(new) :]), example.answer))
    shown = ("R@1", "R@10", "MRR@10")
    old, new_figures, change = figures(before), figures(after), gains(before, after)["R@1"]
    return {
        "before": {name: round(old[name], 4) for name in shown},
        "after": {name: round(new_figures[name], 4) for name in shown},
        "gain of R@1": [round(v, 4) for v in (change.mean, change.low, change.high)],
    }


def unseen(sets: Sequence[tuple[str, list[Example]]]) -> dict[str, Any]:
    """What to expect: each half of each set judged with the weights of the other halves."""
    everything = [example for _, found in sets for example in found]
    models = [train([e for e in everything if half(e.group) != side]) for side in (0, 1)]
    return {
        name: judge(found, [models[half(example.group)] for example in found])
        for name, found in sets
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, learn, judge, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_rerank", description=__doc__)
    parser.add_argument(
        "--set", nargs="+", action="append", required=True, dest="sets", metavar="FILE",
        help="corpus files with commas between, the questions, and what one of them counts",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, help="by default nothing is written")
    parser.add_argument("--date", default="", help="day of the figures, YYYY-MM-DD")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongkai.settings.test")
    import django

    django.setup()
    from gongkai.search.rules_rerank import LIMIT, NAMES

    sets = []
    for corpus, queries, *weight in options.sets:
        files = [Path(name) for name in corpus.split(",")]
        found = examples(files, Path(queries), float(weight[0]) if weight else 1.0)
        sets.append((f"{Path(queries).parent.name}/{Path(queries).name}", found))
        print(f"{sets[-1][0]}: {len(found)} questions", flush=True)
    figures = unseen(sets)
    for name, said in figures.items():
        print(f"  unseen {name}: {json.dumps(said)}")
    weights = train([example for _, found in sets for example in found])
    named = dict(zip(NAMES, (round(weight, 4) for weight in weights), strict=True))
    print(json.dumps(named))
    if options.out:
        data = {
            "weights": named,
            "source": {
                "made by": "python -m benchmarks.train_rerank",
                "date": options.date,
                "hits": LIMIT,
                "questions": {
                    name: {"number": len(found), "each counts": found[0].weight}
                    for name, found in sets
                },
                "judged on unseen questions": figures,
            },
        }
        options.out.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
