"""The process that opens files, and the programs of the system, as far as this machine has them."""

import time
from pathlib import Path

import pytest

from gongkai.core.pairs import pairs
from gongkai.filetexts import external, isolation
from gongkai.filetexts.readers import Limits, Outcome, read
from gongkai.filetexts.rules import clean, without_gaps
from gongkai.filetexts.tests import samples
from gongkai.screening.filetypes import FileType
from gongkai.screening.tests import builders


def test_files_are_opened_in_a_process_that_stays_and_may_be_ended() -> None:
    reader = isolation.Reader()
    try:
        found = reader.read(builders.docx("公开"), "a.docx")
        assert (found.outcome, found.pages) == (Outcome.TEXT, ("公开",))
        first = reader._process
        assert reader.read(b"x" * 50, "a.txt", limits=Limits(max_bytes=9)).outcome == (
            Outcome.TOO_LARGE
        )
        assert reader._process is first
        picture, dpi, problem = reader.draw(builders.pdf("one"), "a.pdf", page=1, dpi=144)
        assert (picture[:14], dpi, problem) == (b"P5\n800 200\n255", 144, "")
        assert reader.draw(builders.pdf("one"), "a.pdf", page=5, dpi=144)[2] == "第5页画不出来。"
        assert "没有可以识别" in reader.draw(b"text", "a.txt", page=1, dpi=144)[2]
        # It is ended in the middle of something, as a hostile file would make it necessary.
        started = time.monotonic()
        long = b"".join(b"line %d of very many\n" % n for n in range(400_000))
        late = reader.read(long, "a.txt", seconds=0.02)
        assert late.outcome == Outcome.UNREADABLE and "秒" in late.problem
        assert time.monotonic() - started < 5
        assert first is not None and first.poll() is not None
        # It dies by itself: the next file finds another process.
        reader.read(b"x", "a.txt")
        assert reader._process is not None
        reader._process.kill()
        reader._process.wait()
        assert reader.read("仍然".encode(), "a.txt").pages == ("仍然",)
    finally:
        reader.close()


def test_the_process_has_a_limit_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from gongkai.filetexts.readers import child

    limits: list[int] = []
    monkeypatch.setattr(child.resource, "setrlimit", lambda kind, pair: limits.append(pair[0]))
    monkeypatch.setattr(child.sys, "stdin", type("Closed", (), {"buffer": open("/dev/null", "rb")}))  # noqa: SIM115
    monkeypatch.setattr(child.os, "dup2", lambda *pair: None)
    child.main()
    assert limits == [child.MEMORY, 0]


def test_a_program_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    script = "sleep 60 & echo $! > kid; wait"
    started = time.monotonic()
    with pytest.raises(external.Failed, match="没有完成"):
        external.run(["sh", "-c", script], folder=str(tmp_path), seconds=0.6)
    assert time.monotonic() - started < 5
    kid = int((tmp_path / "kid").read_text())
    for _ in range(50):
        state = Path(f"/proc/{kid}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            break
        time.sleep(0.05)
    else:
        pytest.fail("the child of the program lives on")


def test_a_program_gets_its_own_folder_and_no_network(tmp_path: Path) -> None:
    code, out = external.run(
        ["sh", "-c", "pwd; echo $HOME; ulimit -v; cat /proc/net/dev"],
        folder=str(tmp_path), seconds=10,
    )  # fmt: skip
    lines = out.decode().splitlines()
    assert code == 0 and lines[:3] == [str(tmp_path)] * 2 + [str(external.MEMORY_KB)]
    if external._walls():
        assert [line.split(":")[0].strip() for line in lines if ":" in line] == ["lo"]
    with pytest.raises(external.Failed):
        external.run(["true"], folder=str(tmp_path / "missing"), seconds=1)


def test_the_doctor_says_what_is_missing(settings: object) -> None:
    settings.SOFFICE_COMMAND = settings.TESSERACT_COMMAND = "no-such-program"  # type: ignore[attr-defined]
    assert [(ok, "没有安装" in note) for _, ok, note in external.examined()] == [(None, True)] * 2
    settings.SOFFICE_COMMAND = settings.TESSERACT_COMMAND = ""  # type: ignore[attr-defined]
    assert external.office() == external.ocr() == ""


@pytest.mark.soffice
def test_an_old_document_becomes_a_new_one() -> None:
    text = "长沙市人民政府关于公开的通知"
    newer = external.converted(samples.rtf(text), FileType.RTF)
    assert newer.name == "in.docx"
    assert read(newer.content, newer.name).pages == (text,)


@pytest.mark.soffice
def test_a_broken_document_ends_in_a_sentence() -> None:
    broken = builders.ole("WordDocument", body=samples.noise())
    with pytest.raises(external.Failed, match="LibreOffice"):
        external.converted(broken, FileType.DOC)


@pytest.mark.tesseract
def test_chinese_in_a_picture_is_recognised() -> None:
    lines = ("长沙市人民政府办公厅", "关于优化营商环境的通知")
    picture = samples.picture_of(*lines, size=28)
    drawn, dpi, problem = isolation.SLOW.draw(picture, "a.png", page=1, dpi=external.DPI)
    assert problem == ""
    found = set(pairs(clean(without_gaps(external.recognised(drawn, dpi)))))
    wanted = [pair for line in lines for pair in pairs(line)]
    # A letter or two may be wrong; what one searches for is there.
    assert sum(pair in found for pair in wanted) >= 0.8 * len(wanted), found
