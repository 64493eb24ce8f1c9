"""What a machine reads, and what kind of sound came back. Plain values only."""

import re
import struct
from dataclasses import dataclass
from typing import Final

TEXT_LIMIT: Final = 6000
"""Characters of one recording: about twenty minutes."""

_END = re.compile(r"[。！？；\n]")
_SOUNDLESS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff\u200b]+")


class SpeechError(Exception):
    """The speech command gave no usable sound; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Audio:
    """A sound file. ``seconds`` is None where the format does not say."""

    data: bytes
    content_type: str
    seconds: int | None


def spoken(
    *, title: str, unit: str, day: str, summary: str, body: str, limit: int = TEXT_LIMIT
) -> tuple[str, bool]:
    """(the text to be read, whether it is all of it). What is too long ends with a sentence, and
    says that it goes on; the cut never falls inside a sentence that would then say something else.
    """
    parts = [f"{title}。", f"{unit}，{day}发布。"]
    if summary:
        parts.append(f"内容概述：{summary}")
    whole = _SOUNDLESS.sub(" ", "\n".join([*parts, body.strip()])).strip()
    if len(whole) <= limit:
        return whole, True
    ends = [match.end() for match in _END.finditer(whole[:limit])]
    cut = ends[-1] if ends else limit
    return f"{whole[:cut].rstrip()}\n以下内容较长，请在网页上阅读。", False


def _wave(data: bytes) -> Audio:
    """A WAV file with honest lengths: programs that write to a pipe cannot know them beforehand."""
    place, rate = 12, 0
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        if name == b"fmt ":
            if size < 16 or place + 24 > len(data):
                break
            rate = struct.unpack_from("<I", data, place + 16)[0]
        if name == b"data":
            start = place + 8
            length = min(size, len(data) - start)
            if not rate or not length:
                break
            fixed = bytearray(data[: start + length])
            struct.pack_into("<I", fixed, place + 4, length)
            struct.pack_into("<I", fixed, 4, len(fixed) - 8)
            return Audio(bytes(fixed), "audio/wav", max(1, round(length / rate)))
        place += 8 + size + size % 2
    raise SpeechError("朗读程序给出的 WAV 文件里没有声音")


def recognise(data: bytes) -> Audio:
    """The sound by its first bytes (WAV, MP3, Ogg), never by what a program says of it.

    Raises SpeechError for everything else, so that nothing but sound is ever stored.
    """
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return _wave(data)
    if data[:3] == b"ID3" or (len(data) > 1024 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0):
        return Audio(data, "audio/mpeg", None)
    if data[:4] == b"OggS":
        return Audio(data, "audio/ogg", None)
    raise SpeechError("朗读程序给出的不是 WAV、MP3 或 Ogg 声音文件")


EXTENSIONS: Final = {"audio/wav": "wav", "audio/mpeg": "mp3", "audio/ogg": "ogg"}


def length_words(seconds: int | None) -> str:
    """``3 分 20 秒``; empty when unknown."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    return " ".join(
        filter(None, (f"{minutes} 分" if minutes else "", f"{rest} 秒" if rest else ""))
    )
