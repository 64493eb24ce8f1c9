"""Small files made by hand for the screening tests: only the parts a check looks at."""

import struct
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from gongkai.core.codes import resident_id_check_character

# No district has the code 430199, so no person has these numbers.
PERSON = "430199199001011237"
OTHER_PERSON = "43019919880808001X"
MOBILE = "13800138000"
CARD = "6222020000000007"
USCC = "114301006735800977"

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def person_number(serial: int) -> str:
    """An invented 公民身份号码 with a right check character."""
    first = f"43019919900101{serial:03d}"
    return first + resident_id_check_character(first)


def zip_of(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def paragraphs(*texts: str) -> str:
    return "".join(f"<w:p><w:r><w:t>{escape(t)}</w:t></w:r></w:p>" for t in texts)


def docx(*texts: str, body: str = "", extra: Mapping[str, str | bytes] | None = None) -> bytes:
    inner = paragraphs(*texts) + body
    return zip_of(
        {
            "[Content_Types].xml": _TYPES,
            "word/document.xml": f"<w:document {_W}><w:body>{inner}</w:body></w:document>",
            **(extra or {}),
        }
    )


def word_part(root: str, inner: str) -> str:
    return f"<w:{root} {_W}>{inner}</w:{root}>"


def core_properties(creator: str, editor: str = "") -> dict[str, str]:
    return {
        "docProps/core.xml": (
            '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/'
            'metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:creator>{escape(creator)}</dc:creator>"
            f"<cp:lastModifiedBy>{escape(editor)}</cp:lastModifiedBy></cp:coreProperties>"
        )
    }


def relationships(*links: tuple[str, str, str]) -> str:
    """(type, target, mode) of each relationship."""
    inner = "".join(
        f'<Relationship Id="rId{n}" Type="http://example.test/{kind}" Target="{target}"'
        + (f' TargetMode="{mode}"' if mode else "")
        + "/>"
        for n, (kind, target, mode) in enumerate(links, start=1)
    )
    return f'<Relationships xmlns="{_RELS}">{inner}</Relationships>'


def _cell(reference: str, value: str | float) -> str:
    if isinstance(value, float):
        return f'<c r="{reference}"><v>{value!r}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def rows(*values: Sequence[str | float], hidden: Sequence[int] = ()) -> str:
    written = []
    for number, row in enumerate(values, start=1):
        cells = "".join(_cell(f"{chr(65 + i)}{number}", v) for i, v in enumerate(row))
        mark = ' hidden="1"' if number in hidden else ""
        written.append(f'<row r="{number}"{mark}>{cells}</row>')
    return "".join(written)


def sheet(data: str, columns: str = "") -> str:
    return f"<worksheet {_S}>{columns}<sheetData>{data}</sheetData></worksheet>"


def xlsx(
    sheets: Sequence[tuple[str, str, str]],
    extra: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """(name, state, sheet XML) of each sheet."""
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" state="{state}" r:id="rId{n}"/>'
        for n, (name, state, _) in enumerate(sheets, start=1)
    )
    links = [("worksheet", f"worksheets/sheet{n}.xml", "") for n in range(1, len(sheets) + 1)]
    return zip_of(
        {
            "[Content_Types].xml": _TYPES,
            "xl/workbook.xml": f"<workbook {_S} {_R}><sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relationships(*links),
            **{
                f"xl/worksheets/sheet{n}.xml": data
                for n, (_, _, data) in enumerate(sheets, start=1)
            },
            **(extra or {}),
        }
    )


def pptx(*texts: str, extra: Mapping[str, str | bytes] | None = None) -> bytes:
    namespace = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    slides = {
        f"ppt/slides/slide{n}.xml": (
            f"<p:sld xmlns:p='http://example.test/p' {namespace}><a:p><a:r>"
            f"<a:t>{escape(text)}</a:t></a:r></a:p></p:sld>"
        )
        for n, text in enumerate(texts, start=1)
    }
    return zip_of({"[Content_Types].xml": _TYPES, **slides, **(extra or {})})


def pdf(*pages: str, author: str = "", open_part: str = "", locked: bool = False) -> bytes:
    """A PDF with one line of ASCII text per page."""
    objects = [f"<</Type/Catalog/Pages 2 0 R{open_part}>>"]
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects.append(f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>")
    objects.append("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    for i, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 20 20 Td ({text}) Tj ET" if text else ""
        objects.append(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 100]/Resources<</Font<</F1 3 0 R>>>>"
            f"/Contents {5 + 2 * i} 0 R>>"
        )
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
    objects.append(f"<</Author({author})>>")
    written = "%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(written))
        written += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    count = len(objects) + 1
    key = "0" * 32
    lock = f"/ID[<{key}><{key}>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O({key})/U({key})>>"
    info = f"/Root 1 0 R/Info {len(objects)} 0 R{lock if locked else ''}"
    trailer = f"trailer<</Size {count}{info}>>"
    return (
        f"{written}xref\n0 {count}\n0000000000 65535 f \n{table}{trailer}\n"
        f"startxref\n{len(written)}\n%%EOF"
    ).encode("ascii")


def tiff(order: str, *, gps: bool, version_only: bool = False) -> bytes:
    """A TIFF header with one directory that may point to a GPS directory."""
    mark = b"II" if order == "<" else b"MM"
    tag = 0x8825 if gps else 0x0110
    head = mark + struct.pack(f"{order}HI", 42, 8)
    first = struct.pack(f"{order}HHHIII", 1, tag, 4, 1, 26, 0)
    place = 0 if version_only else 2
    return head + first + struct.pack(f"{order}HHHIII", 1, place, 5, 3, 0, 0)


def jpeg(exif: bytes = b"") -> bytes:
    block = b"Exif\x00\x00" + exif
    app1 = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block if exif else b""
    return b"\xff\xd8\xff\xe0\x00\x04JF" + app1 + b"\xff\xda\x00\x02data\xff\xd9"


def png(exif: bytes = b"") -> bytes:
    chunk = struct.pack(">I", len(exif)) + b"eXIf" + exif + b"\0\0\0\0" if exif else b""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 0) + b"IHDR\0\0\0\0" + chunk


def webp(exif: bytes = b"") -> bytes:
    chunk = b"EXIF" + struct.pack("<I", len(exif)) + exif if exif else b""
    body = b"WEBP" + b"VP8 " + struct.pack("<I", 3) + b"abc\0" + chunk
    return b"RIFF" + struct.pack("<I", len(body)) + body


def ole(*streams: str, body: bytes = b"") -> bytes:
    names = b"\0\0".join(s.encode("utf-16-le") for s in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64 + names + b"\0" * 8 + body
