"""`gongkai search`: build, compare and describe the indexes."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm  # type: ignore[import-untyped]

from gongkai.core.actors import Actor
from gongkai.core.clock import now, today
from gongkai.search import index, nightly, phrases, writing
from gongkai.search.entries import PUBLIC, SPACES
from gongkai.search.health import LABELS


class Command(BaseCommand):
    """``rebuild`` fills a fresh index and swaps it in; ``check`` compares and has drift mended;
    ``titles`` looks for public records by their titles, as the timer does every night."""

    help = "检索索引：rebuild 重建，check 核对并修复，status 现状，titles 抽查标题能否搜到"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["rebuild", "check", "status", "titles"])
        parser.add_argument("--space", choices=SPACES, action="append", help="默认全部")
        parser.add_argument("--fresh", action="store_true", help="不接着上次中断的重建")
        parser.add_argument("--n", type=int, default=nightly.SAMPLE, help="抽查几个标题")
        parser.add_argument("--seed", default="", help="换一批标题；默认按当天日期抽取")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "titles":
            self._titles(options)
            return
        spaces = options["space"] or SPACES
        found = {space: getattr(self, f"do_{options['what']}")(space, options) for space in spaces}
        if options["format"] == "json":
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        for space, facts in found.items():
            said = "，".join(f"{name} {value}" for name, value in facts.items())
            self.stdout.write(f"{LABELS[space]}索引：{said}")

    def _titles(self, options: dict[str, Any]) -> None:
        """Look for titles now; says what it saw and records nothing."""
        if options["n"] < 1:
            raise CommandError("--n 至少是 1。")
        found = nightly.check_titles(today=today(), count=options["n"], seed=options["seed"])
        if not found.ready:
            raise CommandError("公开索引还没有建立，请先运行 gongkai search rebuild。")
        if options["format"] == "json":
            rows = [
                {"kind": r.kind, "id": r.id, "title": r.title, "rank": r.rank, "twin": r.twin}
                for r in found.rows
            ]
            told = {"count": len(rows), "found": found.found, "share": found.share, "titles": rows}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for row in found.rows:
                place = f"第 {row.rank} 条" if row.found else "首页没有"
                self.stdout.write(f"{place}  {row.kind}:{row.id}  {row.title}")
            self.stdout.write(
                f"抽查 {len(found.rows)} 个标题，首页搜到 {found.found} 个，{found.share}%"
                f"（要求不低于 {nightly.ENOUGH}%），用时 {found.milliseconds} 毫秒"
            )
        if not found.good:
            raise CommandError(f"低于 {nightly.ENOUGH}%。")

    def _bar(self, space: str, options: dict[str, Any]) -> Any:
        return tqdm(
            total=writing.total(space),
            desc=LABELS[space],
            unit="条",
            disable=None if options["format"] == "text" else True,
        )

    def do_rebuild(self, space: str, options: dict[str, Any]) -> dict[str, Any]:
        """Build a space afresh."""
        with self._bar(space, options) as bar:
            try:
                generation = writing.rebuild(
                    space, progress=bar.update, resume=not options["fresh"]
                )
            except BlockingIOError as error:
                raise CommandError("另一个进程正在重建这个索引，请等它结束。") from error
        more = {"词语": phrases.build()} if space == PUBLIC else {}
        return {"目录": generation.name, **self.do_status(space, options), **more}

    def do_check(self, space: str, options: dict[str, Any]) -> dict[str, Any]:
        """Compare a space with the database; what differs is read again by the worker."""
        with self._bar(space, options) as bar:
            drift = writing.compare(space, progress=bar.update)
        asked = writing.mend(space, drift, actor=Actor.system("search.check"), now=now())
        return {
            "条目": drift.entries,
            "缺少": len(set(drift.missing)),
            "过期": len(set(drift.stale)),
            "多余": len(set(drift.surplus)),
            "已请求重读": asked,
        }

    def do_status(self, space: str, options: dict[str, Any]) -> dict[str, Any]:
        """What there is."""
        generation = index.current(space)
        if generation is None:
            return {"条目": 0, "状态": "还没有建立"}
        searcher = index.searcher(space)
        return {
            "条目": searcher.num_docs if searcher else 0,
            "兆字节": round(index.size(generation) / 1e6, 1),
            "事实序号": index.read_state(generation).get("cursor"),
        }
