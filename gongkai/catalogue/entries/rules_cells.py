"""Single cells of a catalogue table: ticks, elements, bases, channels, audience. Plain values only."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

TICKED: Final = frozenset("■√✓✔☑●◆▇█☒✅þüRP是")
EMPTY: Final = frozenset("□口○◇☐❑❒o¨否×")
DOUBTFUL: Final = frozenset("tn")
"""Letters that symbol fonts show as filled marks; read as ticked, shown for checking."""

_MARKS: Final = "■√✓✔☑●◆▇█☒✅□○◇☐❑❒"
_LETTER_MARKS: Final = "口tnRþü¨"


@dataclass(frozen=True, slots=True)
class Tick:
    """What a cell of a tick column says: ticked or not, the words beside it, whether to look."""

    on: bool
    text: str = ""
    doubtful: bool = False


def plain(text: str) -> str:
    """Cell text with unified spaces; line ends stay."""
    text = (
        text.replace("\u3000", " ").replace("\xa0", " ").replace("\r\n", "\n").replace("\r", "\n")
    )
    text = re.sub(r"_x000D_|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
    return "\n".join(re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n")).strip()


def one_line(text: str) -> str:
    """Cell text without line ends and without spaces between Chinese characters."""
    joined = re.sub(r"\s+", " ", plain(text))
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", joined)


def squeeze(text: str) -> str:
    """Text for comparing: half width, no spaces, no punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def read_tick(text: str) -> Tick:
    """A cell of a column that is ticked (公开对象, 公开方式, 公开层级)."""
    written = plain(text)
    if not written:
        return Tick(False)
    mark, rest = written[0], one_line(written[1:]).lstrip(":：、，, ")
    if len(written) == 1 or mark in _MARKS:
        if mark in DOUBTFUL:
            return Tick(True, rest, True)
        if mark in EMPTY:
            return Tick(False, rest)
        if mark in TICKED:
            return Tick(True, rest)
    if mark in _LETTER_MARKS and len(written) > 1 and not written[1].isascii():
        return Tick(mark not in EMPTY, rest, mark in DOUBTFUL)
    if squeeze(written) in {"无", "0", "不", "非", "n", "no"} or written in {"/", "-", "—", "——"}:
        return Tick(False)
    return Tick(True, one_line(written))


def marked_parts(text: str) -> list[Tick]:
    """The parts of a cell that lists choices with a mark before each; none when it has no marks.

    Any of the marks of office programs and symbol fonts counts; a letter only before Chinese text
    at the start or after a space, so that words are not cut.
    """
    written = plain(text)
    pattern = rf"[{_MARKS}]|(?:(?<=^)|(?<=[\s;；、]))[{_LETTER_MARKS}](?=[^\x00-\x7f\s])"
    spots = [m.start() for m in re.finditer(pattern, written)]
    if not spots or written[: spots[0]].strip("：: "):
        return []
    parts = []
    for start, end in zip(spots, [*spots[1:], len(written)], strict=True):
        mark = written[start]
        words = one_line(written[start + 1 : end]).strip(";；、，, ")
        if words:
            parts.append(Tick(mark not in EMPTY, words, mark in DOUBTFUL))
    return parts


# --- elements -----------------------------------------------------------------------------------

_NUMBERED: Final = re.compile(
    r"(?:^|(?<=[\n;；。，,、\s]))\s*"
    r"(?:[0-9]{1,2}\s*[.．、)）](?![0-9])|[①-⑳]|[（(][0-9]{1,2}[)）]|[（(][一二三四五六七八九十]{1,3}[)）])\s*"
)


def split_elements(text: str) -> tuple[str, ...]:
    """The required elements of 公开内容 as a check list: ``1.机构名称;2.开放时间`` → two.

    Split by numbers where there are at least two, else by lines, else by semicolons.
    """
    written = plain(text)
    if not written:
        return ()
    spots = list(_NUMBERED.finditer(written))
    if len(spots) >= 2 or (spots and spots[0].start() == 0):
        lead = [written[: spots[0].start()]] if spots[0].start() else []
        ends = [*[s.start() for s in spots[1:]], len(written)]
        pieces = lead + [written[s.end() : e] for s, e in zip(spots, ends, strict=True)]
    elif "\n" in written and all(len(line) > 1 for line in written.split("\n") if line):
        pieces = written.split("\n")
    else:
        pieces = re.split("[;；]", written)
    cleaned = (one_line(p).strip("；;。，,、 ") for p in pieces)
    return tuple(dict.fromkeys(c for c in cleaned if c))


def join_elements(elements: Sequence[str]) -> str:
    """The elements as one cell that :func:`split_elements` reads back."""
    if len(elements) == 1 and split_elements(elements[0]) == tuple(elements):
        return elements[0]
    return "\n".join(f"{n}.{text}" for n, text in enumerate(elements, 1))


# --- bases --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Basis:
    """One reference of 公开依据: its tag (法律, 条例, 规章 …), title and document number."""

    tag: str = ""
    title: str = ""
    doc_no: str = ""

    @property
    def text(self) -> str:
        """As catalogues write it."""
        named = f"【{self.tag}】" if self.tag else ""
        number = f"（{self.doc_no}）" if self.doc_no else ""
        return f"{named}《{self.title}》{number}" if self.quoted else f"{named}{self.title}{number}"

    @property
    def quoted(self) -> bool:
        """Whether the title is that of a document rather than free words."""
        return (
            bool(self.title) and not re.search("[《》]", self.title) and self.title[-1:] not in "。"
        )


_TAG: Final = re.compile(r"[【\[［]([^】\]］]{1,12})[】\]］]")
_BASIS: Final = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》\s*(?:[（(]([^（()）]{2,60})[)）])?")


def split_bases(text: str) -> tuple[Basis, ...]:
    """The references of a cell in order; words without a title stay as they are."""
    found: list[Basis] = []
    tag = ""
    for line in filter(None, plain(text).split("\n")):
        rest = line
        while rest:
            if named := _TAG.match(rest):
                tag, rest = named[1].strip(), rest[named.end() :].lstrip("：: ")
                continue
            match = _BASIS.search(rest)
            following = _TAG.search(rest)
            if match is None or (following and following.start() < match.start()):
                cut = following.start() if following else len(rest)
                words = one_line(rest[:cut]).strip("；;、，,。 .")
                words = re.sub(r"^[0-9]{1,2}[.．、]\s*", "", words)
                if len(words) > 2:
                    found.append(Basis(tag, words))
                rest = rest[cut:]
                continue
            number = one_line(match[2] or "")
            found.append(Basis(tag, one_line(match[1]), number))
            rest = rest[match.end() :].lstrip("；;、，,。 和及与")
            rest = re.sub(r"^(?:等|的?规定|等规定|等文件)", "", rest)
    return tuple(dict.fromkeys(found))


def join_bases(bases: Iterable[Basis]) -> str:
    """The references as one cell that :func:`split_bases` reads back."""
    return "\n".join(basis.text for basis in bases)


# --- channels -----------------------------------------------------------------------------------

CHANNELS: Final[Mapping[str, tuple[str, ...]]] = {
    "website": ("政府网站", "政府门户网站", "门户网站", "政府信息公开平台", "政务公开专栏", "部门网站", "网站"),
    "gazette": ("政府公报", "公报"),
    "newmedia": ("两微一端", "政务新媒体", "政务微博", "微博", "微信", "微信公众号", "客户端", "新媒体"),
    "briefing": ("发布会/听证会", "发布会、听证会", "发布会", "新闻发布会", "听证会"),
    "broadcast": ("广播电视", "广播", "电视"),
    "paper": ("纸质媒体", "报刊", "报纸"),
    "reading": ("公开查阅点", "查阅点", "档案馆", "图书馆"),
    "hall": ("政务服务中心", "政务服务大厅", "办事大厅", "服务大厅"),
    "station": ("便民服务站", "便民服务中心", "便民服务点"),
    "visit": ("入户/现场", "入户", "现场"),
    "board": (
        "社区/企事业单位/村公示栏(电子屏)", "社区/企事业单位、村公示栏(电子屏)", "村公示栏",
        "社区公示栏", "公示栏", "电子屏", "公开栏", "宣传栏", "村务公开栏", "政务公开栏",
    ),
    "push": ("精准推送", "短信推送"),
    "hotline": ("12345热线", "12345政务服务便民热线", "12345", "热线", "政务热线"),
    "other": ("其他", "其它"),
}  # fmt: skip
_BY_NAME: Final = {squeeze(a): key for key, aliases in CHANNELS.items() for a in aliases}
_OTHER: Final = re.compile("^(?:其他|其它)(?:平台|渠道|方式)?")


@dataclass(frozen=True, slots=True)
class Channels:
    """What a cell of 公开渠道和载体 chose: enum keys, other platforms by name, doubtful words."""

    keys: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    all_empty: bool = False


def _channel(words: str) -> tuple[str, str]:
    """(key, platform): a known channel, else a platform by its name."""
    known = _BY_NAME.get(squeeze(words))
    if known:
        return known, ""
    if match := _OTHER.match(words):
        named = words[match.end() :].strip("_:： ()（）,，")
        return "other", named
    trimmed = re.sub(r"[（(].*?[)）]", "", words).strip("_ ")
    known = _BY_NAME.get(squeeze(trimmed))
    return (known, "") if known else ("", words.strip("_ "))


def read_channels(text: str) -> Channels:
    """The chosen channels. With marks only the marked ones count; without, every one listed."""
    marked = marked_parts(text)
    doubts: list[str] = []
    if marked:
        chosen = [part.text for part in marked if part.on]
        doubts += [f"“{part.text}”前的符号按已选读入" for part in marked if part.doubtful]
        if not chosen:
            return Channels(doubts=tuple(doubts), all_empty=True)
    else:
        whole = plain(text)
        if squeeze(whole) in _BY_NAME:
            chosen = [whole]
        else:
            chosen = [p for p in re.split(r"[、，,;；\n]+|\s{1,}", whole) if p.strip()]
    keys: list[str] = []
    platforms: list[str] = []
    for words in chosen:
        key, platform = _channel(one_line(words))
        if key:
            keys.append(key)
        if platform:
            platforms.append(platform)
    if platforms and "other" not in keys:
        doubts += [
            f"“{name}”不是标准渠道，按其他平台读入"
            for name in platforms
            if not re.search("平台|网|系统|信用中国|专栏$", name)
        ]
    order = list(CHANNELS)
    return Channels(
        tuple(sorted(dict.fromkeys(keys), key=order.index)),
        tuple(dict.fromkeys(platforms)),
        tuple(doubts),
    )


LEVELS: Final = (
    ("city", ("市级", "市本级", "市")),
    ("county", ("县级", "区级", "区县级", "县区级", "县市区级", "县", "区", "区县")),
    ("town", ("乡级", "乡镇级", "乡镇街道级", "镇级", "街道级", "乡镇", "乡镇街道", "乡")),
    ("village", ("村级", "村社区级", "社区级", "村", "社区", "村社区")),
)
_LEVEL_BY_NAME: Final = {name: key for key, names in LEVELS for name in names}


def read_levels(text: str) -> tuple[str, ...]:
    """Levels named by a head or a cell: 乡、村级 names two; empty when none is known."""
    marked = [p.text for p in marked_parts(text) if p.on]
    found: list[str] = []
    for words in marked or [text]:
        joined = squeeze(words)
        if joined in _LEVEL_BY_NAME:
            found.append(_LEVEL_BY_NAME[joined])
            continue
        for piece in re.split(r"[、，,;；/\s和及]+", unicodedata.normalize("NFKC", words)):
            key = _LEVEL_BY_NAME.get(squeeze(piece))
            if key:
                found.append(key)
    order = [key for key, _ in LEVELS]
    return tuple(sorted(dict.fromkeys(found), key=order.index))


_UNIT_SPLIT: Final = re.compile(r"[、，,;；\n]+|\s{2,}")
_CLASS: Final = re.compile("相关|有关|各|部门$|单位$|机关$|所属|职能|主管")


def split_units(text: str) -> tuple[str, ...]:
    """The names in 公开主体, each once."""
    names = (one_line(name).strip(" 。.") for name in _UNIT_SPLIT.split(plain(text)))
    return tuple(dict.fromkeys(name for name in names if name))


def is_class(name: str) -> bool:
    """Whether a name means a class of units (相关审批部门) that has to be named."""
    return bool(_CLASS.search(name))
