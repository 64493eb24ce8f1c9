"""`gongkai doctor`: what this installation can do, what is missing, what is wrong."""

import shutil
from typing import Any

from django.conf import settings
from django.core.checks import run_checks
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import now, today
from gongkai.core.health import examinations
from gongkai.core.models import Fact, OutboxMessage
from gongkai.core.outbox import MAX_ATTEMPTS


class Command(BaseCommand):
    """Exit code 1 when something that must work does not."""

    help = "检查数据库、文件、后台任务、日历、字体等是否可用"

    def handle(self, *args: Any, **options: Any) -> None:
        bad = 0
        for label, ok, note in self._examine():
            mark = "正常" if ok else ("缺少" if ok is None else "异常")
            self.stdout.write(f"{mark}  {label}  {note}")
            bad += ok is False
        if bad:
            raise CommandError(f"有 {bad} 项异常，请按提示处理。")

    def _examine(self) -> list[tuple[str, bool | None, str]]:
        found: list[tuple[str, bool | None, str]] = []
        try:
            plan = MigrationExecutor(connection).migration_plan(
                MigrationExecutor(connection).loader.graph.leaf_nodes()
            )
            found.append(("数据库", True, f"{connection.vendor}"))
            note = "已是最新" if not plan else f"还有 {len(plan)} 个迁移，请运行 gongkai migrate"
            found.append(("数据库结构", not plan, note))
            if not plan:
                waiting = OutboxMessage.objects.filter(done_at=None)
                stuck = waiting.filter(attempts__gte=MAX_ATTEMPTS).count()
                note = f"待执行 {waiting.count()} 件" + (f"，{stuck} 件多次失败" if stuck else "")
                found.append(("副作用", not stuck, note))
                late = Fact.objects.filter(sequence=None).count()
                found.append(("审计封存", True, f"待封存 {late} 条"))
                found += examinations()
        except DatabaseError as error:
            found.append(("数据库", False, str(error)))
        try:
            name = storages["blobs"].save("doctor/probe", ContentFile(b"probe"))
            storages["blobs"].delete(name)
            found.append(("文件存储", True, "可读写"))
        except OSError as error:
            found.append(("文件存储", False, str(error)))
        year = today().year
        known = load_calendar().is_known(year)
        note = f"{year} 年节假日安排" + ("已收录" if known else "尚未收录，按暂定日历计算")
        found.append(("工作日历", True if known else None, note))
        found.append(("中文字体和浏览器", True if shutil.which("chromium") else None, "仅测试需要"))
        errors = [e for e in run_checks() if e.level >= 40]
        found.append(("系统检查", not errors, "；".join(e.msg for e in errors) or "通过"))
        clock = "演示时钟" if settings.DEMO_DATE else "系统时钟"
        found.append(("时钟", True, f"{now():%Y-%m-%d %H:%M} {clock}"))
        return found
