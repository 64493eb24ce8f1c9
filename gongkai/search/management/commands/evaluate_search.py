"""`gongkai evaluate_search`: how well and how fast search answers questions with known answers."""

import json
import time
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm  # type: ignore[import-untyped]

from gongkai.search import trial
from gongkai.search.query import Hit
from gongkai.search.rules_measure import Answered, figures, gains, percentile
from gongkai.search.rules_rerank import learned
from gongkai.search.trial import BadFile, Record, Task, Trial

ORDERS: Final = {
    "plain": "逐字对照（BM25）",
    "engine": "检索引擎",
    "reranked": "重新排序以后",
}
BAD_INPUT: Final = 2


class Command(BaseCommand):
    """Builds a throw-away index of the given records with the product's own code, asks all the
    questions, and prints three orders of the same run: plain pairs, the engine, the whole chain."""

    help = "检索评测：用给定的资料建临时索引，回答有标准答案的问题，输出准确率和速度"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--corpus", type=Path, action="append", required=True, metavar="文件",
            help="资料，每行一个 JSON（.gz 亦可）；可以多次给出",
        )  # fmt: skip
        parser.add_argument("--queries", type=Path, required=True, metavar="文件", help="问题")
        parser.add_argument(
            "--train", type=Path, metavar="文件",
            help="已答复的其他问题，其原文编入所答资料的索引；与被测问题相同的自动剔除",
        )  # fmt: skip
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            records = trial.read_records(options["corpus"])
            known = {record.id: record for record in records}
            tasks, subjects = trial.read_tasks(options["queries"], known)
            train = trial.read_tasks(options["train"], known)[0] if options["train"] else []
        except BadFile as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        found = self._evaluate(records, tasks, train, subjects, quiet=options["format"] == "json")
        if options["format"] == "json":
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            self._say(found)

    def _evaluate(
        self,
        records: Sequence[Record],
        tasks: Sequence[Task],
        train: Sequence[Task],
        subjects: bool,
        *,
        quiet: bool,
    ) -> dict[str, Any]:
        used = trial.without_leaks(train, tasks)
        questions: dict[str, list[str]] = defaultdict(list)
        for task in used:
            for key in task.right:
                questions[key].append(task.text)
        silent = True if quiet else None
        with (
            tqdm(total=len(records), desc="建索引", unit="条", disable=silent) as bar,
            trial.built(
                records, subjects=not subjects, questions=questions, progress=bar.update
            ) as built,
        ):
            bar.close()
            orders: dict[str, Callable[[str], list[Hit]]] = {
                "plain": built.plain, "engine": built.engine, "reranked": built.chain,
            }  # fmt: skip
            measured, rows = {}, {}
            for name, order in orders.items():
                rows[name], spent = self._ask(built, tasks, order, ORDERS[name], silent)
                measured[name] = {
                    **{key: round(value, 4) for key, value in figures(rows[name]).items()},
                    "p50_ms": round(percentile(spent, 0.5), 3),
                    "p95_ms": round(percentile(spent, 0.95), 3),
                }
            return {
                "documents": len(records),
                "queries": len(tasks),
                "index": {
                    "seconds": round(built.seconds, 2),
                    "MB": round(built.megabytes, 2),
                    "text_MB": round(built.megabytes_of_text, 2),
                    "MB_per_s": round(built.megabytes_of_text / (built.seconds or 1), 2),
                    "segments": built.searcher.num_segments,
                },
                "train": {
                    "given": len(train),
                    "same_as_tested_left_out": len(train) - len(used),
                    "used": len(used),
                    "tested_with_a_nearly_same_one": trial.alike(used, tasks) if used else 0,
                },
                **measured,
                "gain": {
                    f"{new} - {old}": {
                        key: {k: round(getattr(d, k), 4) for k in ("mean", "low", "high")}
                        for key, d in gains(rows[old], rows[new]).items()
                    }
                    for old, new in (
                        ("plain", "engine"), ("plain", "reranked"), ("engine", "reranked")
                    )
                },
                "weights": dict(learned().source),
            }  # fmt: skip

    def _ask(
        self,
        built: Trial,
        tasks: Sequence[Task],
        order: Callable[[str], list[Hit]],
        label: str,
        silent: bool | None,
    ) -> tuple[list[Answered], list[float]]:
        for task in tasks[:50]:
            order(task.text)
        rows, spent = [], []
        for task in tqdm(tasks, desc=label, unit="问", disable=silent):
            started = time.perf_counter()
            hits = order(task.text)
            spent.append((time.perf_counter() - started) * 1000)
            rows.append(Answered(built.names(hits), task.right))
        return rows, spent

    def _say(self, found: dict[str, Any]) -> None:
        index, train = found["index"], found["train"]
        self.stdout.write(
            f"资料 {found['documents']} 条，问题 {found['queries']} 个；建索引 {index['seconds']} 秒，"
            f"{index['MB']} MB，每秒 {index['MB_per_s']} MB 文字"
        )
        if train["given"]:
            self.stdout.write(
                f"已答复的问题 {train['given']} 个，与被测问题相同而剔除 {train['same_as_tested_left_out']} 个；"
                f"另有 {train['tested_with_a_nearly_same_one']} 个被测问题有几乎相同的已答复问题"
            )
        names = ("R@1", "R@5", "R@10", "R@100", "MRR@10", "p50_ms", "p95_ms")
        for key, label in ORDERS.items():
            line = "  ".join(f"{name} {found[key][name]:.3f}" for name in names)
            self.stdout.write(f"{label}：{line}")
        for pair, changes in found["gain"].items():
            new, old = pair.split(" - ")
            said = "，".join(
                f"{name} {d['mean']:+.3f}（95% 区间 {d['low']:+.3f} 至 {d['high']:+.3f}）"
                for name, d in changes.items()
            )
            self.stdout.write(f"{ORDERS[new]}比{ORDERS[old]}：{said}")
