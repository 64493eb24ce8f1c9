"""Sheets of a bundle become one file when files are collected; the sources are linked elsewhere."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from django.contrib.staticfiles import finders
from django.template import Context, Template

from gongkai.design.static_files import BundlingStorage, sheets_of

NAME = "bundles/public.css"
PARTS = current.STYLE_BUNDLES[NAME]


def links() -> str:
    return Template(f'{{% load design %}}{{% bundle "{NAME}" %}}').render(Context())


def test_where_nothing_is_collected_the_sources_are_linked_in_order() -> None:
    assert sheets_of(NAME) == tuple(f"/static/{part}" for part in PARTS)
    assert links().count("<link ") == len(PARTS)


@pytest.fixture
def collected(settings: Any, tmp_path: Path) -> BundlingStorage:
    """Only the sheets of the bundle, collected as an installation does."""
    settings.STATIC_ROOT = tmp_path
    storage = BundlingStorage(location=tmp_path, base_url="/static/")
    paths: dict[str, Any] = {}
    for part in PARTS:
        found = finders.find(part)
        assert isinstance(found, str)
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / part).write_bytes(Path(found).read_bytes())
        paths[part] = (storage, part)
    for original, processed, error in storage.post_process(paths):
        assert not isinstance(error, Exception), (original, processed, error)
    return storage


def test_collecting_joins_them_into_one_packed_file_named_by_content(
    collected: BundlingStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongkai.design.static_files.staticfiles_storage", collected)
    (address,) = sheets_of(NAME)
    assert address.startswith("/static/bundles/public.") and links().count("<link ") == 1
    file = tmp_path / address.removeprefix("/static/")
    text = file.read_text(encoding="utf-8")
    places = []
    for part in PARTS:
        source = (tmp_path / part).read_text(encoding="utf-8")
        assert source in text
        places.append(text.index(source))
    assert places == sorted(places)
    assert gzip.decompress(Path(f"{file}.gz").read_bytes()) == file.read_bytes()


def test_collecting_again_gives_the_same_name(collected: BundlingStorage) -> None:
    first = collected.hashed_files[NAME]
    paths: dict[str, Any] = {part: (collected, part) for part in PARTS}
    assert all(not isinstance(e, Exception) for _, _, e in collected.post_process(paths))
    assert collected.hashed_files[NAME] == first


def test_a_sheet_with_an_address_of_its_own_cannot_be_joined(
    collected: BundlingStorage, tmp_path: Path, settings: Any
) -> None:
    (tmp_path / "own.css").write_text("a { background: url(mark.svg) }")
    settings.STYLE_BUNDLES = {"bundles/x.css": ["own.css"]}
    with pytest.raises(ValueError, match="data only"):
        list(collected.post_process({"own.css": (collected, "own.css")}))


def test_every_sheet_that_is_linked_exists() -> None:
    for parts in current.STYLE_BUNDLES.values():
        assert all(finders.find(part) for part in parts)
