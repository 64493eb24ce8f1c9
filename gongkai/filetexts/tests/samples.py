"""Small files for the tests, beside those of the screening tests: pictures of text, OFD, ODF."""

import io
import struct
from functools import cache
from pathlib import Path
from zlib import compress, crc32

from PIL import Image, ImageDraw, ImageFont

from gongkai.screening.tests import builders

_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def picture_of(*lines: str, size: int = 46, kind: str = "PNG") -> bytes:
    """A picture of Chinese lines in a font of the system."""
    font = ImageFont.truetype(_font(), size)
    image = Image.new("L", (1100, 120 + 90 * len(lines)), 255)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((60, 60 + 90 * number), line, font=font, fill=0)
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


@cache
def _font() -> str:
    for name in ("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc"):
        for folder in (Path("/usr/share/fonts"), Path.home() / ".fonts"):
            for path in folder.rglob(name):
                return str(path)
    raise RuntimeError("fonts-noto-cjk is not installed")


def scan(*pages: bytes) -> bytes:
    """A PDF whose pages are pictures; an empty one becomes a blank page."""
    blank = Image.new("L", (1100, 400), 255)
    images = [Image.open(io.BytesIO(page)) if page else blank for page in pages]
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=150)
    return out.getvalue()


def chinese_pdf(text: str, *, width: int = 420, chars: int = 20) -> bytes:
    """A hand-made PDF page of Chinese lines of ``chars`` characters, encoded as UCS-2."""
    lines = [text[start : start + chars] for start in range(0, len(text), chars)]
    shown = "".join(
        f"1 0 0 1 40 {700 - 24 * n} Tm <{line.encode('utf-16-be').hex()}> Tj " for n, line in
        enumerate(lines)
    )  # fmt: skip
    stream = f"BT /F1 16 Tf {shown}ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} 760]/Resources<</Font<</F1 4 0 R>>>>"
        "/Contents 7 0 R>>",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H"
        "/DescendantFonts[5 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo"
        "<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor 6 0 R>>",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[0 -200 1000 900]"
        "/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
    ]
    written, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(written))
        written += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    return (
        f"{written}xref\n0 8\n0000000000 65535 f \n{table}trailer<</Size 8/Root 1 0 R>>\n"
        f"startxref\n{len(written)}\n%%EOF"
    ).encode("ascii")


def ofd(*pages: str) -> bytes:
    """An OFD with one line for each line of a page."""
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/P{n}.xml"/>' for n in range(len(pages)))
    return builders.zip_of(
        {
            "OFD.xml": f"<ofd:OFD {_NS}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml"
            "</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": f"<ofd:Document {_NS}><ofd:Pages>{listed}</ofd:Pages>"
            "</ofd:Document>",
            **{
                f"Doc_0/Pages/P{n}.xml": f"<ofd:Page {_NS}><ofd:Content><ofd:Layer>"
                + "".join(
                    f'<ofd:TextObject Boundary="10 {10 * row} 100 5"><ofd:TextCode>{half}'
                    "</ofd:TextCode></ofd:TextObject>"
                    for row, line in enumerate(page.split("\n"))
                    for half in (line[: len(line) // 2], line[len(line) // 2 :])
                )
                + "</ofd:Layer></ofd:Content></ofd:Page>"
                for n, page in enumerate(pages)
            },
        }
    )


def odt(inner: str) -> bytes:
    """An OpenDocument text with this body."""
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    return builders.zip_of(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {names}><office:body>{inner}</office:body>"
            "</office:document-content>",
        }
    )


def rtf(text: str) -> bytes:
    """A rich text file of Chinese characters."""
    return ("{\\rtf1\\ansi\\uc1 " + "".join(f"\\u{ord(c)}?" for c in text) + "}").encode("ascii")


def claimed_png(side: int) -> bytes:
    """A few bytes that claim to be a picture of ``side`` × ``side`` pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def bomb(megabytes: int = 25) -> bytes:
    """A small package that unpacks to far more than it is."""
    media = {f"word/media/{n}": bytes(1024 * 1024) for n in range(megabytes)}
    return builders.zip_of({"[Content_Types].xml": "<T/>", "word/document.xml": "<w/>", **media})


def noise() -> bytes:
    """Bytes that are no text and always the same."""
    return compress(bytes(range(256)) * 40)[2:] * 3
