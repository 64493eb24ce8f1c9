"""The nginx of ``deploy/nginx/gongkai.conf`` in a temporary folder, on a loopback port.

Tests and benchmarks run the very file that operators copy; only ports, paths and https differ.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIG = Path(__file__).parent.parent / "deploy" / "nginx" / "gongkai.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin") or ""

_FRAME = """\
{user}
daemon off;
worker_processes {workers};
error_log {folder}/error.log;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    default_type application/octet-stream;
    types {{
        text/html html; text/css css; text/javascript js; image/svg+xml svg; text/plain txt;
    }}
    sendfile on;
    keepalive_requests 1000000;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {more}
{site}
}}
"""


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def scratch_config(
    folder: Path, *, port: int, upstream: int, workers: int = 1, more: str = ""
) -> str:
    """The operators' file for one loopback port, without https, with all paths in ``folder``
    (cache, static, blobs); ``more`` is added to ``http { }``. Raises ValueError when the file no
    longer has a line that is to be changed."""
    text = CONFIG.read_text(encoding="utf-8")
    for pattern, by in (
        # the server that only leads to https
        (r"server \{\s+listen 80;.*?\n\}\n", ""),
        (r"listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        (r"server_name [^;]+;", "server_name _;"),
        (r"\n\s+ssl_certificate\s[^;]+;", ""),
        (r"\n\s+ssl_certificate_key\s[^;]+;", ""),
        (r"\n\s+ssl_protocols\s[^;]+;", ""),
        (r"server 127\.0\.0\.1:8000;", f"server 127.0.0.1:{upstream};"),
        (r"/var/cache/nginx/gongkai", f"{folder}/cache"),
        (r"/var/lib/gongkai/static/", f"{folder}/static/"),
        (r"/var/lib/gongkai/blobs/", f"{folder}/blobs/"),
    ):
        text, count = re.subn(pattern, by, text, flags=re.DOTALL)
        if not count:
            raise ValueError(f"{CONFIG.name} has nothing like {pattern!r}")
    # Started by root, its workers would become somebody who cannot read a temporary folder.
    user = "user root;" if os.geteuid() == 0 else ""
    return _FRAME.format(user=user, folder=folder, site=text, workers=workers, more=more)


def write(folder: Path, config: str) -> Path:
    """Write a configuration where :func:`check` and :func:`running` find it."""
    for name in ("cache", "static", "blobs"):
        (folder / name).mkdir(exist_ok=True)
    path = folder / "nginx.conf"
    path.write_text(config, encoding="utf-8")
    return path


def check(path: Path) -> str:
    """``nginx -t``; returns what it complains about, empty when all is well."""
    done = subprocess.run(  # noqa: S603
        [NGINX, "-t", "-q", "-p", str(path.parent), "-c", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 and not done.stderr else done.stderr or "failed"


@contextmanager
def running(path: Path, port: int) -> Iterator[None]:
    """An nginx of our own with this configuration; raises RuntimeError when it does not start."""
    process = subprocess.Popen([NGINX, "-p", str(path.parent), "-c", str(path)])  # noqa: S603
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def wait_for(port: int, process: "subprocess.Popen[bytes]", seconds: float = 20) -> None:
    """Wait until somebody listens on a loopback port; raises RuntimeError when nobody does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on port {port}")
