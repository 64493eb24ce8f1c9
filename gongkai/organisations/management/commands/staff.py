"""`gongkai staff add|grant`: the first accounts of an installation, from the shell."""

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gongkai.core.clock import now
from gongkai.core.errors import Refusal
from gongkai.organisations.access import system_member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit, User
from gongkai.organisations.services import role_grant, user_create


class Command(BaseCommand):
    """Uses the same services as the desk; the password is asked for, never an argument."""

    help = "staff add 登录名 姓名 | staff grant 登录名 单位代码 岗位"

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_subparsers(dest="what", required=True)
        add = kinds.add_parser("add")
        add.add_argument("username")
        add.add_argument("display_name")
        grant = kinds.add_parser("grant")
        grant.add_argument("username")
        grant.add_argument("unit")
        grant.add_argument("role", choices=Role.values)

    def handle(self, *args: Any, **options: Any) -> None:
        member = system_member("staff", "命令行")
        try:
            if options["what"] == "add":
                piped = not sys.stdin.isatty()
                password = sys.stdin.readline().strip() if piped else getpass.getpass("初始密码：")
                user_create(
                    username=options["username"],
                    display_name=options["display_name"],
                    password=password,
                    member=member,
                    now=now(),
                )
                self.stdout.write(f"已新建账号 {options['username']}；请再授予岗位。")
                return
            user = User.objects.filter(username=options["username"]).first()
            unit = Unit.objects.filter(code=options["unit"]).first()
            if user is None or unit is None:
                raise CommandError("没有这个登录名或单位代码；单位代码见 gongkai load_reference。")
            role_grant(user=user, unit=unit, role=options["role"], member=member, now=now())
            self.stdout.write(f"{user} 现在是{unit.short_name}的{Role(options['role']).label}。")
        except Refusal as error:
            raise CommandError(f"{error.rule}：{error.reason}{error.remedy}") from error
