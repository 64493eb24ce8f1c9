"""The PDF of an item: what it shows, when it is made, when it is gone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.test import Client

from gongkai.core import blobs, outbox
from gongkai.portal.pdf import making
from gongkai.portal.tests.town import Town, moment
from gongkai.publishing.models import Item

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415478"
    "9c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture(autouse=True)
def _fresh(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.STORAGES = {
        **settings.STORAGES,
        "blobs": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[making.Sheet]:
    """Sheets that would have been laid out, without the seconds it takes."""
    found: list[making.Sheet] = []

    def lay_out(sheet: making.Sheet) -> bytes:
        found.append(sheet)
        return b"%PDF-1.7 " + str(len(found)).encode()

    monkeypatch.setattr(making, "missing", str)
    monkeypatch.setattr(making, "_lay_out", lay_out)
    return found


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def kept(item: Item) -> list[str]:
    try:
        return list(storages["blobs"].listdir(f"pdf/{item.pk}")[1])
    except FileNotFoundError:
        return []


def test_it_is_made_once_for_a_version(
    town: Town, visitor: Client, made: list[making.Sheet]
) -> None:
    item = town.public(attachments=[town.attachment()])
    address = f"/nr/{item.pk}/pdf/"
    assert f'href="{address}"' in visitor.get(f"/nr/{item.pk}/").content.decode()
    first = visitor.get(address)
    assert first.status_code == 200 and first["Content-Type"] == "application/pdf"
    assert first["Cache-Control"].startswith("public") and not first.cookies
    assert body(first) == body(visitor.get(address)) and len(made) == 1
    sheet = made[0].dated
    for wanted in (
        item.title,
        item.index_no,
        item.live_digest,
        f"/nr/{item.pk}/",
        "生成时间",
        "不加盖印章",
        "清单",
        '<html lang="zh-CN">',
    ):
        assert wanted in sheet, wanted
    assert "生成时间" not in made[0].bare
    town.correct(item, title="更正以后的标题")
    assert body(visitor.get(address)) == b"%PDF-1.7 2"
    assert "更正以后的标题" in made[1].dated and len(kept(item)) == 1


def test_a_withdrawal_takes_it_away(town: Town, visitor: Client, made: list[making.Sheet]) -> None:
    item = town.public()
    visitor.get(f"/nr/{item.pk}/pdf/")
    assert len(kept(item)) == 1
    town.withdraw(item)
    assert visitor.get(f"/nr/{item.pk}/pdf/").status_code == 410
    while outbox.run(now=moment(16)):
        pass
    assert kept(item) == []


def test_drafts_and_strangers_have_none(
    town: Town, visitor: Client, made: list[making.Sheet]
) -> None:
    draft = town.draft()
    for number in (draft.pk, 987654, 0):
        assert visitor.get(f"/nr/{number}/pdf/").status_code == 404
    assert made == []


def test_withdrawn_while_it_is_made(
    town: Town, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = town.public()

    def lay_out(sheet: making.Sheet) -> bytes:
        town.withdraw(item)
        return b"%PDF-1.7"

    monkeypatch.setattr(making, "missing", str)
    monkeypatch.setattr(making, "_lay_out", lay_out)
    answer = visitor.get(f"/nr/{item.pk}/pdf/")
    assert answer.status_code == 503 and kept(item) == []


@pytest.mark.parametrize("lacking", ["Pango", "中文字体", "WeasyPrint"])
def test_a_machine_without_the_parts_says_so(
    town: Town, visitor: Client, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    monkeypatch.setattr(making, "missing", lambda: lacking)
    item = town.public()
    answer = visitor.get(f"/nr/{item.pk}/pdf/")
    said = answer.content.decode()
    assert answer.status_code == 503 and lacking in said and "另存为 PDF" in said
    assert making.examined() == [("生成 PDF", None, f"没有{lacking}")]


def test_too_long_and_too_many_at_once(
    town: Town, visitor: Client, made: list[making.Sheet], monkeypatch: pytest.MonkeyPatch
) -> None:
    item = town.public()
    address = f"/nr/{item.pk}/pdf/"
    cache.add(f"portal:pdf:item:{item.pk}", 1)
    waiting = visitor.get(address)
    assert waiting.status_code == 503 and waiting["Retry-After"] == "5"
    cache.clear()
    for slot in range(making.AT_ONCE):
        cache.add(f"portal:pdf:slot:{slot}", 1)
    assert visitor.get(address)["Retry-After"] == "10"
    cache.clear()
    monkeypatch.setattr(making, "LONGEST", 100)
    assert "太长" in visitor.get(address).content.decode()
    assert made == []


@pytest.mark.pango
def test_a_real_file_is_tagged_titled_and_readable(town: Town, visitor: Client) -> None:
    import pypdfium2

    picture = blobs.store(PNG, content_type="image/png", now=moment(8)).sha256
    item = town.public(
        body="<h2>一、补助</h2><p>符合条件的小微企业可以申请。</p>"
        "<table><thead><tr><th>项目</th><th>金额</th></tr></thead>"
        "<tbody><tr><td>甲</td><td>12</td></tr></tbody></table>"
        f'<figure><img src="blob:{picture}" alt="图"></figure>'
        '<p><a href="https://example.com/x">链接</a></p>',
        attachments=[town.attachment()],
    )
    answer = visitor.get(f"/nr/{item.pk}/pdf/")
    assert answer.status_code == 200, answer.content.decode()[-1500:]
    data = body(answer)
    document = pypdfium2.PdfDocument(data)
    page = document[0]
    assert [round(n / 72 * 25.4) for n in page.get_size()] == [210, 297]
    text = "".join(p.get_textpage().get_text_range() for p in document)
    for wanted in (
        "补助",
        "符合条件的小微企业",
        "甲",
        item.live_digest[:40],
        "— 1 —",
        item.index_no,
    ):
        assert wanted in text.replace("\r\n", "").replace("\n", ""), wanted
    assert document.get_metadata_dict()["Title"] == item.title
    assert document.is_tagged()
    assert any(o.type == 3 for p in document for o in p.get_objects()), "the picture is in it"


@pytest.mark.pango
def test_nothing_is_fetched_from_anywhere(town: Town, tmp_path: Path) -> None:
    """Addresses outside the document's own list are left out; the file is made all the same."""
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim-0815")
    html = (
        '<html lang="zh-CN"><head><title>题</title><link rel="stylesheet" href="https://x.invalid/a.css">'
        f'</head><body><p>正文</p><img src="file://{secret}" alt="x"><img src="http://127.0.0.1:1/x" alt="x">'
        f'<object data="file://{secret}"></object><a rel="attachment" href="file://{secret}">a</a></body></html>'
    )
    data = making._lay_out(making.Sheet(1, html, html, {}))
    assert data.startswith(b"%PDF") and b"geheim" not in data and b"EmbeddedFile" not in data


@pytest.mark.pango
def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "SECONDS", 0.2)
    with pytest.raises(making.CannotMake, match="太复杂"):
        making._lay_out(making.Sheet(1, "<p>字</p>", "<p>字</p>", {}))
