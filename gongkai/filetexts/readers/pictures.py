"""Pictures: how many pages they have, and each one made ready for recognition."""

import io
import warnings

from PIL import Image, ImageOps

from gongkai.filetexts.readers.model import Found, Limits, Outcome, ReadingError

_PIXELS = 100_000_000
"""More than this is not opened; a phone's photograph has 12 to 50 million."""
_SMALLEST = 100
"""Pixels of the shorter side: less is an icon or a stamp."""
_WIDE, _LONGEST = 1000, 3500
_PAGE_INCHES = 8.27


def _opened(content: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = Image.open(io.BytesIO(content))
        except Image.DecompressionBombError as error:
            raise ReadingError(Outcome.TOO_LARGE, "图片的像素太多，不识别。") from error
        except (OSError, ValueError, SyntaxError) as error:
            raise ReadingError(Outcome.UNREADABLE, "图片已损坏，打不开。") from error
    if picture.width * picture.height > _PIXELS:
        raise ReadingError(
            Outcome.TOO_LARGE, f"图片有 {picture.width}×{picture.height} 像素，太大，不识别。"
        )
    return picture


def read(content: bytes, name: str, limits: Limits) -> Found:
    """Every frame of a TIFF is a page; of moving pictures the first one."""
    picture = _opened(content)
    frames = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
    if min(picture.size) < _SMALLEST:
        return Found([""], note="图片太小，里面不会有文字。")
    return Found([""] * frames, list(range(1, frames + 1)))


def drawn(content: bytes, number: int) -> tuple[Image.Image, int]:
    """One frame (from 1) upright, grey, of a size that recognition likes; and its resolution if it
    were a page of A4. Raises ReadingError."""
    picture = _opened(content)
    try:
        if number > 1:
            picture.seek(number - 1)
        upright = ImageOps.exif_transpose(picture)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            paper = Image.new("RGBA", upright.size, "white")
            paper.alpha_composite(upright.convert("RGBA"))
            upright = paper
        grey = upright.convert("L")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ReadingError(Outcome.UNREADABLE, f"图片第{number}页已损坏。") from error
    scale = 2.0 if grey.width < _WIDE else min(1.0, _LONGEST / max(grey.size))
    if scale != 1.0:
        size = (round(grey.width * scale), round(grey.height * scale))
        grey = grey.resize(size, Image.Resampling.LANCZOS)
    return grey, min(400, max(200, round(min(grey.size) / _PAGE_INCHES)))
