"""The external command: what goes in, what may come out, and how it is ended."""

import shutil
import sys
import time
from pathlib import Path

import pytest

from gongkai.speech.engine import speak
from gongkai.speech.rules import Audio, SpeechError
from gongkai.speech.tests.test_rules import sound


def program(folder: Path, code: str) -> list[str]:
    path = folder / "voice.py"
    path.write_text(code, encoding="utf-8")
    return [sys.executable, str(path)]


def run(command: list[str], text: str = "文字", timeout: float = 20, limit: int = 10**6) -> Audio:
    return speak(text, command=command, timeout=timeout, limit=limit)


def test_the_text_goes_in_at_standard_input_and_is_never_an_argument(tmp_path: Path) -> None:
    (tmp_path / "sound.wav").write_bytes(sound(1))
    evil = f"$(touch {tmp_path}/owned) `touch {tmp_path}/owned`; touch {tmp_path}/owned\n--help"
    command = program(
        tmp_path,
        "import sys, pathlib\n"
        f"here = pathlib.Path({str(tmp_path)!r})\n"
        "(here / 'heard').write_bytes(sys.stdin.buffer.read())\n"
        "(here / 'words').write_text(repr(sys.argv[1:]))\n"
        "sys.stdout.buffer.write((here / 'sound.wav').read_bytes())\n",
    )
    assert run(command, evil).seconds == 1
    assert (tmp_path / "heard").read_text(encoding="utf-8") == evil
    assert (tmp_path / "words").read_text() == "[]" and not (tmp_path / "owned").exists()


def test_a_command_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    command = program(
        tmp_path,
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])",
    )
    started = time.monotonic()
    with pytest.raises(SpeechError, match="没有读完"):
        run(command, timeout=1)
    assert time.monotonic() - started < 10


def test_endless_sound_is_cut_off(tmp_path: Path) -> None:
    command = program(
        tmp_path, "import sys\nwhile True:\n    sys.stdout.buffer.write(b'RIFF' * 9999)"
    )
    with pytest.raises(SpeechError, match="超过"):
        run(command, limit=100_000)


def test_a_failing_command_says_why(tmp_path: Path) -> None:
    command = program(tmp_path, "import sys\nsys.stderr.write('no voice')\nsys.exit(3)")
    with pytest.raises(SpeechError, match="以 3 结束：no voice"):
        run(command)


def test_a_missing_command_says_so() -> None:
    with pytest.raises(SpeechError, match="不能运行"):
        run(["/nonexistent/voice"])


def test_a_command_that_does_not_read_its_input_is_no_deadlock(tmp_path: Path) -> None:
    (tmp_path / "sound.wav").write_bytes(sound(1))
    command = ["cat", str(tmp_path / "sound.wav")]
    assert run(command, "字" * 200_000).seconds == 1


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng")
def test_espeak_ng_really_reads_chinese() -> None:
    command = ["espeak-ng", "-v", "cmn-latn-pinyin", "--stdout"]
    short = run(command, "长沙市财政局。", limit=10**7)
    long = run(command, "长沙市财政局关于规范补贴政策清单公开的通知。" * 3, limit=10**7)
    assert short.content_type == "audio/wav" and long.seconds and short.seconds
    assert long.seconds > 3 * short.seconds
    loud = [abs(int.from_bytes(long.data[i : i + 2], "little", signed=True))
            for i in range(44, len(long.data) - 1, 500)]  # fmt: skip
    assert sum(level > 500 for level in loud) > len(loud) / 4
