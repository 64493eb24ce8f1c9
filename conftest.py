"""Skips what this machine cannot run, counts it, and refuses to skip anything in CI."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.scratch_nginx import NGINX

LONGEST = "test_public_accessibility"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""


ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One headless Chromium for the whole run: Playwright starts once in a process."""
    # Playwright's event loop runs in this thread; Django would otherwise refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def _fonts() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)  # noqa: S607
    return bool(listed.stdout.strip())


def _pango() -> bool:
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test marked for a missing system part is skipped with a line that names the part."""
    # A file is run by one process: the longest one begins first, or it would end alone.
    items.sort(key=lambda item: LONGEST not in item.nodeid)
    missing: dict[str, str] = {}
    if any(item.get_closest_marker("browser") for item in items) and not (CHROMIUM and _fonts()):
        missing["browser"] = "Chromium or a Chinese font is not installed"
    if any(item.get_closest_marker("pango") for item in items) and not _pango():
        missing["pango"] = "Pango is not installed"
    if any(item.get_closest_marker("nginx") for item in items) and not NGINX:
        missing["nginx"] = "nginx is not installed"
    for marker, program in (("soffice", "soffice"), ("tesseract", "tesseract")):
        if any(item.get_closest_marker(marker) for item in items) and not shutil.which(program):
            missing[marker] = f"{program} is not installed"
    for item in items:
        for marker, reason in missing.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One counted line for what did not run."""
    skipped = len(terminalreporter.stats.get("skipped", []))
    if skipped:
        terminalreporter.write_line(f"NOT RUN on this machine: {skipped} tests (reasons above)")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """CI installs everything, so a skipped test there is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("GONGKAI_CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _own_search_folder(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees the index of another one; a folder is made only by who builds one. A server of
    a whole module (``tests.browsing``) keeps its own."""
    if getattr(settings, "SEARCH_KEPT", False):
        return
    settings.SEARCH_DIR = tmp_path_factory.getbasetemp() / f"search-{uuid.uuid4().hex}"
