"""Private files named by content, and the one view that serves them."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from pytest_django import Settings

from gongkai.core import blobs
from gongkai.core.blobs import Grant
from gongkai.core.clock import at
from gongkai.core.models import Blob

pytestmark = pytest.mark.django_db

NOW = at(date(2022, 10, 18), 9)
DATA = "附件内容：长沙".encode()
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> Path:
    """Blobs of this test lie in a folder of its own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "blobs": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    return tmp_path


class Door:
    """A gate that lets the person named ``may`` read the file of record 1, or everybody."""

    def __init__(self) -> None:
        self.public = False
        self.inline = False
        self.filename = "补贴发放表（第三季度）.pdf"
        self.asked: list[tuple[str, str]] = []

    def __call__(self, request: HttpRequest, record: str, sha: str) -> Grant | None:
        self.asked.append((record, sha))
        if record != "1" or not (self.public or request.user.get_username() == "may"):
            return None
        return Grant(SHA, self.filename, "application/pdf", inline=self.inline, public=self.public)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr(blobs, "_GATES", {})
    made = Door()
    blobs.register_gate("test", made)
    blobs.store(DATA, content_type="application/pdf", now=NOW)
    return made


def address(record: str = "1", sha: str = SHA[:16], kind: str = "test") -> str:
    return f"/files/{kind}/{record}/{sha}/biao.pdf"


def sign_in(client: Client, model: Any, username: str) -> None:
    client.force_login(model.objects.create(username=username, display_name=username))


# --- storing -----------------------------------------------------------------------------------


def test_a_file_is_named_by_its_content() -> None:
    blob = blobs.store(DATA, content_type="application/pdf", now=NOW)
    assert (blob.sha256, blob.size, blob.content_type) == (SHA, len(DATA), "application/pdf")
    assert blob.created_at == NOW
    assert blobs.read(SHA) == DATA


def test_the_same_content_is_kept_once(storage: Path) -> None:
    first = blobs.store(DATA, content_type="application/pdf", now=NOW)
    second = blobs.store(DATA, content_type="text/plain", now=NOW)
    assert first == second
    assert Blob.objects.get().content_type == "application/pdf"
    assert len([p for p in storage.rglob("*") if p.is_file()]) == 1


def test_one_changed_byte_is_another_file() -> None:
    assert (
        blobs.store(DATA, content_type="a/b", now=NOW).sha256
        != blobs.store(DATA + b"!", content_type="a/b", now=NOW).sha256
    )


def test_an_empty_file_can_be_kept() -> None:
    blob = blobs.store(b"", content_type="text/plain", now=NOW)
    assert (blob.size, blobs.read(blob.sha256)) == (0, b"")


def test_a_file_the_storage_lost_is_said_to_be_lost_and_can_be_stored_again(
    storage: Path,
) -> None:
    blobs.store(DATA, content_type="a/b", now=NOW)
    (storage / blobs.path_of(SHA)).unlink()
    with pytest.raises(FileNotFoundError):
        blobs.read(SHA)
    blobs.store(DATA, content_type="a/b", now=NOW)
    assert blobs.read(SHA) == DATA


def test_a_kind_of_record_has_one_gate(door: Door) -> None:
    blobs.register_gate("test", door)
    with pytest.raises(ValueError, match="already"):
        blobs.register_gate("test", Door())


# --- serving -----------------------------------------------------------------------------------


def test_a_person_whom_the_record_admits_gets_the_file(
    client: Client, django_user_model: Any, door: Door
) -> None:
    sign_in(client, django_user_model, "may")
    response = client.get(address())
    assert response.status_code == 200
    assert response.getvalue() == DATA


@pytest.mark.parametrize("who", [None, "stranger"])
def test_anybody_else_is_told_that_there_is_no_such_file(
    client: Client, django_user_model: Any, door: Door, who: str | None
) -> None:
    if who:
        sign_in(client, django_user_model, who)
    pages = []
    for asked in (address(), address(record="999")):
        response = client.get(asked)
        assert response.status_code == 404
        pages.append(response.content.decode().replace(asked, "ADDRESS"))
    assert pages[0] == pages[1]
    assert DATA.decode() not in pages[0]
    assert door.asked == [("1", SHA[:16]), ("999", SHA[:16])]


@pytest.mark.parametrize(
    "unknown",
    [
        {"kind": "nothing"},
        {"record": "2"},
        {"record": "1/../2"},
        {"sha": "f" * 16},
    ],
    ids=lambda unknown: next(iter(unknown)),
)
def test_unknown_kinds_records_and_digests_are_missing(
    client: Client, django_user_model: Any, door: Door, unknown: dict[str, str]
) -> None:
    sign_in(client, django_user_model, "may")
    assert client.get(address(**unknown)).status_code == 404


def test_a_file_of_record_is_missing_when_the_storage_lost_it(
    client: Client, django_user_model: Any, door: Door, storage: Path
) -> None:
    sign_in(client, django_user_model, "may")
    (storage / blobs.path_of(SHA)).unlink()
    assert client.get(address()).status_code == 404


def test_a_private_file_is_downloaded_never_stored_and_runs_nothing(
    client: Client, django_user_model: Any, door: Door
) -> None:
    sign_in(client, django_user_model, "may")
    response = client.get(address())
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == (
        "attachment; filename*=UTF-8''"
        "%E8%A1%A5%E8%B4%B4%E5%8F%91%E6%94%BE%E8%A1%A8%EF%BC%88%E7%AC%AC%E4%B8%89"
        "%E5%AD%A3%E5%BA%A6%EF%BC%89.pdf"
    )


def test_a_filename_cannot_add_headers(client: Client, django_user_model: Any, door: Door) -> None:
    sign_in(client, django_user_model, "may")
    door.filename = 'a"\r\nSet-Cookie: x=1; b.pdf'
    response = client.get(address())
    assert response.status_code == 200
    assert "x" not in response.cookies
    assert "\n" not in response["Content-Disposition"]


def test_a_public_picture_is_shown_in_place_and_may_be_cached(client: Client, door: Door) -> None:
    door.public = door.inline = True
    response = client.get(address())
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("inline;")
    assert response["Cache-Control"] == "public, max-age=5"
    assert not response.cookies


def test_the_session_of_staff_is_not_stored_with_a_public_file(
    client: Client, django_user_model: Any, door: Door
) -> None:
    door.public = True
    sign_in(client, django_user_model, "stranger")
    response = client.get(address())
    assert response["Cache-Control"] == "public, max-age=5"
    assert not response.cookies


def test_behind_a_front_server_the_file_is_handed_over_by_address_only(
    client: Client, django_user_model: Any, door: Door, settings: Settings
) -> None:
    settings.ACCEL_PREFIX = "/_blobs"
    sign_in(client, django_user_model, "may")
    response = client.get(address())
    assert response["X-Accel-Redirect"] == f"/_blobs/{SHA[:2]}/{SHA[2:4]}/{SHA}"
    assert response.content == b""
    assert response["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_file_can_only_be_read(client: Client, door: Door, method: str) -> None:
    door.public = True
    assert getattr(client, method)(address()).status_code == 405


def test_a_file_can_be_asked_for_by_head(client: Client, door: Door) -> None:
    door.public = True
    response = client.head(address())
    assert (response.status_code, response.getvalue()) == (200, b"")
    assert response["Content-Length"] == str(len(DATA))
