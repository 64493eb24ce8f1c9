"""`gongkai filetexts`: how far the texts of files are; read what waits; read one once more."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm  # type: ignore[import-untyped]

from gongkai.core import facts
from gongkai.core.clock import now
from gongkai.core.errors import NotVisible
from gongkai.filetexts import reading, selectors, services
from gongkai.filetexts.enums import TextState
from gongkai.organisations.access import system_member


class Command(BaseCommand):
    """Interrupting ``--run`` loses nothing: what was read stays, the next run goes on after it."""

    help = "附件文字：看读取情况，读完排队的文件，重新读取一个文件"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--run", action="store_true", help="现在就读完所有排队的文件")
        parser.add_argument("--again", metavar="SHA", help="重新读取这个文件（SHA-256）")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            self._again(options["again"].strip().lower())
        interrupted = options["run"] and not self._run(quiet=options["format"] == "json")
        found = selectors.summary()
        if options["format"] == "json":
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            for state, count in found["states"].items():
                if count:
                    self.stdout.write(f"{TextState(state).label}：{count}")
            if found["ocr_pages_waiting"]:
                self.stdout.write(f"还有 {found['ocr_pages_waiting']} 页要识别")
            self.stdout.write(f"共 {found['characters']} 字")
        if interrupted:
            raise CommandError("已中断。读好的都已保存，再次运行会接着读。")

    def _again(self, sha256: str) -> None:
        try:
            services.text_again(
                sha256=sha256, member=system_member("filetexts", "命令行"), now=now()
            )
        except NotVisible as error:
            raise CommandError("没有信息用到这个文件，或者 SHA-256 写错了。") from error

    def _run(self, *, quiet: bool) -> bool:
        """Read until nothing waits; returns False when somebody stopped it."""
        reading.revive(now())
        left = self._left()
        with tqdm(total=left, unit="步", disable=quiet, file=sys.stderr, desc="读取附件") as bar:
            try:
                while reading.slow_step(now(), grace=False):
                    after = self._left()
                    # A file may turn out to be many pages to recognise.
                    bar.total += max(0, after - left + 1)
                    bar.update(1)
                    left = after
            except KeyboardInterrupt:
                return False
            finally:
                facts.seal()
        return True

    def _left(self) -> int:
        states = selectors.counts()
        files = states[TextState.WAITING] + states[TextState.OFFICE_WAITING]
        return int(files) + int(selectors.ocr_pages_waiting())
