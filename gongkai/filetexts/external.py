"""Programs of the system that read what we cannot: LibreOffice and Tesseract.

They get no network where the system allows that, a folder of their own, limits of memory,
processor and file size, and are ended with everything they started when their time is over.
"""

import atexit
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from gongkai.core.health import Line
from gongkai.screening.filetypes import FileType

MEMORY_KB = 4 * 1024**2
FILE_BLOCKS = 400 * 1024 * 2
OFFICE_SECONDS = 90.0
OCR_SECONDS = 60.0
LANGUAGE = "chi_sim"
DPI = 200
"""More costs time and finds no more: measured on official documents of 10.5 and 16 points."""

NO_OFFICE = "这台服务器没有安装 LibreOffice，旧版 Office 文件的文字读不出来。"
NO_OCR = "这台服务器没有安装 Tesseract 和中文语言包，图片里的文字读不出来。"

#: Kind → (extension to write, format to convert into, the part of LibreOffice it needs).
CONVERSIONS = {
    FileType.DOC: ("doc", "docx", "文字处理（Writer）"),
    FileType.RTF: ("rtf", "docx", "文字处理（Writer）"),
    FileType.XLS: ("xls", "xlsx", "电子表格（Calc）"),
    FileType.PPT: ("ppt", "pptx", "演示文稿（Impress）"),
}
#: Macros off, links into the net off, nothing updated: the converter only reads.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"""
_RUNNING: set["subprocess.Popen[bytes]"] = set()


class Failed(Exception):
    """A program gave nothing usable; the Chinese sentence says why."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A file in a newer format."""

    content: bytes
    name: str


def office() -> str:
    """The path of LibreOffice; empty when it is not there or not wanted."""
    wanted = settings.SOFFICE_COMMAND
    return (shutil.which(wanted) or "") if wanted else ""


def ocr() -> str:
    """The path of Tesseract with the Chinese language; empty when either is missing."""
    wanted = settings.TESSERACT_COMMAND
    program = (shutil.which(wanted) or "") if wanted else ""
    return program if program and LANGUAGE in _languages(program) else ""


@cache
def _languages(program: str) -> frozenset[str]:
    try:
        listed = subprocess.run(  # noqa: S603
            [program, "--list-langs"], capture_output=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(listed.stdout.decode(errors="replace").split())


def examined() -> list[Line]:
    """For the doctor: whether the two programs are there."""
    there, eyes = office(), ocr()
    return [
        (
            "旧版文档的文字",
            True if there else None,
            f"LibreOffice：{there}" if there else NO_OFFICE,
        ),
        ("图片和扫描件的文字", True if eyes else None, f"Tesseract：{eyes}" if eyes else NO_OCR),
    ]


@cache
def _walls() -> tuple[str, ...]:
    """What stands before a command so that it has no network, if this system lets us."""
    unshare = shutil.which("unshare")
    if not unshare:
        return ()
    walls = (unshare, "--user", "--map-current-user", "--net", "--")
    try:
        tried = subprocess.run([*walls, "true"], capture_output=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return walls if tried.returncode == 0 else ()


def run(
    command: Sequence[str], *, folder: str, seconds: float, source: bytes = b""
) -> tuple[int, bytes]:
    """Run a program with limits; returns its exit code and what it wrote. Raises Failed when it
    cannot be started or takes longer than ``seconds``."""
    limits = (
        f"ulimit -c 0; ulimit -v {MEMORY_KB}; ulimit -t {int(seconds) + 5}; "
        f'ulimit -f {FILE_BLOCKS}; exec "$@"'
    )
    nowhere = "http://127.0.0.1:9"
    try:
        process = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", limits, "sh", *_walls(), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={
                "PATH": os.environ.get("PATH", ""), "HOME": folder, "TMPDIR": folder,
                "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1",
                "http_proxy": nowhere, "https_proxy": nowhere,
            },
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise Failed(f"程序不能运行：{error.strerror}") from error
    _RUNNING.add(process)
    try:
        out, _ = process.communicate(source, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"超过 {seconds:g} 秒，没有完成。") from error
    finally:
        _end(process)
        _RUNNING.discard(process)
    return process.returncode, out


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a program with everything it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


@atexit.register
def _end_all() -> None:
    for process in list(_RUNNING):
        _end(process)


def converted(content: bytes, kind: FileType, *, seconds: float = OFFICE_SECONDS) -> Converted:
    """An old office file in a newer format. Raises Failed."""
    written, wanted, part = CONVERSIONS[kind]
    with tempfile.TemporaryDirectory(prefix="gongkai-office-") as name:
        folder = Path(name)
        profile = folder / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        (folder / f"in.{written}").write_bytes(content)
        command = [
            office(),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--norestore", "--nolockcheck", "--nologo", "--nodefault"),
            *("--convert-to", wanted, "--outdir", str(folder / "out"), f"in.{written}"),
        ]
        try:
            run(command, folder=name, seconds=seconds)
        except Failed as error:
            raise Failed(f"LibreOffice 转换{error}") from error
        result = folder / "out" / f"in.{wanted}"
        if not result.is_file():
            raise Failed(
                f"LibreOffice 打不开这个文件：文件已损坏、有密码，或者没有安装{part}部件。"
            )
        return Converted(result.read_bytes(), f"in.{wanted}")


_BROKEN_BARS = re.compile(r"^[\W_]{1,3}$", re.M)


def recognised(picture: bytes, dpi: int, *, seconds: float = OCR_SECONDS) -> str:
    """The text in a PGM picture, as Tesseract gives it. Raises Failed."""
    command = [ocr(), "stdin", "stdout", "-l", LANGUAGE, "--dpi", str(dpi or DPI), "--psm", "3"]
    with tempfile.TemporaryDirectory(prefix="gongkai-ocr-") as name:
        code, out = run(command, folder=name, seconds=seconds, source=picture)
    if code:
        raise Failed("识别程序没有完成。")
    # Borders and specks come out as lines of one or two signs.
    return _BROKEN_BARS.sub("", out.decode(errors="replace"))
