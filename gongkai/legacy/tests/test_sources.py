"""Files of every form and every fault: what cannot be read is named and skipped."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from gongkai.legacy import lines, sources


def read(path: Path) -> tuple[list[dict[str, object]], list[tuple[int, str]]]:
    good, bad = [], []
    for row in sources.rows(sources.look(path)):
        if row.problem:
            bad.append((row.number, row.problem.code))
        else:
            good.append(dict(row.values or {}))
    return good, bad


LINE = json.dumps({"title": "关于调整公交线路的通告", "date": "2019-03-02"}, ensure_ascii=False)


def put(tmp_path: Path, data: bytes, name: str = "a.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le"]
)
def test_encodings_are_detected(tmp_path: Path, encoding: str) -> None:
    path = put(tmp_path, ((LINE + "\n") * 3).encode(encoding))
    good, bad = read(path)
    assert [row["title"] for row in good] == ["关于调整公交线路的通告"] * 3
    assert not bad


def test_gzip_and_windows_line_ends(tmp_path: Path) -> None:
    path = put(tmp_path, gzip.compress(f"{LINE}\r\n{LINE}\r\n".encode()), "a.jsonl.gz")
    assert len(read(path)[0]) == 2


def test_a_line_in_another_encoding_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    data = (LINE + "\n").encode() * 2 + (LINE + "\n").encode("gb18030") + (LINE + "\n").encode()
    good, bad = read(put(tmp_path, data))
    assert (len(good), bad) == (3, [(3, "encoding")])


def test_a_utf8_line_in_a_gb18030_file_is_never_read_as_nonsense(tmp_path: Path) -> None:
    data = (LINE + "\n").encode("gb18030") * 4 + b'{"title": "\xff\xff"}\n'
    good, bad = read(put(tmp_path, data))
    assert (len(good), bad) == (4, [(5, "encoding")])


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"title": "a\x00b"}\n', "nul"),
        ('{"title": "甲", "title": "乙"}\n'.encode(), "duplicate_key"),
        (b'["a"]\n', "json"),
        (b"{'title': 1}\n", "json"),
        (b'{"n": NaN}\n', "json"),
        (b"[" * 100_000 + b"\n", "json"),
        (b'{"title": "no end', "truncated"),
        (b"\xe5\x85\n", "encoding"),
    ],
)
def test_each_fault_costs_its_own_row_only(tmp_path: Path, line: bytes, code: str) -> None:
    data = (LINE + "\n").encode() + line
    if line.endswith(b"\n"):
        data += (LINE + "\n").encode()
    good, bad = read(put(tmp_path, data))
    assert bad == [(2, code)]
    assert len(good) == (2 if line.endswith(b"\n") else 1)


def test_a_line_that_is_too_long_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MAX_LINE", 500)
    data = f'{LINE}\n{{"title": "{"长" * 2000}"}}\n{LINE}\n'.encode()
    good, bad = read(put(tmp_path, data))
    assert (len(good), bad) == (2, [(2, "too_long")])


def test_a_cut_archive_ends_with_a_named_row(tmp_path: Path) -> None:
    lines = "".join(LINE.replace("2019", str(n)) + "\n" for n in range(1, 9000)).encode()
    packed = gzip.compress(lines)
    good, bad = read(put(tmp_path, packed[: len(packed) // 2], "a.jsonl.gz"))
    assert good
    assert [code for _, code in bad][-1] == "packed"


def test_blank_lines_and_numbers_of_lines(tmp_path: Path) -> None:
    path = put(tmp_path, f"{LINE}\n\n{LINE}\n".encode())
    assert [row.number for row in sources.rows(sources.look(path))] == [1, 3]
    assert [row.number for row in sources.rows(sources.look(path), after=1)] == [3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_delimiters_are_sniffed(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(["标题", "日期", "正文"]) + "\n"
    text += delimiter.join(["甲", "2019-01-02", '"一行\n两行，还有""引号"""']) + "\n"
    good, bad = read(put(tmp_path, text.encode("gb18030"), "a.csv"))
    assert good == [{"标题": "甲", "日期": "2019-01-02", "正文": '一行\n两行，还有"引号"'}]
    assert not bad


def test_csv_faults_cost_their_own_row(tmp_path: Path) -> None:
    text = 'a,b\n1,2\n1,2,3\n"x,4\n5,6\n"7"8,9\n10,11\n'
    good, bad = read(put(tmp_path, text.encode(), "a.csv"))
    assert {"a": "1", "b": "2"} in good
    assert {"a": "5", "b": "6"} in good
    assert {"a": "10", "b": "11"} in good
    assert (3, "columns") in bad
    assert (4, "quotes") in bad


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.jsonl", b"", "是空的"),
        ("a.jsonl", b"\n\n  \n", "没有内容"),
        ("a.docx", b"PK", "不是可以读入的格式"),
        ("a.jsonl", b"hello\nworld\n", "没有一行是 JSON"),
        ("a.csv", b"only\n1\n", "看不出列名"),
        ("a.csv", "标题,标题\n1,2\n".encode(), "重复"),
        ("a.jsonl.gz", b"not gzip at all", "解不开"),
        ("a.zip", b"not a zip", "打不开"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_before_anything_is_written(
    tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    with pytest.raises(sources.SourceError, match=words):
        sources.look(put(tmp_path, data, name))


def test_an_archive_holds_one_data_file(tmp_path: Path) -> None:
    path = tmp_path / "old.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.jsonl", LINE + "\n")
        archive.writestr("files/table.csv", "a,b\n1,2\n")
    assert sources.look(path).member == "data.jsonl"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more.jsonl", LINE + "\n")
    with pytest.raises(sources.SourceError, match="只有一个"):
        sources.look(path)


def test_keys_of_several_lines_are_heads(tmp_path: Path) -> None:
    path = put(tmp_path, b'{"a": 1}\n{"b": 2}\n')
    assert sources.look(path).heads == ("a", "b")
