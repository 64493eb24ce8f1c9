"""What can be said of a file that somebody brings, by its SHA-256. Plain values only."""

import re
from dataclasses import dataclass
from datetime import date, datetime

CURRENT, REPLACED, WITHDRAWN, SEALED = "current", "replaced", "withdrawn", "sealed"

_SHA = re.compile(r"[0-9a-f]{64}")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|\u202a-\u202e\u2066-\u2069]+')


def clean_sha(text: str) -> str:
    """The digest in what was pasted: upper case, blanks, a ``sha256:`` before it or a file name
    after it (as ``sha256sum`` prints) do not matter; empty when there is none."""
    words = text.strip().lower().removeprefix("sha256:").removeprefix("sha-256:").split()
    whole = "".join(words)
    if _SHA.fullmatch(whole):
        return whole
    return words[0] if words and _SHA.fullmatch(words[0]) else ""


def safe_name(name: str, otherwise: str = "文件") -> str:
    """A file name that can stand in an archive: no path, no control or direction characters."""
    cleaned = _UNSAFE.sub("_", name).strip(" .")
    stem, dot, extension = cleaned.rpartition(".")
    if dot and len(extension) <= 8:
        return f"{stem[:100] or otherwise}.{extension}"
    return cleaned[:100] or otherwise


def distinct(names: list[str]) -> list[str]:
    """The same names, those that occur again with a number before their extension."""
    seen: set[str] = set()
    found = []
    for name in names:
        stem, dot, extension = name.rpartition(".")
        stem, extension = (stem, f".{extension}") if dot else (name, "")
        number, now = 1, name
        while now.lower() in seen:
            number += 1
            now = f"{stem}（{number}）{extension}"
        seen.add(now.lower())
        found.append(now)
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """A published file that was recognised. ``title``, ``filename`` and ``path`` are empty where
    they must not be repeated."""

    state: str
    title: str
    unit: str
    path: str
    filename: str
    is_text: bool
    version: int
    newest: int
    published_at: datetime
    replaced_at: datetime | None = None
    withdrawn_at: datetime | None = None
    why: str = ""
    validity: str = ""

    @property
    def word(self) -> str:
        """The state in words."""
        return {
            CURRENT: "是现在公开的版本", REPLACED: "已经被新的版本替换",
            WITHDRAWN: "已经撤回", SEALED: "已经封存，不再公开",
        }[self.state]  # fmt: skip

    @property
    def tone(self) -> str:
        """The tone of its box."""
        return {CURRENT: "ok", REPLACED: "warn"}.get(self.state, "stop")


def state_of(*, public: bool, in_newest: bool, sealed: bool) -> str:
    """How a file stands: its item public or withdrawn, the file in the newest version or only in
    an earlier one, that one sealed or not."""
    if not public:
        return WITHDRAWN
    if in_newest:
        return CURRENT
    return SEALED if sealed else REPLACED


def text_file(
    *, title: str, unit: str, doc_no: str, index_no: str, formed_on: date | None,
    released_at: str, version: int, text: str,
) -> bytes:  # fmt: skip
    """The plain-text form of a released version: the same bytes whenever it is made."""
    rows = [
        ("标题", title), ("发布单位", unit), ("发文字号", doc_no), ("索引号", index_no),
        ("成文日期", formed_on.isoformat() if formed_on else ""), ("发布时间", released_at),
        ("版本", f"第 {version} 版"),
    ]  # fmt: skip
    head = [f"{label}：{value}" for label, value in rows if value]
    body = "\n".join(line.rstrip() for line in text.replace("\r", "").split("\n")).strip()
    return ("\ufeff" + "\r\n".join([*head, "", *body.split("\n"), ""])).encode()
