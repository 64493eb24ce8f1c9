"""Servers of a benchmark: a built city, gunicorn as `gongkai serve` starts it, nginx, wrk."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import scratch_nginx

WRK = shutil.which("wrk") or ""
CONNECTIONS, SECONDS, THREADS = 32, 3, 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page answered."""

    status: int
    body: bytes


def city_environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a demonstration city in a folder."""
    return {
        **{k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
        "GONGKAI_DEMO_DATE": "2022-10-18",
        "GONGKAI_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "gongkai.settings.dev",
        **more,
    }


def build_city(folder: Path) -> None:
    """The whole demonstration city, or a copy of one that was built before (GONGKAI_BENCH_CITY,
    its data folder); raises CalledProcessError when it cannot be built."""
    if built := os.environ.get("GONGKAI_BENCH_CITY"):
        shutil.copytree(built, folder)
        for command in (["migrate"], ["collectstatic", "--noinput"]):
            _gongkai(folder, *command, "-v0")
        return
    _gongkai(folder, "demo", "--reset")


def _gongkai(folder: Path, *command: str) -> None:
    subprocess.run(
        [sys.executable, "-c", "from gongkai.cli import main; main()", *command],
        env=city_environment(folder), check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def build_stock(folder: Path) -> dict[str, str]:
    """The plain Wagtail site in a folder; returns its environment."""
    environment = {**os.environ, "GONGKAI_BENCH_STOCK": str(folder)}
    subprocess.run([sys.executable, "-m", "benchmarks.stock.fill"], env=environment, check=True)
    return environment


@contextmanager
def gunicorn(application: str, environment: dict[str, str]) -> Iterator[int]:
    """One worker with eight threads, as `gongkai serve`; yields its port."""
    port = scratch_nginx.free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}",
            "--workers", "1", "--threads", str(THREADS), "--log-level", "critical",
            "--access-logfile", "/dev/null",
        ],
        env={**environment, "GONGKAI_BASE_URL": f"http://127.0.0.1:{port}"},
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        scratch_nginx.wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


class Act:
    """The editors and reviewers of the city, in a process of their own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def do(self, word: str) -> int:
        """Have something done; returns the item's number when it is done."""
        return int(self.say(word))

    def say(self, word: str) -> str:
        """Have something done or told; returns the answer."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@contextmanager
def acting(city: Path) -> Iterator[Act]:
    """Editors and reviewers at work in a city's folder."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.act"], env=city_environment(city),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Act(process)
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=30)


@contextmanager
def serve(folder: Path) -> Iterator[int]:
    """`gongkai serve` on a city: web and worker; yields its port."""
    port = scratch_nginx.free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-c", "from gongkai.cli import main; main()",
            "serve", "--port", str(port),
        ],
        env=city_environment(folder, GONGKAI_BASE_URL=f"http://127.0.0.1:{port}"),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        scratch_nginx.wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def nginx(folder: Path, *, upstream: int, static: Path, same: bytes) -> Iterator[tuple[int, int]]:
    """The operators' nginx before a server, and beside it the same bytes as a plain file; yields
    both ports (the file is ``/page.html``)."""
    port, plain = scratch_nginx.free_port(), scratch_nginx.free_port()
    (folder / "plain").mkdir(parents=True, exist_ok=True)
    (folder / "plain" / "page.html").write_bytes(same)
    config = scratch_nginx.scratch_config(
        folder, port=port, upstream=upstream,
        more=f"server {{ listen 127.0.0.1:{plain}; root {folder}/plain; }}",
    )  # fmt: skip
    path = scratch_nginx.write(folder, config.replace(f"{folder}/static/", f"{static}/"))
    if wrong := scratch_nginx.check(path):
        raise RuntimeError(wrong)
    with scratch_nginx.running(path, port):
        yield port, plain


def fetch(address: str, **headers: str) -> Answer:
    """One request; an answer with an error is an answer too."""
    request = urllib.request.Request(  # noqa: S310
        address, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            return Answer(answer.status, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read())


def wrk(address: str) -> float:
    """Requests a second with 32 connections; raises RuntimeError when any is no success."""
    fetch(address)
    done = subprocess.run(
        [WRK, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout", "60s", address],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(f"{address}: {done.stdout}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout)
    return float(found[1])


def lighthouse(binary: str, address: str, chromium: str) -> dict[str, Any]:
    """One run of Lighthouse as on a phone; returns its report. It loses its browser now and then, so
    it is tried three times; raises RuntimeError with its last words."""
    words = ""
    for _ in range(3):
        done = subprocess.run(
            [
                binary, address, "--quiet", "--output=json", "--output-path=stdout",
                "--only-categories=performance,accessibility", "--max-wait-for-load=30000",
                "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic",
            ],
            capture_output=True, text=True, check=False, timeout=180,
            env={**os.environ, "CHROME_PATH": chromium},
        )  # fmt: skip
        if done.returncode == 0:
            report: dict[str, Any] = json.loads(done.stdout)
            return report
        words = done.stderr.strip()[-300:]
    raise RuntimeError(f"{address}: {words}")
