"""From nothing to the first page of the demonstration city, as a newcomer meets it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.report import Result, ms

TITLE = "demonstration city: build, serve, first page"
LIMIT = 90.0
PAGES = ("/", "/jd/", "/zx/", "/tour/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _first_answer(address: str, server: "subprocess.Popen[bytes]", patience: float) -> float:
    """Seconds until the address answers 200; raises RuntimeError when it never does."""
    started = time.perf_counter()
    while time.perf_counter() - started < patience:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with code {server.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310
                if answer.status == 200:
                    return time.perf_counter() - started
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"{address} did not answer within {patience:.0f} s")


def run(scale: str) -> Result:
    """Measure once; ``scale`` makes no difference."""
    result = Result("demo_start", TITLE)
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-demo-") as folder:
        environment = {
            **{k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
            "GONGKAI_DEMO_DATE": "2022-10-18",
            "GONGKAI_DATA_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "gongkai.settings.dev",
        }
        command = [sys.executable, "-c", "from gongkai.cli import main; main()"]
        started = time.perf_counter()
        built = subprocess.run(
            [*command, "demo", "--reset"], env=environment, capture_output=True, check=False
        )
        build = time.perf_counter() - started
        if built.returncode:
            result.need("gongkai demo --reset", built.stderr.decode()[-300:], "exit code 0", False)
            return result
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        port = _free_port()
        server = subprocess.Popen(
            [*command, "serve", "--port", str(port)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            first = _first_answer(f"http://127.0.0.1:{port}/", server, LIMIT)
            others = {
                page: _first_answer(f"http://127.0.0.1:{port}{page}", server, 30) for page in PAGES
            }
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
    result.need("build and first page", ms(build + first), f"≤ {LIMIT:g} s", build + first <= LIMIT)
    result.add("gongkai demo --reset", ms(build))
    result.add("gongkai serve until / answers 200", ms(first))
    for page, seconds in others.items():
        result.add(f"then {page}", ms(seconds))
    result.notes.append(f"Data folder after the build: {size / 2**20:.0f} MiB.")
    lines = built.stdout.decode().strip().splitlines()
    result.notes += [f"The command says: {line.strip()}" for line in lines[-2:]]
    return result
