"""The small text format of the demonstration documents, turned into blocks and into HTML.

Blocks: ``##``/``###`` headings, paragraphs, ``- `` lists and pipe tables, whose caption is a line
``表：…`` before them. Official levels (一、（一）1.) stay text. Nothing else is markup: all text is
escaped, so the result holds no tag but the ones written here.
"""

import csv
import io
import re
from dataclasses import dataclass
from html import escape

CAPTION = "表："
_RULE_CELL = re.compile(r":?-{3,}:?")


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``numeric`` marks the columns whose rule line asks for right alignment (``---:``)."""

    caption: str
    header: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Bullets | Table


def blocks(body: str) -> list[Block]:
    """The blocks of a text; raises ValueError naming the line at fault."""
    result: list[Block] = []
    caption = ""
    for chunk in re.split(r"\n\s*\n", body.strip("\n")):
        lines = [line.rstrip() for line in chunk.splitlines() if line.strip()]
        if not lines:
            continue
        if caption and not lines[0].startswith("|"):
            raise ValueError(f"表题“{caption}”后面没有表格，请在空一行后写表格。")
        if lines[0].startswith("|"):
            result.append(_table(lines, caption))
            caption = ""
        elif lines[0].startswith(CAPTION) and len(lines) == 1:
            caption = lines[0].removeprefix(CAPTION).strip()
        elif heading := re.fullmatch(r"(#{2,3}) +(.+)", lines[0]):
            if len(lines) > 1:
                raise ValueError(f"标题“{lines[0]}”后面请空一行。")
            result.append(Heading(len(heading[1]), heading[2].strip()))
        elif lines[0].startswith("#"):
            raise ValueError(f"只能使用 ## 和 ### 两级标题：{lines[0]}")
        elif all(line.startswith("- ") for line in lines):
            result.append(Bullets(tuple(line[2:].strip() for line in lines)))
        else:
            result.append(Paragraph("".join(line.strip() for line in lines)))
    if caption:
        raise ValueError(f"表题“{caption}”后面没有表格，请在空一行后写表格。")
    return result


def _table(lines: list[str], caption: str) -> Table:
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    if len(rows) < 3 or not all(_RULE_CELL.fullmatch(cell) for cell in rows[1]):
        raise ValueError(f"表格需要表头、分隔行和至少一行内容：{lines[0]}")
    for line, row in zip(lines, rows, strict=True):
        if not line.endswith("|") or len(row) != len(rows[0]):
            raise ValueError(f"表格“{caption}”有 {len(rows[0])} 列，这一行是 {len(row)} 列：{line}")
    return Table(caption, rows[0], tuple(c.endswith(":") for c in rows[1]), tuple(rows[2:]))


def _cells(tag: str, table: Table, row: tuple[str, ...]) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    classes = [' class="num"' if numeric else "" for numeric in table.numeric]
    return "".join(
        f"<{tag}{scope}{css}>{escape(cell)}</{tag}>" for cell, css in zip(row, classes, strict=True)
    )


def _html(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case Bullets(items):
            return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"
        case Table():
            caption = f"<caption>{escape(block.caption)}</caption>" if block.caption else ""
            body = "".join(f"<tr>{_cells('td', block, row)}</tr>" for row in block.rows)
            head = f"<thead><tr>{_cells('th', block, block.header)}</tr></thead>"
            return f"<table>{caption}{head}<tbody>{body}</tbody></table>"


def markdown_to_html(body: str) -> str:
    """Safe HTML of a text: only h2, h3, p, ul, li and table tags; raises ValueError like blocks."""
    return "\n".join(_html(block) for block in blocks(body))


def table_to_csv(table: Table) -> str:
    """A table as comma-separated text; thousands separators are dropped, so that cells count."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.header)
    for row in table.rows:
        writer.writerow([re.sub(r"(?<=\d),(?=\d{3})", "", cell) for cell in row])
    return out.getvalue()
