"""`gongkai serve`: the web server and one worker in one process tree."""

import os
import signal
import subprocess
import sys
import threading
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from gongkai.core.jobs import work


class Command(BaseCommand):
    """Serves with gunicorn (threads); the worker runs beside it."""

    help = "启动网站和一个后台 worker"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=8)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        stop = threading.Event()
        worker = threading.Thread(target=work, args=(stop,), name="worker", daemon=True)
        web = subprocess.Popen(  # noqa: S603
            [
                sys.executable, "-m", "gunicorn", "gongkai.wsgi:application",
                "--bind", f"{options['host']}:{options['port']}",
                "--threads", str(options["threads"]), "--workers", "1",
                "--worker-tmp-dir", "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp",  # noqa: S108
                "--access-logfile", "/dev/null", "--log-level", "warning", "--timeout", "60",
            ],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        )  # fmt: skip

        def end(*_: Any) -> None:
            stop.set()
            web.send_signal(signal.SIGTERM)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        worker.start()
        code = web.wait()
        stop.set()
        worker.join(timeout=10)
        if code not in (0, -signal.SIGTERM):
            sys.exit(code)
