"""Everything around the points: letterhead, number, addressees, issuer, dates, title."""

import re
from dataclasses import dataclass, field
from typing import Final

from gongkai.ledger.parsing.cleaning import Line
from gongkai.ledger.parsing.deadlines import find_deadlines
from gongkai.ledger.parsing.model import Problem
from gongkai.ledger.parsing.names import UnitRegister, looks_like_unit, split_names
from gongkai.ledger.parsing.numbering import marker_at
from gongkai.ledger.parsing.vocabulary import TITLE_ENDINGS

_DOC_NO: Final = re.compile(
    r"(?P<body>[\u4e00-\u9fff]{2,20})[〔\[［﹝（(【]\s?(?P<year>(?:19|20)\d\d)\s?[〕\]］﹞）)】]\s?(?:第\s?)?(?P<no>\d{1,5})\s?号"
)
_NOTICE: Final = re.compile(
    r"(?:关于)?(?:印发|转发|下发|发布|公布)(?:[《〈](?P<quoted>[^》〉]{4,80})[》〉]|(?P<bare>[^《》]{6,60}?))的通知"
)
_DATE_LINE: Final = re.compile(
    r"(?P<year>(?:19|20)\d\d|[〇○零一二三四五六七八九]{4})年(?P<month>\d{1,2}|[一二三四五六七八九十]{1,3})月(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})日(?P<printed>印发)?"
)
_TAIL_DATE: Final = re.compile(rf"(?P<name>[\u4e00-\u9fff（）()]{{4,40}}){_DATE_LINE.pattern}$")
_YEAR: Final = re.compile(r"(?P<year>(?:19|20)\d\d|[〇○零一二三四五六七八九]{4})年")
_YEAR_RANGE: Final = re.compile(r"(?:19|20)\d\d\s?年?\s?[-—－–~～至到]{1,2}\s?(?:19|20)\d\d")
_NON_CONTENT: Final = re.compile(
    r"信息公开(?:属性|方式|类型|类别|选项)|公开(?:方式|属性|类别|选项)[：:]|[（(]?此件|抄送|抄报|主题词|联系人[：:]|联系电话|发至[：:]|分送[：:]|[（(]本文有删减"
)
_PAGE_NUMBER: Final = re.compile(
    r"[-—–－\s]*第?\s?\d{1,4}\s?页?(?:\s?[/，,]?\s?共\s?\d{1,4}\s?页)?[-—–－\s]*"
)
_ATTACHMENT: Final = re.compile(r"附\s?(?:件|表)(?:\s?\d{1,2})?\s?(?:[：:]|$|[\u4e00-\u9fff《])")
_PARKS: Final = ("园区", "管委会", "开发区", "高新区", "经开区", "新区", "产业园", "保税区", "自贸")
_PUNCTUATION: Final = re.compile(r"[。；！？;!?]")


@dataclass(slots=True)
class Front:
    """What the lines before the points say; ``body_start`` is the index of the first body line."""

    title: str = ""
    doc_no: str = ""
    issuer: str = ""
    issued_on: str | None = None
    addressees: list[str] = field(default_factory=list)
    preamble: list[str] = field(default_factory=list)
    year: int | None = None
    body_start: int = 0
    problems: list[Problem] = field(default_factory=list)


def squeeze(text: str) -> str:
    """For comparing titles: no spaces, no title marks."""
    return re.sub(r"[\s\u3000《》〈〉]", "", text)


def is_page_number(text: str) -> bool:
    return (len(text) < 30 and bool(_PAGE_NUMBER.fullmatch(text)) and not text.isdigit()) or (
        text.isdigit() and len(text) <= 3
    )


def is_date_line(text: str) -> bool:
    return bool(_DATE_LINE.fullmatch(text))


def is_non_content(line: Line) -> bool:
    """Rules, page numbers, copies-to, publicity marks: never part of a point."""
    text = line.text
    return (
        line.style == "rule"
        or is_page_number(text)
        or bool(_NON_CONTENT.match(text))
        or is_date_line(text)
        or bool(len(text) < 60 and text.endswith("印发") and _DATE_LINE.search(text))
    )


def is_foot(line: Line) -> bool:
    """The line opens the foot of the document; nothing but a new part or point follows."""
    return bool(_NON_CONTENT.match(line.text))


def is_attachment(text: str) -> bool:
    return bool(_ATTACHMENT.match(text))


def is_title_like(text: str) -> bool:
    """A line that could be the title of a document of this kind."""
    bare = re.sub(r"[（(][^（）()]{1,30}[）)]$", "", text)
    return (
        5 <= len(text) <= 70
        and bare.endswith(TITLE_ENDINGS)
        and not _PUNCTUATION.search(text)
        and marker_at(text) is None
        and "，" not in text
    )


def _iso(match: re.Match[str]) -> str | None:
    found = next(iter(find_deadlines(match.group(), None, labelled=True)), None)
    return found.deadline.date if found else None


def _year_of(text: str) -> int | None:
    if _YEAR_RANGE.search(text):
        return None  # a plan over several years: the year of issue completes its dates
    match = _YEAR.search(text)
    if not match:
        return None
    written = match.group("year")
    if written.isdigit():
        return int(written)
    digits = "".join(
        str("〇一二三四五六七八九".find(c.replace("○", "〇").replace("零", "〇"))) for c in written
    )
    return int(digits) if len(digits) == 4 and digits.isdigit() else None


def _doc_no(lines: list[Line]) -> str:
    for line in lines:
        if len(line.text) < 60:
            match = _DOC_NO.fullmatch(line.text.strip("（）() "))
            if match:
                return _write_doc_no(match)
    for line in lines[:12]:
        for match in _DOC_NO.finditer(line.text[:400]):
            before = line.text[: match.start()]
            cited = before.rfind("（") > before.rfind("）") or before.rfind("《") > before.rfind(
                "》"
            )
            if not cited and not before.endswith(("》", "（", "(")) and len(before) < 80:
                return _write_doc_no(match)
    return ""


def _write_doc_no(match: re.Match[str]) -> str:
    body = match.group("body")
    return f"{body}〔{match.group('year')}〕{match.group('no')}号"


def _addressees(lines: list[Line], register: UnitRegister | None) -> tuple[int, list[str]]:
    """(index of the salutation line, names); -1 when there is none."""
    for index, line in enumerate(lines[:40]):
        head, colon, _ = line.text.partition("：")
        if not colon:
            head, colon, _ = line.text.partition(":")
        if not colon or len(head) > 400 or marker_at(line.text) or "。" in head:
            continue
        head = re.sub(r"^.*?\d号(?=各|市|省)", "", head)
        names = split_names(head, register).names
        if names and all(looks_like_unit(name) or name.startswith("各") for name in names):
            return index, names
    return -1, []


def read_front(
    lines: list[Line], register: UnitRegister | None, title_hint: str | None = None
) -> Front:
    """Read the head of the document. ``title_hint`` overrides the title found."""
    front = Front()
    first_number = next(
        (i for i, line in enumerate(lines) if marker_at(line.text) is not None), len(lines)
    )
    announced = _announced_title(lines)
    title_at, title_lines = -1, 0
    if announced:
        title_at, title_lines = _find_title(lines, announced)
        front.title = announced
    if title_at < 0:
        title_at, title_lines, found = _best_title(lines, first_number)
        if not front.title:
            front.title = found
        elif found and squeeze(found) not in squeeze(front.title):
            title_at, title_lines = -1, 0
    if title_hint:
        front.title = title_hint
    front.body_start = max(title_at + title_lines, 0)
    head = lines[: max(front.body_start, 0)] or lines[:first_number]
    front.doc_no = _doc_no(lines[: max(first_number, front.body_start, 12)])
    salutation, front.addressees = _addressees(
        lines[: max(first_number, front.body_start)], register
    )
    _issue(front, lines, first_number)
    _leftovers(front, head, salutation, announced)
    front.year = _year_of(front.title)
    if front.year is None and front.doc_no:
        front.year = int(re.sub(r"\D.*$", "", front.doc_no.partition("〔")[2]) or 0) or None
    if front.year is None and front.issued_on:
        front.year = int(front.issued_on[:4])
    return front


def _announced_title(lines: list[Line]) -> str:
    """The title that the covering notice names: 关于印发《…》的通知."""
    for first, second in zip(lines[:30], [*lines[1:30], None], strict=False):
        joined = first.text + (second.text if second and len(first.text) < 60 else "")
        for text in (first.text, joined):
            if len(text) > 300:
                continue
            match = _NOTICE.search(text.replace(" ", ""))
            if match:
                return (match.group("quoted") or match.group("bare") or "").strip()
    return ""


def _find_title(lines: list[Line], title: str) -> tuple[int, int]:
    """Where the title stands on its own, over at most three lines; the last such place wins."""
    wanted = squeeze(title)
    found = (-1, 0)
    for index, line in enumerate(lines):
        text = ""
        for count in range(1, 4):
            if index + count > len(lines) or len(text) > len(wanted):
                break
            text += squeeze(lines[index + count - 1].text)
            if text == wanted and line.text and not line.text.startswith("《"):
                found = (index, count)
                break
    return found


def _best_title(lines: list[Line], first_number: int) -> tuple[int, int, str]:
    """A document without a covering notice: the first line that reads like a title."""
    for index, line in enumerate(lines[: min(first_number, 12)]):
        if is_title_like(line.text):
            return index, 1, line.text
        if index + 1 < len(lines) and len(line.text) < 40:
            both = line.text + lines[index + 1].text
            broken = not line.text.endswith(("号", "：", ":", "文件")) and (
                line.style == "centre" or line.level is not None or "关于" in line.text
            )
            if broken and is_title_like(both) and not _DOC_NO.search(line.text):
                return index, 2, both
    for index, line in enumerate(lines[: min(first_number, 6)]):
        heading = line.level is not None or line.style in ("centre", "Title")
        if heading and 4 <= len(line.text) <= 60 and not _PUNCTUATION.search(line.text):
            return index, 1, line.text
    return -1, 0, ""


def _issue(front: Front, lines: list[Line], first_number: int) -> None:
    """Date of issue and issuer, from the signature or from the foot of the document."""
    head = range(max(first_number, front.body_start))
    foot = range(max(len(lines) - 12, 0), len(lines))
    for index in (*head, *reversed(foot)):
        text = lines[index].text
        if len(text) > 80:
            continue
        match = _DATE_LINE.fullmatch(text) or _TAIL_DATE.search(text)
        if not match:
            continue
        day = _DATE_LINE.search(text)
        front.issued_on = _iso(day) if day else None
        if front.issued_on is None:
            front.problems.append(
                Problem("bad_date", f"成文日期“{text}”不存在，请对照原件核对。", "文首")
            )
        before = match.groupdict().get("name") or (lines[index - 1].text if index else "")
        if looks_like_unit(before) and not _PUNCTUATION.search(before):
            front.issuer = before
        break
    if front.issued_on is None:
        _inline_issue(front, lines[: max(first_number, front.body_start) + 1])
    if not front.issuer:
        for line in lines[: min(first_number, 6)]:
            if line.text.endswith("文件") and looks_like_unit(line.text[:-2]):
                front.issuer = line.text[:-2]
                return
        prefix = re.match(r"([\u4e00-\u9fff]{4,30}?)(?:关于|印发)", front.title)
        if prefix and looks_like_unit(prefix.group(1)):
            front.issuer = prefix.group(1)


_INLINE_DATE: Final = re.compile(
    rf"(?P<name>[\u4e00-\u9fff]{{2,24}}(?:政府|办公厅|厅|委员会|局|办公室|部|小组|委))\s?{_DATE_LINE.pattern}"
)


def _inline_issue(front: Front, head: list[Line]) -> None:
    """Copies that lost their line breaks: …执行。某某人民政府2019年11月4日关于…."""
    for line in head:
        match = _INLINE_DATE.search(line.text[:3000])
        if match and not match.group("printed"):
            day = _DATE_LINE.search(match.group())
            front.issued_on = _iso(day) if day else None
            front.issuer = front.issuer or match.group("name")
            return


def _leftovers(front: Front, head: list[Line], salutation: int, announced: str) -> None:
    """Lines of the head that nothing explains are reported, not lost."""
    title = squeeze(front.title)
    wanted = {title, squeeze(front.issuer), squeeze(front.issuer + "文件")}
    for index, line in enumerate(head):
        text = line.text
        if (
            index == salutation
            or is_non_content(line)
            or _DOC_NO.search(text)
            or squeeze(text) in wanted
            or squeeze(text) in title
            or _PUNCTUATION.search(text)
            or text.endswith(("文件", "通知", "：", ":"))
            or (announced and squeeze(announced) in squeeze(text))
            or is_attachment(text)
            or len(text) > 12
        ):
            continue
        front.problems.append(
            Problem("stray_line", f"“{text}”单独成行，不知属于哪里，已忽略。", "文首")
        )


def is_park(name: str) -> bool:
    """A development zone or park administration."""
    return any(word in name for word in _PARKS)
