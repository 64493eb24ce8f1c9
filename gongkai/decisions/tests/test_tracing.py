"""Trace notices: what they may say, and that nothing of them is left when their term is over."""

import json
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse

from gongkai.core import blobs, facts, jobs, outbox
from gongkai.core.errors import InvalidInput
from gongkai.core.models import Blob, Fact
from gongkai.decisions.models import TraceTerm
from gongkai.decisions.public import public_traces
from gongkai.decisions.tests.world import World
from gongkai.publishing import drafting
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item, ItemVersion
from tests.factories import DAY, member, moment, user_with

CANARY = "金丝雀场所"
NUMBER = "80643"
AFTER = date(2022, 11, 2)
VENUE = {"place": CANARY, "district": "雨花区", "day": "2022-10-16", "band": "下午"}


def everywhere() -> str:
    """Every row of every table as text, and every stored file."""
    found = []
    for model in apps.get_models():
        found += [f"{model._meta.label}: {row}" for row in model._default_manager.values()]
    for sha256 in Blob.objects.values_list("pk", flat=True):
        found.append(blobs.read(sha256).decode(errors="replace"))
    return "\n".join(found)


def attach(world: World, item: Item, text: str, name: str) -> str:
    copy, _ = drafting.attachment_add(
        item_id=item.pk, filename=f"{name}.csv", data=text.encode(), member=member(world.editor),
        now=moment(9, 10),
    )  # fmt: skip
    return str(copy.attachments[-1]["sha256"])


def tick(day: date = AFTER) -> int:
    """What the timer of the whole platform does on a day; returns how many notices it deleted."""
    done = jobs.tick(moment(2, day=day))["流调提示期满删除"]
    while outbox.run(now=moment(3, day=day), limit=200):
        pass
    return done


def planted(world: World) -> tuple[Item, str, str]:
    """A notice with the canary everywhere, corrected once, with a file of its own and a shared
    one; returns it with both digests."""
    item = world.draft(
        "trace", title=f"{CANARY}的提示{NUMBER}", summary=f"{CANARY}概述", body=f"<p>{CANARY}正文</p>",
        keywords=[CANARY], facts={"venues": [VENUE], "act": [f"{CANARY}报备"]},
    )  # fmt: skip
    own = attach(world, item, f"场所,{CANARY}\n", f"{CANARY}")
    shared = attach(world, item, "说明,各处都用的说明\n", f"说明{CANARY}")
    other = world.draft("notice", theme="0401", body="<p>另一条。</p>")
    attach(world, other, "说明,各处都用的说明\n", "说明")
    world.release(other)
    world.release(item)
    publishing.item_edit(
        item_id=item.pk,
        content={"summary": f"{CANARY}改", "change_kind": "update", "change_note": f"{CANARY}注"},
        member=member(world.editor), now=moment(12),
    )  # fmt: skip
    item = world.release(item, now=moment(13))
    # And a draft that nobody released.
    publishing.item_edit(
        item_id=item.pk, content={"title": f"{CANARY}新稿"}, member=member(world.editor),
        now=moment(14),
    )  # fmt: skip
    # Every room makes the copies it makes of a public item.
    jobs.tick(moment(15))
    while outbox.run(now=moment(15), limit=200):
        pass
    return item, own, shared


def test_after_the_term_the_canary_is_nowhere(world: World, settings: Any, tmp_path: Any) -> None:
    item, own, shared = planted(world)
    assert CANARY in Client().get(f"/nr/{item.pk}/").content.decode()
    before = everywhere()
    assert before.count(CANARY) > 10 and NUMBER in before
    assert tick(date(2022, 11, 1)) == 0
    assert tick() == 1 and tick() == 0
    left = [line[:200] for line in everywhere().splitlines() if CANARY in line or NUMBER in line]
    assert not left, "\n".join(left)
    response = Client().get(f"/nr/{item.pk}/")
    page = response.content.decode()
    assert response.status_code == 410 and "已经撤回" in page and "公开期满" in page
    for number in (1, 2, 3):
        assert CANARY not in Client().get(f"/nr/{item.pk}/v/{number}/").content.decode()
    for path in ("/", "/zx/", f"/search/?q={NUMBER}", "/zt/yingshang/"):
        text = Client().get(path).content.decode()
        assert f"{CANARY}的提示" not in text
    # The file of its own is gone, the shared one stays for the other record.
    assert not Blob.objects.filter(pk=own).exists() and Blob.objects.filter(pk=shared).exists()
    assert not storages["blobs"].exists(blobs.path_of(own))
    assert Client().get(f"/files/item/{item.pk}/{own[:16]}/x.csv").status_code == 404


def test_a_sealed_fact_tells_that_there_was_something(world: World) -> None:
    item, own, _ = planted(world)
    digests = list(
        ItemVersion.objects.filter(item=item).order_by("number").values_list("digest", flat=True)
    )
    tick()
    while facts.seal():
        pass
    fact = Fact.objects.get(action="publishing.item.purged")
    assert fact.sequence and fact.details["digests"] == digests and own in fact.details["files"]
    assert facts.verify().ok
    assert TraceTerm.objects.get().purged_at is not None


def test_the_staff_screens_of_a_deleted_notice_still_open(world: World) -> None:
    item, _, _ = planted(world)
    tick()
    client = Client()
    client.force_login(world.editor)
    for path in (
        reverse("publishing-desk:item", args=[item.pk]),
        reverse("desk:trail", args=["item", item.pk]),
        reverse("review-desk:case", args=[world_case(item)]),
        reverse("review-desk:queue"),
        reverse("items:index"),
        reverse("items:edit", args=[item.pk]),
        reverse("items:history", args=[item.pk]),
    ):
        response = client.get(path)
        assert response.status_code == 200, path
        assert CANARY not in response.content.decode(), path
    with pytest.raises(InvalidInput) as refused:
        world.submit(item)
    assert any("已经期满删除" in text for text in refused.value.fields["title"])


def world_case(item: Item) -> int:
    from gongkai.review.models import ReviewCase

    return ReviewCase.objects.filter(subject_id=str(item.pk)).latest("pk").pk


def test_one_that_was_withdrawn_before_its_term_is_deleted_too(world: World) -> None:
    item, _, _ = planted(world)
    publishing.item_withdraw(
        item_id=item.pk, category="error", reason="有误", member=member(world.people["final"]),
        now=moment(16),
    )  # fmt: skip
    assert tick() == 1
    assert CANARY not in everywhere()
    assert Item.objects.get(pk=item.pk).withdrawn_at == moment(16)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"facts": {"venues": [{**VENUE, "band": "18:10—18:40"}]}}, "facts.venues"),
        ({"facts": {"venues": [{**VENUE, "place": "陈某家中"}]}}, "facts.venues"),
        ({"title": "关于35岁男性的提示"}, "facts.venues"),
        ({"body": "<p>该人员，女，湖南省籍，12时20分到店。</p>"}, "facts.venues"),
        ({"facts": {"term_days": 30}}, "facts.term_days"),
        ({"facts": {"term_days": 0.5}}, "facts.term_days"),
    ],
)
def test_persons_minutes_and_long_terms_are_refused(
    world: World, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        world.submit(world.draft("trace", **changes))
    assert field in refused.value.fields


def test_a_shorter_term_is_kept_and_a_correction_never_lengthens_it(world: World) -> None:
    item = world.public("trace", facts={"term_days": 3})
    assert TraceTerm.objects.get().last_on == date(2022, 10, 21)
    publishing.item_edit(
        item_id=item.pk,
        content={
            "facts": {**item.facts, "term_days": 14},
            "change_kind": "update", "change_note": "补充。",
        },
        member=member(world.editor), now=moment(12),
    )  # fmt: skip
    world.release(item, now=moment(13))
    assert TraceTerm.objects.get().last_on == date(2022, 10, 21)
    assert public_traces("", DAY) and not public_traces("", date(2022, 10, 22))


def test_no_fact_holds_the_title_of_a_fleeting_draft(world: World) -> None:
    item = world.draft("trace", title=f"{CANARY}草稿")
    attach(world, item, "a,b\n", CANARY)
    stored = json.dumps(list(Fact.objects.values_list("details", flat=True)), ensure_ascii=False)
    assert CANARY not in stored


def test_a_stranger_cannot_read_the_file_of_a_deleted_notice(world: World) -> None:
    item, own, _ = planted(world)
    tick()
    client = Client()
    client.force_login(user_with("editor", world.city.bureau_b))
    assert client.get(f"/files/item/{item.pk}/{own[:16]}/x.csv").status_code == 404
