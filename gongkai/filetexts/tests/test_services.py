"""Asking, telling, forgetting, reading once more; the steps of the worker without its programs."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongkai.core import blobs, jobs, outbox
from gongkai.core.errors import NotVisible, PermissionRefused
from gongkai.core.models import Blob, Fact, OutboxMessage
from gongkai.filetexts import external, isolation, reading, selectors, services
from gongkai.filetexts.enums import TROUBLED, UNFINISHED, TextState
from gongkai.filetexts.models import FileText, FileTextPage, FileTextRequest
from gongkai.filetexts.readers import read
from gongkai.filetexts.tests import samples
from gongkai.organisations.access import Member, system_member
from gongkai.organisations.enums import Role
from gongkai.screening.tests import builders
from tests.factories import UnitFactory, member, moment, user_with

NOW = moment(10)
LATER = NOW + timedelta(minutes=1)
SUBJECT = ("item", 7)


class InProcess:
    """Reads here instead of in a process of its own, which other tests start."""

    def read(self, content: bytes, name: str, **more: Any) -> Any:
        return read(content, name)

    def draw(self, content: bytes, name: str, *, page: int, dpi: int) -> tuple[bytes, int, str]:
        return b"P5", dpi, ""


@pytest.fixture(autouse=True)
def machine(db: None, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine with neither LibreOffice nor Tesseract."""
    monkeypatch.setattr(isolation, "QUICK", InProcess())
    monkeypatch.setattr(isolation, "SLOW", InProcess())
    monkeypatch.setattr(external, "office", str)
    monkeypatch.setattr(external, "ocr", str)
    return monkeypatch


def stored(content: bytes) -> str:
    return blobs.store(content, content_type="application/octet-stream", now=NOW).pk


def ask(
    content: bytes, name: str = "a.docx", subject: tuple[str, int] = SUBJECT
) -> tuple[str, FileText]:
    sha = stored(content)
    return sha, services.text_wanted(subject=subject, files=[(sha, name)], now=NOW)[sha]


def told(sha: str = "") -> list[tuple[str, str, dict[str, Any]]]:
    facts = Fact.objects.filter(action=services.TEXT_READ).order_by("pk")
    return [
        (f.subject_kind, f.subject_id, f.details)
        for f in facts
        if not sha or f.details["sha256"] == sha
    ]


DOCUMENT = builders.docx("关于优化营商环境的通知")


def test_a_fresh_file_is_read_from_the_outbox_and_the_record_told() -> None:
    sha, row = ask(DOCUMENT)
    assert row.state == TextState.WAITING
    assert told() == []
    assert outbox.run(now=NOW) == 1
    row = FileText.objects.get(pk=sha)
    assert (row.state, row.method, row.kind) == (TextState.READ, "docx", "docx")
    assert row.text == "关于优化营商环境的通知" and row.characters == 11
    assert told() == [("item", "7", {"sha256": sha, "method": "docx", "characters": 11})]
    # The words themselves are in no fact and in no outbox row.
    assert "营商" not in str(list(Fact.objects.values())) + str(
        list(OutboxMessage.objects.values())
    )


def test_asking_a_hundred_times_queues_once_and_writes_once() -> None:
    sha, _ = ask(DOCUMENT)
    files = [(sha, "a.docx")]
    with CaptureQueriesContext(connection) as found:
        for _ in range(100):
            services.text_wanted(subject=SUBJECT, files=files, now=LATER)
    assert len(found) == 200
    assert OutboxMessage.objects.filter(kind=services.READ).count() == 1
    outbox.run(now=NOW)
    assert services.text_wanted(subject=SUBJECT, files=files, now=LATER)[sha].text
    assert len(told()) == 1
    assert services.text_wanted(subject=SUBJECT, files=[], now=LATER) == {}


def test_every_record_that_asked_is_told_and_who_comes_later_gets_it_at_once() -> None:
    sha, _ = ask(DOCUMENT)
    ask(DOCUMENT, subject=("item", 8))
    ask(DOCUMENT, subject=("rule", 8))
    outbox.run(now=NOW)
    assert {(kind, key) for kind, key, _ in told()} == {("item", "7"), ("item", "8"), ("rule", "8")}
    _, row = ask(DOCUMENT, subject=("item", 9))
    assert row.text and len(told()) == 3
    assert FileTextRequest.objects.get(subject_id="9").told_at == NOW
    assert selectors.texts_of([sha, "0" * 64]) == {sha: "关于优化营商环境的通知"}


def test_a_flood_goes_through_the_background_alone() -> None:
    shas = [stored(f"第{n}个文件的文字".encode()) for n in range(services.FAST_LANE + 5)]
    files = [(sha, "a.txt") for sha in shas]
    services.text_wanted(subject=SUBJECT, files=files, now=NOW)
    assert not OutboxMessage.objects.filter(kind=services.READ).exists()
    assert reading.slow_step(NOW) == 0  # what is fresh is left to the outbox
    done = 0
    while reading.slow_step(LATER):
        done += 1
    assert done == len(shas) == len(told())


def test_two_workers_never_read_one_file() -> None:
    sha, _ = ask(DOCUMENT)
    first = services.claim(sha256=sha, state=TextState.WAITING, now=NOW)
    assert first is not None
    assert services.claim(sha256=sha, state=TextState.WAITING, now=LATER) is None
    assert reading.slow_step(LATER) == 0
    # The first one died; after its lease another takes over, and the first comes too late.
    after = NOW + services.LEASE + timedelta(seconds=1)
    second = services.claim(sha256=sha, state=TextState.WAITING, now=after)
    assert second is not None
    assert not services.settle(row=first, now=after, state=TextState.READ, text="旧", pages=1)
    assert services.settle(row=second, now=after, state=TextState.READ, text="新", pages=1)
    assert FileText.objects.get(pk=sha).text == "新"
    assert len(told()) == 1


def test_a_file_that_ends_the_worker_is_given_up() -> None:
    sha, _ = ask(DOCUMENT)
    at = NOW
    for _ in range(services.MOST_TRIES):
        assert services.claim(sha256=sha, state=TextState.WAITING, now=at) is not None
        at += services.LEASE + timedelta(seconds=1)
    assert services.claim(sha256=sha, state=TextState.WAITING, now=at) is None
    row = FileText.objects.get(pk=sha)
    assert row.state == TextState.UNREADABLE and "几次" in row.problem
    assert told() == []


@pytest.mark.parametrize(
    ("content", "name", "state"),
    [
        (b"", "a.txt", TextState.NO_TEXT),
        (DOCUMENT[:-60], "a.docx", TextState.UNREADABLE),
        (builders.ole("EncryptedPackage"), "a.docx", TextState.ENCRYPTED),
        (builders.zip_of({"x": "y"}), "a.zip", TextState.UNSUPPORTED),
        (samples.claimed_png(60_000), "a.png", TextState.TOO_LARGE),
        (builders.ole("WordDocument"), "a.doc", TextState.NO_OFFICE),
        (samples.picture_of("公开"), "a.png", TextState.NO_OCR),
    ],
)
def test_what_has_no_text_gets_a_state_and_nobody_is_told(
    content: bytes, name: str, state: TextState
) -> None:
    sha, _ = ask(content, name)
    assert outbox.run(now=NOW) == 1
    row = FileText.objects.get(pk=sha)
    assert (row.state, row.text, row.leased_until) == (state, "", None)
    assert bool(row.problem) == (state in TROUBLED or state == TextState.UNSUPPORTED or not content)
    assert told() == [] and selectors.texts_of([sha]) == {}
    assert services.text_wanted(subject=SUBJECT, files=[(sha, name)], now=LATER)[sha].pk == sha


def test_a_file_that_the_storage_lost_and_one_that_it_does_not_give(
    machine: pytest.MonkeyPatch,
) -> None:
    def lost(sha: str) -> bytes:
        raise FileNotFoundError(sha)

    def away(sha: str) -> bytes:
        raise ConnectionError("storage is away")

    sha, _ = ask(DOCUMENT)
    machine.setattr(blobs, "read", away)
    with pytest.raises(ConnectionError):
        reading.slow_step(LATER)
    row = FileText.objects.get(pk=sha)
    # Left alone for the length of a lease, and not blamed.
    assert (row.state, row.tries, row.leased_until is None) == (TextState.WAITING, 0, False)
    machine.setattr(blobs, "read", lost)
    assert reading.slow_step(LATER + services.LEASE * 2) == 1
    assert FileText.objects.get(pk=sha).state == TextState.UNREADABLE


# --- conversion and recognition, with stand-ins for the programs --------------------------------


def test_old_office_files_wait_for_the_program_and_go_on_once_it_is_there(
    machine: pytest.MonkeyPatch,
) -> None:
    sha, _ = ask(builders.ole("WordDocument"), "a.doc")
    outbox.run(now=NOW)
    assert FileText.objects.get(pk=sha).state == TextState.NO_OFFICE
    assert reading.revive(LATER) == 0
    machine.setattr(external, "office", lambda: "/usr/bin/soffice")
    machine.setattr(
        external, "converted", lambda content, kind: external.Converted(DOCUMENT, "in.docx")
    )
    assert reading.revive(LATER) == 1
    assert reading.slow_step(LATER) == 1
    row = FileText.objects.get(pk=sha)
    assert (row.state, row.method, row.kind) == (TextState.READ, "libreoffice", "doc")
    assert told(sha)[0][2]["method"] == "libreoffice"


def test_a_conversion_that_fails_says_why(machine: pytest.MonkeyPatch) -> None:
    def fail(content: bytes, kind: str) -> None:
        raise external.Failed("LibreOffice 转换超过 90 秒，没有完成。")

    machine.setattr(external, "office", lambda: "/usr/bin/soffice")
    machine.setattr(external, "converted", fail)
    sha, _ = ask(builders.ole("WordDocument"), "a.doc")
    outbox.run(now=NOW)
    assert FileText.objects.get(pk=sha).state == TextState.OFFICE_WAITING
    reading.slow_step(LATER)
    row = FileText.objects.get(pk=sha)
    assert row.state == TextState.UNREADABLE and "90 秒" in row.problem


def recogniser(machine: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Tesseract that gives these answers, one a page; an empty one fails."""
    left = list(answers)

    def recognise(picture: bytes, dpi: int) -> str:
        answer = left.pop(0)
        if not answer:
            raise external.Failed("识别程序没有完成。")
        return answer

    machine.setattr(external, "ocr", lambda: "/usr/bin/tesseract")
    machine.setattr(external, "recognised", recognise)
    return left


def test_a_scan_is_recognised_page_by_page_and_goes_on_where_it_was_killed(
    machine: pytest.MonkeyPatch,
) -> None:
    left = recogniser(machine, "第 一 页", "第 二 页", "第 三 页")
    sha, _ = ask(samples.scan(b"", b"", b""), "a.pdf")
    outbox.run(now=NOW)
    assert reading.slow_step(LATER) == 1
    row = FileText.objects.get(pk=sha)
    assert (row.state, row.pages, row.pages_done, row.text) == (TextState.OCR_WAITING, 3, 1, "")
    assert selectors.ocr_pages_waiting() == 2
    # Killed in the middle of page two: the lease runs out, page one is not done again.
    assert services.claim(sha256=sha, state=TextState.OCR_WAITING, now=LATER) is not None
    assert reading.slow_step(LATER) == 0
    at = LATER + services.LEASE * 2
    assert [reading.slow_step(at) for _ in range(3)] == [1, 1, 0]
    row = FileText.objects.get(pk=sha)
    assert (row.state, row.method) == (TextState.READ_BY_OCR, "ocr")
    assert row.plain == "第一页\n第二页\n第三页" and left == []
    assert not FileTextPage.objects.exists()
    assert [details["method"] for _, _, details in told()] == ["ocr"]


def test_the_text_layer_counts_at_once_and_pictures_are_added_in_their_place(
    machine: pytest.MonkeyPatch,
) -> None:
    recogniser(machine, "扫描页")
    sha, row = ask(b"stand-in", "a.pdf")
    row = services.claim(sha256=sha, state=TextState.WAITING, now=NOW)
    assert row is not None
    services.settle(
        row=row, now=NOW, state=TextState.OCR_WAITING, text="第一页\f\f第三页", pages=3,
        ocr_pages=[2], kind="pdf", method="pdf",
    )  # fmt: skip
    assert selectors.texts_of([sha]) == {sha: "第一页\n\n第三页"}
    assert len(told()) == 1
    reading.slow_step(LATER)
    row = FileText.objects.get(pk=sha)
    assert (row.plain, row.method) == ("第一页\n扫描页\n第三页", "pdf+ocr")
    assert [details["method"] for _, _, details in told()] == ["pdf", "pdf+ocr"]


def test_pages_that_fail_are_named_and_the_others_kept(machine: pytest.MonkeyPatch) -> None:
    recogniser(machine, "", "第二页")
    sha, _ = ask(samples.scan(b"", b""), "a.pdf")
    outbox.run(now=NOW)
    while reading.slow_step(LATER):
        pass
    row = FileText.objects.get(pk=sha)
    assert row.plain == "第二页" and row.problem.startswith("第1页")


def test_files_nearest_to_their_end_go_first_and_quick_ones_before_them(
    machine: pytest.MonkeyPatch,
) -> None:
    recogniser(machine, *["文字"] * 9)
    long, _ = ask(samples.scan(b"", b"", b""), "long.pdf")
    short, _ = ask(samples.picture_of("短"), "short.png")
    outbox.run(now=NOW)
    sha, _ = ask("迟到的文字文件".encode(), "a.txt")
    reading.slow_step(LATER)
    assert FileText.objects.get(pk=sha).state == TextState.READ
    reading.slow_step(LATER)
    assert FileText.objects.get(pk=short).state == TextState.READ_BY_OCR
    assert FileText.objects.get(pk=long).pages_done == 0


# --- forgetting and once more -------------------------------------------------------------------


def test_the_text_goes_with_the_file() -> None:
    sha, _ = ask(DOCUMENT)
    outbox.run(now=NOW)
    assert blobs.drop(sha)
    assert not FileText.objects.exists() and not FileTextRequest.objects.exists()
    assert selectors.texts_of([sha]) == {}


def test_a_reader_that_was_faster_than_the_deletion_keeps_nothing() -> None:
    sha, _ = ask(DOCUMENT)
    row = services.claim(sha256=sha, state=TextState.WAITING, now=NOW)
    assert row is not None
    # The row of the file is gone, and somebody asked once more meanwhile.
    Blob.objects.filter(pk=sha).delete()
    assert not services.settle(row=row, now=NOW, state=TextState.READ, text="不该留下", pages=1)
    assert not FileText.objects.exists()


def test_a_text_never_keeps_a_file() -> None:
    sha, _ = ask(DOCUMENT)
    assert not blobs.used(sha)


def test_a_purged_record_asks_for_nothing_any_more() -> None:
    sha, _ = ask(DOCUMENT)
    ask(DOCUMENT, subject=("item", 8))
    services.subject_forget(subject=SUBJECT)
    outbox.run(now=NOW)
    assert [(kind, key) for kind, key, _ in told()] == [("item", "8")]
    assert selectors.texts_of([sha])


def supervisor(role: str = Role.SUPERVISOR) -> Member:
    return member(user_with(role, UnitFactory()))


def test_reading_once_more_keeps_the_text_until_there_is_another() -> None:
    sha, _ = ask(DOCUMENT)
    outbox.run(now=NOW)
    row = services.text_again(sha256=sha, member=supervisor(), now=LATER)
    assert (row.state, row.text, row.round) == (TextState.WAITING, "关于优化营商环境的通知", 2)
    assert Fact.objects.get(action=services.TEXT_AGAIN).subject_id == sha
    assert outbox.run(now=LATER) == 1
    # The same text: nobody has to be told again.
    assert len(told()) == 1
    row = services.text_again(sha256=sha, member=system_member("filetexts"), now=LATER)
    FileText.objects.filter(pk=sha).update(text="以前读错的")
    outbox.run(now=LATER)
    assert len(told()) == 2


def test_who_may_have_a_file_read_once_more() -> None:
    sha, _ = ask(DOCUMENT)
    for role in Role:
        if role in services.KEEPERS:
            services.text_again(sha256=sha, member=supervisor(role), now=LATER)
        else:
            with pytest.raises(PermissionRefused):
                services.text_again(sha256=sha, member=supervisor(role), now=LATER)
    with pytest.raises(NotVisible):
        services.text_again(sha256="0" * 64, member=supervisor(), now=LATER)


# --- the worker ---------------------------------------------------------------------------------


def test_a_tick_reads_what_piled_up_after_everything_else(machine: pytest.MonkeyPatch) -> None:
    sha, _ = ask(DOCUMENT)
    OutboxMessage.objects.all().delete()
    done = jobs.tick(LATER)
    order = list(done)
    assert order.index("读取附件文字") > order.index("封存") and done["读取附件文字"] == 1
    assert Fact.objects.get(action=services.TEXT_READ).sequence is not None
    # With no time left it does not even begin.
    services.text_again(sha256=sha, member=supervisor(), now=NOW)
    OutboxMessage.objects.all().delete()
    machine.setattr(jobs, "SLOW_SECONDS", 0.0)
    assert jobs.tick(LATER)["读取附件文字"] == 0


def test_states_are_all_in_a_group_or_final() -> None:
    final = {TextState.READ, TextState.READ_BY_OCR, TextState.NO_TEXT, TextState.UNSUPPORTED}
    assert set(TextState) == {*UNFINISHED, *TROUBLED, *final}
