"""`gongkai check_accessibility`: the clauses for elder-friendly sites, checked on running pages."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.wsgi import get_wsgi_application

from gongkai.portal.conformance import browser, served
from gongkai.portal.conformance.clauses import LABELS, Finding, Row, State, table

_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def _own_server() -> Iterator[str]:
    """This code with this database, at a free port of this machine only."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "127.0.0.1"]
    settings.SECURE_SSL_REDIRECT = False
    application: Any = get_wsgi_application()
    if settings.STORAGES["staticfiles"]["BACKEND"] == _PLAIN:
        application = StaticFilesHandler(application)
    server = make_server("127.0.0.1", 0, application, _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


class Command(BaseCommand):
    """Exit code 1 when a clause is not met. What only a person can judge is never called passed."""

    help = "按适老化设计规范逐条检查正在运行的页面，列出通过、不通过和要人工看的条款"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="", help="已经在运行的网站；不写就自己启动一个")
        parser.add_argument("--json", action="store_true", help="输出 JSON")
        parser.add_argument("--no-browser", action="store_true", help="只做不用浏览器的检查")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["url"]:
            rows, paths = self._examine(options["url"].rstrip("/"), options["no_browser"])
        else:
            with _own_server() as root:
                rows, paths = self._examine(root, options["no_browser"])
        self.stdout.write(
            _as_json(rows, paths) if options["json"] else _as_text(rows, paths), ending="\n"
        )
        failed = sum(row.state == State.FAIL for row in rows)
        if failed:
            raise CommandError(f"有 {failed} 条不通过。")

    def _examine(self, root: str, no_browser: bool) -> tuple[list[Row], dict[str, str]]:
        site = served.Site(root)
        try:
            paths = served.pages(site)
            found = served.check(site, paths)
        except (OSError, ValueError) as error:
            raise CommandError(f"网站打不开，没有检查：{error}") from error
        plugins = found.pop("plugins")
        why = "按要求没有用浏览器"
        if not no_browser:
            try:
                with browser.chromium() as chromium:
                    found |= browser.check(chromium, root, paths)
                why = "所看的页面上没有这类内容"
            except browser.NoBrowser as error:
                why = str(error)
        adverts = found.get("adverts")
        if adverts is not None:
            found["adverts"] = _worse(adverts, plugins)
        elif plugins.state == State.FAIL:
            found["adverts"] = plugins
        return table(found, why), paths


def _worse(one: Finding, other: Finding) -> Finding:
    if State.FAIL in (one.state, other.state):
        return one if one.state == State.FAIL else other
    return Finding(one.state, f"{one.note}；{other.note}")


def _as_json(rows: list[Row], paths: dict[str, str]) -> str:
    return json.dumps(
        {
            "pages": paths,
            "counts": {state: sum(row.state == state for row in rows) for state in State},
            "clauses": [
                {
                    "key": row.clause.key,
                    "number": row.clause.number,
                    "source": row.clause.source,
                    "asks": row.clause.asks,
                    "state": row.state,
                    "label": LABELS[row.state],
                    "note": row.note,
                }
                for row in rows
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def _as_text(rows: list[Row], paths: dict[str, str]) -> str:
    lines = [f"看的页面：{'、'.join(f'{name} {path}' for name, path in paths.items())}", ""]
    source = ""
    for row in rows:
        if row.clause.source != source:
            source = row.clause.source
            lines.append(f"【{source}】")
        lines.append(f"{LABELS[row.state]:　<3}  {row.clause.number}　{row.clause.asks}")
        if row.note:
            lines.append(f"　　　  {row.note}")
    counts = {state: sum(row.state == state for row in rows) for state in State}
    lines += [
        "",
        "，".join(f"{LABELS[state]} {count} 条" for state, count in counts.items() if count) + "。",
        "自动检查只能发现一部分问题；标“人工”的要有人看过、记下来才算数。",
    ]
    return "\n".join(lines)
