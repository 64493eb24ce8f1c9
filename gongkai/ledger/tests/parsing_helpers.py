"""What the parser tests share: sample files made from a document, a small unit register."""

import html
import io
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Pt

from gongkai.core.documents import Paragraph, SourceDocument, from_text, read_document
from gongkai.ledger.parsing import ParsedPlan, UnitRegister, apply_edits, parse_work_points

ROOT = Path(__file__).resolve().parents[3]
PARAPHRASE = ROOT / "gongkai" / "demo" / "content" / "work_points_2022.md"
SEED_FOLDER = ROOT.parent / "shared" / "seed"

DIVISIONS = (
    "芙蓉区政府", "天心区政府", "岳麓区政府", "开福区政府", "雨花区政府", "望城区政府",
    "长沙县政府", "浏阳市政府", "宁乡市政府",
)  # fmt: skip

REGISTER = UnitRegister(
    names={
        "市发改委": "市发展改革委",
        "市发展和改革委员会": "市发展改革委",
        "市司法局": "市司法局",
        "市商务局": "市商务局",
        "市市监局": "市市场监督管理局",
        "市市场监管局": "市市场监督管理局",
        "市财政局": "市财政局",
        "国家税务总局长沙市税务局": "市税务局",
        "市卫健委": "市卫生健康委",
        "市委宣传部": "市委宣传部",
        "市农业农村局": "市农业农村局",
        "市数据资源管理局": "市数据资源局",
        "市行政审批服务局": "市行政审批服务局",
        "市政府办": "市政府办公厅",
        "市住房和城乡建设局": "市住房城乡建设局",
        "市文化旅游广电局": "市文旅广电局",
        **{name: name for name in DIVISIONS},
    },
    collectives={
        "各区县（市）人民政府": DIVISIONS,
        "各区县（市）": DIVISIONS,
        "市直相关单位": (),
    },
)


def seed_file() -> Path:
    """The city's own document; skips the test where it is not at hand."""
    files = sorted(SEED_FOLDER.glob("*.txt")) if SEED_FOLDER.is_dir() else []
    if not files:
        pytest.skip("the city's document is not at hand")
    return files[0]


def load(path: Path) -> SourceDocument:
    return read_document(path.read_bytes(), path.name)


def parse(text: str, *, units: UnitRegister | None = None, year: int | None = None) -> ParsedPlan:
    """Parse our own text and check what must hold for every result."""
    document = from_text(text)
    plan = parse_work_points(document, units=units, year=year)
    check_invariants(document, plan)
    return plan


def check_invariants(document: SourceDocument, plan: ParsedPlan) -> None:
    """Raw text is the source at its span, edits turn it into the clean text, numbers are unique."""
    for item in plan.items:
        assert document.text[slice(*item.span)] == item.raw
        assert apply_edits(item.raw, item.edits) == item.clean
        assert 0.0 < item.confidence <= 1.0
        assert item.title
    numbers = [item.no for item in plan.items]
    assert len(numbers) == len(set(numbers))


def as_docx(source: SourceDocument) -> bytes:
    document = Document()
    for paragraph in source.paragraphs:
        if paragraph.style == "rule":
            continue
        if paragraph.level:
            document.add_heading(paragraph.text, level=min(paragraph.level, 4))
        else:
            document.add_paragraph(paragraph.text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


#: The page of GB/T 9704: A4, text area 156 mm by 225 mm, 22 lines of 28 characters.
_STYLE = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm;
        @bottom-center { content: "— " counter(page) " —"; font-size: 14pt } }
body { font: 16pt/28pt "Noto Serif CJK SC", serif; text-align: justify }
p { margin: 0; text-indent: 2em }
p.title { text-align: center; text-indent: 0; font-size: 22pt; line-height: 36pt }
table { border-collapse: collapse; font-size: 12pt; line-height: 18pt }
td, th { border: 0.75pt solid black; padding: 2pt }
"""


def page_pdf(body: str) -> bytes:
    weasyprint = pytest.importorskip("weasyprint", exc_type=ImportError)
    try:
        return bytes(weasyprint.HTML(string=f"<style>{_STYLE}</style>{body}").write_pdf())
    except OSError as error:  # Pango or its libraries are missing
        pytest.skip(f"no PDF output here: {error}")


def as_pdf(source: SourceDocument) -> bytes:
    def line(paragraph: Paragraph) -> str:
        css = "title" if paragraph.level == 1 else ""
        return f'<p class="{css}">{html.escape(paragraph.text)}</p>'

    return page_pdf("".join(line(p) for p in source.paragraphs if p.style != "rule"))


def docx_table(rows: list[list[str]], merges: list[tuple[int, int, int, int]]) -> bytes:
    """A .docx with one table; ``merges`` are (row, column, last row, last column)."""
    document = Document()
    document.add_paragraph("某市2022年政务公开工作任务分工表").runs[0].font.size = Pt(18)
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    for r, c, last_r, last_c in merges:
        kept = table.cell(r, c).text
        merged = table.cell(r, c).merge(table.cell(last_r, last_c))
        merged.text = kept
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
