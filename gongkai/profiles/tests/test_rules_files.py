"""Digests as people paste them, names as archives need them, the states of a file."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.profiles.rules_files import clean_sha, distinct, safe_name, state_of, text_file

SHA = hashlib.sha256(b"x").hexdigest()


@pytest.mark.parametrize(
    "text",
    [SHA, SHA.upper(), f" {SHA}\n", f"sha256:{SHA}", f"SHA-256: {SHA}", f"{SHA}  清单.csv",
     f"{SHA[:32]} {SHA[32:]}"],
)  # fmt: skip
def test_a_digest_is_found_however_it_was_copied(text: str) -> None:
    assert clean_sha(text) == SHA


@pytest.mark.parametrize("text", ["", " ", SHA[:-1], SHA + "0", "g" * 64, "０" * 64, "%" * 300])
def test_what_is_no_digest_is_none(text: str) -> None:
    assert clean_sha(text) == ""


@given(st.text(max_size=300))
def test_any_text_is_harmless(text: str) -> None:
    assert clean_sha(text) == "" or len(clean_sha(text)) == 64
    name = safe_name(text)
    assert name and len(name) <= 120
    assert not set(name) & set('/\\:*?"<>|\x00\u202e')
    assert name not in (".", "..")


@pytest.mark.parametrize(
    ("name", "safe"),
    [("../../etc/passwd", "_.._etc_passwd"), ("清单.csv", "清单.csv"), ("a\u202egpj.exe", "a_gpj.exe"),
     ("", "文件"), ("...", "文件")],
)  # fmt: skip
def test_names_cannot_leave_the_archive(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.lists(st.sampled_from(["a.csv", "A.csv", "b", "a（2）.csv"]), max_size=8))
def test_names_in_an_archive_are_told_apart(names: list[str]) -> None:
    found = distinct(names)
    assert len({n.lower() for n in found}) == len(names)


@pytest.mark.parametrize(
    ("public", "newest", "sealed", "state"),
    [(True, True, False, "current"), (True, False, False, "replaced"),
     (True, False, True, "sealed"), (False, True, False, "withdrawn"),
     (False, False, True, "withdrawn")],
)  # fmt: skip
def test_the_state_of_a_file(public: bool, newest: bool, sealed: bool, state: str) -> None:
    assert state_of(public=public, in_newest=newest, sealed=sealed) == state


def test_the_text_is_the_same_bytes_whatever_line_ends_came_in() -> None:
    rows = {"title": "标题", "unit": "单位", "doc_no": "", "index_no": "X/1", "formed_on": None,
            "released_at": "2022-10-18 09:30", "version": 2}  # fmt: skip
    one = text_file(**rows, text="甲 \r\n乙\n")  # type: ignore[arg-type]
    assert one == text_file(**rows, text="甲\n乙")  # type: ignore[arg-type]
    assert "第 2 版".encode() in one and "发文字号".encode() not in one
