"""A file as a stream of numbered lines; what cannot be decoded costs its own line only."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from gongkai.legacy import encodings
from gongkai.legacy.rules import ValueProblem

MAX_LINE: Final = 8 * 1024 * 1024
"""Bytes of one line; a document of four million characters is a mistake of the export."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or what is wrong with it; ``ended`` false for a last line without its end."""

    number: int
    text: str = ""
    problem: ValueProblem | None = None
    ended: bool = True


_TOO_LONG = ValueProblem(
    "too_long",
    f"这一行超过 {MAX_LINE // 1024 // 1024} MB",
    "多半是换行符丢了，请核对导出程序；图片等二进制内容请改作附件。",
)
_NUL = ValueProblem("nul", "这一行里有空字符（NUL）", "请在导出时去掉，或用文本编辑器另存后再读。")
_PACKED = ValueProblem("packed", "压缩文件不完整，从这一行起读不到了", "请重新压缩或重新传输。")


def lines(handle: IO[bytes], encoding: str) -> Iterator[Line]:
    """Every line with its number; never raises on content."""
    if encoding.startswith("utf-16"):
        yield from _wide(handle, encoding)
        return
    number = 0
    other = encodings.GB if encoding.startswith("utf-8") else encodings.UTF8
    strict = encodings.UTF8 if encoding == "utf-8-sig" else encoding
    while True:
        number += 1
        try:
            raw = handle.readline(MAX_LINE + 1)
            if len(raw) > MAX_LINE and not raw.endswith(b"\n"):
                while len(part := handle.readline(MAX_LINE)) and not part.endswith(b"\n"):
                    pass
                yield Line(number, problem=_TOO_LONG)
                continue
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile):
            yield Line(number, problem=_PACKED, ended=False)
            return
        if not raw:
            return
        ended = raw.endswith(b"\n")
        if number == 1 and raw.startswith(b"\xef\xbb\xbf"):
            raw = raw[3:]
        try:
            text = raw.decode(strict)
        except UnicodeDecodeError as error:
            yield Line(number, problem=_mixed(raw, strict, other, error), ended=ended)
            continue
        if "\x00" in text:
            yield Line(number, problem=_NUL, ended=ended)
            continue
        yield Line(number, text, ended=ended)


def _mixed(raw: bytes, encoding: str, other: str, error: UnicodeDecodeError) -> ValueProblem:
    here, there = encodings.LABELS[encoding], encodings.LABELS[other]
    if encodings.decodes(raw, other):
        reason = f"整个文件是 {here} 编码，这一行却是 {there} 编码"
    else:
        reason = f"第 {error.start + 1} 个字节起不是 {here} 编码，文字已经损坏"
    return ValueProblem("encoding", reason, f"请把这一行转成 {here} 编码，或从旧网站重新导出。")


def _wide(handle: IO[bytes], encoding: str) -> Iterator[Line]:
    # A damaged unit becomes U+FFFD, so that one bad place does not end the file.
    reader = io.TextIOWrapper(handle, encoding=encoding, errors="replace", newline="")
    number = 0
    while True:
        number += 1
        text = reader.readline(MAX_LINE)
        if not text:
            return
        if number == 1:
            text = text.removeprefix("\ufeff")
        ended = text.endswith("\n")
        if len(text) >= MAX_LINE and not ended:
            while (part := reader.readline(MAX_LINE)) and not part.endswith("\n"):
                pass
            yield Line(number, problem=_TOO_LONG)
        elif "\x00" in text:
            yield Line(number, problem=_NUL, ended=ended)
        elif "\ufffd" in text:
            reason = "这一行里有不成对的 UTF-16 编码，文字已经损坏"
            problem = ValueProblem("encoding", reason, "请从旧网站重新导出这一行。")
            yield Line(number, problem=problem, ended=ended)
        else:
            yield Line(number, text, ended=ended)
