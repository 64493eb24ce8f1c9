"""What is read aloud, and which bytes are sound."""

import contextlib
import io
import struct
import wave
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.speech.rules import SpeechError, length_words, recognise, spoken

PARTS = {"title": "关于补助的通知", "unit": "长沙市财政局", "day": "2022年10月18日"}


def sound(seconds: float = 2.0) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\x10\x20" * int(8000 * seconds))
    return out.getvalue()


def test_title_unit_day_summary_and_text_come_in_this_order() -> None:
    text, whole = spoken(**PARTS, summary="补助八万元。", body="第一条。\n第二条。")
    assert whole
    assert text.split("\n") == [
        "关于补助的通知。", "长沙市财政局，2022年10月18日发布。", "内容概述：补助八万元。",
        "第一条。", "第二条。",
    ]  # fmt: skip


def test_a_long_text_ends_with_a_sentence_and_says_that_it_goes_on() -> None:
    text, whole = spoken(**PARTS, summary="", body="不得收费。" * 400, limit=300)
    assert not whole
    read, _, last = text.rpartition("\n")
    assert read.endswith("不得收费。") and len(read) <= 300
    assert last == "以下内容较长，请在网页上阅读。"


@given(st.text(), st.text(), st.integers(80, 400))
def test_nothing_unspeakable_and_never_much_longer_than_the_limit(
    summary: str, body: str, limit: int
) -> None:
    text, whole = spoken(**PARTS, summary=summary, body=body, limit=limit)
    assert len(text) <= limit + 20
    assert "\x00" not in text and "\x1b" not in text
    assert whole or text.endswith("请在网页上阅读。")


def test_a_wave_file_knows_its_length() -> None:
    audio = recognise(sound())
    assert (audio.content_type, audio.seconds) == ("audio/wav", 2)


@pytest.mark.parametrize("claimed", [0x7FFFF000, 0xFFFFFFFF])
def test_a_wave_file_written_to_a_pipe_gets_honest_lengths(claimed: int) -> None:
    data = bytearray(sound())
    struct.pack_into("<I", data, 4, claimed)
    struct.pack_into("<I", data, 40, claimed)
    audio = recognise(bytes(data))
    assert audio.seconds == 2
    with wave.open(io.BytesIO(audio.data)) as file:
        assert file.getnframes() == 16000


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"ID3\x04" + b"\x00" * 50, "audio/mpeg"),
        (b"\xff\xfb\x90\x64" + b"\x00" * 2000, "audio/mpeg"),
        (b"OggS" + b"\x00" * 50, "audio/ogg"),
    ],
)
def test_other_sounds_are_known_by_their_first_bytes(data: bytes, kind: str) -> None:
    assert recognise(data).content_type == kind


@pytest.mark.parametrize(
    "data",
    [b"", b"<html><script>", b"%PDF-1.7", b"RIFF\x00\x00\x00\x00WAVE", b"RIFF1234AVI ", b"\xff\xfb",
     sound(0), sound()[:30]],
)  # fmt: skip
def test_what_is_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(SpeechError, match="朗读程序"):
        recognise(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_either_sound_or_refused(data: bytes) -> None:
    for tail in (data, b"RIFF\x24\x00\x00\x00WAVE" + data, b"RIFF1234WAVEfmt " + data):
        with contextlib.suppress(SpeechError):
            assert recognise(tail).data


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (5, "5 秒"), (60, "1 分"), (200, "3 分 20 秒")]
)
def test_lengths_in_words(seconds: Any, words: str) -> None:
    assert length_words(seconds) == words
