"""Files that belong to rows: looked for in a folder or in the archive, checked, kept as blobs."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from django.conf import settings

from gongkai.core import blobs
from gongkai.core.errors import InvalidInput
from gongkai.legacy.rules import ValueProblem, file_names
from gongkai.publishing.uploads import Purpose, Upload, check_upload

MOST: Final = 60
"""Files of one row."""
_AMBIGUOUS: Final = ""


class Files(Protocol):
    """Where the files of the old site are."""

    def read(self, name: str) -> bytes | None:
        """A file by its path or name on the old site; None when it is not there, or when several
        files of that name are."""


class NoFiles:
    """Nothing was given: every file is missing."""

    def read(self, name: str) -> bytes | None:
        """Nothing."""
        return None


@dataclass(slots=True)
class _Names:
    """Paths by their whole spelling and by their last part; "" where a last part is not alone."""

    paths: dict[str, str] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    def add(self, path: str) -> None:
        self.paths[path.lower()] = path
        name = path.rsplit("/", 1)[-1].lower()
        self.last[name] = path if name not in self.last else _AMBIGUOUS

    def find(self, value: str) -> str | None:
        names = [name.lower() for name in file_names(value)]
        for name in names:
            if name in self.paths:
                return self.paths[name]
        # The folder may begin in the middle of the old address.
        for name in names:
            parts = name.split("/")
            for start in range(1, len(parts) - 1):
                if (found := self.paths.get("/".join(parts[start:]))) is not None:
                    return found
        for name in names:
            if found := self.last.get(name.rsplit("/", 1)[-1]):
                return found
        return None


class FolderFiles:
    """A folder and everything below it; links that lead elsewhere are not followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = _Names()
        for root, _, files in os.walk(folder, followlinks=False):
            for name in files:
                path = Path(root) / name
                if not path.is_symlink():
                    self._names.add(path.relative_to(folder).as_posix())

    def read(self, name: str) -> bytes | None:
        """See Files."""
        found = self._names.find(name)
        if found is None:
            return None
        path = self._folder / found
        if path.stat().st_size > settings.UPLOAD_LIMIT:
            raise _too_large(name)
        return path.read_bytes()


class ArchiveFiles:
    """The other members of the archive that holds the data file; nothing is unpacked to disk."""

    def __init__(self, archive: zipfile.ZipFile, member: str) -> None:
        self._archive = archive
        self._names = _Names()
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in archive.infolist():
            if not info.is_dir() and info.filename != member:
                name = _spelled(info)
                self._members[name] = info
                self._names.add(name)

    def read(self, name: str) -> bytes | None:
        """See Files."""
        found = self._names.find(name)
        if found is None:
            return None
        limit = settings.UPLOAD_LIMIT
        with self._archive.open(self._members[found]) as handle:
            # What the archive says about sizes may be a lie.
            data = handle.read(limit + 1)
        if len(data) > limit:
            raise _too_large(name)
        return data


def _spelled(info: zipfile.ZipInfo) -> str:
    """A member's name; archives made on Chinese Windows say it in GBK without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _too_large(name: str) -> ValueProblem:
    megabytes = settings.UPLOAD_LIMIT // 1024 // 1024
    return ValueProblem(
        "file_too_large",
        f"附件“{_shown(name)}”超过 {megabytes} MB",
        "请压缩或拆分后重新放进附件目录。",
    )


def _shown(name: str) -> str:
    return (file_names(name) or [name])[-1][:60]


@contextmanager
def open_files(source: Path, member: str, folder: Path | None) -> Iterator[Files]:
    """The files beside a source: its folder, else the archive it came in, else none."""
    if folder is not None:
        yield FolderFiles(folder)
    elif member:
        with zipfile.ZipFile(source) as archive:
            yield ArchiveFiles(archive, member)
    else:
        yield NoFiles()


def clean_filename(name: str) -> str:
    """A name to download under: no path, no control characters, at most 120 characters."""
    last = (file_names(name) or ["附件"])[-1]
    kept = "".join(c for c in last if c.isprintable() and c not in '\\/:*?"<>|').strip(". ")
    stem, dot, ending = kept.rpartition(".")
    if dot and len(ending) <= 8:
        return f"{stem[: 119 - len(ending)]}.{ending}"
    return kept[:120] or "附件"


def keep(
    files: Files, address: str, title: str, *, today: date, now: datetime | None
) -> dict[str, Any] | None:
    """Check a file and keep it; its entry in ``attachments``, or None when it is not there.

    ``now`` None only checks. Raises ValueProblem for a file that may not be published.
    """
    data = files.read(address)
    if data is None:
        return None
    filename = clean_filename(address)
    try:
        checked = check_upload(
            Upload(filename, data), purpose=Purpose.ATTACHMENT, field="attachments", today=today
        )
    except InvalidInput as error:
        reason = "；".join(error.fields["attachments"])[:300]
        raise ValueProblem(
            "file", f"附件“{_shown(address)}”不能公开：{reason}", "处理好这个文件再读入这一行。"
        ) from error
    sha256, size = "", len(data)
    if now is not None:
        sha256 = blobs.store(data, content_type=checked.content_type, now=now).sha256
    return {
        "title": title or filename,
        "filename": filename,
        "sha256": sha256,
        "size": size,
        "content_type": checked.content_type,
    }
