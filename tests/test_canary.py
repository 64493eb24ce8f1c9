"""A word planted in everything that is not public appears nowhere in public.

The canary stands in every field of drafts in every state, in new versions still in review, in
withdrawn content, in sealed versions, in withheld items and in attached files. Then every public
address that can be found is read, and so is every file address that could be guessed.
"""

import re
from typing import Any

import pytest
from django.test import Client

from gongkai.catalogue.models import Placement
from gongkai.core import outbox
from gongkai.ledger import services as ledger
from gongkai.ledger.models import Assignment
from gongkai.portal.tests.town import DAY, Town, build, moment
from gongkai.publishing import lifecycle
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item
from gongkai.review import services as review
from gongkai.search import finding
from gongkai.search.entries import ARTICLES, PUBLIC, SPACES, STAFF
from gongkai.search.query import ask
from gongkai.search.writing import compare
from tests.factories import draft_content, member, submit
from tests.indexes import files_of, files_with, follow

CANARY = "金丝雀"
# Digits survive any cutting of text into characters, so file names and numbers are caught too.
NUMBER = "70819"
# What is looked for in files: the words, and the pairs of characters that an index keeps.
HEARD = (CANARY, "金丝", "丝雀", NUMBER)


def planted(town: Town, place: str, **changes: Any) -> dict[str, Any]:
    """Content with the canary in every text field."""
    mark = f"{CANARY}{NUMBER}{place}"
    entry = town.attachment(f"{mark},1\n", f"{NUMBER}-{place}.csv")
    return draft_content(
        town.city,
        **{
            "title": f"标题{mark}",
            "summary": f"概述{mark}",
            "body": f'<h2>{mark}</h2><p>正文{mark}</p><p><img src="blob:{entry["sha256"]}" '
            f'alt="{mark}"></p>',
            "keywords": [mark],
            "contact": NUMBER,
            "addressees": mark,
            "source": mark,
            "attachments": [{**entry, "title": mark}],
            "topics": ["yingshang", "yingshang/wenjian", "jiceng/butie", "zhidu"],
            **changes,
        },
    )


@pytest.fixture
def town(db: None, settings: Any) -> Town:
    settings.DEMO_DATE = DAY
    return build()


@pytest.fixture
def digests(town: Town) -> list[tuple[Item, str]]:
    """Plant the canary in every state; returns (item, digest of its hidden file)."""
    found: list[tuple[Item, str]] = []
    unit = town.city.bureau_a
    editor = member(town.editor(unit))
    people = town.reviewers(unit)

    def draft(place: str, **changes: Any) -> Item:
        content = planted(town, place, **changes)
        item = town.draft(**{**content, "doc_no": f"长财发〔2022〕{700 + len(found)}号"})
        found.append((item, content["attachments"][0]["sha256"]))
        return item

    draft("起草")
    reviewed = draft("初审")
    submit(reviewed, town.editor(unit))
    waiting = draft("定时")
    case = submit(waiting, town.editor(unit), release_at=moment(23))
    for step in case.steps:
        review.step_approve(
            case_id=case.pk, step=step, digest=case.digest, member=member(people[step]),
            now=moment(11), legal_basis="条例第十三条" if step == "secrecy" else "",
        )  # fmt: skip
    rejected = draft("退回")
    case = submit(rejected, town.editor(unit))
    review.step_reject(
        case_id=case.pk, step=case.steps[0], digest=case.digest,
        member=member(people[case.steps[0]]), now=moment(11), remark=f"意见{CANARY}{NUMBER}",
    )  # fmt: skip
    withheld = draft("不公开")
    case = submit(withheld, town.editor(unit))
    for step in case.steps[:-1]:
        review.step_approve(
            case_id=case.pk, step=step, digest=case.digest, member=member(people[step]),
            now=moment(11),
        )  # fmt: skip
    review.case_withhold(
        case_id=case.pk, digest=case.digest, member=member(people["secrecy"]), now=moment(12),
        code="state_secret", reason=f"理由{CANARY}{NUMBER}",
    )  # fmt: skip

    # Public now, with a new version that nobody has approved yet.
    public = town.public(title="公开着的信息", doc_no="长财发〔2022〕801号")
    content = planted(town, "新版起草")
    publishing.item_edit(
        item_id=public.pk, content={**content, "doc_no": "长财发〔2022〕802号"}, member=editor,
        now=moment(12),
    )  # fmt: skip
    found.append((public, content["attachments"][0]["sha256"]))
    pending = town.public(title="另一条公开着的信息", doc_no="长财发〔2022〕803号")
    content = planted(
        town, "新版送审", change_kind="correction", change_note=f"更正{CANARY}{NUMBER}"
    )
    publishing.item_edit(
        item_id=pending.pk, content={**content, "doc_no": "长财发〔2022〕803号"}, member=editor,
        now=moment(12),
    )  # fmt: skip
    submit(pending, town.editor(unit), now=moment(13))
    found.append((pending, content["attachments"][0]["sha256"]))

    # Was public: withdrawn with its title sealed, and an earlier version sealed by a correction.
    content = planted(town, "撤回")
    gone = town.public(**{**content, "doc_no": "长财发〔2022〕804号"})
    town.withdraw(gone, category="privacy", reason="依法不再公开。")
    found.append((gone, content["attachments"][0]["sha256"]))
    content = planted(town, "封存")
    sealed = town.public(**{**content, "doc_no": "长财发〔2022〕805号"})
    clean = draft_content(town.city, title="封存以后的信息")
    clean |= {
        "attachments": [],
        "source": "",
        "addressees": "",
        "keywords": [],
        "doc_no": "长财发〔2022〕805号",
    }
    town.correct(sealed, **clean, change_kind="privacy", change_note="删去不应公开的内容。")
    found.append((sealed, content["attachments"][0]["sha256"]))

    # Evidence in the ledger: an item withdrawn afterwards, an address with a remark.
    plan = town.plan(points=2, tasks=1)
    row = Assignment.objects.get(task__point__plan=plan, task__point__number=1, role="lead")
    content = planted(town, "凭据")
    proof = town.public(**{**content, "doc_no": "长财发〔2022〕806号"})
    ledger.evidence_add_item(
        assignment_id=row.pk, item_id=proof.pk, member=editor, now=moment(12),
        note=f"备注{CANARY}{NUMBER}",
    )  # fmt: skip
    town.withdraw(proof, category="secrecy", reason="依法不再公开。")
    found.append((proof, content["attachments"][0]["sha256"]))
    ledger.evidence_add_url(
        assignment_id=row.pk, url=f"https://www.example.gov.cn/{NUMBER}", title=CANARY,
        member=editor, now=moment(12), note=CANARY,
    )  # fmt: skip
    town.fill(3)
    while outbox.run(now=moment(16), limit=200):
        pass
    return found


@pytest.fixture(autouse=True)
def _papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a PDF would show is read instead of the file: laying it out takes seconds."""
    monkeypatch.setattr("gongkai.portal.pdf.making.missing", str)
    monkeypatch.setattr("gongkai.portal.pdf.making._lay_out", lambda sheet: sheet.dated.encode())


def crawl(visitor: Client, items: list[Item]) -> dict[str, str]:
    """Every public page that links, parameters or numbers lead to, by address."""
    pages: dict[str, str] = {}
    waiting = ["/", "/qx/wangcheng/", "/search/", "/jd/", "/columns/", "/sitemap/", "/nope/"]
    waiting += ["/sitemap.xml", "/sitemap-0.xml", "/sitemap-1.xml", "/robots.txt"]
    waiting += [f"/search/?q={word}" for word in ("标题", "信息", NUMBER, "长财发", "号", "2022")]
    waiting += [f"/qx/wangcheng/search/?q={NUMBER}"]
    for item in items:
        waiting += [f"/nr/{item.pk}/", *(f"/nr/{item.pk}/v/{n}/" for n in range(4))]
    while waiting:
        path = waiting.pop()
        if path in pages:
            continue
        response = visitor.get(path)
        assert response.status_code in (200, 301, 302, 404, 410), path
        content = b"".join(response.streaming_content) if response.streaming else response.content
        text = content.decode("utf-8", "replace")
        pages[path] = text + response.get("Location", "")
        for link in re.findall(r'href="(/[^"#]*)', text):
            link = link.replace("&amp;", "&")
            if "/search/?" in link and "&" in link:
                continue  # the same hits, narrowed in hundreds of ways
            if not link.startswith(("/static/", "/f/", "/tour/", "/desk/")):
                waiting.append(link)
    return pages


def without_the_question(path: str, text: str) -> str:
    """A search page repeats what was asked; that is not a leak."""
    if "/search/" not in path:
        return text
    if "/search/feed/" in path:
        return text[text.index("<entry>") :] if "<entry>" in text else ""
    text = re.sub(r"<title>.*?</title>|<h1.*?</h1>|<input[^>]*>", "", text, flags=re.DOTALL)
    repeated = r'href="/f/view/[^"]*"|href="[^"]*(?:contact/|search/(?:feed/)?\?|dingyue/)[^"]*"'
    return re.sub(repeated, "", text)


@pytest.mark.parametrize("view", ["standard", "elder"])
def test_the_canary_sings_on_no_public_page(
    town: Town, digests: list[tuple[Item, str]], view: str
) -> None:
    visitor = Client()
    town.indexed()
    if view == "elder":
        visitor.cookies["view"] = "elder"
    pages = crawl(visitor, list(Item.objects.all()))
    assert len(pages) > 80
    for path, text in pages.items():
        shown = without_the_question(path, text).replace("<wbr>", "")
        assert CANARY not in shown, path
        assert NUMBER not in shown, path


def test_the_canary_s_files_are_served_to_nobody(
    town: Town, digests: list[tuple[Item, str]]
) -> None:
    visitor = Client()
    for item, sha256 in digests:
        for other in (item, *Item.objects.filter(visibility="public")):
            for name in ("x.csv", "picture"):
                path = f"/files/item/{other.pk}/{sha256[:16]}/{name}"
                assert visitor.get(path).status_code == 404, path
    # The same addresses work for a file that is public, so the refusal above means something.
    entry = town.attachment("公开,1\n", "gongkai.csv")
    item = town.public(doc_no="长财发〔2022〕899号", attachments=[entry])
    path = f"/files/item/{item.pk}/{entry['sha256'][:16]}/gongkai.csv"
    assert visitor.get(path).status_code == 200


def test_no_placement_card_holds_the_canary(town: Town, digests: list[tuple[Item, str]]) -> None:
    for placement in Placement.objects.all():
        assert CANARY not in str(placement.card) and NUMBER not in str(placement.card)


def test_no_public_index_holds_the_canary_in_any_file(
    town: Town, digests: list[tuple[Item, str]]
) -> None:
    follow(*SPACES)
    assert files_of(PUBLIC) and files_of(ARTICLES)
    assert not files_with(HEARD, PUBLIC, ARTICLES)
    for space in (PUBLIC, ARTICLES):
        for asked in (CANARY, "丝雀", "雀", NUMBER):
            assert not finding.records(space, ask(asked), "item"), (space, asked)
    # The same reading hears it in the index of the staff, so silence above means something.
    assert files_with(HEARD, STAFF)
    assert finding.records(STAFF, ask(CANARY), "item")


def test_what_is_withdrawn_or_sealed_leaves_the_public_index(town: Town) -> None:
    """Followed step by step, as the worker does: it was there, and is found no more."""
    content = planted(town, "撤回")
    item = town.public(**{**content, "attachments": []})
    follow(*SPACES)
    assert finding.records(PUBLIC, ask(CANARY), "item") == [item.pk]
    town.withdraw(item, category="privacy", reason="依法不再公开。")
    follow(*SPACES)
    assert not finding.records(PUBLIC, ask(CANARY), "item")
    assert not compare(PUBLIC).records


def test_the_canary_would_be_heard(town: Town) -> None:
    """The same content, published, is found on its page, in lists, in search and as a file."""
    visitor = Client()
    content = planted(town, "公开")
    item = town.public(**content)
    town.indexed()
    pages = crawl(visitor, [item])
    loud = {path for path, text in pages.items() if CANARY in without_the_question(path, text)}
    assert {f"/nr/{item.pk}/", "/", "/zx/", "/zt/yingshang/", "/zt/jiceng/", "/dw/czj/"} <= loud
    assert any(path.startswith("/search/") for path in loud)
    sha = content["attachments"][0]["sha256"]
    assert visitor.get(f"/files/item/{item.pk}/{sha[:16]}/x.csv").status_code == 200


def test_a_deleted_draft_of_a_trace_notice_stays_in_no_file_of_an_index(town: Town) -> None:
    # Beside it in the same files of the index, which would only mark it as deleted.
    for n in range(12):
        town.draft(kind="notice", title=f"别的稿件{n}", doc_no="")
    item = town.draft(
        kind="trace", title=f"{CANARY}{NUMBER}的提示", doc_no="", facts={}, attachments=[]
    )
    follow(*SPACES)
    assert files_with(HEARD, STAFF)
    lifecycle.draft_delete(
        item_id=item.pk, member=member(town.editor(town.city.bureau_a)), now=moment(12)
    )
    follow(*SPACES)
    assert files_of() and not files_with(HEARD)


def test_copies_of_a_deleted_trace_notice_are_gone_from_other_rooms(town: Town) -> None:
    """A notice that went to an archive and proved a ledger task: nothing of it is left after its
    term, in any table, nor in any file of the search folder."""
    from datetime import date

    from django.apps import apps

    from gongkai.core import jobs
    from gongkai.deposits.models import DepositRow, DepositTarget

    unit = town.city.bureau_a
    DepositTarget.objects.create(
        kind="archive", name="演示档案馆", owner=town.city.government, since=date(2022, 10, 1)
    )
    venue = {"place": f"{CANARY}场所", "district": "雨花区", "day": "2022-10-16", "band": "下午"}
    own = {"area": "雨花区", "venues": [venue], "act": ["报备"], "hotline": "0731-80009999"}
    item = town.public(
        kind="trace", title=f"{CANARY}{NUMBER}的提示", doc_no="", facts=own, attachments=[]
    )
    plan = town.plan(points=2, tasks=1)
    row = Assignment.objects.get(task__point__plan=plan, task__point__number=1, role="lead")
    ledger.evidence_add_item(
        assignment_id=row.pk, item_id=item.pk, member=member(town.editor(unit)), now=moment(12)
    )
    jobs.tick(moment(13))
    assert DepositRow.objects.filter(title__contains=CANARY).exists()
    for space in (PUBLIC, STAFF):
        assert files_with(HEARD, space), space
    later = date(2022, 11, 20)
    for hour in (2, 3):
        jobs.tick(moment(hour, day=later))
    assert Item.objects.get(pk=item.pk).visibility == "withdrawn"
    stored = "\n".join(
        f"{model._meta.label}: {found}"
        for model in apps.get_models()
        for found in model._default_manager.values()
    )
    left = [line[:160] for line in stored.splitlines() if CANARY in line or NUMBER in line]
    assert not left, "\n".join(left)
    assert files_of() and not files_with(HEARD)
    for space in SPACES:
        assert not finding.records(space, ask(CANARY), "item")
