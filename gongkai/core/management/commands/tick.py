"""`gongkai tick`: run everything that is due, once; for a system timer."""

from typing import Any

from django.core.management.base import BaseCommand

from gongkai.core.clock import now
from gongkai.core.jobs import tick


class Command(BaseCommand):
    """Idempotent: calling it twice does nothing twice."""

    help = "执行到期的定时发布、副作用和审计封存（由系统定时器调用）"

    def handle(self, *args: Any, **options: Any) -> None:
        for label, count in tick(now()).items():
            self.stdout.write(f"{label}：{count}")
