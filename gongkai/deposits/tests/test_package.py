"""The package handed over: complete, checkable, the same every time, flat in memory."""

import csv
import hashlib
import io
import json
import tracemalloc
import zipfile
from datetime import date
from typing import Any

import pytest
from django.core.files.storage import storages

from gongkai.core import blobs
from gongkai.core.clock import at
from gongkai.deposits import package, rules
from gongkai.deposits.models import DepositBatch
from gongkai.deposits.tests.conftest import Town

EARLY = at(date(2022, 9, 5), 10)
LATE = at(date(2022, 9, 20), 10)
LIST = "序号,金额\n1,200\n".encode("utf-8-sig")


def attached(data: bytes = LIST, name: str = "补助名单.csv") -> dict[str, Any]:
    blob = blobs.store(data, content_type="text/csv", now=EARLY)
    return {
        "title": "名单", "filename": name, "sha256": blob.sha256, "size": blob.size,
        "content_type": "text/csv",
    }  # fmt: skip


def fetched(batch: DepositBatch, part: int = 1) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(package.stream(batch, part))))


def test_everything_inside_agrees_with_the_list_of_digests(town: Town) -> None:
    town.public(EARLY, attachments=[attached()])
    archive = fetched(town.make())
    assert archive.testzip() is None
    listed = dict(
        reversed(line.split("  ", 1)) for line in archive.read("sha256.txt").decode().splitlines()
    )
    inside = {name for name in archive.namelist() if name != "sha256.txt"}
    assert set(listed) == inside
    for name, digest in listed.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest


def test_the_spreadsheet_opens_in_chinese_and_names_every_version(town: Town) -> None:
    item = town.public(EARLY)
    town.correct(item, LATE)
    data = fetched(town.make()).read("manifest.csv")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0] == list(package.COLUMNS)
    assert [(row[1], row[2]) for row in rows[1:]] == [(item.index_no, "1"), (item.index_no, "2")]
    assert rows[1][3] == item.title and rows[1][7] == "2022-09-05T10:00:00+08:00"


def test_the_list_for_programs_lets_anybody_recompute_the_manifest(town: Town) -> None:
    town.public(EARLY)
    town.public(LATE)
    batch = town.make()
    about = json.loads(fetched(batch).read("manifest.json"))
    keys = [(v["index_no"], v["version"], v["content_sha256"]) for v in about["versions"]]
    assert rules.manifest_digest(keys) == about["manifest_sha256"] == batch.manifest_sha256
    assert (about["target"], about["period"], about["items"]) == ("市档案馆", "2022-09", 2)


def test_each_version_has_page_metadata_and_files_under_readable_names(town: Town) -> None:
    entry = attached()
    item = town.public(EARLY, attachments=[entry])
    archive = fetched(town.make())
    folder = rules.folder_name(item.index_no, item.pk, 1)
    page = archive.read(f"{folder}/index.html").decode()
    assert item.title in page and item.index_no in page and "符合条件的小微企业" in page
    (name,) = [n for n in archive.namelist() if n.startswith(f"{folder}/files/")]
    assert archive.read(name) == LIST and name.endswith("补助名单.csv")
    assert f'href="{name.removeprefix(folder + "/")}"' in page
    about = json.loads(archive.read(f"{folder}/metadata.json"))
    assert about["content"]["title"] == item.title
    assert about["files"] == [{"sha256": entry["sha256"], "path": name.removeprefix(folder + "/")}]


def test_an_earlier_version_is_kept_as_it_was(town: Town) -> None:
    item = town.public(EARLY)
    town.correct(item, LATE)
    archive = fetched(town.make())
    first = archive.read(f"{rules.folder_name(item.index_no, item.pk, 1)}/index.html").decode()
    second = archive.read(f"{rules.folder_name(item.index_no, item.pk, 2)}/index.html").decode()
    assert "符合条件的小微企业" in first and "改于" not in first
    assert "改于" in second and "更正" in second


def test_what_is_left_out_is_in_no_part_of_the_package(town: Town) -> None:
    gone = town.public(EARLY, title="含有个人信息的名单", attachments=[attached()])
    town.public(LATE)
    town.withdraw(gone, at(date(2022, 10, 1), 9), "privacy")
    data = b"".join(package.stream(town.make()))
    archive = zipfile.ZipFile(io.BytesIO(data))
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode(errors="replace")
    assert "含有个人信息" not in whole and gone.index_no not in whole
    assert not [name for name in archive.namelist() if "/files/" in name]


def test_a_lost_file_is_named_and_the_rest_is_whole(town: Town) -> None:
    entry = attached()
    town.public(EARLY, attachments=[entry])
    batch = town.make()
    storages["blobs"].delete(blobs.path_of(entry["sha256"]))
    archive = fetched(batch)
    assert archive.testzip() is None
    said = archive.read("missing.txt").decode()
    assert entry["sha256"] in said and "运维" in said
    assert entry["sha256"] not in archive.read("sha256.txt").decode()


def test_the_same_batch_is_the_same_bytes(town: Town) -> None:
    town.public(EARLY, attachments=[attached()])
    batch = town.make()
    assert b"".join(package.stream(batch)) == b"".join(package.stream(batch))


def test_big_batches_come_in_volumes_with_every_version_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (5, 6, 7):
        town.public(at(date(2022, 9, day), 10))
    batch = town.make()
    monkeypatch.setattr(rules, "VOLUME", 2)
    parts = [fetched(batch, part) for part in (1, 2)]
    pages = [[n for n in p.namelist() if n.endswith("index.html")] for p in parts]
    assert [len(p) for p in pages] == [2, 1] and len({*pages[0], *pages[1]}) == 3
    assert parts[0].read("manifest.csv") == parts[1].read("manifest.csv")


def test_a_spreadsheet_never_takes_a_title_for_a_formula(town: Town) -> None:
    town.public(EARLY, title="=cmd|' /C calc'!A0")
    rows = csv.reader(io.StringIO(fetched(town.make()).read("manifest.csv").decode("utf-8-sig")))
    assert list(rows)[1][3].startswith("'=")


def test_a_big_file_is_sent_in_pieces_not_read_at_once(town: Town) -> None:
    import random

    big = random.Random(1).randbytes(12 * 1024 * 1024)
    town.public(EARLY, attachments=[attached(big, "大文件.csv")])
    batch = town.make()
    list(package.stream(batch))
    tracemalloc.start()
    largest = max(len(piece) for piece in package.stream(batch))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert largest < 2 * 1024 * 1024
    assert peak < 6 * 1024 * 1024
