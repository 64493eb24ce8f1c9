"""`gongkai search`: build, compare and describe the indexes."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm  # type: ignore[import-untyped]

from gongkai.core.actors import Actor
from gongkai.core.clock import now
from gongkai.search import index, phrases, writing
from gongkai.search.entries import ARTICLES, PUBLIC, SPACES, STAFF

LABELS = {PUBLIC: "公开", ARTICLES: "条文", STAFF: "工作人员"}


class Command(BaseCommand):
    """``rebuild`` fills a fresh index and swaps it in; ``check`` compares and has drift mended."""

    help = "检索索引：rebuild 重建，check 核对并修复，status 现状"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["rebuild", "check", "status"])
        parser.add_argument("--space", choices=SPACES, action="append", help="默认全部")
        parser.add_argument("--fresh", action="store_true", help="不接着上次中断的重建")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        spaces = options["space"] or SPACES
        found = {space: getattr(self, f"do_{options['what']}")(space, options) for space in spaces}
        if options["format"] == "json":
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        for space, facts in found.items():
            said = "，".join(f"{name} {value}" for name, value in facts.items())
            self.stdout.write(f"{LABELS[space]}索引：{said}")

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
