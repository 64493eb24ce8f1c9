"""What browser tests of public pages share: one server for a module, axe, and what they measure."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

COLOURS = ["color-contrast", "link-in-text-block"]


@contextmanager
def serving(blocker: Any, build: Callable[[], Any], **settings: Any) -> Iterator[tuple[Any, str]]:
    """(what ``build`` made, address of a server) for as long as a module lasts.

    Unlike ``live_server`` the records and the index stay from test to test; the tables are emptied
    at the end.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        blocker.unblock(),
        override_settings(SEARCH_DIR=Path(folder), SEARCH_KEPT=True, **settings),
    ):
        call_command("flush", interactive=False, verbosity=0)
        try:
            world = build()
            server = LiveServer("127.0.0.1")
            try:
                yield world, server.url
            finally:
                server.stop()
        finally:
            call_command("flush", interactive=False, verbosity=0)
