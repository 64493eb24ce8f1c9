"""`gongkai import_catalogue FILE --owner CODE`: read a catalogue table; --dry-run only reads."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gongkai.catalogue.entries.fields import STATUTORY, field_name, fields
from gongkai.catalogue.entries.importing import import_confirm, import_open
from gongkai.catalogue.entries.rules_limits import describe
from gongkai.catalogue.entries.sheets import read_file, to_json
from gongkai.catalogue.entries.workbook import WorkbookError
from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, Refusal
from gongkai.organisations.access import member_for
from gongkai.organisations.models import Unit, User


class Command(BaseCommand):
    """The same reader and services as the desk; --dry-run needs no database."""

    help = "导入公开目录：import_catalogue 文件 --owner 政府代码 [--dry-run] [--format json]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--owner", help="编制政府的代码，例如 changsha")
        parser.add_argument("--user", help="以哪位主管的账号导入")
        parser.add_argument("--field", default="", help="表格名称看不出领域时，写领域标识")
        parser.add_argument("--dry-run", action="store_true", help="只读，不保存")
        parser.add_argument("--confirm", action="store_true", help="读入后直接确认")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        only = options["field"]
        if only and only not in fields() and only != STATUTORY:
            raise CommandError(
                f"没有“{only}”这个领域标识，可用：{'、'.join([STATUTORY, *fields()])}"
            )
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"读不到文件“{path}”：{error.strerror}。请核对路径。") from error
        if options["dry_run"]:
            self._dry_run(data, path.name, only, options["format"])
            return
        owner = Unit.objects.filter(code=options["owner"] or "").first()
        user = User.objects.filter(username=options["user"] or "").first()
        if owner is None or user is None:
            raise CommandError("请用 --owner 和 --user 指明编制政府和主管账号，或加 --dry-run。")
        try:
            member = member_for(user, today())
            opened = import_open(
                owner=owner, data=data, filename=path.name, member=member, now=now(), only=only
            )
            done = (
                import_confirm(import_id=opened.pk, member=member, now=now())
                if options["confirm"]
                else []
            )
        except InvalidInput as error:
            raise CommandError("；".join(m for ms in error.fields.values() for m in ms)) from error
        except Refusal as error:
            raise CommandError(f"{error.rule}：{error.reason}{error.remedy}") from error
        if options["format"] == "json":
            told = {"import": opened.pk, "catalogues": [c.key for c in done], **opened.parsed}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        self._tell(opened.parsed)
        self.stdout.write(f"已读入，编号 {opened.pk}，请到工作台“导入目录”核对后确认")
        for catalogue in done:
            self.stdout.write(f"已确认：{catalogue.name}（第 {catalogue.version} 版）")

    def _dry_run(self, data: bytes, name: str, only: str, form: str) -> None:
        try:
            reading = read_file(data, name, only=only)
        except WorkbookError as error:
            raise CommandError(error.message) from error
        parsed = to_json(reading)
        if form == "json":
            self.stdout.write(json.dumps(parsed, ensure_ascii=False, indent=1))
            return
        self._tell(parsed)
        for sheet in reading.sheets:
            key = "" if sheet.field == STATUTORY else sheet.field
            self.stdout.write(f"{field_name(key)}  {len(sheet.sheet.rows)} 项")
            for row in sheet.sheet.rows:
                mark = "?" if row.doubts else " "
                self.stdout.write(
                    f"{mark}{row.number:>4}  {row.item1} {row.item2}  {'、'.join(row.units)}  "
                    f"{describe(row.limit)}"
                )

    def _tell(self, parsed: dict[str, Any]) -> None:
        for trouble in parsed["refused"]:
            self.stdout.write(f"! {trouble['where']}：{trouble['message']}")
        for note in parsed["notes"]:
            self.stdout.write(f"- {note['where']}：{note['message']}")
