"""Checks over uploaded files: name, size, type, hidden parts and the text inside."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from gongkai.core.masking import mask_name, mask_text
from gongkai.screening import ooxml, pdf, sheets
from gongkai.screening.filetypes import (
    DANGEROUS_EXTENSIONS,
    EXTENSIONS,
    LABELS,
    MEGABYTE,
    POLICIES,
    FilePolicy,
    FileType,
    Purpose,
    decode_text,
    extension_of,
    inner_extension_of,
    sniff,
)
from gongkai.screening.findings import Finding, Severity, capped
from gongkai.screening.images import has_location
from gongkai.screening.ooxml import Package, PackageError, TextPart
from gongkai.screening.rules import NO_OPTIONS, TextOptions, scan_text

#: Findings of one code listed per file before the rest is only counted.
LISTED_PER_CODE: Final = 50
_MAX_DEPTH: Final = 2

_OFFICE: Final = frozenset({FileType.DOCX, FileType.XLSX, FileType.PPTX})
_OLD_OFFICE: Final = frozenset({FileType.DOC, FileType.XLS, FileType.PPT, FileType.OLE})
_PICTURES: Final = frozenset({FileType.PNG, FileType.JPEG, FileType.GIF, FileType.WEBP})
_REMOVE_CODE: Final = frozenset({FileType.PROGRAM, FileType.SCRIPT, FileType.HTML, FileType.SVG})
_BAD_NAME: Final = re.compile("[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\\\]")
_OLD_MACROS: Final = "_VBA_PROJECT".encode("utf-16-le")
_IMPERSONAL: Final = re.compile(
    "^.{2,}(?:局|委|办|厅|政府|公司|中心|医院|学校)$|^.{3,}(?:处|科|股|室)$|用户|管理员|"
    "^(?:admin|user|windows|wps|.*office).*$|^(?:python-docx|openpyxl|lenovo|hp|dell|pc)$",
    re.IGNORECASE,
)
_PLAIN_NUMBER: Final = re.compile(rb"(?<![0-9])(?:[0-9]{17}[0-9Xx]|1[3-9][0-9]{9})(?![0-9])")
_WIDE_NUMBER: Final = re.compile(
    rb"(?<![0-9]\x00)(?:(?:[0-9]\x00){17}[0-9Xx]\x00|1\x00[3-9]\x00(?:[0-9]\x00){9})(?![0-9]\x00)"
)


@dataclass(frozen=True, slots=True)
class FileInput:
    """A file to inspect: its name as uploaded, its bytes, what it is for, its field's key."""

    name: str
    content: bytes
    purpose: Purpose = Purpose.ATTACHMENT
    field: str = "attachments"


def inspect_file(
    file: FileInput,
    options: TextOptions = NO_OPTIONS,
    *,
    policies: Mapping[Purpose, FilePolicy] = POLICIES,
) -> list[Finding]:
    """Inspect one file. A file whose type or size is refused is not opened any further."""
    scene = _Scene(file, options)
    found = list(_name_findings(scene))
    policy = policies[file.purpose]
    if len(file.content) > policy.max_bytes:
        found.append(
            scene.block(
                "file_too_large",
                f"文件有{len(file.content) / MEGABYTE:.1f}MB，"
                f"超过{policy.max_bytes / MEGABYTE:.0f}MB的上限。",
                "请压缩图片或拆分后再上传。",
            )
        )
        return found
    kind = sniff(file.content, file.name)
    refused = list(_type_findings(scene, kind, policy))
    found.extend(refused)
    if not any(f.code == "file_type_refused" for f in refused):
        found.extend(capped(_content_findings(scene, kind, 0), LISTED_PER_CODE, scene.place))
    return found


class _Scene:
    """The file under inspection and how findings name places in it."""

    def __init__(self, file: FileInput, options: TextOptions, inner: str = "") -> None:
        self.file = file
        self.options = options
        self.inner = inner
        shown = _BAD_NAME.sub("", mask_text(file.name))
        self.place = f"附件《{shown}》{inner}"

    def inside(self, name: str, content: bytes) -> "_Scene":
        file = replace(self.file, content=content)
        return _Scene(file, self.options, f"{self.inner}内嵌文件{name}")

    def finding(
        self, code: str, severity: Severity, message: str, remedy: str, where: str = ""
    ) -> Finding:
        return Finding(
            code=code,
            severity=severity,
            field=self.file.field,
            where=self.place + where,
            excerpt_masked="",
            message=message,
            remedy=remedy,
        )

    def block(self, code: str, message: str, remedy: str, where: str = "") -> Finding:
        return self.finding(code, Severity.BLOCK, message, remedy, where)

    def warn(self, code: str, message: str, remedy: str, where: str = "") -> Finding:
        return self.finding(code, Severity.WARN, message, remedy, where)

    def text(self, part: TextPart) -> Iterator[Finding]:
        """Scan text of the file; offsets are dropped, they mean nothing in a file."""
        findings = scan_text(
            part.text,
            replace(self.options, header=part.header),
            field=self.file.field,
            where=self.place + part.where,
            line_word=part.line_word,
        )
        return (replace(finding, start=None, end=None) for finding in findings)

    def person(self, name: str) -> Finding:
        personal = not _IMPERSONAL.search(name)
        return self.finding(
            "author",
            Severity.WARN if personal else Severity.INFO,
            f"文件属性里留有作者或最后修改者“{mask_name(name) if personal else name}”。",
            "请在“文件—信息—检查文档”中删去个人信息后另存。",
        )


# --- name, type, size ---------------------------------------------------------------------------


def _name_findings(scene: _Scene) -> Iterator[Finding]:
    name = scene.file.name
    if _BAD_NAME.search(name) or not name.strip():
        yield scene.block(
            "file_name",
            "文件名为空，或含有控制字符、方向符、斜杠，可能用来掩盖真实类型。",
            "请重新命名后再上传。",
        )
    inner = inner_extension_of(name)
    if extension_of(name) in DANGEROUS_EXTENSIONS:
        yield scene.block(
            "file_name",
            f"文件的扩展名是.{extension_of(name)}，属于程序或带宏的文件。",
            "请另存为不带宏的文档后再上传。",
        )
    elif inner and inner != extension_of(name):
        yield scene.warn(
            "double_extension",
            f"文件名里有两个扩展名（.{inner}.{extension_of(name)}）。",
            "请改成一个扩展名，避免下载的人误认。",
        )
    for finding in scan_text(name, scene.options, field=scene.file.field, where=scene.place):
        message = f"文件名中{finding.message}"
        yield replace(finding, message=message, start=None, end=None)


def _type_findings(scene: _Scene, kind: FileType, policy: FilePolicy) -> Iterator[Finding]:
    extension = extension_of(scene.file.name)
    if kind not in policy.allowed:
        remedy = {
            FileType.LOCKED_OFFICE: "请取消密码后再上传。",
            FileType.EMPTY: "请检查原文件后重新上传。",
            FileType.ZIP: "请解压后逐个上传，压缩包里的内容无法审核。",
            FileType.ARCHIVE: "请解压后逐个上传，压缩包里的内容无法审核。",
        }.get(kind, f"这里可以上传：{_names(policy)}。")
        yield scene.block("file_type_refused", f"内容是{LABELS[kind]}，不能上传。", remedy)
    elif kind is not FileType.OLE and extension not in EXTENSIONS.get(kind, frozenset()):
        written = f"扩展名是.{extension}" if extension else "没有扩展名"
        yield scene.block(
            "file_type_mismatch",
            f"文件{written}，内容却是{LABELS[kind]}。",
            "请用原软件打开并另存为正确的格式后再上传。",
        )


def _names(policy: FilePolicy) -> str:
    return "、".join(LABELS[kind] for kind in FileType if kind in policy.allowed)


# --- content ------------------------------------------------------------------------------------


def _content_findings(scene: _Scene, kind: FileType, depth: int) -> Iterator[Finding]:
    content = scene.file.content
    if kind in _OFFICE:
        yield from _office_findings(scene, kind, depth)
    elif kind is FileType.PDF:
        yield from _pdf_findings(scene)
    elif kind in _PICTURES:
        if has_location(content):
            yield _location(scene)
    elif kind in _OLD_OFFICE:
        yield from _old_office_findings(scene)
    elif kind in {FileType.TXT, FileType.CSV, FileType.VTT}:
        text = decode_text(content) or ""
        yield from scene.text(TextPart("", text, line_word="行"))
    elif kind is FileType.OFD:
        yield scene.warn(
            "not_inspected",
            "OFD文件的内容没有自动检查。",
            "请人工核对有无个人信息，或同时上传PDF、Word版本供检查。",
        )


def _office_findings(scene: _Scene, kind: FileType, depth: int) -> Iterator[Finding]:
    try:
        package = Package(scene.file.content)
        if package.macro_parts():
            yield scene.block("macro", "文件里带有宏程序。", "请另存为不带宏的格式后再上传。")
        if package.active_parts():
            yield scene.block("macro", "文件里带有ActiveX控件。", "请删去控件后另存再上传。")
        if package.external_targets():
            yield scene.warn(
                "external_content",
                "文件打开时会从外部地址加载内容。",
                "请断开外部链接（数据—编辑链接，或重新套用本地模板）后另存。",
            )
        for hidden in _hidden(package, kind):
            yield scene.warn(hidden.code, hidden.message, hidden.remedy, hidden.where)
        for person in package.people():
            yield scene.person(person)
        for part in _texts(scene, package, kind):
            yield from scene.text(part) if isinstance(part, TextPart) else (part,)
        for name in package.media():
            if has_location(package.read(name)):
                yield _location(scene)
                break
        yield from _embedded_findings(scene, package, depth)
    except PackageError as error:
        remedy = "请用办公软件打开、去掉密码并另存后再上传；不能检查的文件不得发布。"
        yield scene.block(error.code, error.reason, remedy)


def _hidden(package: Package, kind: FileType) -> Iterable[ooxml.Hidden]:
    if kind is FileType.DOCX:
        return ooxml.word_hidden(package)
    return ooxml.excel_hidden(package) if kind is FileType.XLSX else ooxml.slides_hidden(package)


def _texts(scene: _Scene, package: Package, kind: FileType) -> Iterator[TextPart | Finding]:
    if kind is FileType.DOCX:
        yield from ooxml.word_texts(package)
        return
    if kind is FileType.PPTX:
        yield from ooxml.slides_texts(package)
        return
    strings = sheets.shared_strings(package)
    handled = ["xl/sharedStrings.xml"]
    for name, state, part in ooxml.sheet_parts(package):
        if part not in package.names:
            continue
        handled.append(part)
        facts = sheets.SheetFacts()
        hidden = "" if state == "visible" else "（隐藏）"
        where = f"工作表“{name}”{hidden}"
        if "chartsheets/" not in part:
            yield from sheets.sheet_texts(package, part, where, strings, facts)
        if facts.hidden_rows or facts.hidden_columns:
            yield scene.warn(
                "hidden_cells",
                f"有{facts.hidden_rows}行、{facts.hidden_columns}组列被隐藏或筛选掉。",
                "请取消隐藏和筛选，删去不公开的行列后另存。",
                where,
            )
    yield from ooxml.excel_other_texts(package, handled)


def _embedded_findings(scene: _Scene, package: Package, depth: int) -> Iterator[Finding]:
    for name in package.embedded():
        content = package.read(name)
        kind = sniff(content, name)
        inner = scene.inside(name.rpartition("/")[2], content)
        if kind in _OFFICE | {FileType.PDF} and depth < _MAX_DEPTH:
            yield from _content_findings(inner, kind, depth + 1)
        elif kind in _REMOVE_CODE:
            yield inner.block("macro", f"内嵌了{LABELS[kind]}。", "请删去后另存再上传。")
        else:
            yield inner.warn(
                "not_inspected",
                "文档里内嵌了无法自动检查的文件。",
                "请删去内嵌文件，或转成正文、图片后另存。",
            )


def _pdf_findings(scene: _Scene) -> Iterator[Finding]:
    content = scene.file.content
    if pdf.has_active_content(content):
        yield scene.warn(
            "active_content", "PDF里带有脚本、启动动作或附件。", "请重新导出不带这些内容的PDF。"
        )
    try:
        document = pdf.read_pdf(content)
    except pdf.PdfError as error:
        code = "encrypted" if error.locked else "unreadable"
        fault = "加了密码" if error.locked else "已损坏"
        remedy = "请去掉密码或重新导出后再上传；不能检查的文件不得发布。"
        yield scene.block(code, f"PDF{fault}，无法检查内容。", remedy)
        return
    if document.author:
        yield scene.person(document.author)
    if document.page_count > len(document.pages):
        yield scene.warn(
            "not_inspected",
            f"PDF共{document.page_count}页，只检查了前{len(document.pages)}页。",
            "请拆分后上传，或人工核对其余页。",
        )
    for number, text in enumerate(document.pages, start=1):
        yield from scene.text(TextPart(f"第{number}页", text, line_word="行"))
    if blank := document.pages_without_text:
        pages = "、".join(map(str, blank[:10])) + ("等" if len(blank) > 10 else "")
        yield scene.warn(
            "no_text_layer",
            f"第{pages}页没有可检查的文字（扫描件或空白页），也不便于朗读和检索。",
            "请上传由文档直接导出的PDF；确为扫描件的，请人工核对有无个人信息。",
        )


def _old_office_findings(scene: _Scene) -> Iterator[Finding]:
    """Search the raw bytes of .doc, .xls and .ppt: a rough check, so a warning comes along."""
    content = scene.file.content
    if _OLD_MACROS in content:
        yield scene.block("macro", "文件里带有宏程序。", "请另存为.docx或.xlsx后再上传。")
    candidates = [m[0].decode("ascii") for m in _PLAIN_NUMBER.finditer(content)]
    candidates += [m[0].decode("utf-16-le") for m in _WIDE_NUMBER.finditer(content)]
    for number in dict.fromkeys(candidates):
        findings = scene.text(TextPart("", number))
        yield from (f for f in findings if f.severity is Severity.BLOCK)
    yield scene.warn(
        "not_inspected",
        "旧版Office文件只能粗略检查。",
        "请另存为.docx或.xlsx再上传，以便检查批注、隐藏内容和正文。",
    )


def _location(scene: _Scene) -> Finding:
    return scene.warn(
        "location",
        "图片里记录了拍摄地点（GPS）。",
        "请删去图片的位置信息后再上传，例如用画图软件另存一次。",
    )
