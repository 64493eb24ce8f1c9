"""Lines of a paper for the tests of reading it."""

from __future__ import annotations

from typing import Any

from gongkai.publishing.importing.paper import Paper
from gongkai.publishing.importing.roles import Line, Role, Span

FILLER = (
    "各单位要结合实际抓好落实，确保各项任务按期完成，"
    "并及时向社会公开进展情况，主动接受社会监督，回应群众关切。"
)


def line(
    text: str, family: str = "fangsong", *, size: float = 16, bold: bool = False, **more: Any
) -> Line:
    return Line(text, (Span(text, family, size, bold),), **more)


def title(text: str) -> Line:
    return line(text, "title", size=22, align="center")


def right(text: str) -> Line:
    return line(text, align="right")


BLANK = Line("")
TITLE = title("星沙市财政局关于做好预算公开工作的通知")


def roles(paper: Paper) -> list[Role]:
    return [part.role for part in paper.parts]
