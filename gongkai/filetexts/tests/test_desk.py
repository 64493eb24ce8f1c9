"""The desk page and the command: what they show to whom, and what they do."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gongkai.core import blobs, outbox
from gongkai.filetexts import external, reading, services
from gongkai.filetexts.enums import TextState
from gongkai.filetexts.models import FileText
from gongkai.organisations.enums import Role
from gongkai.publishing.models import Item
from gongkai.screening.tests import builders
from tests.factories import DAY, City, make_city, make_draft, moment, user_with
from tests.screens import html, queries, refused, sign_in, stop_clock, words

BOARD = "/desk/filetexts/"


@pytest.fixture
def city(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> City:
    settings.DEMO_DATE = DAY
    stop_clock(monkeypatch)
    monkeypatch.setattr(external, "office", str)
    monkeypatch.setattr(external, "ocr", lambda: "/usr/bin/tesseract")
    return make_city()


def stored(content: bytes, name: str, subject: tuple[str, int]) -> str:
    sha = blobs.store(content, content_type="x", now=moment(9)).pk
    services.text_wanted(subject=subject, files=[(sha, name)], now=moment(9))
    return sha


def draft(city: City, title: str) -> Item:
    """A draft of a city bureau."""
    editor = user_with(Role.EDITOR, city.bureau_a)
    return make_draft(city, city.bureau_a, editor, title=title)


def settled(sha: str, state: TextState, **values: Any) -> None:
    FileText.objects.filter(pk=sha).update(state=state, **values)


def test_the_page_counts_names_problems_and_reads_once_more(city: City) -> None:
    item = draft(city, "预算公开的草稿")
    broken = stored(b"broken", "预算表.docx", ("item", item.pk))
    settled(broken, TextState.UNREADABLE, kind="docx", problem="文件已损坏，读不出文字。")
    settled(stored(b"fine", "正文.docx", ("item", item.pk)), TextState.READ, kind="docx", text="好")
    client = sign_in(user_with(Role.SUPERVISOR, city.office))
    page = client.get(BOARD)
    said = words(page)
    assert "读不了1个" in said and "已读出1个" in said
    assert "文件已损坏，读不出文字。" in said and "预算表.docx" in said
    assert "正文.docx" not in said
    assert f'href="/desk/trail/item/{item.pk}/"' in html(page) and "预算公开的草稿" in said
    assert "没有安装 LibreOffice" in said and "没有安装 Tesseract" not in said
    assert "正文.docx" in words(client.get(f"{BOARD}?state=read"))
    answer = client.post(f"{BOARD}{broken}/again/")
    assert (answer.status_code, answer["Location"]) == (302, BOARD)
    assert FileText.objects.get(pk=broken).state == TextState.WAITING
    assert client.post(f"{BOARD}{'0' * 64}/again/").status_code == 404


def test_names_of_files_and_records_stay_with_who_may_see_them(city: City) -> None:
    item = draft(city, "没有公开的事")
    sha = stored(b"x", "没有公开的表.docx", ("item", item.pk))
    settled(sha, TextState.UNREADABLE, kind="docx", problem="文件已损坏。")
    page = words(sign_in(user_with(Role.OPERATOR, city.district_1_bureau)).get(BOARD))
    assert "文件已损坏。" in page and "没有公开的" not in page
    assert "其他单位的文件" in page
    editor = sign_in(user_with(Role.EDITOR, city.bureau_a))
    assert refused(editor.get(BOARD), 403, "岗位权限")
    assert refused(editor.post(f"{BOARD}{sha}/again/"), 403, "岗位权限")


def test_the_page_asks_the_same_number_of_questions_for_many_files(city: City) -> None:
    client = sign_in(user_with(Role.SUPERVISOR, city.office))
    counted = []
    for start, end in ((0, 2), (2, 18)):
        for n in range(start, end):
            item = draft(city, f"第{n}条")
            sha = stored(b"x%d" % n, f"{n}.docx", ("item", item.pk))
            settled(sha, TextState.UNREADABLE, kind="docx", problem="文件已损坏。")
        counted.append(queries(client, BOARD))
    assert counted[0] == counted[1] <= 16, counted


def test_an_empty_page_says_so(city: City) -> None:
    said = words(sign_in(user_with(Role.OPERATOR, city.office)).get(f"{BOARD}?state=nonsense"))
    assert "还没有文件要读" in said and "没有这样的文件" in said


# --- the command --------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("filetexts", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_reads_everything_and_says_how_it_stands(city: City) -> None:
    for n in range(3):
        stored(f"第{n}个文件".encode(), "a.txt", ("item", n))
    old = stored(builders.ole("WordDocument"), "a.doc", ("item", 1))
    before = json.loads(run("--format", "json"))
    assert before["states"]["waiting"] == 4 and before["characters"] == 0
    after = json.loads(run("--run", "--format", "json"))
    assert after["states"]["read"] == 3 and after["states"]["no_office"] == 1
    assert after["characters"] == 15
    assert "已读出：3" in run() and "没有转换程序：1" in run()
    assert outbox.run(now=moment(12)) == 4  # the rows of the outbox find nothing left to do
    assert "等待读取：1" in run("--again", old)
    with pytest.raises(CommandError, match="没有信息用到"):
        run("--again", "0" * 64)


def test_the_command_may_be_interrupted(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        stored(f"第{n}个文件".encode(), "a.txt", ("item", n))
    step, calls = reading.slow_step, []

    def interrupted(now: Any, **more: Any) -> int:
        calls.append(now)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return step(now, **more)

    monkeypatch.setattr(reading, "slow_step", interrupted)
    with pytest.raises(CommandError, match="接着读"):
        run("--run", "--format", "json")
    assert FileText.objects.filter(state=TextState.READ).count() == 1
    run("--run", "--format", "json")
    assert FileText.objects.filter(state=TextState.READ).count() == 3
