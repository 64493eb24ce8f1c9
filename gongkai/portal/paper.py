"""The typographic roles of a document's first and last lines, where the text does not name them.

An official document begins with the units it is sent to and ends with issuer and date. Editors
who paste plain paragraphs do not mark these; on the page they should still stand where a reader
expects them (GB/T 9704-2012, 7.3.2 and 7.3.5).
"""

import re

_PARAGRAPH = re.compile(r"<p>([^<]*)</p>")
_DATE = re.compile(r"\s*\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日\s*")
_NOTE = re.compile(r"\s*（此件[^）]{2,20}）\s*")
_STOP = ("。", "；", "：", "，", "、", "！", "？")
_SIGN_LENGTH = 40
_SIGN_LINES = 8


def dress(html: str) -> str:
    """Mark the addressees (``to``) and the signature (``sign``) of a presented text.

    Only whole paragraphs without markup inside are touched; a text that marks its own signature
    is left alone.
    """
    html = _addressees(html)
    return html if 'class="sign"' in html else _signature(html)


def _addressees(html: str) -> str:
    first = _PARAGRAPH.match(html.lstrip())
    if first and first[1].rstrip().endswith("：") and len(first[1]) <= 200:
        start = html.index("<p>")
        return f'{html[:start]}<p class="to">{html[start + 3 :]}'
    return html


def _signature(html: str) -> str:
    found = list(_PARAGRAPH.finditer(html))
    if not found:
        return html
    last = len(found) - 1
    if _NOTE.fullmatch(found[last][1]):
        last -= 1
    if last < 0 or not _DATE.fullmatch(found[last][1]):
        return html
    first = last
    while (
        first > 0
        and last - first < _SIGN_LINES
        and not html[found[first - 1].end() : found[first].start()].strip()
        and _is_name(found[first - 1][1])
    ):
        first -= 1
    if html[found[last].end() :].strip() and last == len(found) - 1:
        return html
    lines = "<br>".join(found[n][1].strip() for n in range(first, last + 1))
    head, tail = html[: found[first].start()], html[found[last].end() :]
    return f'{head}<p class="sign">{lines}</p>{tail}'


def _is_name(text: str) -> bool:
    line = text.strip()
    return 2 <= len(line) <= _SIGN_LENGTH and not line.endswith(_STOP)
