"""Each form of interpretation on its public page, and the scenario step by step."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongkai.core import blobs
from gongkai.core.clock import at
from gongkai.portal.tests.town import Town, moment
from gongkai.publishing.models import Item
from tests.factories import DAY

pytestmark = pytest.mark.django_db

WHO = {
    "original": True,
    "drafter": "长沙市财政局",
    "interpreter": "李工（企业科）",
    "phone": "0731-88660002",
}
STEPS = [
    {"step": "1", "question": "您是？", "choice": "个体户", "next": "2"},
    {"step": "1", "choice": "个人", "outcome": "不适用"},
    {
        "step": "2",
        "question": "租的是国有房屋吗？",
        "choice": "是",
        "outcome": "免三个月\n找出租单位",
    },
    {"step": "2", "choice": "不是", "outcome": "请和房东协商"},
]


def file_of(name: str, kind: str, data: bytes = b"x", **more: Any) -> dict[str, Any]:
    blob = blobs.store(name.encode() + data, content_type=kind, now=moment(8))
    return {"title": name, "filename": name, "sha256": blob.sha256, "size": blob.size, **more}


def explain(town: Town, target: Item, form: str, facts: dict[str, Any], **more: Any) -> Item:
    return town.public(
        kind="interpretation", title="解读补助", summary="到哪里领、带什么。", body="",
        facts={"interprets": [target.pk], "form": form, **WHO, **facts}, **more,
    )  # fmt: skip


def page(visitor: Client, path: str) -> str:
    response = visitor.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_a_picture_series_has_its_words_as_text(town: Town, visitor: Client) -> None:
    wide = file_of("宽.png", "image/png", width=1200, height=600)
    narrow = file_of("窄.png", "image/png")
    row = {
        "title": "怎么领",
        "picture": wide["sha256"],
        "narrow": narrow["sha256"],
        "words": "到窗口。\n带证件。",
    }
    item = explain(town, town.public(), "picture", {"pictures": [row]}, attachments=[wide, narrow])
    text = page(visitor, f"/nr/{item.pk}/")
    assert '<source media="(max-width: 40rem)"' in text and 'width="1200" height="600"' in text
    assert "<p>到窗口。</p><p>带证件。</p>" in text and 'href="#tu1"' in text
    assert 'id="files"' not in text, "what is seen above is no attachment to fetch"
    assert "谁来解读" in text and 'href="tel:0731-88660002"' in text


def test_a_video_shows_player_captions_and_transcript(town: Town, visitor: Client) -> None:
    film, poster = file_of("片.webm", "video/webm"), file_of("封.png", "image/png")
    words = file_of("字.vtt", "text/vtt; charset=utf-8")
    facts = {"film": film["sha256"], "poster": poster["sha256"], "poster_text": "封面",
             "captions": words["sha256"], "transcript": "大家好。", "seconds": 30}  # fmt: skip
    item = explain(town, town.public(), "video", facts, attachments=[film, poster, words])
    text = page(visitor, f"/nr/{item.pk}/")
    for part in ("<video controls", '<track kind="captions"', "文字稿", "大家好。", "30 秒"):
        assert part in text
    assert "附件（" not in text


def test_a_long_page_is_made_of_bands(town: Town, visitor: Client) -> None:
    chart = file_of("图.png", "image/png")
    bands = [
        {"band": "heading", "head": "托得起", "words": "政府帮着出。"},
        {"band": "number", "head": "8,000 元／张", "words": "每张床。"},
        {"band": "picture", "head": "看图", "words": "全日托 300 元。", "picture": chart["sha256"]},
        {
            "band": "action",
            "head": "去申请",
            "words": "交到区县。",
            "url": "https://wjw.example.cn/a",
        },
    ]
    item = explain(town, town.public(), "h5", {"bands": bands}, attachments=[chart])
    text = page(visitor, f"/nr/{item.pk}/")
    assert "<b>8,000</b><span>元／张</span>" in text and "全日托 300 元。" in text
    assert f'href="/nr/{item.pk}/likai/bands-3/"' in text
    leaving = page(visitor, f"/nr/{item.pk}/likai/bands-3/")
    assert "wjw.example.cn" in leaving and "办理网址" in leaving
    for odd in ("bands-0", "bands-9", "bands", "form"):
        assert visitor.get(f"/nr/{item.pk}/likai/{odd}/").status_code == 404


def test_an_interview_has_guests_exchange_and_questions(town: Town, visitor: Client) -> None:
    facts = {
        "guests": ["李工，企业科"], "held_on": "2022-10-17", "place": "访谈室",
        "exchange": [{"speaker": "主持人", "words": "给谁？"}, {"speaker": "李工", "words": "小微企业。"}],
        "asked": [{"question": "多久？", "answer": "七天。"}],
    }  # fmt: skip
    text = page(visitor, f"/nr/{explain(town, town.public(), 'interview', facts).pk}/")
    for part in (
        "李工，企业科",
        "2022年10月17日",
        "访谈室",
        "小微企业。",
        "网友提问（1 个）",
        "七天。",
    ):
        assert part in text
    assert text.count("多久？") == 1


# --- scenario -------------------------------------------------------------------------------------


@pytest.fixture
def scenario(town: Town) -> Item:
    return explain(town, town.public(), "scenario", {"steps": STEPS})


def test_a_scenario_is_answered_by_links_and_readable_as_text(
    scenario: Item, visitor: Client
) -> None:
    base = f"/nr/{scenario.pk}"
    text = page(visitor, f"{base}/")
    assert f'href="{base}/qingjing/1/#qingjing"' in text and "全部 3 种情形" in text
    assert (
        "免三个月" in text and "<form" not in text[text.index("<article") : text.index("</article")]
    )
    second = page(visitor, f"{base}/qingjing/1/")
    assert "第 2 问" in second and "个体户" in second and f'href="{base}/#qingjing"' in second
    end = page(visitor, f"{base}/qingjing/1-1/")
    assert "按您的回答" in end and f'href="{base}/qingjing/1/#qingjing"' in end
    assert '<meta name="robots" content="noindex"' in end and "noindex" not in text
    assert (
        'rel="canonical" href="http' in end
        and "/qingjing/" not in end.split('rel="canonical"')[1][:80]
    )
    assert not visitor.cookies


@pytest.mark.parametrize(
    "path", ["3", "1-3", "2-1", "1-1-1", "0", "01", "-1", "1-", "a", "1" * 70, "１"]
)
def test_a_path_that_leads_nowhere_does_not_exist(
    scenario: Item, visitor: Client, path: str
) -> None:
    assert visitor.get(f"/nr/{scenario.pk}/qingjing/{path}/").status_code == 404


def test_only_a_scenario_has_steps(town: Town, scenario: Item, visitor: Client) -> None:
    assert visitor.get(f"/nr/{town.public().pk}/qingjing/1/").status_code == 404
    assert visitor.get("/nr/999999/qingjing/1/").status_code == 404
    town.withdraw(scenario)
    assert visitor.get(f"/nr/{scenario.pk}/qingjing/1/").status_code == 410
    draft = town.draft(kind="interpretation", facts={"form": "scenario", "steps": STEPS})
    assert visitor.get(f"/nr/{draft.pk}/qingjing/1/").status_code == 404


def test_an_earlier_version_shows_its_own_scenario(
    town: Town, scenario: Item, visitor: Client
) -> None:
    town.correct(scenario, facts={**scenario.facts, "steps": [
        {**STEPS[1], "question": "您是？"}, {**STEPS[1], "choice": "企业"}]})  # fmt: skip
    assert "免三个月" in page(visitor, f"/nr/{scenario.pk}/v/1/")
    assert "免三个月" not in page(visitor, f"/nr/{scenario.pk}/")


# --- three ways and what a reader is told ---------------------------------------------------------


def test_all_three_pages_lead_to_each_other(
    town: Town, visitor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    document = town.public()
    item = explain(town, document, "scenario", {"steps": STEPS}, now=moment(12))
    answers = town.public(
        kind="faq", title="补助问答", now=moment(12),
        facts={"interprets": [document.pk], "answered_by": "企业科", "phone": "0731-88660002",
               "pairs": [{"question": "给谁？", "answer": "小微企业。"}]},
    )  # fmt: skip
    trio = [document, item, answers]
    for here in trio:
        text = page(visitor, f"/nr/{here.pk}/")
        tri = text[text.index('class="tri"') :]
        for other in trio:
            assert (f'href="/nr/{other.pk}/"' in tri) is (other is not here)
    with django_assert_max_num_queries(25):
        page(visitor, f"/nr/{item.pk}/")


@pytest.mark.parametrize(
    ("day", "words"),
    [(DAY, "解读应当在2022年10月21日前发布"), (DAY.replace(day=24), "现在已经过期")],
)
def test_the_page_says_that_the_interpretation_is_still_to_come(
    town: Town, visitor: Client, settings: Any, day: Any, words: str
) -> None:
    document = town.public()
    settings.DEMO_DATE = day
    text = page(visitor, f"/nr/{document.pk}/")
    assert "还没有解读" in text and words in text and "0731-88660001" in text


@pytest.mark.parametrize(("validity", "word"), [("repealed", "已废止"), ("lapsed", "已失效")])
def test_what_explains_an_ended_document_says_so(
    town: Town, visitor: Client, validity: str, word: str
) -> None:
    document = town.public()
    item = explain(town, document, "scenario", {"steps": STEPS})
    answers = town.public(
        kind="faq", title="补助问答",
        facts={"interprets": [document.pk], "answered_by": "企业科", "phone": "0731-88660002",
               "pairs": [{"question": "给谁？", "answer": "小微企业。"}]},
    )  # fmt: skip
    assert "所依据的文件" not in page(visitor, f"/nr/{item.pk}/")
    Item.objects.filter(pk=document.pk).update(validity=validity)
    assert f"解读所依据的文件{word}" in page(visitor, f"/nr/{item.pk}/")
    assert f"问答所依据的文件{word}" in page(visitor, f"/nr/{answers.pk}/")
    other = town.public(now=at(DAY, 10))
    both = explain(
        town, document, "scenario", {"steps": STEPS, "interprets": [document.pk, other.pk]}
    )
    assert "其他文件仍然有效" in page(visitor, f"/nr/{both.pk}/")
