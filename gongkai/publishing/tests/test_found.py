"""Public items as search finds them: articles, numbers, questions answered about a document."""

import pytest

from gongkai.publishing.found import articles, questions_about
from gongkai.publishing.tests.conftest import Bureau
from gongkai.search import finding
from gongkai.search.entries import ARTICLES, PUBLIC
from gongkai.search.query import ask
from tests.factories import DAY
from tests.indexes import follow

RULES = "第一条 为了规范补助，制定本办法。\n第二条 补助按月发放。\n第三条 本办法自公布之日起施行。"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        (RULES, ["第一条", "第二条", "第三条"]),
        (RULES.replace("第二条", "第一条之一"), ["第一条", "第一条之一", "第三条"]),
        ("依据第一条 和第二条 办理。\n第三条 完。", []),
        (RULES + "\n第三条 又写了一次。", []),
        ("第1条 甲\n第2条 乙\n第3条 丙", ["第1条", "第2条", "第3条"]),
    ],
)
def test_articles_of_a_document(text: str, names: list[str]) -> None:
    assert [name for name, _ in articles(text)] == names


def found(space: str, words: str) -> list[str]:
    rows = finding.find(space, ask(words), today=DAY, size=20).rows
    return [f"{row.stored.title} {row.stored.part}".strip() for row in rows if row.strict]


@pytest.mark.django_db
def test_an_article_is_found_by_its_words(bureau: Bureau) -> None:
    body = "".join(f"<p>{line}</p>" for line in RULES.splitlines())
    bureau.public(title="托位补助办法", body=body)
    follow(PUBLIC, ARTICLES)
    assert found(ARTICLES, "按月发放") == ["托位补助办法 第二条"]
    assert found(PUBLIC, "按月发放") == ["托位补助办法"]


@pytest.mark.django_db
def test_a_document_is_found_by_a_question_that_was_answered_about_it(bureau: Bureau) -> None:
    policy = bureau.public(title="托位补助办法", body="<p>机构凭协议申领。</p>")
    answer = bureau.public(
        kind="faq",
        title="托位补助问答",
        doc_no="",
        facts={
            "interprets": [policy.pk],
            "answered_by": "市财政局",
            "phone": "0731-80001234",
            "pairs": [{"question": "奶奶带娃能不能领钱", "answer": "不能。"}],
        },
    )
    follow(PUBLIC)
    assert questions_about([policy.pk]) == {policy.pk: ["奶奶带娃能不能领钱"]}
    assert set(found(PUBLIC, "奶奶带娃")) == {"托位补助问答", "托位补助办法"}
    bureau.withdraw(answer)
    follow(PUBLIC)
    assert found(PUBLIC, "奶奶带娃") == []
