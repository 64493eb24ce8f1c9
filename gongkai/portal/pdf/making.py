"""Making, keeping and forgetting the PDF of an item.

What would be printed decides the file's name: the same text, facts and state give the same file,
so it is made once for a version and again only when the page itself reads differently.
"""

import ctypes
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache as forever
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from gongkai.core import blobs
from gongkai.core.health import Line
from gongkai.core.models import OutboxMessage
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item

HERE = Path(__file__).parent
CSS = (HERE / "paper.css").read_text(encoding="utf-8")
SECONDS = 25
"""How long one document may take; a reader waits for it."""
LONGEST = 600_000
"""Characters of HTML; about three hundred pages."""
PICTURES = 60
PICTURE_BYTES = 40 * 1024 * 1024
AT_ONCE = 2
_PICTURE = re.compile(r'src="(/files/item/[0-9]+/([0-9a-f]{16})/[^"]+)"')


class CannotMake(Exception):
    """Why there is no PDF, in words for the reader; ``again`` after so many seconds, 0 = never."""

    def __init__(self, words: str, again: int = 0) -> None:
        super().__init__(words)
        self.words = words
        self.again = again


@forever
def missing() -> str:
    """What this machine lacks for making a PDF; empty for nothing. Looked for once."""
    if find_spec("weasyprint") is None:
        return "WeasyPrint"
    try:
        ctypes.CDLL("libpango-1.0.so.0")
    except OSError:
        return "Pango"
    lister = shutil.which("fc-list")
    listed = (
        subprocess.run(  # noqa: S603
            [lister, ":lang=zh", "family"], capture_output=True, timeout=20, check=False
        ).stdout
        if lister
        else b""
    )
    return "" if listed.strip() else "中文字体"


def examined() -> list[Line]:
    """For the doctor: whether PDF files can be made here."""
    lacking = missing()
    return [("生成 PDF", None if lacking else True, f"没有{lacking}" if lacking else "可用")]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document ready to be laid out: HTML without and with the time it is made."""

    item_id: int
    bare: str
    dated: str
    pictures: dict[str, str]
    """SHA-256 of the item's own pictures by their first 16 characters."""

    @property
    def path(self) -> str:
        """Where the file is kept in the private storage."""
        digest = hashlib.sha256(f"{CSS}\n{self.bare}".encode()).hexdigest()
        return f"pdf/{self.item_id}/{digest}.pdf"


def kept(sheet: Sheet) -> bool:
    """Whether the file is there already."""
    return bool(storages["blobs"].exists(sheet.path))


@contextmanager
def _turn(item_id: int) -> Iterator[None]:
    """One process for a document, few at once: laying out takes a whole processor."""
    slots = [f"portal:pdf:item:{item_id}"]
    held: list[str] = []
    try:
        if not cache.add(slots[0], 1, SECONDS + 5):
            raise CannotMake("这份文件正在生成，请过几秒钟再打开。", again=5)
        held.append(slots[0])
        free = next(
            (n for n in range(AT_ONCE) if cache.add(f"portal:pdf:slot:{n}", 1, SECONDS + 5)), None
        )
        if free is None:
            raise CannotMake("现在生成文件的人太多，请过一会儿再打开。", again=10)
        held.append(f"portal:pdf:slot:{free}")
        yield
    finally:
        for key in held:
            cache.delete(key)


def make(sheet: Sheet) -> None:
    """Lay the document out and keep it; files of earlier versions go.

    Takes seconds, so never call it inside a transaction. Raises CannotMake.
    """
    lacking = missing()
    if lacking:
        raise CannotMake(f"这台服务器没有安装{lacking}，暂时不能生成 PDF。")
    if len(sheet.dated) > LONGEST:
        raise CannotMake("这份文件太长，不能生成 PDF。")
    with _turn(sheet.item_id):
        storage = storages["blobs"]
        data = _lay_out(sheet)
        forget(sheet.item_id)
        storage.save(sheet.path, ContentFile(data))
    # It may have been withdrawn meanwhile, and its outbox message be done already.
    if not Item.objects.filter(pk=sheet.item_id, visibility=Visibility.PUBLIC).exists():
        forget(sheet.item_id)
        raise CannotMake("这条信息刚刚撤回了。")


def _lay_out(sheet: Sheet) -> bytes:
    with tempfile.TemporaryDirectory(prefix="gongkai-pdf-") as name:
        folder = Path(name)
        (folder / "page.html").write_text(sheet.dated, encoding="utf-8")
        (folder / "paper.css").write_text(CSS, encoding="utf-8")
        pictures = _pictures(sheet, folder)
        job = {"base_url": settings.BASE_URL, "pictures": pictures}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        try:
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-I", str(HERE / "worker.py"), str(folder)],
                capture_output=True,
                timeout=SECONDS,
                check=False,
                env={"PATH": os.environ.get("PATH", ""), "HOME": name, "LANG": "C.UTF-8"},
            )
        except subprocess.TimeoutExpired as error:
            raise CannotMake("这份文件太复杂，没有在规定的时间里生成出来。") from error
        result = folder / "out.pdf"
        if done.returncode or not result.exists():
            raise CannotMake("这份文件没有生成成功，请改用浏览器打印。")
        return result.read_bytes()


def _pictures(sheet: Sheet, folder: Path) -> dict[str, str]:
    """Put the item's own pictures into the folder; returns file names by full address."""
    found: dict[str, str] = {}
    total = 0
    for address, short in _PICTURE.findall(sheet.dated):
        full = f"{settings.BASE_URL}{address}"
        sha = sheet.pictures.get(short)
        if sha is None or full in found:
            continue
        try:
            data = blobs.read(sha)
        except FileNotFoundError:
            continue
        total += len(data)
        if total > PICTURE_BYTES or len(found) >= PICTURES:
            raise CannotMake("这份文件的图片太多，不能生成 PDF。")
        name = f"picture-{len(found)}"
        (folder / name).write_bytes(data)
        found[full] = name
    return found


def forget(item_id: int) -> int:
    """Remove every file of an item; returns how many."""
    storage = storages["blobs"]
    folder = f"pdf/{item_id}"
    try:
        _, names = storage.listdir(folder)
    except FileNotFoundError:
        return 0
    for name in names:
        storage.delete(f"{folder}/{name}")
    return len(names)


def follow(message: OutboxMessage, now: datetime) -> None:
    """Outbox handler: what is not public any more leaves no file behind."""
    item = Item.objects.filter(pk=message.subject_id).only("visibility").first()
    if item is None or item.visibility != Visibility.PUBLIC:
        forget(int(message.subject_id))
