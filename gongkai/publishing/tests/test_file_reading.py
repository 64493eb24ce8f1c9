"""What the files of a public item say is found: after a release, after an import, until it goes."""

from datetime import timedelta
from typing import Any

import pytest

from gongkai.core import blobs, facts, outbox
from gongkai.filetexts import isolation
from gongkai.filetexts.models import FileTextRequest
from gongkai.filetexts.readers import read
from gongkai.publishing import file_reading
from gongkai.publishing.tests.conftest import Bureau
from gongkai.search import finding
from gongkai.search.entries import PUBLIC
from gongkai.search.query import ask
from tests.factories import DAY, moment
from tests.indexes import follow

NOW = moment(12)


class InProcess:
    """Reads here instead of in a process of its own."""

    def read(self, content: bytes, name: str, **more: Any) -> Any:
        return read(content, name)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "QUICK", InProcess())
    monkeypatch.setattr(
        file_reading, "_round", {"after": 0, "done_on": None}
    )  # as after a start of the worker


def table(text: str) -> dict[str, Any]:
    blob = blobs.store(text.encode("gb18030"), content_type="text/plain", now=NOW)
    return {
        "sha256": blob.pk,
        "filename": "托位补助对象名册.txt",
        "title": "名册",
        "size": blob.size,
        "content_type": "text/plain",
    }


def found(words: str) -> list[int]:
    rows = finding.find(PUBLIC, ask(words), today=DAY, size=20).rows
    return [row.stored.record[1] for row in rows if row.strict]


def run_worker() -> None:
    for minute in range(1, 4):
        outbox.run(now=NOW + timedelta(minutes=minute))
    while facts.seal():
        pass
    follow(PUBLIC)


def test_a_release_has_its_files_read_and_found(bureau: Bureau) -> None:
    item = bureau.public(attachments=[table("麓谷湾托育点每月补助六百元")])
    run_worker()
    assert found("麓谷湾托育点") == [item.pk]
    assert (
        "附件：托位补助对象名册.txt\n麓谷湾"
        in finding.find(PUBLIC, ask("麓谷湾托育点"), today=DAY).rows[0].stored.text
    )


def test_files_of_drafts_are_not_asked_for(bureau: Bureau) -> None:
    bureau.draft(attachments=[table("麓谷湾托育点每月补助六百元")])
    run_worker()
    assert file_reading.ask_for_missing(NOW) == 0
    assert not FileTextRequest.objects.exists() and found("麓谷湾托育点") == []


def test_what_came_in_without_a_release_is_asked_for_by_the_timer(bureau: Bureau) -> None:
    item = bureau.public(attachments=[table("麓谷湾托育点每月补助六百元")])
    FileTextRequest.objects.all().delete()
    assert file_reading.ask_for_missing(NOW) == 1
    assert FileTextRequest.objects.get().subject_id == str(item.pk)
    assert file_reading.ask_for_missing(NOW) == 0


def test_the_timer_goes_through_the_archive_in_pieces_once_a_day(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_reading, "AT_ONCE", 2)
    for number in range(3):
        bureau.public(doc_no=f"长财发〔2022〕{80 + number}号", attachments=[table(f"第{number}份")])
    FileTextRequest.objects.all().delete()
    asked = [file_reading.ask_for_missing(NOW) for _ in range(3)]
    assert asked == [2, 1, 0]
    FileTextRequest.objects.all().delete()
    assert file_reading.ask_for_missing(NOW) == 0
    tomorrow = NOW + timedelta(days=1)
    assert file_reading.ask_for_missing(tomorrow) == 2


def test_a_withdrawn_item_takes_the_words_of_its_files_along(bureau: Bureau) -> None:
    item = bureau.public(attachments=[table("麓谷湾托育点每月补助六百元")])
    run_worker()
    assert found("麓谷湾托育点")
    bureau.withdraw(item)
    run_worker()
    assert found("麓谷湾托育点") == []
