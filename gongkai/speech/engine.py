"""Runs the external speech command: text in at standard input, a sound file out."""

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress

from gongkai.speech.rules import Audio, SpeechError, recognise

_CHUNK = 1 << 16


def speak(text: str, *, command: Sequence[str], timeout: float, limit: int) -> Audio:
    """Have ``command`` read a text. ``timeout`` in seconds, ``limit`` in bytes of sound.

    The command is a list of words that no shell ever sees, and the text goes in at standard
    input, so that nothing in a text can become an argument. Raises SpeechError, saying why.
    """
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as complaints:
        source.write(text.encode())
        source.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603
                list(command),
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=complaints,
                start_new_session=True,
            )
        except OSError as error:
            raise SpeechError(f"朗读程序不能运行：{error.strerror}") from error
        late = threading.Event()

        def kill() -> None:
            late.set()
            _kill(process)

        timer = threading.Timer(timeout, kill)
        timer.start()
        sound = bytearray()
        assert process.stdout is not None
        try:
            while chunk := process.stdout.read(_CHUNK):
                sound += chunk
                if len(sound) > limit:
                    raise SpeechError(f"录音超过 {limit} 字节")
            code = process.wait()
        finally:
            timer.cancel()
            _kill(process)
            process.stdout.close()
            process.wait()
        if late.is_set():
            raise SpeechError(f"朗读程序 {timeout:g} 秒内没有读完")
        if code:
            complaints.seek(0)
            said = complaints.read(300).decode(errors="replace").strip()
            raise SpeechError(f"朗读程序以 {code} 结束：{said}")
    return recognise(bytes(sound))


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End the command with everything it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
