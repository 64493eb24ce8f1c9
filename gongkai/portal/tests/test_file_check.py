"""Checking a downloaded file, and one item as an archive."""

import hashlib
import io
import zipfile
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongkai.portal import hashing, views_check, views_package
from gongkai.portal.tests.town import Town, moment
from gongkai.profiles import files
from gongkai.profiles.models import FileMark, FileMarkRun
from gongkai.publishing.models import Item, ItemVersion

TEXT = "名称,金额\n甲,1\n"
SHA = hashlib.sha256(TEXT.encode()).hexdigest()


@pytest.fixture(autouse=True)
def _forget_counts() -> None:
    cache.clear()


def ask(visitor: Client, sha: str = SHA, status: int = 200) -> str:
    response = visitor.get("/jy/", {"sha256": sha})
    assert response.status_code == status
    return str(response.content.decode()).replace("<wbr>", "")


def send(data: bytes | None, **more: Any) -> Any:
    browser = Client(**more)
    given = {} if data is None else {"file": SimpleUploadedFile("我的文件.csv", data)}
    return browser.post("/f/jy/", given)


@pytest.mark.parametrize("marked", [True, False])
def test_a_published_file_is_known_whether_the_timer_ran_or_not(
    town: Town, visitor: Client, marked: bool
) -> None:
    item = town.public(attachments=[town.attachment(TEXT)])
    if marked:
        assert files.mark_versions(moment()) == 1
        assert files.mark_versions(moment()) == 0  # once is enough
    html = ask(visitor)
    assert "是现在公开的版本" in html and f'href="/nr/{item.pk}/"' in html
    assert "qingdan.csv" in html and "第 1 版" in html


def test_a_version_committed_late_with_a_lower_number_is_marked_too(town: Town) -> None:
    town.public(attachments=[town.attachment(TEXT)])
    FileMarkRun.objects.create(pk=1, last_version=ItemVersion.objects.latest("pk").pk + 500)
    assert files.mark_versions(moment()) == 1
    assert FileMark.objects.filter(sha256=SHA).count() == 1


def test_a_changed_or_foreign_file_is_not_known(town: Town, visitor: Client) -> None:
    town.public(attachments=[town.attachment(TEXT)])
    assert "没有公开过这样的文件" in ask(visitor, hashlib.sha256(b"other").hexdigest())


def test_the_file_of_a_draft_is_not_known(town: Town, visitor: Client) -> None:
    town.draft(attachments=[town.attachment(TEXT)], title="暗号草稿")
    files.mark_versions(moment())
    html = ask(visitor)
    assert "没有公开过这样的文件" in html and "暗号" not in html


def test_a_file_replaced_by_a_correction_says_so(town: Town, visitor: Client) -> None:
    item = town.public(attachments=[town.attachment(TEXT)])
    town.correct(item, attachments=[town.attachment("新的\n", "new.csv")])
    files.mark_versions(moment())
    html = ask(visitor)
    assert "已经被新的版本替换" in html and "现在是第 2 版" in html and "更正" in html
    assert "是现在公开的版本" in ask(visitor, hashlib.sha256("新的\n".encode()).hexdigest())


def test_a_file_kept_by_a_correction_is_still_current(town: Town, visitor: Client) -> None:
    item = town.public(attachments=[town.attachment(TEXT)])
    town.correct(item, body="<p>改了正文。</p>")
    files.mark_versions(moment())
    html = ask(visitor)
    assert "是现在公开的版本" in html and "第 2 版" in html


def test_a_sealed_version_shows_no_file_name(town: Town, visitor: Client) -> None:
    item = town.public(attachments=[town.attachment(TEXT, "张某名单.csv")])
    town.correct(item, attachments=[], change_kind="privacy", change_note="删除个人信息。")
    assert ItemVersion.objects.get(item=item, number=1).sealed
    files.mark_versions(moment())
    html = ask(visitor)
    assert "已经封存" in html and "张某名单" not in html


@pytest.mark.parametrize(("category", "shown"), [("error", True), ("privacy", False)])
def test_a_withdrawn_file_shows_its_title_only_if_the_tombstone_does(
    town: Town, visitor: Client, category: str, shown: bool
) -> None:
    item = town.public(attachments=[town.attachment(TEXT, "李某.csv")], title="撤回的标题")
    town.withdraw(item, category=category)
    files.mark_versions(moment())
    html = ask(visitor)
    assert "已经撤回" in html
    assert ("撤回的标题" in html) == shown
    assert (f'href="/nr/{item.pk}/"' in html) == shown
    assert ("李某" in html) == shown


def test_the_same_file_of_several_items_is_told_for_each(
    town: Town, visitor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(4):
        town.public(attachments=[town.attachment(TEXT)], title=f"文件{number}",
                    doc_no=f"长财发〔2022〕{80 + number}号")  # fmt: skip
    files.mark_versions(moment())
    with django_assert_max_num_queries(6):
        html = ask(visitor)
    assert "这个文件公开过 4 处" in html


@pytest.mark.parametrize("text", ["x", SHA[:-1], "<script>alert(1)</script>", "0" * 400])
def test_what_is_no_digest_gets_help(town: Town, visitor: Client, text: str) -> None:
    html = ask(visitor, text)
    assert "这不是 SHA-256" in html and "<script>alert" not in html


def test_the_page_without_a_question_is_cacheable_and_has_no_token(
    town: Town, visitor: Client
) -> None:
    response = visitor.get("/jy/")
    assert "csrf" not in response.content.decode() and not response.cookies
    assert response["Cache-Control"].startswith("public")
    assert visitor.get("/qx/wangcheng/jy/").status_code == 200


def test_too_many_questions_are_told_to_wait(
    town: Town, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views_check, "ASKS_A_MINUTE", 2)
    for _ in range(2):
        ask(visitor)
    response = visitor.get("/jy/", {"sha256": SHA})
    assert response.status_code == 429 and response["Cache-Control"] == "no-store"
    elsewhere = Client(REMOTE_ADDR="10.9.8.7")
    assert elsewhere.get("/jy/", {"sha256": SHA}).status_code == 200


def test_an_uploaded_file_is_told_and_not_kept(
    town: Town, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.public(attachments=[town.attachment(TEXT)])
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    from django.core.files import uploadhandler

    def never(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("an upload was handed to a storing handler")

    monkeypatch.setattr(uploadhandler.TemporaryFileUploadHandler, "new_file", never)
    monkeypatch.setattr(uploadhandler.MemoryFileUploadHandler, "new_file", never)
    response = send(TEXT.encode())
    html = response.content.decode()
    assert response.status_code == 200 and "是现在公开的版本" in html and SHA in html
    assert "no-store" in response["Cache-Control"]
    assert not list(tmp_path.iterdir())


def test_the_upload_needs_its_token(town: Town) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/f/jy/", {"file": SimpleUploadedFile("a", b"x")}).status_code == 403
    form = browser.get("/f/jy/").content.decode()
    token = form.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    data = {"csrfmiddlewaretoken": token, "file": SimpleUploadedFile("a", TEXT.encode())}
    response = browser.post("/f/jy/", data)
    assert response.status_code == 200 and SHA in response.content.decode()


def test_too_large_a_file_is_not_read_to_its_end(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing.HashHandler.__init__, "__kwdefaults__", {"most": 1000})
    response = send(b"x" * 200_000)
    assert response.status_code == 413 and "文件太大" in response.content.decode()
    monkeypatch.setattr(views_check, "MOST_BYTES", 0)
    assert send(b"x" * 1_200_000).status_code == 413


def test_a_form_without_a_file_says_so(town: Town) -> None:
    response = send(None)
    assert response.status_code == 422 and "没有收到文件" in response.content.decode()


def test_uploads_are_limited(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_check, "UPLOADS_A_MINUTE", 1)
    assert send(b"x").status_code == 200
    assert send(b"x").status_code == 429


# --- the archive ------------------------------------------------------------------------------------


def archive(visitor: Client, item: Item) -> zipfile.ZipFile:
    response = visitor.get(f"/nr/{item.pk}/dabao/")
    assert response.status_code == 200 and response.streaming
    assert response["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_the_archive_holds_text_files_and_a_list_that_is_true(town: Town, visitor: Client) -> None:
    entries = [town.attachment(TEXT), town.attachment("乙,2\n", "qingdan.csv")]
    item = town.public(attachments=entries)
    packed = archive(visitor, item)
    assert packed.testzip() is None
    assert packed.namelist() == [
        "SHA256SUMS.txt", "正文.txt", "附件/qingdan.csv", "附件/qingdan（2）.csv"
    ]  # fmt: skip
    for line in packed.read("SHA256SUMS.txt").decode().splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256(packed.read(name)).hexdigest() == digest
        assert "是现在公开的版本" in ask(visitor, digest)
    assert item.title in packed.read("正文.txt").decode("utf-8-sig")


def test_the_same_item_gives_the_same_archive(town: Town, visitor: Client) -> None:
    item = town.public(attachments=[town.attachment(TEXT)])
    path = f"/nr/{item.pk}/dabao/"
    first, second = (b"".join(visitor.get(path).streaming_content) for _ in range(2))
    assert first == second


def test_only_public_items_can_be_taken_along(town: Town, visitor: Client) -> None:
    draft = town.draft()
    assert visitor.get(f"/nr/{draft.pk}/dabao/").status_code == 404
    assert visitor.get("/nr/999999999999999999999999/dabao/").status_code == 404
    item = town.public(doc_no="长财发〔2022〕77号")
    town.withdraw(item)
    assert visitor.get(f"/nr/{item.pk}/dabao/").status_code == 410


def test_too_large_an_archive_and_too_many_are_refused(
    town: Town, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = town.public(attachments=[town.attachment(TEXT)])
    monkeypatch.setattr(files, "MOST_BYTES", 10)
    response = visitor.get(f"/nr/{item.pk}/dabao/")
    assert response.status_code == 413 and "逐个下载" in response.content.decode()
    monkeypatch.setattr(files, "MOST_BYTES", 10**6)
    monkeypatch.setattr(views_package, "A_MINUTE", 1)
    assert visitor.get(f"/nr/{item.pk}/dabao/").status_code == 429


def test_the_item_leads_to_its_archive_and_to_the_check(town: Town, visitor: Client) -> None:
    item = town.public()
    html = visitor.get(f"/nr/{item.pk}/").content.decode()
    assert f'href="/nr/{item.pk}/dabao/"' in html and 'href="/jy/"' in html
