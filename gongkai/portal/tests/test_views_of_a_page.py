"""One address, three views: standard, elder, plain text. And the small helpers beside them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from lxml import html as markup

from gongkai.portal.conformance.clauses import CLAUSES, Finding, State, table
from gongkai.portal.plain import plain_page, with_view
from gongkai.portal.tests.town import Town

ELDER = Path(__file__).parent.parent / "templates/portal/elder"
PATHS = ("/", "/zt/yingshang/", "/zt/yingshang/?fq=wenjian", "/zx/", "/dw/czj/", "/jd/", "/jd/1/",
         "/search/?q=事项", "/columns/", "/contact/", "/dw/czj/?part=guide")  # fmt: skip


@pytest.fixture
def elder() -> Client:
    client = Client()
    client.cookies["view"] = "elder"
    return client


@pytest.fixture
def full(town: Town) -> Town:
    town.plan()
    town.fill(6)
    return town


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code)
    return str(response.content.decode())


def foot(page: str) -> str:
    return re.sub(r"\?[^\"]*\"", '"', page[page.index("<footer") :])


@pytest.mark.parametrize("path", PATHS)
def test_the_elder_view_has_the_same_foot_tags_and_search(
    full: Town, visitor: Client, elder: Client, path: str
) -> None:
    normal, simple = text(visitor, path), text(elder, path)
    tags = re.compile(r'<meta name="[A-Z]\w+" content="[^"]*">')
    assert tags.findall(normal) == tags.findall(simple) and len(tags.findall(normal)) >= 3
    # "elder" pages load scripts of their own after the foot.
    assert foot(normal).split("</footer>")[0] == foot(simple).split("</footer>")[0]
    assert 'href="/search/"' in simple
    assert 'data-view="elder"' in simple and "回标准版" in simple


@pytest.mark.parametrize("path", PATHS)
def test_the_text_view_says_the_same_without_pictures_scripts_and_styles(
    full: Town, visitor: Client, path: str
) -> None:
    plain = text(visitor, path + ("&" if "?" in path else "?") + "view=text")
    assert not re.search(r"<(svg|img|script|video|audio|iframe)\b", plain)
    assert plain.count("stylesheet") == 1 and "text." in plain
    canonical = markup.document_fromstring(plain).xpath("//link[@rel='canonical']/@href")
    assert len(canonical) == 1 and "view=" not in canonical[0]
    tags = re.compile(r'<meta name="([A-Z]\w+)"')
    assert tags.findall(plain) == tags.findall(text(visitor, path))


def test_links_and_searches_of_the_text_view_stay_in_it(full: Town, visitor: Client) -> None:
    full.indexed()
    page = markup.document_fromstring(text(visitor, "/?view=text"))
    local = [a.get("href") for a in page.iter("a") if a.get("href", "").startswith("/")]
    leaving = [href for href in local if "view=text" not in href]
    assert set(leaving) == {
        "/", "/f/role/", "/tour/", "/f/view/?to=elder&next=/", "/f/zhaocuo/?page=/",
    }  # fmt: skip
    assert page.xpath("//form//input[@name='view']/@value") == ["text"]
    answer = text(visitor, "/search/?view=text&q=事项")
    assert 'data-view="text"' in answer and "找到" in answer


def test_the_text_view_of_an_item_has_every_word_of_it(town: Town, visitor: Client) -> None:
    item = town.public(attachments=[town.attachment()])
    words = re.compile(r"[一-鿿]{2,}")
    source = text(visitor, f"/nr/{item.pk}/").replace("<wbr>", "")
    normal = markup.document_fromstring(source).xpath("//article")[0]
    plain = text(visitor, f"/nr/{item.pk}/?view=text")
    missing = set(words.findall(" ".join(normal.itertext()))) - set(
        words.findall(" ".join(markup.document_fromstring(plain).itertext()))
    )
    assert missing <= {"打印", "分享", "读给我听"}  # work by script only
    assert "view=text" not in re.search(r'<link rel="canonical"[^>]*>', plain)[0]  # type: ignore[index]


def test_the_views_of_a_page_are_kept_apart_by_caches(full: Town, elder: Client) -> None:
    response = elder.get("/zx/")
    assert "Cookie" in response["Vary"] and response["Cache-Control"].startswith("public")
    assert not response.cookies


def test_a_page_without_a_simplified_template_keeps_its_own(full: Town, elder: Client) -> None:
    assert not (ELDER / "sitemap.html").exists()
    assert "站点地图" in text(elder, "/sitemap/")


def test_every_simplified_template_replaces_one_that_is_there() -> None:
    own = {path.name for path in ELDER.glob("[!_]*.html")} - {"base.html"}
    assert own <= {path.name for path in ELDER.parent.glob("*.html")}
    assert {"home.html", "column.html", "item.html", "unit.html", "search.html"} <= own


def test_the_elder_item_says_the_gist_first(town: Town, elder: Client) -> None:
    item = town.public(summary="小微企业可以领八万元。")
    page = text(elder, f"/nr/{item.pk}/").partition("<main")[2]
    gist, body = page.index("小微企业可以领八万元。</p></section>"), page.index('class="doc"')
    assert gist < page.index("data-read") < body
    assert page.index("tel:") < body or not item.contact


def test_the_text_view_of_the_desk_does_not_exist(visitor: Client, town: Town) -> None:
    assert 'data-view="standard"' in text(visitor, "/desk/login/?view=text")


def test_a_drawing_is_replaced_by_what_it_says() -> None:
    page = plain_page(
        '<html><body><p>甲<svg role="img" aria-label="红灯"></svg>乙<svg aria-hidden="true"><path/>'
        '</svg>丙<img src="/x" alt="地图">丁<img src="/y" alt="">戊</p>'
        '<form method="post"><button>送</button></form><button>打印</button></body></html>'
    )
    assert "甲红灯乙丙［图片：地图］丁戊" in page
    assert "打印" not in page and "送" in page and "view" not in page


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/zx/", "/zx/?view=text"),
        ("/zx/?kind=news#a", "/zx/?kind=news&view=text#a"),
        ("/zx/?view=text", "/zx/?view=text"),
        ("/files/item/1/a/b.csv", "/files/item/1/a/b.csv"),
        ("//elsewhere.example/", "//elsewhere.example/"),
        ("https://www.gov.cn/", "https://www.gov.cn/"),
        ("tel:12345", "tel:12345"),
        ("#files", "#files"),
    ],
)
def test_only_pages_of_the_site_are_linked_in_the_text_view(address: str, shown: str) -> None:
    assert with_view(address) == shown


def test_pinyin_is_answered_and_may_be_cached(client: Client) -> None:
    response = client.get("/zi/", {"to": "pinyin-fanti", "text": "长沙"})
    assert response.json() == {"parts": [["長", "cháng"], ["沙", "shā"]]}
    assert response["Cache-Control"] == "public, max-age=86400" and not response.cookies


@pytest.mark.parametrize(
    "query", [{}, {"text": "长"}, {"to": "pinyin"}, {"to": "x", "text": "长"},
              {"to": "pinyin", "text": "长" * 201}],
)  # fmt: skip
def test_other_questions_are_refused(client: Client, query: dict[str, str]) -> None:
    assert client.get("/zi/", query).status_code == 400


@pytest.mark.parametrize("home", ["/", "/qx/wangcheng/"])
def test_the_app_starts_where_the_elder_view_is_set(town: Town, visitor: Client, home: str) -> None:
    assert f'<link rel="manifest" href="{home}elder.webmanifest">' in text(
        visitor, f"{home}accessibility/"
    )
    response = visitor.get(f"{home}elder.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    opened = visitor.get(json.loads(response.content)["start_url"])
    assert opened["Location"] == home and opened.cookies["view"].value == "elder"


def test_a_manual_clause_is_never_passed_and_a_failed_one_stays_failed() -> None:
    manual = {clause.key for clause in CLAUSES if clause.manual}
    every = table({clause.key: Finding(State.PASS, "看过") for clause in CLAUSES})
    assert {row.clause.key for row in every if row.state == State.MANUAL} == manual
    assert all("请人工检查" in row.note for row in every if row.state == State.MANUAL)
    failed = table({clause.key: Finding(State.FAIL, "坏") for clause in CLAUSES})
    assert {row.state for row in failed} == {State.FAIL}


def test_what_nobody_looked_at_is_unchecked() -> None:
    states = {row.state for row in table({}) if not row.clause.manual}
    assert states == {State.UNCHECKED}
    assert len({clause.key for clause in CLAUSES}) == len(CLAUSES)


@pytest.mark.django_db(transaction=True)
def test_the_command_looks_at_the_running_site(
    live_server: Any, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from gongkai.portal.tests import town as towns

    settings.DEMO_DATE = towns.DAY
    town = towns.build()
    town.plan()
    town.fill(6)
    call_command("check_accessibility", "--url", live_server.url, "--no-browser", "--json")
    told = json.loads(capsys.readouterr().out)
    states = {row["key"]: row["state"] for row in told["clauses"]}
    assert states["same_parts"] == states["without_script"] == states["entrance"] == "pass"
    assert states["captcha"] == states["undo"] == "not_applicable"
    assert states["keyboard"] == "unchecked" and states["words"] == "manual"
    assert told["counts"]["fail"] == 0 and "/nr/" in told["pages"]["正文"]


@pytest.mark.django_db
def test_a_site_that_is_not_there_is_not_called_fine() -> None:
    with pytest.raises(CommandError, match="没有检查"):
        call_command("check_accessibility", "--url", "http://127.0.0.1:9")
