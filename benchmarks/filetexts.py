"""Reading the text inside files: speed by format against another reader of the same file, what the
process of its own costs, and seconds for a conversion and for a recognised page."""

import io
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.report import Result, median, ms

TITLE = "text of files: pages and megabytes a second, conversion, recognition"
ROUNDS = 3
SENTENCES = (
    "为深入贯彻落实党中央、国务院关于优化营商环境的决策部署，结合本市实际，制定本实施方案。",
    "各区县（市）人民政府、市直各有关单位要按照职责分工，于2022年10月31日前完成任务。",
    "符合条件的企业可以在规定时间内提出申请，经办窗口当场核对材料，材料齐全的当日受理。",
    "补助资金按季度拨付，拨付结果在单位的公开专栏公示七日，接受社会各界查询和反映。",
    "对办理结果有疑问的，可以先向经办单位咨询，也可以依照规定申请复核。",
)


def _paragraph(number: int) -> str:
    return f"{number}. " + "".join(SENTENCES[(number + n) % len(SENTENCES)] for n in range(3))


def make_docx(paragraphs: int) -> bytes:
    """A Word document of numbered paragraphs and a table."""
    import docx

    document = docx.Document()
    for number in range(paragraphs):
        document.add_paragraph(_paragraph(number))
    table = document.add_table(100, 4)
    for number, cell in enumerate(table._cells):
        cell.text = f"第{number}格"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def make_xlsx(rows: int) -> bytes:
    """A list of projects with eight columns."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("项目清单")
    for n in range(rows):
        unit = f"市第{n % 60}局"
        sheet.append(
            [n, f"第{n}号项目", unit, "续建", n * 1.25, "2022年", "正常", SENTENCES[n % 5]]
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def make_pptx(slides: int) -> bytes:
    """Slides of ten paragraphs, the parts that matter only."""
    import zipfile

    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for number in range(1, slides + 1):
            body = "".join(
                f"<a:p><a:r><a:t>{_paragraph(number * 10 + n)}</a:t></a:r></a:p>" for n in range(10)
            )
            slide = f"<p:sld xmlns:p='x' {space}>{body}</p:sld>"
            archive.writestr(f"ppt/slides/slide{number}.xml", slide)
    return out.getvalue()


def make_pdf(paragraphs: int) -> bytes:
    """A laid-out document, about eight paragraphs a page."""
    from weasyprint import HTML

    body = "".join(f"<p>{_paragraph(number)}</p>" for number in range(paragraphs))
    return bytes(HTML(string=f"<style>p{{font-size:16pt}}</style>{body}").write_pdf())


def _best(act: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return min(times)


def _word_by_python_docx(content: bytes) -> str:
    import docx

    document = docx.Document(io.BytesIO(content))
    cells = [c.text for table in document.tables for c in table._cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def _sheet_by_openpyxl(content: bytes) -> str:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
    return "\n".join("\t".join(str(v) for v in row if v is not None) for row in rows)


def _page_by_lxml(content: bytes) -> str:
    import lxml.html

    return str(lxml.html.document_fromstring(content.decode()).text_content())


def _pdf_by_pdftotext(content: bytes, folder: Path) -> bytes:
    (folder / "a.pdf").write_bytes(content)
    subprocess.run(["pdftotext", "a.pdf", "a.txt"], cwd=folder, check=True)  # noqa: S607
    return (folder / "a.txt").read_bytes()


def run(scale: str) -> Result:
    """Measure; ``full`` takes files five times as long."""
    from gongkai.filetexts import isolation
    from gongkai.filetexts.readers import Limits, read

    result = Result("filetexts", TITLE)
    many = 5 if scale == "full" else 1
    limits = Limits(max_chars=50_000_000)
    long = "\n".join(_paragraph(n) for n in range(20_000 * many))
    html = "<html><body>" + "".join(f"<p>{_paragraph(n)}</p>" for n in range(8_000 * many))
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-text-") as name:
        folder = Path(name)
        files: list[tuple[str, bytes, str, Callable[[bytes], object] | None, float | None]] = [
            ("pdf", make_pdf(400 * many), "pdftotext",
             (lambda c: _pdf_by_pdftotext(c, folder)) if shutil.which("pdftotext") else None, 3.0),
            ("docx", make_docx(2_000 * many), "python-docx", _word_by_python_docx, 1.0),
            ("xlsx", make_xlsx(10_000 * many), "openpyxl", _sheet_by_openpyxl, 1.0),
            ("pptx", make_pptx(200 * many), "", None, None),
            ("txt", long.encode("gb18030"), "bytes.decode", lambda c: c.decode("gb18030"), None),
            ("html", f"{html}</body></html>".encode(), "lxml text_content", _page_by_lxml, None),
        ]  # fmt: skip
        for kind, content, other, theirs, limit in files:
            found = read(content, f"a.{kind}", limits)
            assert found.outcome == "text" and found.complete, (kind, found.problem)
            seconds = _best(lambda c=content, k=kind: read(c, f"a.{k}", limits))  # type: ignore[misc]
            text = sum(len(page.encode()) for page in found.pages) / 1e6
            rows.append(
                (kind, f"{len(content) / 1e6:.2f}", f"{text:.2f}", str(len(found.pages)),
                 ms(seconds), f"{text / seconds:.1f}", f"{len(found.pages) / seconds:.0f}")
            )  # fmt: skip
            if theirs is None:
                result.add(f"{kind}: reading", ms(seconds))
                continue
            yardstick = _best(lambda c=content, t=theirs: t(c))  # type: ignore[misc]
            ratio = seconds / yardstick
            result.add(
                f"{kind}: seconds against {other}", ms(seconds), ms(yardstick), ratio, limit=limit
            )
        result.tables.append(
            (
                "Formats",
                ("kind", "MB file", "MB text", "pages", "time", "MB text/s", "pages/s"),
                rows,
            )
        )
        small = make_docx(20)
        reader = isolation.Reader()
        started = time.perf_counter()
        reader.read(small, "a.docx")
        first = time.perf_counter() - started
        apart = [_best(lambda: reader.read(small, "a.docx")) for _ in range(5)]
        here = [_best(lambda: read(small, "a.docx")) for _ in range(5)]
        reader.close()
        result.add("small docx: in the process of its own", ms(median(apart)), ms(median(here)))
        result.notes.append(f"Starting that process and reading the first file: {ms(first)}.")
    _programs(result, many)
    return result


def _programs(result: Result, many: int) -> None:
    """LibreOffice and Tesseract, where they are."""
    from gongkai.filetexts import external, isolation
    from gongkai.filetexts.rules import clean, without_gaps
    from gongkai.screening.filetypes import FileType

    if external.office():
        text = "\n".join(_paragraph(n) for n in range(300))
        rtf = "{\\rtf1\\ansi\\uc1 " + "".join(
            "\\par " if c == "\n" else f"\\u{ord(c)}?" for c in text
        ) + "}"  # fmt: skip
        seconds = _best(lambda: external.converted(rtf.encode("ascii"), FileType.RTF))
        result.add(f"LibreOffice: an old document of {len(text):,} characters", ms(seconds))
    else:
        result.notes.append("LibreOffice is not installed: conversion not measured.")
    font = _font()
    if not external.ocr() or not font:
        result.notes.append("Tesseract or a Chinese font is missing: recognition not measured.")
        return
    drawn, recalls = [], []
    pages = [_scan(font, number) for number in range(2 * many)]
    for truth, content in pages:
        started = time.perf_counter()
        picture, dpi, _ = isolation.SLOW.draw(content, "a.pdf", page=1, dpi=external.DPI)
        found = clean(without_gaps(external.recognised(picture, dpi)))
        drawn.append(time.perf_counter() - started)
        wanted, got = _pairs(truth), _pairs(found.replace("\n", ""))
        recalls.append(sum((wanted & got).values()) / sum(wanted.values()))
    characters = sum(len(truth) for truth, _ in pages) / len(pages)
    result.add(
        f"Tesseract: an A4 page of {characters:.0f} characters, drawn at {external.DPI} dpi",
        ms(median(drawn)),
    )
    result.add("  character pairs of the page that were found", f"{median(recalls):.1%}")


def _pairs(text: str) -> Counter[str]:
    return Counter(text[n : n + 2] for n in range(len(text) - 1))


def _font() -> str:
    lister = shutil.which("fc-match")
    if not lister:
        return ""
    command = [lister, "-f", "%{file}", "serif:lang=zh-cn"]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return found if Path(found).is_file() else ""


def _scan(font: str, seed: int) -> tuple[str, bytes]:
    """A page of 16-point lines as a scanner gives it: a little askew, noisy, a little soft."""
    import random

    from PIL import Image, ImageDraw, ImageFilter, ImageFont

    order = random.Random(seed)
    words = "".join(order.sample(SENTENCES, len(SENTENCES))[n % 5] for n in range(12))
    lines = [words[start : start + 27] for start in range(0, len(words), 27)][:24]
    letter = ImageFont.truetype(font, 44)
    image = Image.new("L", (1654, 2339), 255)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((220, 300 + 78 * number), line, font=letter, fill=30)
    image = image.rotate(0.4, fillcolor=255, resample=Image.Resampling.BICUBIC)
    image = Image.blend(image, Image.effect_noise(image.size, 60), 0.18)
    image = image.filter(ImageFilter.GaussianBlur(0.6))
    out = io.BytesIO()
    image.save(out, "PDF", resolution=200)
    return "".join(lines), out.getvalue()
