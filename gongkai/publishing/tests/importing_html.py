"""What every cleaned text must satisfy, checked without the code under test."""

from __future__ import annotations

import re

from gongkai.publishing.importing.clean import clean_html
from gongkai.publishing.importing.sanitizer import ALLOWED

SHA = "ab" * 32
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z\-]+=\"[^\"<>]*\")*)\s*>")
ATTRIBUTE = re.compile(r"([a-zA-Z\-]+)=\"([^\"]*)\"")
HREF = re.compile(r"(?:https?://[^\"]+|mailto:[^\"]+|tel:[^\"]+|[^:\"]*(?:[/?#][^\"]*)?)", re.I)


def assert_allowed(html: str) -> None:
    """Every "<" in the result opens an allowed element with allowed attributes."""
    rest = TAG.sub("", html)
    assert "<" not in rest, rest
    for _, tag, attributes in TAG.findall(html):
        assert tag in ALLOWED, tag
        for name, value in ATTRIBUTE.findall(attributes):
            assert name in ALLOWED[tag], (tag, name)
            if name == "src":
                assert re.fullmatch(r"blob:[0-9a-f]{64}", value)
            if name == "class":
                assert value in ("sign", "note", "no-indent")
            if name == "href":
                assert HREF.fullmatch(value), value
                assert not value.lower().startswith(("javascript", "data:", "vbscript", "//"))


def clean(html: str) -> str:
    result = clean_html(html).html
    assert_allowed(result)
    assert clean_html(result).html == result
    return result
