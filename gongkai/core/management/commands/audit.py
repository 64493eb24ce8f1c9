"""`gongkai audit verify|seal`: examine or extend the chain of facts."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gongkai.core import facts


class Command(BaseCommand):
    """Prints what is sealed, unsealed, changed or missing; exit code 1 when something is wrong."""

    help = "检查或封存审计链：audit verify | audit seal"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify", "seal"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "seal":
            self.stdout.write(f"新封存 {facts.seal(limit=1_000_000)} 条")
            return
        found = facts.verify()
        self.stdout.write(f"已封存 {found.sealed} 条，待封存 {found.unsealed} 条")
        for label, rows in (
            ("内容被改动", found.changed),
            ("缺失序号", found.missing),
            ("链值不符", found.broken),
        ):
            if rows:
                self.stdout.write(f"{label}：{', '.join(map(str, rows[:50]))}（共 {len(rows)}）")
        if not found.ok:
            raise CommandError("审计链不完整，请保留现场并联系运维人员。")
        self.stdout.write("审计链完整。")
