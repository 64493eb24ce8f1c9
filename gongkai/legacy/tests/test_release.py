"""From a file of the old site to public items, through the gate and nothing else."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gongkai.catalogue.models import Placement
from gongkai.core.errors import NotVisible, PermissionRefused, Refusal
from gongkai.core.models import Fact
from gongkai.legacy import releasing, services
from gongkai.legacy.enums import RunStatus
from gongkai.legacy.models import ImportRun, Redirect, StagedItem
from gongkai.legacy.tests import world
from gongkai.organisations.access import Member, system_member
from gongkai.organisations.models import User
from gongkai.publishing import services as publishing
from gongkai.publishing.models import IndexSerial, Item, ItemLink, ItemVersion, NumberClaim
from gongkai.publishing.selectors import public_links
from gongkai.review import services as review
from gongkai.review.models import ReviewCase
from gongkai.search import finding
from gongkai.search.entries import PUBLIC, SPACES, STAFF
from gongkai.search.query import ask
from gongkai.search.writing import compare
from tests.factories import City, make_city, make_public, member, moment, reviewers, user_with
from tests.indexes import follow

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def operator(city: City) -> Member:
    return member(user_with("operator", city.office))


@pytest.fixture
def people(city: City) -> dict[str, User]:
    return reviewers(city.bureau_a)


def bring(
    city: City, operator: Member, tmp_path: Path, rows: Any = None, raw: Any = world.MAPPING
) -> ImportRun:
    path = world.write(tmp_path / "old.jsonl", rows or [world.row(n) for n in range(1, 8)])
    return world.prepared(path, unit=city.bureau_a, operator=operator, raw=raw)


def test_a_file_becomes_public_after_every_step_of_the_gate(
    city: City, operator: Member, people: dict[str, User], tmp_path: Path
) -> None:
    run = bring(city, operator, tmp_path)
    assert run.status == RunStatus.PREPARED
    assert (run.count("read"), run.count("staged"), run.count("bad")) == (7, 7, 0)
    assert not Item.objects.exists()
    case = world.approve(run, operator, people)
    assert case.view["manifest"] == run.manifest
    assert run.status == RunStatus.RELEASED
    items = list(Item.objects.order_by("pk"))
    assert len(items) == 7
    assert {i.visibility for i in items} == {"public"}
    assert ItemVersion.objects.count() == Redirect.objects.count() == 7
    facts = Fact.objects.filter(action="publishing.items.imported")
    assert facts.count() == 1
    assert facts.get().details["manifest"] == run.manifest
    assert all(row.item_id and not row.content for row in StagedItem.objects.all())


def test_the_one_fact_of_a_batch_leads_the_indexes_to_all_of_its_items(
    city: City, operator: Member, people: dict[str, User], tmp_path: Path
) -> None:
    follow(*SPACES)
    run = bring(city, operator, tmp_path)
    world.approve(run, operator, people)
    for space in (PUBLIC, STAFF):
        assert len(compare(space).missing) == 7
    follow(*SPACES)
    for space in SPACES:
        assert not compare(space).records
    assert finding.records(PUBLIC, ask("桥梁限高架"), "item", limit=20)


def test_published_at_is_the_server_s_moment_and_the_old_day_is_kept_beside_it(
    city: City, operator: Member, people: dict[str, User], tmp_path: Path
) -> None:
    run = bring(city, operator, tmp_path, [world.row(1)])
    world.approve(run, operator, people)
    item = Item.objects.get()
    assert item.published_at == moment(11)
    assert item.original_published_on == date(2019, 2, 15)


def test_lists_stand_in_the_order_of_the_old_days_and_are_marked(
    city: City, operator: Member, people: dict[str, User], tmp_path: Path
) -> None:
    raw = world.mapping(topics={"value": "yingshang"})
    rows = [world.row(n, date=f"20{n}-03-04") for n in (12, 19, 15)]
    native = make_public(
        city, city.bureau_b, user_with("editor", city.bureau_b), topics=["yingshang"], now=moment(8)
    )
    world.approve(bring(city, operator, tmp_path, rows, raw), operator, people)
    placed = Placement.objects.filter(column=city.column, section=None).order_by("-published_at")
    assert [p.published_at.year for p in placed] == [2022, 2019, 2015, 2012]
    assert placed[0].subject_id == native.pk
    assert [bool(p.card.get("history")) for p in placed] == [False, True, True, True]


def test_whoever_prepared_the_batch_decides_nothing_about_it(
    city: City, people: dict[str, User], tmp_path: Path
) -> None:
    both = user_with("supervisor", city.bureau_a)
    from tests.factories import RoleAssignmentFactory

    RoleAssignmentFactory(user=both, unit=city.bureau_a, role="first_reviewer")
    run = bring(city, member(both), tmp_path)
    case = services.run_submit(run_id=run.pk, member=member(both), now=moment(10))
    with pytest.raises(PermissionRefused, match="四眼"):
        review.step_approve(
            case_id=case.pk, step="first", digest=case.digest, member=member(both), now=moment(11)
        )


@pytest.mark.parametrize("role", ["editor", "final_reviewer", "secrecy_reviewer", "clerk"])
def test_only_who_prepares_may_submit_or_abandon(
    city: City, operator: Member, tmp_path: Path, role: str
) -> None:
    run = bring(city, operator, tmp_path)
    person = member(user_with(role, city.bureau_a))
    with pytest.raises(PermissionRefused):
        services.run_submit(run_id=run.pk, member=person, now=moment(10))
    with pytest.raises(PermissionRefused):
        services.run_abandon(run_id=run.pk, member=person, now=moment(10))
    run.refresh_from_db()
    assert run.status == RunStatus.PREPARED


def test_a_rejected_batch_can_be_dropped_and_a_released_one_cannot(
    city: City, operator: Member, people: dict[str, User], tmp_path: Path
) -> None:
    run = bring(city, operator, tmp_path)
    case = services.run_submit(run_id=run.pk, member=operator, now=moment(10))
    review.step_reject(
        case_id=case.pk, step="first", digest=case.digest, member=member(people["first"]),
        now=moment(11), remark="缺附件，补齐再来。",
    )  # fmt: skip
    run.refresh_from_db()
    assert run.status == RunStatus.PREPARED
    services.run_abandon(run_id=run.pk, member=operator, now=moment(12))
    again = bring(city, operator, tmp_path)
    world.approve(again, operator, people)
    with pytest.raises(Refusal, match="不能放弃"):
        services.run_abandon(run_id=again.pk, member=operator, now=moment(13))


def test_abandoning_voids_the_running_review(city: City, operator: Member, tmp_path: Path) -> None:
    run = bring(city, operator, tmp_path)
    case = services.run_submit(run_id=run.pk, member=operator, now=moment(10))
    services.run_abandon(run_id=run.pk, member=operator, now=moment(11))
    case.refresh_from_db()
    assert case.status == "voided"
    assert not StagedItem.objects.exists()


@pytest.mark.parametrize("change", [{"digest": "0" * 64}, {"row": 99}])
def test_what_was_changed_after_submission_is_not_released(
    city: City,
    operator: Member,
    people: dict[str, User],
    tmp_path: Path,
    change: dict[str, Any],
) -> None:
    run = bring(city, operator, tmp_path)
    case = services.run_submit(run_id=run.pk, member=operator, now=moment(10))
    StagedItem.objects.filter(row=3).update(**change)
    with pytest.raises(Refusal, match="所审即所发"):
        review.step_approve(
            case_id=case.pk, step="first", digest=case.digest, member=member(people["first"]),
            now=moment(11),
        )  # fmt: skip
    assert not Item.objects.exists()


def test_a_text_changed_behind_its_digest_stops_the_whole_release(
    city: City, operator: Member, people: dict[str, User], tmp_path: Path
) -> None:
    run = bring(city, operator, tmp_path)
    row = StagedItem.objects.get(row=3)
    StagedItem.objects.filter(pk=row.pk).update(content=row.content.replace("桥梁", "桥墩"))
    with pytest.raises(Refusal, match="第 3 行"):
        world.approve(run, operator, people)
    assert not Item.objects.exists()
    assert ReviewCase.objects.get().status == "open"


def test_an_empty_batch_is_not_submitted(city: City, operator: Member, tmp_path: Path) -> None:
    run = bring(city, operator, tmp_path, [world.row(1, date="")])
    with pytest.raises(Refusal, match="没有收下任何一行"):
        services.run_submit(run_id=run.pk, member=operator, now=moment(10))


def test_a_batch_is_submitted_once(city: City, operator: Member, tmp_path: Path) -> None:
    run = bring(city, operator, tmp_path)
    services.run_submit(run_id=run.pk, member=operator, now=moment(10))
    with pytest.raises(Refusal, match="不能送审"):
        services.run_submit(run_id=run.pk, member=operator, now=moment(10))
    with pytest.raises(NotVisible):
        services.run_submit(run_id=99999, member=operator, now=moment(10))


def test_a_moved_document_keeps_its_index_number_and_new_ones_begin_behind_it(
    city: City, operator: Member, people: dict[str, User], tmp_path: Path
) -> None:
    code = city.bureau_a.code.upper()
    rows = [
        world.row(1), world.row(2, index=f"{code}/2019-00007"), world.row(3, index="X-2019-000123"),
        world.row(4, index=f"{code}/2019-00007"),
    ]  # fmt: skip
    run = bring(city, operator, tmp_path, rows, world.mapping(index_no="index"))
    world.approve(run, operator, people)
    numbers = list(Item.objects.order_by("pk").values_list("index_no", flat=True))
    assert numbers == [
        f"{code}/2019-00008", f"{code}/2019-00007", "X-2019-000123", f"{code}/2019-00009",
    ]  # fmt: skip
    assert IndexSerial.objects.get(unit=city.bureau_a, year=2019).last == 9


def test_document_numbers_are_claimed(
    city: City, operator: Member, people: dict[str, User], tmp_path: Path
) -> None:
    raw = world.mapping(kind={"value": "policy"}, doc_no="no")
    run = bring(city, operator, tmp_path, [world.row(1, no="长建发[2019]1号")], raw)
    world.approve(run, operator, people)
    assert NumberClaim.objects.get(scheme="doc_no").value == "长建发〔2019〕1号"


def test_an_interpretation_finds_its_document_in_the_same_batch_and_keeps_it(
    city: City, operator: Member, people: dict[str, User], tmp_path: Path
) -> None:
    raw = world.mapping(
        kind={"from": "col", "map": {"解读": "interpretation"}, "default": "policy"},
        interprets={"from": "of", "as": "title"},
    )
    rows = [
        world.row(1, col="解读", title="问答：限高架怎么过", of="《限高架管理办法》"),
        world.row(2, col="文件", title="关于印发《限高架管理办法》的通知"),
        world.row(3, col="解读", title="问答：没有下文", of="《查无此文》"),
    ]
    run = bring(city, operator, tmp_path, rows, raw)
    assert run.count("link") == 1
    world.approve(run, operator, people)
    link = ItemLink.objects.get()
    assert link.source.title == "问答：限高架怎么过"
    assert link.target.title == "关于印发《限高架管理办法》的通知"
    documents, _ = public_links(Item.objects.get(title="问答：限高架怎么过"))
    assert [d.id for d in documents] == [link.target_id]


def test_imported_items_can_be_corrected_like_every_other(
    city: City, operator: Member, people: dict[str, User], tmp_path: Path
) -> None:
    world.approve(bring(city, operator, tmp_path, [world.row(1)]), operator, people)
    item = Item.objects.get()
    editor = member(user_with("editor", city.bureau_a))
    publishing.item_edit(
        item_id=item.pk,
        content={"summary": "更正后的概述", "change_kind": "correction", "change_note": "补概述"},
        member=editor,
        now=moment(13),
    )
    item.refresh_from_db()
    assert item.version == 1
    assert publishing.working_copy(item).summary == "更正后的概述"


def test_a_large_batch_goes_on_in_the_worker_and_exactly_once_after_a_crash(
    city: City,
    operator: Member,
    people: dict[str, User],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(releasing, "AT_ONCE", 2)
    monkeypatch.setattr(releasing, "CHUNK", 3)
    run = bring(city, operator, tmp_path)
    world.approve(run, operator, people)
    assert run.status == RunStatus.RELEASING
    assert not Item.objects.exists()
    real = releasing._mark_written
    calls = 0

    def die(rows: Any, items: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError("killed")
        real(rows, items)

    monkeypatch.setattr(releasing, "_mark_written", die)
    with pytest.raises(RuntimeError):
        releasing.release_due(moment(12))
    assert Item.objects.count() == 3
    monkeypatch.setattr(releasing, "_mark_written", real)
    assert releasing.release_due(moment(13)) == 4
    assert releasing.release_due(moment(14)) == 0
    run.refresh_from_db()
    assert run.status == RunStatus.RELEASED
    assert Item.objects.count() == ItemVersion.objects.count() == 7
    assert len(set(Item.objects.values_list("title", flat=True))) == 7
    assert Fact.objects.filter(action="publishing.items.imported").count() == 1


def test_only_the_gate_starts_a_release(city: City, operator: Member, tmp_path: Path) -> None:
    run = bring(city, operator, tmp_path)
    with pytest.raises(Refusal):
        releasing.release_begin(run_id=run.pk, member=system_member("x"), now=moment(9))
    assert releasing.release_due(moment(9)) == 0
