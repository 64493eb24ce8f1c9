"""`gongkai demo`: build the demonstration city and, with --serve, open it."""

import shutil
import socket
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from gongkai.core.clock import today
from gongkai.demo.city import build
from gongkai.demo.people import IDENTITIES
from gongkai.demo.searches import build_searches
from gongkai.organisations.models import Unit
from gongkai.search import phrases
from gongkai.search.entries import SPACES
from gongkai.search.writing import rebuild


class Command(BaseCommand):
    """Refuses to run outside a demonstration (GONGKAI_DEMO_DATE) or over other data."""

    help = "建立演示城市；--serve 建好后直接打开网站"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="重建演示数据")
        parser.add_argument("--serve", action="store_true", help="建好后启动网站")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMO_DATE is None:
            raise CommandError("演示城市需要演示时钟：请设置 GONGKAI_DEMO_DATE=2022-10-18。")
        marker = Path(settings.DATA_DIR) / "demo.ready"
        if options["reset"] or not marker.exists():
            self._rebuild(marker)
        if options["serve"]:
            self._announce(options["host"], options["port"])
            call_command("serve", host=options["host"], port=options["port"])

    def _rebuild(self, marker: Path) -> None:
        marker.unlink(missing_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        if Unit.objects.exists():
            if connection.vendor != "sqlite":
                raise CommandError("这个数据库里已有数据；请换一个空数据库建立演示城市。")
            call_command("flush", verbosity=0, interactive=False)
            shutil.rmtree(Path(settings.DATA_DIR) / "blobs", ignore_errors=True)
        if not settings.DEBUG:
            # The worker looks at public pages while the city is built; they need their style.
            call_command("collectstatic", interactive=False, verbosity=0)
        counts = build(self._say)
        for space in SPACES:
            rebuild(space, resume=False)
        phrases.build()
        build_searches(today())
        marker.write_text("ready\n", encoding="utf-8")
        self.stdout.write(
            f"信息 {counts['items']} 条，送审 {counts['cases']} 次，"
            f"单位 {counts['units']} 个，事实 {counts['facts']} 条"
        )

    def _say(self, text: str) -> None:
        ending = "" if text.startswith("\r") else "\n"
        self.stdout.write(text.ljust(60) if not ending else text, ending=ending)
        self.stdout.flush()

    def _announce(self, host: str, port: int) -> None:
        address = host if host != "0.0.0.0" else _lan_address()  # noqa: S104
        root = f"http://{address}:{port}"
        self.stdout.write("")
        self.stdout.write(f"  从这里开始   {root}/tour/")
        self.stdout.write(
            f"  公开网站     {root}/    望城 {root}/qx/wangcheng/    浏阳 {root}/qx/liuyang/"
        )
        self.stdout.write(f"  工作台       {root}/desk/")
        self.stdout.write(f"  换个身份     {root}/f/role/")
        for identity in IDENTITIES:
            self.stdout.write(f"      {identity.label}：{identity.does}")
        self.stdout.write("")
        code = segno.make(f"{root}/tour/", error="l")
        for row in _half_blocks([[bool(cell) for cell in line] for line in code.matrix]):
            self.stdout.write("  " + row)
        self.stdout.write("  按 Ctrl+C 停止。演示数据均为虚构，时间停在 2022 年 10 月 18 日。\n")


def _half_blocks(matrix: list[list[bool]]) -> list[str]:
    """A QR code for the terminal, two rows a line, with its quiet zone."""
    width = len(matrix) + 4
    rows = [[False] * width] * 2 + [[False, False, *line, False, False] for line in matrix]
    rows += [[False] * width] * (2 + len(rows) % 2)
    glyphs = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    return [
        "".join(glyphs[(upper, lower)] for upper, lower in zip(rows[y], rows[y + 1], strict=True))
        for y in range(0, len(rows) - 1, 2)
    ]


def _lan_address() -> str:
    try:
        return socket.gethostbyname(socket.gethostname())
    except OSError:
        return "127.0.0.1"
