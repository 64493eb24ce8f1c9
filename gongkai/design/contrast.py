"""Contrast of two colours, as WCAG 2.2 (success criteria 1.4.3 and 1.4.6) defines it.

Pure functions. Used by the token tests; GB/T 37668-2019 asks for the same measure.
"""

import re
from typing import Final

_HEX: Final = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


def parse_hex(colour: str) -> tuple[int, int, int]:
    """Return the three channels (0-255) of ``#rgb`` or ``#rrggbb``.

    Raises ValueError for every other notation, so that a token written in a form
    this module cannot measure never passes silently.
    """
    text = colour.strip()
    if not _HEX.fullmatch(text):
        raise ValueError(f"not a hex colour: {colour!r}")
    digits = text[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def relative_luminance(colour: str) -> float:
    """Return the relative luminance of a hex colour, 0 (black) to 1 (white)."""
    linear = []
    for channel in parse_hex(colour):
        share = channel / 255
        linear.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(first: str, second: str) -> float:
    """Return the contrast ratio of two hex colours, 1 (same) to 21 (black on white)."""
    high, low = sorted((relative_luminance(first), relative_luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)
