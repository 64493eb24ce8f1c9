"""The one door: looks at the bytes, asks the reader of that format, cleans what it found."""

from collections.abc import Callable, Mapping
from typing import Final

from gongkai.core.documents import DocumentError
from gongkai.filetexts.readers import ofd, pdf, pictures, plain, presentation, spreadsheet, word
from gongkai.filetexts.readers.model import Found, Limits, Outcome, Reading, ReadingError
from gongkai.filetexts.rules import clean, cut
from gongkai.screening.filetypes import LABELS, FileType, extension_of, sniff
from gongkai.screening.ooxml import PackageError

Reader = Callable[[bytes, str, Limits], Found]

READERS: Final[Mapping[FileType, Reader]] = {
    FileType.PDF: pdf.read,
    FileType.DOCX: word.read,
    FileType.XLSX: spreadsheet.read,
    FileType.PPTX: presentation.read,
    FileType.OFD: ofd.read,
    FileType.ODF: word.read_odf,
    FileType.TXT: plain.read_text,
    FileType.CSV: plain.read_csv,
    FileType.VTT: plain.read_captions,
    FileType.HTML: plain.read_html,
    FileType.PNG: pictures.read,
    FileType.JPEG: pictures.read,
    FileType.TIFF: pictures.read,
    FileType.GIF: pictures.read,
    FileType.WEBP: pictures.read,
}
#: What an office program has to turn into a newer format first.
OLD_OFFICE: Final = frozenset({FileType.DOC, FileType.XLS, FileType.PPT, FileType.RTF})
PICTURES: Final = frozenset(
    {FileType.PNG, FileType.JPEG, FileType.TIFF, FileType.GIF, FileType.WEBP}
)
#: Old containers whose content says nothing: the name decides (WPS writes its own streams).
_BY_NAME: Final = {
    "doc": FileType.DOC,
    "wps": FileType.DOC,
    "xls": FileType.XLS,
    "et": FileType.XLS,
    "ppt": FileType.PPT,
    "dps": FileType.PPT,
}
_TEXT_BY_NAME: Final = {"txt": FileType.TXT, "md": FileType.TXT, "csv": FileType.CSV}
_PACKAGES: Final = {
    "docx": FileType.DOCX,
    "xlsx": FileType.XLSX,
    "pptx": FileType.PPTX,
    "ofd": FileType.OFD,
    "odt": FileType.ODF,
    "ods": FileType.ODF,
    "odp": FileType.ODF,
}
_CODES: Final = {"encrypted": Outcome.ENCRYPTED, "too_large": Outcome.TOO_LARGE}
_DAMAGED: Final = "文件已损坏，读不出文字。"


def kind_of(content: bytes, name: str) -> FileType:
    """The type by content; the name tells apart what says nothing of itself."""
    kind, extension = sniff(content, name), extension_of(name)
    if kind == FileType.OLE:
        return _BY_NAME.get(extension, kind)
    if kind == FileType.UNKNOWN:  # UTF-16 without a mark looks like nothing
        return _TEXT_BY_NAME.get(extension, kind)
    return kind


def read(content: bytes, name: str, limits: Limits = Limits()) -> Reading:  # noqa: B008 - frozen
    """The text of a file. Never raises: what is wrong is in the result, in Chinese."""
    if len(content) > limits.max_bytes:
        size, most = len(content) / 1048576, limits.max_bytes / 1048576
        return Reading(
            Outcome.TOO_LARGE, problem=f"文件有 {size:.0f} MB，超过 {most:.0f} MB，没有读取。"
        )
    kind = FileType.UNKNOWN
    try:
        kind = kind_of(content, name)
        return _read(kind, content, name, limits)
    except ReadingError as error:
        return Reading(error.outcome, kind, problem=error.problem)
    except PackageError as error:
        return Reading(_CODES.get(error.code, Outcome.UNREADABLE), kind, problem=error.reason)
    except DocumentError as error:
        if error.code == "empty":
            return Reading(Outcome.NO_TEXT, kind)
        return Reading(_CODES.get(error.code, Outcome.UNREADABLE), kind, problem=error.message)
    except MemoryError:
        return Reading(Outcome.UNREADABLE, kind, problem="读取这个文件要用的内存太多，没有读完。")
    except Exception as error:  # noqa: BLE001 - whatever a hostile file breaks, it ends here
        return Reading(Outcome.UNREADABLE, kind, problem=f"{_DAMAGED}（{type(error).__name__}）")


def _read(kind: FileType, content: bytes, name: str, limits: Limits) -> Reading:
    if kind == FileType.EMPTY:
        return Reading(Outcome.NO_TEXT, kind, problem="文件是空的。")
    if kind == FileType.LOCKED_OFFICE:
        return Reading(Outcome.ENCRYPTED, kind, problem="文件设了打开密码，读不出文字。")
    if kind in OLD_OFFICE:
        return Reading(Outcome.OLD_OFFICE, kind)
    reader = READERS.get(kind)
    if reader is None:
        if kind == FileType.ZIP and extension_of(name) in _PACKAGES:
            kind = _PACKAGES[extension_of(name)]
            return Reading(Outcome.UNREADABLE, kind, problem=_DAMAGED)
        strange = kind in (FileType.UNKNOWN, FileType.OLE)
        said = "不认识这种文件，没有读取。" if strange else f"{LABELS[kind]}里的文字不读取。"
        return Reading(Outcome.UNSUPPORTED, kind, problem=said)
    found = reader(content, name, limits)
    pages, whole = cut([clean(page) for page in found.pages], limits.max_chars)
    pictures_ = tuple(found.pictures[: limits.max_pictures])
    complete = found.complete and whole and len(pictures_) == len(found.pictures)
    note = found.note
    if not whole:
        note = f"文字超过 {limits.max_chars / 10000:g} 万字，后面的没有收入。"
    elif len(pictures_) < len(found.pictures):
        note = f"图片页超过 {limits.max_pictures} 页，后面的不识别。"
    outcome = Outcome.PICTURES if pictures_ else Outcome.TEXT if any(pages) else Outcome.NO_TEXT
    return Reading(outcome, kind, pages, pictures_, note, complete)
