"""A throw-away index of records from files, asked by the product's own code path: what the quality
and speed of search are measured with. Needs no database."""

import gzip
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import tantivy

from gongkai.core.pairs import fold, pairs
from gongkai.search import finding, index, query
from gongkai.search.asking import ask_of
from gongkai.search.entries import Entry
from gongkai.search.query import Ask, Hit
from gongkai.search.rules_query import parse
from gongkai.search.rules_stop import content_of

KIND: Final = "trial"
DEEPEST: Final = 100
"""Hits that are read of each question."""

ALIKE: Final = 0.8
"""Two questions with this share of common pairs are nearly the same."""


class BadFile(ValueError):
    """A file that cannot be used; the message names file, line and what is wrong, in Chinese."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record to find. ``part`` is an article's number, which is no word of the title."""

    id: str
    title: str
    text: str
    part: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A question with the ids of the records that answer it."""

    id: str
    text: str
    right: tuple[str, ...]


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    try:
        opener: Any = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                found = json.loads(line)
                if not isinstance(found, dict):
                    raise BadFile(f"{path} 第 {number} 行：应为一个 JSON 对象。")
                yield number, found
    except json.JSONDecodeError as error:
        raise BadFile(f"{path} 第 {number} 行：不是有效的 JSON（{error.msg}）。") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path} 第 {number + 1} 行：不是 UTF-8 文字。") from error
    except (OSError, EOFError) as error:
        why = "找不到文件" if isinstance(error, FileNotFoundError) else "读不了文件"
        raise BadFile(f"{path}：{why}（第 {number} 行以后）。") from error


def _text(path: Path, number: int, found: Mapping[str, Any], name: str, *, need: bool) -> str:
    value = found.get(name)
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None and not need:
        return ""
    raise BadFile(f"{path} 第 {number} 行：缺少“{name}”，或者它不是文字。")


def read_records(paths: Sequence[Path]) -> list[Record]:
    """Records of all files: ``id``, ``text`` and ``title``, or ``law`` and ``article``, or
    ``subject``. Raises BadFile; the same id twice is an error too."""
    records: dict[str, Record] = {}
    for path in paths:
        for number, found in _lines(path):
            key = _text(path, number, found, "id", need=True)
            if key in records:
                raise BadFile(f"{path} 第 {number} 行：编号“{key}”已经出现过。")
            records[key] = Record(
                key,
                _text(path, number, found, "law" if "law" in found else "title", need=False),
                _text(path, number, found, "text", need=True),
                _text(path, number, found, "article", need=False),
                _text(path, number, found, "subject", need=False),
            )
    if not records:
        raise BadFile(f"{'、'.join(map(str, paths))}：没有一条记录。")
    return list(records.values())


def read_tasks(path: Path, known: Mapping[str, Any]) -> tuple[list[Task], bool]:
    """(questions, whether they are the subjects of the records themselves).

    A line with ``rel`` is a question (``qid``, ``query``); one without is a message whose
    ``subject`` should find its own text. Raises BadFile, also for a right id that is not known.
    """
    tasks: list[Task] = []
    kinds: set[bool] = set()
    for number, found in _lines(path):
        own = "rel" not in found
        kinds.add(own)
        if len(kinds) > 1:
            raise BadFile(f"{path} 第 {number} 行：有的行有“rel”，有的没有。")
        if own:
            key = _text(path, number, found, "id", need=True)
            task = Task(key, _text(path, number, found, "subject", need=True), (key,))
        else:
            right = found["rel"]
            if not (isinstance(right, list) and right and all(isinstance(r, str) for r in right)):
                raise BadFile(f"{path} 第 {number} 行：“rel”应为编号的列表。")
            task = Task(
                _text(path, number, found, "qid", need=True),
                _text(path, number, found, "query", need=True),
                tuple(dict.fromkeys(right)),
            )
        unknown = [key for key in task.right if key not in known]
        if unknown:
            raise BadFile(f"{path} 第 {number} 行：资料里没有编号“{unknown[0]}”。")
        tasks.append(task)
    if not tasks:
        raise BadFile(f"{path}：没有一个问题。")
    return tasks, True in kinds


def without_leaks(train: Sequence[Task], tested: Sequence[Task]) -> list[Task]:
    """The training questions that are no tested ones, neither by id nor by words."""
    ids = {task.id for task in tested}
    words = {tuple(pairs(content_of(fold(task.text)))) for task in tested}
    return [
        task
        for task in train
        if task.id not in ids and tuple(pairs(content_of(fold(task.text)))) not in words
    ]


def alike(train: Sequence[Task], tested: Sequence[Task]) -> int:
    """How many tested questions have a training question that is nearly the same."""
    sets = [set(pairs(content_of(fold(task.text)))) for task in train]
    holding: dict[str, list[int]] = {}
    for place, terms in enumerate(sets):
        for term in terms:
            holding.setdefault(term, []).append(place)
    count = 0
    for task in tested:
        terms = set(pairs(content_of(fold(task.text))))
        common = Counter(place for term in terms for place in holding.get(term, ()))
        count += any(shared >= ALIKE * len(terms | sets[place]) for place, shared in common.items())
    return count


def asked_of(text: str) -> Ask:
    """What the results page asks for when this is typed."""
    return ask_of(parse(text))


@dataclass(slots=True)
class Trial:
    """A built index and what building it took."""

    searcher: tantivy.Searcher
    ids: Mapping[int, str]
    seconds: float
    megabytes_of_text: float
    megabytes: float

    def names(self, hits: Sequence[Hit]) -> list[str]:
        """Ids of hits."""
        return [self.ids[n or 0] for n in query.numbers_of(self.searcher, "serial", hits)]

    def plain(self, text: str, limit: int = DEEPEST) -> list[Hit]:
        """The yardstick: any of the pairs as they were typed, BM25 over title and text."""
        terms = dict.fromkeys(pairs(text))
        if not terms:
            return []
        wanted = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(index.SCHEMA, "all", term))
                for term in terms
            ]
        )
        return list(query.top(self.searcher, wanted, limit, is_strict=False).rows)

    def engine(self, text: str, limit: int = DEEPEST) -> list[Hit]:
        """Best first as the engine has it, before hits are ordered again."""
        return self.related(asked_of(text), limit)

    def related(self, asked: Ask, limit: int = DEEPEST) -> list[Hit]:
        """The same for a question that has been understood."""
        if asked.empty:
            return []
        wanted = query.related(self.searcher, asked)
        return list(query.top(self.searcher, wanted, limit, is_strict=False).rows)

    def chain(self, text: str, limit: int = DEEPEST) -> list[Hit]:
        """What the results page shows, in its order."""
        asked = asked_of(text)
        if asked.empty:
            return []
        return finding.by_relevance(self.searcher, asked, limit, finding.SIZE, date.min)[0][:limit]


@contextmanager
def built(
    records: Iterable[Record],
    *,
    subjects: bool = True,
    questions: Mapping[str, Sequence[str]] | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Iterator[Trial]:
    """Index the records in a temporary folder. ``subjects`` False leaves titles of messages out;
    ``questions`` are answered questions by record, indexed with it as the product does.

    The time is that of the index alone, not of whatever makes the records. One thread writes, so
    that equal scores come in the same order every time.
    """
    asked = questions or {}
    ids: dict[int, str] = {}
    seconds, bytes_ = 0.0, 0
    with tempfile.TemporaryDirectory(prefix="gongkai-trial-") as folder:
        opened = index.open_index(Path(folder))
        with index.writer(opened, threads=1, heap=index.BUILD_BYTES) as out:
            for number, record in enumerate(records, 1):
                title = record.title or (record.subject if subjects else "")
                started = time.perf_counter()
                entry = Entry(
                    KIND, number, title, record.text, part=record.part,
                    asked="\n".join(content_of(fold(text)) for text in asked.get(record.id, ())),
                )  # fmt: skip
                out.add_document(index.document(entry))
                seconds += time.perf_counter() - started
                bytes_ += len((title + record.text).encode("utf-8", "replace"))
                ids[entry.serial] = record.id
                progress(1)
            started = time.perf_counter()
            out.commit()
            out.wait_merging_threads()
        seconds += time.perf_counter() - started
        opened.reload()
        yield Trial(opened.searcher(), ids, seconds, bytes_ / 1e6, index.size(Path(folder)) / 1e6)
