"""Building .docx files for the import tests: python-docx where it can, raw XML where it cannot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Inches, Pt

from gongkai.publishing.importing.clean import clean_html
from gongkai.publishing.importing.word import ImportedDocument, import_docx

NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
CENTRE = WD_ALIGN_PARAGRAPH.CENTER
RIGHT = WD_ALIGN_PARAGRAPH.RIGHT


def xml(fragment: str) -> Any:
    """An element of WordprocessingML from its source; the prefixes are declared here."""
    end = fragment.index(">") if fragment[fragment.index(">") - 1] != "/" else fragment.index("/>")
    return parse_xml(f"{fragment[:end]} {NS}{fragment[end:]}")


def run(paragraph: Any, text: str, *, font: str = "", size: float = 16, bold: bool = False) -> Any:
    """A run with an East Asian font."""
    made = paragraph.add_run(text)
    made.font.size = Pt(size)
    if bold:
        made.bold = True
    if font:
        properties = made._r.get_or_add_rPr()
        properties.append(xml(f'<w:rFonts w:eastAsia="{font}"/>'))
    return made


class Paper:
    """An official paper under construction, with the fonts and sizes of GB/T 9704-2012."""

    def __init__(self) -> None:
        self.document = docx.Document()

    def line(
        self,
        text: str = "",
        *,
        font: str = "仿宋_GB2312",
        size: float = 16,
        bold: bool = False,
        align: Any = None,
        indent: float = 0,
    ) -> Any:
        """A paragraph of one run; ``indent`` is the left indent in characters."""
        paragraph = self.document.add_paragraph()
        if text:
            run(paragraph, text, font=font, size=size, bold=bold)
        if align is not None:
            paragraph.alignment = align
        if indent:
            paragraph.paragraph_format.left_indent = Pt(16 * indent)
        return paragraph

    def title(self, *lines: str) -> None:
        for text in lines:
            self.line(text, font="方正小标宋简体", size=22, align=CENTRE)

    def body(self, *texts: str) -> None:
        for text in texts:
            self.line(text)

    def first(self, text: str) -> None:
        self.line(text, font="黑体")

    def second(self, text: str) -> None:
        self.line(text, font="楷体_GB2312")

    def sign(self, *lines: str) -> None:
        for text in lines:
            self.line(text, align=RIGHT)

    def raw(self, fragment: str) -> Any:
        """Append a body element given as XML."""
        element = xml(fragment)
        body = self.document.element.body
        body.insert(len(body) - 1, element)
        return element

    def numbering(self, *levels: tuple[str, str], extra: str = "") -> str:
        """Define a list whose levels have (format, pattern); returns its id.

        ``extra`` goes into the w:num element (overrides).
        """
        root = self.document.part.numbering_part.element
        number = str(900 + len(root.findall(qn("w:num"))))
        made = "".join(
            f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>'
            f'<w:lvlText w:val="{pattern}"/></w:lvl>'
            for i, (style, pattern) in enumerate(levels)
        )
        abstract = xml(f'<w:abstractNum w:abstractNumId="{number}">{made}</w:abstractNum>')
        first_num = root.find(qn("w:num"))
        first_num.addprevious(abstract)
        root.append(
            xml(f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/>{extra}</w:num>')
        )
        return number

    def second_num(self, number: str, extra: str = "") -> str:
        """Another instance of a defined list."""
        root = self.document.part.numbering_part.element
        other = str(int(number) + 50)
        root.append(
            xml(f'<w:num w:numId="{other}"><w:abstractNumId w:val="{number}"/>{extra}</w:num>')
        )
        return other

    def numbered(self, number: str, text: str, level: int = 0, **look: Any) -> Any:
        """A paragraph in a list."""
        paragraph = self.line(text, **look)
        paragraph._p.get_or_add_pPr().append(
            xml(f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
        )
        return paragraph

    def table(self, rows: list[list[str]], *, bold_head: bool = False) -> Any:
        made = self.document.add_table(len(rows), len(rows[0]))
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                cell = made.cell(r, c)
                cell.text = text
                if bold_head and r == 0:
                    cell.paragraphs[0].runs[0].bold = True
        return made

    def picture(self, data: bytes, alt: str | None = None) -> Any:
        """A paragraph holding one picture."""
        paragraph = self.document.add_paragraph()
        shape = paragraph.add_run().add_picture(io.BytesIO(data), width=Inches(1))
        properties = shape._inline.docPr
        if alt is not None:
            properties.set("descr", alt)
        return paragraph

    def bytes(self) -> bytes:
        stream = io.BytesIO()
        self.document.save(stream)
        return stream.getvalue()


def edit(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Unpack a file, let ``change`` alter its members, pack it again."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def png(width: int = 2, height: int = 2, shade: int = 0) -> bytes:
    """A real little PNG; ``shade`` makes different ones."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\x00" + bytes([shade]) * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def notice() -> Paper:
    """A complete notice: 版头 to 版记."""
    paper = Paper()
    head = paper.line("星沙市人民政府办公室文件", font="方正小标宋简体", size=40, align=CENTRE)
    head.runs[0].font.color.rgb = docx.shared.RGBColor(0xFF, 0, 0)
    paper.line("星政办发〔2022〕13号", align=CENTRE)
    paper.line()
    paper.title("星沙市人民政府办公室关于印发", "《星沙市社区食堂建设方案》的通知")
    paper.line()
    paper.line("各区县（市）人民政府，市直各单位：")
    paper.body("《星沙市社区食堂建设方案》已经市人民政府同意，现印发给你们，请认真组织实施。")
    paper.first("一、总体要求")
    paper.body(
        "坚持便民、公益、可持续，力争两年内每个街道至少建成一处社区食堂，方便老年人就近用餐。"
    )
    paper.first("二、主要任务")
    paper.second("（一）合理布点")
    paper.body("按照步行十五分钟可达的要求布点，优先利用闲置公共用房。")
    paragraph = paper.line()
    run(paragraph, "（二）规范运营。", font="楷体_GB2312")
    run(
        paragraph,
        "运营单位应当公开菜单、价格和补贴标准，接受居民监督，每季度公布一次收支情况。",
        font="仿宋_GB2312",
    )
    paper.body("1. 每日公布菜单。", "2. 每月公布收支。")
    paper.line()
    paper.body("附件：1. 社区食堂建设任务分解表", "2. 社区食堂补贴标准")
    paper.line()
    paper.sign("星沙市人民政府办公室", "2022年5月10日")
    paper.line("（此件公开发布）")
    paper.line("抄送：市委办公室，市人大常委会办公室。", size=14)
    paper.line("星沙市人民政府办公室　　　2022年5月11日印发", size=14)
    return paper


LONG = (
    "各单位要结合实际抓好落实，确保各项任务按期完成，"
    "并及时向社会公开进展情况，主动接受社会监督，回应群众关切。"
)


def read(paper: Paper) -> ImportedDocument:
    result = import_docx(paper.bytes(), filename="通知.docx")
    assert clean_html(result.html).html == result.html
    return result


def titled() -> Paper:
    paper = Paper()
    paper.title("关于开展检查的通知")
    paper.body(LONG)
    return paper


def below(paper: Paper) -> str:
    """The text after the title and the first paragraph of ``titled``."""
    html = read(paper).html
    start = f"<p>{LONG}</p>"
    assert html.startswith(start), html
    return html[len(start) :]
