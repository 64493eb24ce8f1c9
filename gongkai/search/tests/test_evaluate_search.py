"""The evaluation command on a small collection, its figures, and what it says of bad files."""

import gzip
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gongkai.search import trial
from gongkai.search.trial import BadFile, Task, alike, read_records, read_tasks, without_leaks

TEXTS = {
    "a": ("住房公积金提取办法", "职工购买自住住房的，可以提取住房公积金，每年一次，最多三万元。"),
    "b": ("公租房租金补贴通知", "承租公租房的家庭可以领取租金补贴，2022年10月起发放，每月三百元。"),
    "c": ("夏季用水安全提示", "高温天气请节约用水，停水时间另行公告。"),
    "d": ("义务教育招生工作通知", "小学招生于六月开始报名，家长在平台上填写信息。"),
}


def lines(path: Path, rows: list[dict[str, Any]], *, packed: bool = False) -> Path:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if packed:
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    rows = [{"id": key, "title": title, "text": text} for key, (title, text) in TEXTS.items()]
    return lines(tmp_path / "corpus.jsonl.gz", rows, packed=True)


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    rows = [
        {"qid": "1", "query": "公积金怎么提取？", "rel": ["a"]},
        {"qid": "2", "query": "租金补贴什么时候发放？", "rel": ["b"]},
        {"qid": "3", "query": "小学招生何时报名？", "rel": ["d", "c"]},
    ]
    return lines(tmp_path / "queries.jsonl", rows)


def run(corpus: Path, queries: Path, **more: Any) -> dict[str, Any]:
    out = StringIO()
    call_command(
        "evaluate_search", corpus=[corpus], queries=queries, format="json", stdout=out, **more
    )
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_figures_of_three_orders(corpus: Path, queries: Path) -> None:
    found = run(corpus, queries)
    assert (found["documents"], found["queries"]) == (4, 3)
    for order in ("plain", "engine", "reranked"):
        assert found[order]["R@1"] == pytest.approx((1 + 1 + 0.5) / 3, abs=1e-4)
        assert found[order]["MRR@10"] == 1
        assert 0 < found[order]["p50_ms"] <= found[order]["p95_ms"]
    assert found["index"]["seconds"] > 0 and found["index"]["MB"] > 0
    assert found["gain"]["reranked - engine"]["R@1"] == {"mean": 0, "low": 0, "high": 0}


def test_as_text_it_is_chinese(corpus: Path, queries: Path) -> None:
    out = StringIO()
    call_command("evaluate_search", corpus=[corpus], queries=queries, stdout=out)
    assert "资料 4 条，问题 3 个" in out.getvalue()
    assert "重新排序以后比检索引擎：R@1 +0.000" in out.getvalue()


def test_answered_questions_help_and_do_not_leak(
    corpus: Path, queries: Path, tmp_path: Path
) -> None:
    asked = lines(
        tmp_path / "asked.jsonl", [{"qid": "9", "query": "买房能拿钱出来吗", "rel": ["a"]}]
    )
    train = lines(
        tmp_path / "train.jsonl",
        [
            {"qid": "8", "query": "买了房怎么拿钱出来", "rel": ["a"]},
            {"qid": "9", "query": "别的问题", "rel": ["c"]},
            {"qid": "7", "query": "请问买房能拿钱出来吗？", "rel": ["d"]},
        ],
    )
    assert run(corpus, asked)["engine"]["R@1"] == 0
    found = run(corpus, asked, train=train)
    assert found["engine"]["R@1"] == 1
    assert found["train"] == {
        "given": 3, "same_as_tested_left_out": 2, "used": 1, "tested_with_a_nearly_same_one": 0,
    }  # fmt: skip


def test_messages_find_their_own_text_without_their_subject(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "messages.jsonl",
        [
            {"id": "1", "subject": "路灯不亮", "text": "小区门口的路灯坏了一个月。"},
            {"id": "2", "subject": "甲乙丙丁", "text": "公交车班次太少。"},
        ],
    )
    found = run(path, path)
    # The second subject stands in no text: found only if subjects were indexed.
    assert found["engine"]["R@1"] == 0.5


def test_articles_have_their_number_beside_the_title(tmp_path: Path) -> None:
    corpus = lines(
        tmp_path / "law.jsonl",
        [
            {
                "id": "A1",
                "law": "节约用水条例",
                "article": "第一条",
                "text": "为了节约用水，制定本条例。",
            }
        ],
    )
    record = read_records([corpus])[0]
    assert (record.title, record.part) == ("节约用水条例", "第一条")
    with trial.built([record]) as built:
        assert built.names(built.engine("节约用水的规定是什么")) == ["A1"]
        assert built.names(built.plain("第一")) == []


@pytest.mark.parametrize("text", ["", "   ", "？？", "🙂", "AND OR (", "*" * 500, "何" * 10_000])
def test_any_question_is_asked_without_an_error(text: str, corpus: Path) -> None:
    records = read_records([corpus])
    with trial.built(records) as built:
        for order in (built.plain, built.engine, built.chain):
            assert set(built.names(order(text))) <= set(TEXTS)


BAD = [
    ('{"id": "a"\n', "第 1 行：不是有效的 JSON"),
    ('{"id": "a", "text": "甲"}\n[1]\n', "第 2 行：应为一个 JSON 对象"),
    ('{"text": "甲"}\n', "第 1 行：缺少“id”"),
    ('{"id": "a"}\n', "第 1 行：缺少“text”"),
    ('{"id": "a", "text": ["甲"]}\n', "第 1 行：缺少“text”"),
    ('{"id": "a", "text": "甲"}\n\n{"id": "a", "text": "乙"}\n', "第 3 行：编号“a”已经出现过"),
    ("", "没有一条记录"),
]


@pytest.mark.parametrize(("content", "said"), BAD)
def test_a_bad_corpus_is_named_with_its_line(
    content: str, said: str, tmp_path: Path, queries: Path
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=said) as raised:
        call_command("evaluate_search", corpus=[path], queries=queries)
    assert raised.value.returncode == 2
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"qid": "1", "query": "甲", "rel": []}\n', "第 1 行：“rel”应为编号的列表"),
        ('{"qid": "1", "query": "甲", "rel": ["zz"]}\n', "第 1 行：资料里没有编号“zz”"),
        ('{"qid": "1", "rel": ["a"]}\n', "第 1 行：缺少“query”"),
        ('{"id": "a"}\n', "第 1 行：缺少“subject”"),
        (
            '{"qid": "1", "query": "甲", "rel": ["a"]}\n{"id": "a", "subject": "乙"}\n',
            "第 2 行：有的行",
        ),
        ("\n", "没有一个问题"),
    ],
)
def test_bad_questions_are_named_with_their_line(
    content: str, said: str, tmp_path: Path, corpus: Path
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=said) as raised:
        call_command("evaluate_search", corpus=[corpus], queries=path)
    assert raised.value.returncode == 2


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[dict[str, Path]]:
    files = {name: tmp_path / name for name in ("none.jsonl", "gbk.jsonl", "cut.jsonl.gz")}
    files["gbk.jsonl"].write_bytes('{"id": "a", "text": "长沙"}'.encode("gbk"))
    files["cut.jsonl.gz"].write_bytes(gzip.compress(b'{"id": "a"}' * 99)[:20])
    yield files


@pytest.mark.parametrize(
    ("name", "said"),
    [("none.jsonl", "找不到文件"), ("gbk.jsonl", "不是 UTF-8"), ("cut.jsonl.gz", "读不了文件")],
)
def test_files_that_cannot_be_read(name: str, said: str, broken: dict[str, Path]) -> None:
    with pytest.raises(BadFile, match=said):
        read_records([broken[name]])


def test_a_number_as_id_is_text(tmp_path: Path) -> None:
    path = lines(tmp_path / "n.jsonl", [{"id": 7, "subject": "甲", "text": "乙"}])
    assert read_records([path])[0].id == "7"
    assert read_tasks(path, {"7": None}) == ([Task("7", "甲", ("7",))], True)


def test_the_same_words_leak_in_any_dress() -> None:
    tested = [Task("1", "买房能提取公积金吗？", ("a",))]
    train = [
        Task("1", "完全不同", ("b",)),
        Task("2", "请问买房能提取公积金吗", ("a",)),
        Task("3", "買房能提取公積金嗎", ("a",)),
        Task("4", "租房能提取公积金吗", ("a",)),
    ]
    assert [task.id for task in without_leaks(train, tested)] == ["4"]


def test_nearly_the_same_questions_are_counted() -> None:
    tested = [Task("1", "买房子以后能提取住房公积金吗", ("a",)), Task("2", "停水几天", ("c",))]
    train = [Task("8", "买房子以后能够提取住房公积金", ("a",)), Task("9", "停水", ("c",))]
    assert alike(train, tested) == 1
    assert alike([], tested) == 0
