"""Finds places recorded in pictures: EXIF GPS in JPEG, PNG and WebP, and XMP."""

import struct
from collections.abc import Iterator
from typing import Final

_GPS_POINTER: Final = 0x8825
_XMP_GPS: Final = (b"exif:GPSLatitude", b"exif:GPSLongitude")


def has_location(content: bytes) -> bool:
    """Whether the picture tells where it was taken. Damaged metadata counts as none."""
    if any(mark in content for mark in _XMP_GPS):
        return True
    return any(_tiff_has_gps(block) for block in _exif_blocks(content))


def _exif_blocks(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"\xff\xd8"):
        yield from _jpeg_blocks(content)
    elif content.startswith(b"\x89PNG"):
        yield from _chunks(content, start=8, kind=b"eXIf", big_endian=True)
    elif content.startswith(b"RIFF"):
        yield from _chunks(content, start=12, kind=b"EXIF", big_endian=False)


def _jpeg_blocks(content: bytes) -> Iterator[bytes]:
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker in {0xD9, 0xDA}:
            return
        size = int.from_bytes(content[at + 2 : at + 4], "big")
        block = content[at + 4 : at + 2 + size]
        if marker == 0xE1 and block.startswith(b"Exif\x00\x00"):
            yield block[6:]
        at += 2 + max(size, 2)


def _chunks(content: bytes, *, start: int, kind: bytes, big_endian: bool) -> Iterator[bytes]:
    """PNG writes length, type, data, checksum; RIFF writes type, length, data, padding."""
    at = start
    while at + 8 <= len(content):
        first, second = content[at : at + 4], content[at + 4 : at + 8]
        size = int.from_bytes(first if big_endian else second, "big" if big_endian else "little")
        if (second if big_endian else first) == kind:
            yield content[at + 8 : at + 8 + size].removeprefix(b"Exif\x00\x00")
        at += 8 + size + (4 if big_endian else size % 2)


def _tiff_has_gps(block: bytes) -> bool:
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return False
    try:
        (directory,) = struct.unpack_from(f"{order}I", block, 4)
        for tag, value in _entries(block, order, directory):
            if tag == _GPS_POINTER:
                # A directory with only the version tag (0) holds no place.
                return any(inner != 0 for inner, _ in _entries(block, order, value))
    except struct.error:
        return False
    return False


def _entries(block: bytes, order: str, offset: int) -> Iterator[tuple[int, int]]:
    (count,) = struct.unpack_from(f"{order}H", block, offset)
    for i in range(count):
        tag, _, _, value = struct.unpack_from(f"{order}HHII", block, offset + 2 + 12 * i)
        yield tag, value
