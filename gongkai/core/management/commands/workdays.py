"""`gongkai workdays add 2025-09-26 20`: when a number of working days is over, and why."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from gongkai.core.calendar import load_calendar
from gongkai.core.workdays import WorkCalendar, add_workdays, to_json_dict


class Command(BaseCommand):
    """Prints the day, whether it is provisional, and the steps."""

    help = "工作日推算：workdays add 起始日 天数"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["add"])
        parser.add_argument("start")
        parser.add_argument("days", type=int)
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def _calendar(self) -> WorkCalendar:
        try:
            return load_calendar()
        except DatabaseError:
            self.stderr.write("数据库尚未建立，只按已公布的节假日安排计算。")
            return WorkCalendar()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            start = date.fromisoformat(options["start"])
        except ValueError as error:
            raise CommandError(
                f"起始日“{options['start']}”不是有效日期，应如 2025-09-26。"
            ) from error
        try:
            due = add_workdays(start, options["days"], self._calendar())
        except ValueError as error:
            raise CommandError(str(error)) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(to_json_dict(due), ensure_ascii=False))
            return
        self.stdout.write(str(due.date))
        explained = due.explain()
        self.stdout.write(str(explained.basis))
        for line in explained.lines:
            self.stdout.write(f"  {line}")
