"""Drafts that begin with what is known, "still right", and every refusal."""

from datetime import timedelta
from typing import Any

import pytest

from gongkai.core.errors import NotVisible, PermissionRefused, Refusal
from gongkai.core.models import Fact
from gongkai.organisations.enums import Role
from gongkai.profiles import selectors, services
from gongkai.profiles.rules import PART_KEYS, PARTS
from gongkai.profiles.rules_state import profile_state
from gongkai.profiles.tests.test_rules import WHOLE
from gongkai.profiles.tests.world import World
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item
from tests.factories import DAY, member, moment, submit, user_with


def states(world: World) -> dict[str, Any]:
    return {p.part.key: p for p in selectors.state_of(world.unit, DAY).parts}


def test_article_12_the_guide_is_drafted_from_published_functions(world: World) -> None:
    world.public("functions")
    world.public("notice")
    editor = member(world.editor())
    item = services.guide_draft(unit=world.unit, member=editor, now=moment(12))
    assert item.facts["phone"] == WHOLE["phone"]
    assert item.facts["email"] == "czj@example.cn"
    assert "通知公告" in item.facts["classification"]
    assert "机构职能" in item.facts["classification"]
    assert "/dw/czj/ml/" in item.body
    fact = Fact.objects.get(action="profiles.guide.generated")
    assert fact.subject_id == str(item.pk) and fact.details["sources"]["phone"]


def test_a_generated_guide_passes_the_gate_and_matches_the_data(world: World) -> None:
    world.public("functions")
    world.guide()
    found = states(world)["guide"]
    assert found.present and found.complete and found.matches
    assert found.reviewed_on == DAY


def test_article_53_a_changed_phone_is_found_and_the_update_mends_it(world: World) -> None:
    functions = world.public("functions")
    guide = world.guide()
    world.change(functions, facts={**WHOLE, "phone": "0731-88660077"})
    found = states(world)["guide"]
    assert (found.act, found.matches) == ("guide", False)
    editor = member(world.editor())
    draft = services.guide_draft(unit=world.unit, member=editor, now=moment(15))
    assert draft.pk == guide.pk
    assert draft.facts["phone"] == "0731-88660077"
    assert draft.change_kind == "update" and "联系电话" in draft.change_note
    assert states(world)["guide"].act == "continue"
    world.release(guide, now=moment(16))
    assert states(world)["guide"].matches


def test_the_office_an_editor_wrote_survives_the_update(world: World) -> None:
    functions = world.public("functions")
    guide = world.guide()
    world.change(guide, facts={**guide.facts, "office": "政务公开科"})
    world.change(functions, facts={**WHOLE, "phone": "0731-88660077"})
    draft = services.guide_draft(unit=world.unit, member=member(world.editor()), now=moment(15))
    assert draft.facts["office"] == "政务公开科"


def test_only_published_functions_count(world: World) -> None:
    world.draft("functions")
    with pytest.raises(Refusal, match="没有来源"):
        services.guide_draft(unit=world.unit, member=member(world.editor()), now=moment(12))
    assert Item.objects.filter(kind__key="guide").count() == 0


def test_a_guide_in_review_is_left_alone(world: World) -> None:
    world.public("functions")
    editor = world.editor()
    item = services.guide_draft(unit=world.unit, member=member(editor), now=moment(12))
    submit(item, editor, now=moment(13))
    with pytest.raises(Refusal, match="正在审核"):
        services.guide_draft(unit=world.unit, member=member(editor), now=moment(14))


def test_a_guide_that_says_the_same_is_not_drafted_again(world: World) -> None:
    world.public("functions")
    world.guide()
    editor = member(world.editor())
    # The guide itself is one more public item, but no class of the statutory content.
    with pytest.raises(Refusal, match="一致"):
        services.guide_draft(unit=world.unit, member=editor, now=moment(15))


def test_a_second_call_continues_the_same_draft(world: World) -> None:
    world.public("functions")
    editor = member(world.editor())
    first = services.guide_draft(unit=world.unit, member=editor, now=moment(12))
    world.public("notice", now=moment(13))
    second = services.guide_draft(unit=world.unit, member=editor, now=moment(14))
    assert first.pk == second.pk
    assert not second.change_note


@pytest.mark.parametrize("role", [r for r in Role.values if r != Role.EDITOR])
@pytest.mark.parametrize("act", ["guide", "draft", "confirm"])
def test_only_an_editor_of_the_unit_acts(world: World, role: str, act: str) -> None:
    item = world.public("functions")
    person = member(user_with(role, world.unit))
    with pytest.raises(PermissionRefused):
        if act == "guide":
            services.guide_draft(unit=world.unit, member=person, now=moment(12))
        elif act == "draft":
            part = PART_KEYS["system"]
            services.part_draft(unit=world.unit, part=part, member=person, now=moment(12))
        else:
            services.part_confirm(item_id=item.pk, member=person, now=moment(12))


@pytest.mark.parametrize("act", ["guide", "draft", "confirm"])
def test_a_stranger_finds_nothing(world: World, act: str) -> None:
    item = world.public("functions")
    stranger = member(user_with("editor", world.city.bureau_b))
    with pytest.raises(NotVisible):
        if act == "guide":
            services.guide_draft(unit=world.unit, member=stranger, now=moment(12))
        elif act == "draft":
            part = PART_KEYS["system"]
            services.part_draft(unit=world.unit, part=part, member=stranger, now=moment(12))
        else:
            services.part_confirm(item_id=item.pk, member=stranger, now=moment(12))


@pytest.mark.parametrize("part", [p for p in PARTS if p.key != "guide"], ids=lambda p: p.key)
def test_each_part_can_be_begun(world: World, part: Any) -> None:
    item = services.part_draft(
        unit=world.unit, part=part, member=member(world.editor()), now=moment(12)
    )
    assert item.kind.key == part.kind
    assert world.unit.full_name in item.title
    assert states(world)[part.key].act == "continue"
    if part.key == "report":
        assert item.facts["year"] == "2021"


def test_drafting_the_guide_goes_through_the_generator(world: World) -> None:
    world.public("functions")
    item = services.part_draft(
        unit=world.unit, part=PART_KEYS["guide"], member=member(world.editor()), now=moment(12)
    )
    assert item.facts["address"] == WHOLE["address"]


@pytest.mark.parametrize("key", ["overview", "functions"])
@pytest.mark.parametrize("public", [True, False])
def test_there_is_one_of_each_standing_part(world: World, key: str, public: bool) -> None:
    if public:
        world.public(key)
    else:
        world.draft(key)
    with pytest.raises(Refusal, match="已经有"):
        services.part_draft(
            unit=world.unit, part=PART_KEYS[key], member=member(world.editor()), now=moment(12)
        )


def test_leaders_and_rules_may_be_several(world: World) -> None:
    world.public("leader")
    for key in ("leaders", "system"):
        services.part_draft(
            unit=world.unit, part=PART_KEYS[key], member=member(world.editor()), now=moment(12)
        )


def test_after_a_withdrawal_a_new_one_may_be_begun(world: World) -> None:
    item = world.public("overview")
    publishing.item_withdraw(
        item_id=item.pk, category="revoked", reason="机构合并。",
        member=member(world.people[world.unit.pk]["final"]), now=moment(13),
    )  # fmt: skip
    part = PART_KEYS["overview"]
    services.part_draft(unit=world.unit, part=part, member=member(world.editor()), now=moment(14))


def test_an_ended_unit_begins_nothing(world: World) -> None:
    world.editor()
    world.unit.valid_to = DAY - timedelta(days=1)
    world.unit.save()
    with pytest.raises(Refusal, match="停用"):
        services.part_draft(
            unit=world.unit, part=PART_KEYS["system"], member=member(world.editor()),
            now=moment(12),
        )  # fmt: skip


def test_confirming_begins_the_review_year_anew(world: World) -> None:
    item = world.public("overview")
    Item.objects.filter(pk=item.pk).update(reviewed_on=DAY - timedelta(days=400))
    assert states(world)["overview"].act == "confirm"
    services.part_confirm(item_id=item.pk, member=member(world.editor()), now=moment(12))
    found = states(world)["overview"]
    assert (found.word, found.reviewed_on) == ("正常", DAY)
    assert Fact.objects.filter(action="publishing.item.reviewed", subject_id=item.pk).count() == 1


def test_what_is_wrong_cannot_be_confirmed(world: World) -> None:
    functions = world.public("functions")
    guide = world.guide()
    world.change(functions, facts={**WHOLE, "phone": "0731-88660077"})
    with pytest.raises(Refusal, match="联系电话"):
        services.part_confirm(item_id=guide.pk, member=member(world.editor()), now=moment(15))


@pytest.mark.parametrize("kind", ["notice", "annual_report"])
def test_what_is_not_reviewed_yearly_cannot_be_confirmed(world: World, kind: str) -> None:
    item = world.public(kind)
    with pytest.raises(Refusal, match="核对"):
        services.part_confirm(item_id=item.pk, member=member(world.editor()), now=moment(12))


def test_a_draft_cannot_be_confirmed(world: World) -> None:
    item = world.draft("overview")
    with pytest.raises(Refusal, match="没有公开"):
        services.part_confirm(item_id=item.pk, member=member(world.editor()), now=moment(12))


def test_a_missing_item_cannot_be_confirmed(world: World) -> None:
    with pytest.raises(NotVisible):
        services.part_confirm(item_id=987654, member=member(world.editor()), now=moment(12))


def test_a_whole_profile_has_no_findings(world: World) -> None:
    world.whole()
    profile = selectors.profiles_of([world.unit])[world.unit.pk]
    assert profile_state(profile, DAY).findings == ()


def test_article_12_the_directory_names_rows_without_summary(world: World) -> None:
    world.public("notice", summary="")
    [finding] = selectors.directory_gaps(world.unit)
    assert finding.field == "summary" and "1 条" in finding.message


def test_many_units_cost_what_one_does(world: World, django_assert_num_queries: Any) -> None:
    world.whole()
    city = world.city
    units = [city.bureau_a, city.bureau_b, city.office, city.district_1, city.district_2]
    with django_assert_num_queries(5):
        rows = selectors.states_of(units, DAY)
    assert rows[-1][0] == world.unit
