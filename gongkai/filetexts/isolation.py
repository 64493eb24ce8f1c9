"""Files are opened in a process of their own, which is ended when one of them takes too long.

What a broken or hostile file does there (endless loops, crashes of a C library, all the memory)
costs that process, never the worker. It is kept between files, because starting takes longer than
reading.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import gongkai
from gongkai.filetexts.readers.model import Limits, Outcome, Reading

READ_SECONDS = 60.0
DRAW_SECONDS = 30.0
_FILES_PER_PROCESS = 300
_ROOT = str(Path(gongkai.__file__).resolve().parent.parent)


class Interrupted(Exception):
    """The process ended before it answered; ``late``: because it was given no more time."""

    def __init__(self, late: bool) -> None:
        super().__init__("late" if late else "died")
        self.late = late


class Reader:
    """One process for one caller at a time; others wait. Starts when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._served = 0

    def read(
        self,
        content: bytes,
        name: str,
        *,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        seconds: float = READ_SECONDS,
    ) -> Reading:
        """The text of a file. Never raises for what the file does."""
        if len(content) > limits.max_bytes:
            content = content[: limits.max_bytes + 1]  # enough to be told that it is too large
        job = {"do": "read", "name": name, "limits": asdict(limits)}
        try:
            answer, _ = self._ask(job, content, seconds)
        except Interrupted as stopped:
            problem = (
                f"读取超过 {seconds:g} 秒，没有读完。"
                if stopped.late
                else "读取程序中断，文件可能已损坏。"
            )
            return Reading(Outcome.UNREADABLE, problem=problem)
        return Reading.unpacked(answer)

    def draw(
        self, content: bytes, name: str, *, page: int, dpi: int, seconds: float = DRAW_SECONDS
    ) -> tuple[bytes, int, str]:
        """One page as PGM with its resolution; else no bytes and a Chinese problem."""
        job = {"do": "draw", "name": name, "page": page, "dpi": dpi}
        try:
            answer, body = self._ask(job, content, seconds)
        except Interrupted as stopped:
            return b"", 0, f"第{page}页{'太复杂' if stopped.late else '已损坏'}，画不出来。"
        return body, int(answer.get("dpi", 0)), str(answer["problem"])

    def close(self) -> None:
        """End the process, whatever it is doing; the next file starts another."""
        process, self._process = self._process, None
        if process is not None:
            _end(process)

    def _ask(
        self, job: dict[str, Any], content: bytes, seconds: float
    ) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            process = self._running()
            late = threading.Event()

            def stop() -> None:
                late.set()
                with suppress(ProcessLookupError):
                    process.kill()

            timer = threading.Timer(seconds, stop)
            timer.start()
            try:
                return _exchange(process, {**job, "size": len(content)}, content)
            except (OSError, EOFError, ValueError) as error:
                self.close()
                raise Interrupted(late.is_set()) from error
            finally:
                timer.cancel()
                self._served += 1
                if late.is_set() or self._served >= _FILES_PER_PROCESS:
                    self.close()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._served = 0
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "gongkai.filetexts.readers.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={
                    "PATH": os.environ.get("PATH", ""),
                    "LANG": "C.UTF-8",
                    "PYTHONPATH": _ROOT,
                    "PYTHONDONTWRITEBYTECODE": "1",
                },
                start_new_session=True,
            )
        return self._process


def _exchange(
    process: "subprocess.Popen[bytes]", job: dict[str, Any], content: bytes
) -> tuple[dict[str, Any], bytes]:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps(job).encode() + b"\n")
    process.stdin.write(content)
    process.stdin.flush()
    head = process.stdout.readline()
    if not head:
        raise EOFError
    told = json.loads(head)
    return told["answer"], _exactly(process.stdout, told["size"])


def _exactly(source: IO[bytes], size: int) -> bytes:
    body = source.read(size)
    if len(body) < size:
        raise EOFError
    return body


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    process.wait()


QUICK = Reader()
"""For what somebody waits for."""
SLOW = Reader()
"""For work in the background, so that it is never in the way."""
atexit.register(QUICK.close)
atexit.register(SLOW.close)
