"""`gongkai worker`: run side effects and timer jobs until stopped."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from gongkai.core.jobs import work


class Command(BaseCommand):
    """One worker is enough; several are safe."""

    help = "持续执行副作用和定时任务，Ctrl+C 停止"

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("worker 已启动")
        work(stop)
        self.stdout.write("worker 已停止")
