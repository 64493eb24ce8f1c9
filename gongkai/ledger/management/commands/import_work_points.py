"""`gongkai import_work_points FILE`: read a document; without --dry-run keep it for confirmation."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from gongkai.core.clock import now, today
from gongkai.core.documents import DocumentError, read_document
from gongkai.core.errors import InvalidInput, Refusal
from gongkai.ledger.parsing import UnitRegister, parse_work_points, to_json_dict
from gongkai.ledger.planning import import_confirm, import_open
from gongkai.ledger.register import fixture_register, unit_register
from gongkai.organisations.access import member_for
from gongkai.organisations.models import Unit, User


class Command(BaseCommand):
    """The same parser and services as the desk; --dry-run needs no database."""

    help = "读入工作要点：import_work_points 文件 [--dry-run] [--format json]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--dry-run", action="store_true", help="只解析，不保存")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--office", help="主管部门代码，例如 zwgkb")
        parser.add_argument("--user", help="以哪位主管的账号读入")
        parser.add_argument("--confirm", action="store_true", help="读入后直接确认为台账")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"读不到文件“{path}”：{error.strerror}。请核对路径。") from error
        if options["dry_run"]:
            self._dry_run(data, path.name, options["format"])
            return
        office = Unit.objects.filter(code=options["office"] or "").first()
        user = User.objects.filter(username=options["user"] or "").first()
        if office is None or user is None:
            raise CommandError("请用 --office 和 --user 指明主管部门和主管账号，或加 --dry-run。")
        try:
            member = member_for(user, today())
            opened = import_open(
                office=office, data=data, filename=path.name, member=member, now=now()
            )
            self.stdout.write(f"已读入，编号 {opened.pk}，共 {len(opened.parsed['items'])} 项")
            if options["confirm"]:
                plan = import_confirm(import_id=opened.pk, member=member, now=now())
                self.stdout.write(f"已确认：{plan.title}")
        except InvalidInput as error:
            raise CommandError("；".join(m for ms in error.fields.values() for m in ms)) from error
        except Refusal as error:
            raise CommandError(f"{error.rule}：{error.reason}{error.remedy}") from error

    def _register(self) -> UnitRegister:
        try:
            if Unit.objects.exists():
                return unit_register(today(), None)
        except DatabaseError:
            pass
        return fixture_register()

    def _dry_run(self, data: bytes, name: str, form: str) -> None:
        try:
            plan = parse_work_points(read_document(data, name), units=self._register())
        except DocumentError as error:
            if form == "json":
                problem = {"code": error.code, "message": error.message, "where": ""}
                empty = {
                    "title": "",
                    "doc_no": "",
                    "year": None,
                    "problems": [problem],
                    "items": [],
                }
                self.stdout.write(json.dumps(empty, ensure_ascii=False))
            raise CommandError(error.message) from error
        result = to_json_dict(plan)
        if form == "json":
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))
            return
        self.stdout.write(f"{result['title']} {result['doc_no']}  共 {len(result['items'])} 项")
        for problem in result["problems"]:
            self.stdout.write(f"! {problem['where']} {problem['message']}")
        for item in result["items"]:
            lead = "、".join(item["lead"]) or "—"
            self.stdout.write(
                f"{item['no']:>3}  {item['title']}  牵头：{lead}  任务 {len(item['tasks'])} 件  "
                f"把握 {item['confidence']:.0%}"
            )
