"""Files of items: served only as far as their item may be seen."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from gongkai.core import blobs
from gongkai.organisations.models import User
from gongkai.publishing.models import Item
from gongkai.publishing.tests.conftest import NOW, Bureau
from tests.factories import user_with


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> None:
    """Files of this test lie in a folder of its own; the day is that of the test city."""
    settings.DEMO_DATE = NOW.date()
    settings.STORAGES = {
        **settings.STORAGES,
        "blobs": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


def attach(data: bytes, filename: str = "发放表.pdf", content_type: str = "application/pdf") -> Any:
    blob = blobs.store(data, content_type=content_type, now=NOW)
    return {"sha256": blob.sha256, "filename": filename, "title": "发放表", "size": blob.size}


def fetch(item: Item, sha256: str, who: User | None = None, *, record: Any = None) -> Any:
    client = Client()
    if who is not None:
        client.force_login(who)
    number = item.pk if record is None else record
    return client.get(f"/files/item/{number}/{sha256[:16]}/file.pdf")


def readers(bureau: Bureau) -> dict[str, User | None]:
    return {
        "anonymous": None,
        "editor": bureau.editor,
        "reviewer": bureau.people["first"],
        "supervisor": user_with("supervisor", bureau.city.office),
        "stranger": user_with("editor", bureau.city.bureau_b),
        "district supervisor": user_with("supervisor", bureau.city.district_1),
    }


OURS = {"editor", "reviewer", "supervisor"}


def who_gets(bureau: Bureau, item: Item, sha256: str) -> set[str]:
    return {
        name for name, who in readers(bureau).items() if fetch(item, sha256, who).status_code == 200
    }


def test_a_file_of_a_draft_is_for_those_who_may_see_the_draft(bureau: Bureau) -> None:
    file = attach(b"draft")
    item = bureau.draft(attachments=[file])
    assert who_gets(bureau, item, file["sha256"]) == OURS
    response = fetch(item, file["sha256"], bureau.editor)
    assert response["Cache-Control"] == "private, no-store"
    bureau.submit(item)
    assert who_gets(bureau, item, file["sha256"]) == OURS


def test_a_file_of_public_information_is_for_everybody(bureau: Bureau) -> None:
    file = attach(b"public")
    item = bureau.public(attachments=[file])
    assert who_gets(bureau, item, file["sha256"]) == set(readers(bureau))
    response = fetch(item, file["sha256"])
    assert response.getvalue() == b"public"
    assert response["Cache-Control"] == "public, max-age=5"
    assert "%E5%8F%91%E6%94%BE%E8%A1%A8.pdf" in response["Content-Disposition"]


def test_the_session_of_staff_does_not_travel_with_a_public_file(bureau: Bureau) -> None:
    file = attach(b"public")
    response = fetch(bureau.public(attachments=[file]), file["sha256"], bureau.editor)
    assert response.status_code == 200
    assert not response.cookies


def test_a_file_of_a_draft_correction_is_not_public_yet(bureau: Bureau) -> None:
    old, new = attach(b"old"), attach(b"new")
    item = bureau.public(attachments=[old])
    bureau.edit(item, attachments=[new], change_kind="update", change_note="换附件")
    assert who_gets(bureau, item, new["sha256"]) == OURS
    assert who_gets(bureau, item, old["sha256"]) == set(readers(bureau))


def test_a_file_of_an_earlier_version_stays_with_its_version(bureau: Bureau) -> None:
    old, new = attach(b"old"), attach(b"new")
    item = bureau.correct(bureau.public(attachments=[old]), "update", attachments=[new])
    for file in (old, new):
        assert fetch(item, file["sha256"]).status_code == 200


@pytest.mark.parametrize("kind", ["privacy", "secrecy"])
def test_a_file_removed_for_privacy_is_gone_for_the_public(bureau: Bureau, kind: str) -> None:
    old, new = attach(b"with names"), attach(b"without names")
    item = bureau.correct(bureau.public(attachments=[old]), kind, attachments=[new])
    assert who_gets(bureau, item, old["sha256"]) == OURS
    assert fetch(item, new["sha256"]).status_code == 200


@pytest.mark.parametrize("category", ["error", "privacy"])
def test_files_of_withdrawn_information_are_refused(bureau: Bureau, category: str) -> None:
    file = attach(b"withdrawn")
    item = bureau.public(attachments=[file])
    bureau.withdraw(item, category)
    assert who_gets(bureau, item, file["sha256"]) == OURS
    assert fetch(item, file["sha256"], bureau.editor)["Cache-Control"] == "private, no-store"


def test_a_picture_in_the_text_is_shown_in_place(bureau: Bureau) -> None:
    picture = attach(b"\x89PNG picture", "tu.png", "image/png")
    item = bureau.public(body=f'<p>图：<img src="blob:{picture["sha256"]}" alt="流程图"></p>')
    response = fetch(item, picture["sha256"])
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("inline;")
    assert response["Content-Type"] == "image/png"


def test_a_file_is_only_served_by_the_record_that_refers_to_it(bureau: Bureau) -> None:
    file, other = attach(b"one"), attach(b"two")
    item = bureau.public(attachments=[file])
    stranger = bureau.public(attachments=[other])
    assert fetch(item, other["sha256"], bureau.editor).status_code == 404
    assert fetch(stranger, file["sha256"], bureau.editor).status_code == 404


def test_a_stored_file_that_no_record_refers_to_is_served_to_nobody(bureau: Bureau) -> None:
    item, orphan = bureau.public(), attach(b"orphan")
    assert who_gets(bureau, item, orphan["sha256"]) == set()


@pytest.mark.parametrize("record", ["0", "999999", "-1", "x", "1.0", "²", "9" * 30, "٣"])
def test_a_record_number_that_is_none_is_missing_not_a_crash(bureau: Bureau, record: str) -> None:
    file = attach(b"public")
    item = bureau.public(attachments=[file])
    assert fetch(item, file["sha256"], record=record).status_code == 404


@pytest.mark.parametrize("length", [1, 8, 15])
def test_a_short_beginning_of_a_digest_is_not_enough(bureau: Bureau, length: int) -> None:
    file = attach(b"public")
    item = bureau.public(attachments=[file])
    client = Client()
    assert client.get(f"/files/item/{item.pk}/{file['sha256'][:length]}/f.pdf").status_code == 404
    assert client.get(f"/files/item/{item.pk}/{file['sha256']}/f.pdf").status_code == 200
