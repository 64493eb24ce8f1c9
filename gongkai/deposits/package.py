"""The package handed to an archive or library: a ZIP that is written while it is sent.

Each volume holds the whole list (``manifest.csv``, ``manifest.json``) and its own versions: one
folder a version with a page to read, the metadata and the files, and ``sha256.txt`` over all of
them. Nothing is kept in memory but the version at hand; the same batch gives the same bytes.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.core.files.storage import storages
from django.template.loader import render_to_string

from gongkai.catalogue.models import Theme
from gongkai.core.blobs import path_of
from gongkai.core.cells import safe_cell
from gongkai.core.clock import SHANGHAI
from gongkai.deposits import rules
from gongkai.deposits.models import DepositBatch, DepositRow
from gongkai.deposits.queueing import sent_rows
from gongkai.organisations.models import Unit
from gongkai.publishing.content import blobs_in
from gongkai.publishing.models import ItemKind, ItemVersion
from gongkai.publishing.presentation import present

CONTENT_TYPE = "application/zip"
COLUMNS = (
    "序号", "索引号", "版本", "标题", "公开单位", "发文字号", "成文日期", "发布时间",
    "变更性质", "内容摘要SHA-256", "文件夹",
)  # fmt: skip
_CHUNK = 200
_READ = 256 * 1024


class _Pipe(io.RawIOBase):
    """Takes what the ZIP writer writes and hands it on; it cannot be searched, so the writer
    puts sizes behind each entry."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def taken(self) -> bytes:
        """Everything written since the last call."""
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole


class _Lookup:
    """Units, kinds and themes by key, each read once for a whole package."""

    def __init__(self) -> None:
        self.units = {unit.code: unit for unit in Unit.objects.all()}
        self.kinds = {kind.key: kind for kind in ItemKind.objects.all()}
        self.themes = {t.code: t for t in Theme.objects.select_related("parent")}


def file_name(batch: DepositBatch, part: int) -> str:
    """What a volume is called when it is saved."""
    return f"deposit-{batch.period:%Y%m}-{batch.target_id}-{part:02d}.zip"


def stream(batch: DepositBatch, part: int = 1) -> Iterator[bytes]:
    """One volume of a batch in pieces. ``part`` counts from 1.

    A file that the storage has lost does not break the package: it is named in ``missing.txt``.
    """
    pipe, sums, missing = _Pipe(), _Sums(), _Sums()
    known = _Lookup()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        yield from _list(archive, pipe, batch, sums)
        rows = sent_rows(batch)[(part - 1) * rules.VOLUME : part * rules.VOLUME]
        for row in _in_chunks(rows.values_list("pk", flat=True)):
            yield from _version(archive, pipe, row, known, sums, missing)
        if missing.lines:
            text = "下列文件在平台的存储里缺失，没有装进这一卷，请联系运维人员：\n"
            yield from _put(archive, pipe, "missing.txt", (text + missing.text()).encode(), None)
        yield from _put(archive, pipe, "sha256.txt", sums.text().encode(), None)
    yield pipe.taken()


def _in_chunks(keys: Any) -> Iterator[DepositRow]:
    wanted = list(keys)
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        found = DepositRow.objects.select_related("version").in_bulk(some)
        yield from (found[key] for key in some)


class _Sums:
    """The lines of a list of files."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, digest: str, name: str) -> None:
        self.lines.append(f"{digest}  {name}")

    def text(self) -> str:
        return "\n".join([*self.lines, ""])


def _info(name: str) -> zipfile.ZipInfo:
    # A fixed time: the same batch is the same bytes whenever it is fetched.
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _put(
    archive: zipfile.ZipFile, pipe: _Pipe, name: str, data: bytes, sums: _Sums | None
) -> Iterator[bytes]:
    archive.writestr(_info(name), data)
    if sums is not None:
        sums.add(hashlib.sha256(data).hexdigest(), name)
    yield pipe.taken()


def _list(
    archive: zipfile.ZipFile, pipe: _Pipe, batch: DepositBatch, sums: _Sums
) -> Iterator[bytes]:
    """The list of the whole batch, twice: for people (a spreadsheet) and for programs."""
    total = hashlib.sha256()
    with archive.open(_info("manifest.csv"), "w") as out:
        # The byte-order mark lets spreadsheet programs read the Chinese.
        for piece in _csv(batch):
            total.update(piece)
            out.write(piece)
            yield pipe.taken()
    sums.add(total.hexdigest(), "manifest.csv")
    head = {
        "target": batch.target.name,
        "from_unit": batch.target.owner.full_name,
        "period": f"{batch.period:%Y-%m}",
        "items": batch.item_count,
        "manifest_sha256": batch.manifest_sha256,
        "manifest_rule": "SHA-256 over lines 'index_no<TAB>version<TAB>content_sha256<LF>' in order",
        "volumes": rules.volumes(batch.item_count),
    }
    total = hashlib.sha256()
    with archive.open(_info("manifest.json"), "w") as out:
        for piece in _json(head, batch):
            total.update(piece)
            out.write(piece)
            yield pipe.taken()
    sums.add(total.hexdigest(), "manifest.json")


def _listed(batch: DepositBatch) -> Iterator[tuple[int, dict[str, Any]]]:
    columns = (
        "item_id", "index_no", "number", "title", "item__unit__full_name", "item__doc_no",
        "item__formed_on", "released_at", "version__change_kind", "digest",
    )  # fmt: skip
    rows = sent_rows(batch).values(*columns)
    return enumerate(rows.iterator(chunk_size=1000), start=1)


def _csv(batch: DepositBatch) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    yield b"\xef\xbb\xbf" + text.getvalue().encode()
    for position, row in _listed(batch):
        text.seek(0)
        text.truncate()
        cells = [
            position, row["index_no"], row["number"], row["title"], row["item__unit__full_name"],
            row["item__doc_no"], row["item__formed_on"] or "", _stamp(row["released_at"]),
            row["version__change_kind"], row["digest"],
            rules.folder_name(row["index_no"], row["item_id"], row["number"]),
        ]  # fmt: skip
        writer.writerow([safe_cell(c) if isinstance(c, str) else c for c in cells])
        yield text.getvalue().encode()


def _json(head: dict[str, Any], batch: DepositBatch) -> Iterator[bytes]:
    opening = json.dumps(head, ensure_ascii=False)[:-1]
    yield f'{opening}, "versions": ['.encode()
    for position, row in _listed(batch):
        entry = {
            "index_no": row["index_no"],
            "version": row["number"],
            "title": row["title"],
            "unit": row["item__unit__full_name"],
            "doc_no": row["item__doc_no"],
            "released_at": _stamp(row["released_at"]),
            "change": row["version__change_kind"],
            "content_sha256": row["digest"],
            "folder": rules.folder_name(row["index_no"], row["item_id"], row["number"]),
        }
        comma = ",\n" if position > 1 else "\n"
        yield (comma + json.dumps(entry, ensure_ascii=False)).encode()
    yield b"\n]}\n"


def _stamp(moment: Any) -> str:
    return str(moment.astimezone(SHANGHAI).isoformat(timespec="seconds"))


def _version(
    archive: zipfile.ZipFile,
    pipe: _Pipe,
    row: DepositRow,
    known: _Lookup,
    sums: _Sums,
    missing: _Sums,
) -> Iterator[bytes]:
    folder = rules.folder_name(row.index_no, row.item_id, row.number)
    content = row.version.content
    names = _names(content)
    unit = known.units[content["unit"]]
    shown = present(
        content,
        item_id=row.item_id,
        unit=unit,
        kind=known.kinds[content["kind"]],
        theme=known.themes.get(content.get("theme") or ""),
        picture_url=lambda sha: names.get(sha, ""),
    )
    for entry in shown["files"]:
        entry["url"] = names[entry["sha256"]]
    page = render_to_string(
        "deposits/item.html", {"shown": shown, "row": row, "unit": unit, "version": row.version}
    )
    yield from _put(archive, pipe, f"{folder}/index.html", page.encode(), sums)
    about = json.dumps(_metadata(row, row.version, unit, names), ensure_ascii=False, indent=1)
    yield from _put(archive, pipe, f"{folder}/metadata.json", about.encode(), sums)
    for sha256, name in names.items():
        yield from _file(archive, pipe, sha256, f"{folder}/{name}", sums, missing)


def _names(content: dict[str, Any]) -> dict[str, str]:
    """Where each file of a content lies in its folder: a readable name, made unique."""
    titles = {entry["sha256"]: entry["filename"] for entry in content.get("attachments") or []}
    return {
        sha256: f"files/{sha256[:8]}-{rules.safe_name(titles.get(sha256, 'picture'))}"
        for sha256 in sorted(blobs_in(content))
    }


def _metadata(
    row: DepositRow, version: ItemVersion, unit: Unit, names: dict[str, str]
) -> dict[str, Any]:
    return {
        "index_no": row.index_no,
        "version": row.number,
        "released_at": _stamp(row.released_at),
        "unit": unit.full_name,
        "unit_code": unit.uscc or unit.code,
        "change_kind": version.change_kind,
        "change_note": version.change_note,
        "content_sha256": row.digest,
        "files": [{"sha256": sha256, "path": name} for sha256, name in names.items()],
        "content": version.content,
    }


def _file(
    archive: zipfile.ZipFile, pipe: _Pipe, sha256: str, name: str, sums: _Sums, missing: _Sums
) -> Iterator[bytes]:
    try:
        source = storages["blobs"].open(path_of(sha256), "rb")
    except FileNotFoundError:
        missing.add(sha256, name)
        return
    with source, archive.open(_info(name), "w") as out:
        while piece := source.read(_READ):
            out.write(piece)
            yield pipe.taken()
    sums.add(sha256, name)
    yield pipe.taken()
