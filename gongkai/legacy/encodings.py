"""Which encoding a file of an old site is in, told from its beginning."""

import codecs
from typing import Final

SAMPLE: Final = 262_144
UTF8: Final = "utf-8"
GB: Final = "gb18030"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LABELS: Final = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16", "gb18030": "GB18030",
}  # fmt: skip


def detect(sample: bytes) -> str:
    """The encoding of a file from its first bytes: a mark, UTF-16 by its NULs, UTF-8 when most
    lines of the sample are, else GB18030 (which contains GBK and GB2312).

    A file whose lines disagree is taken for what most of them are; the others are refused one by
    one when they are read.
    """
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    pairs = len(sample) // 2
    if pairs > 8:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > pairs * 0.2 and even < pairs * 0.02:
            return "utf-16-le"
        if even > pairs * 0.2 and odd < pairs * 0.02:
            return "utf-16-be"
    whole = sample.rsplit(b"\n", 1)[0] if len(sample) >= SAMPLE else sample
    if decodes(whole, UTF8):
        return UTF8
    if decodes(whole, GB) and not _mixed(whole):
        return GB
    lines = [line for line in whole.splitlines() if not line.isascii()]
    good = sum(decodes(line, UTF8) for line in lines)
    return UTF8 if good * 2 >= len(lines) else GB


def _mixed(sample: bytes) -> bool:
    """Whether some lines with Chinese are UTF-8: GB18030 decodes most of those too, as nonsense."""
    return any(
        not line.isascii() and len(line) > 30 and decodes(line, UTF8)
        for line in sample.splitlines()
    )


def decodes(data: bytes, encoding: str) -> bool:
    """Whether every byte makes sense in an encoding."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
