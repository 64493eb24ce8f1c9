"""Synonyms: who keeps them, what is refused, what is loaded, what the desk shows, what is found."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused
from gongkai.organisations.enums import Role
from gongkai.organisations.models import UnitAlias
from gongkai.search import asking, finding, selectors, synonyms, vocabulary, writing
from gongkai.search.entries import PUBLIC
from gongkai.search.models import SynonymGroup, SynonymWord
from gongkai.search.rules_query import parse
from gongkai.search.rules_spelling import suggest_correction
from gongkai.search.rules_synonyms import Group
from gongkai.search.rules_vocabulary import Vocabulary
from gongkai.search.tests.world import fill, shelf
from tests.factories import DAY, City, UnitFactory, make_city, member, moment, user_with
from tests.screens import html, queries, refused, sign_in, stop_clock, words

ROBOT = Actor.system("test")
LIST = "/desk/search/synonyms/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def keeper(city: City) -> Any:
    return user_with(Role.SUPERVISOR, city.office)


@pytest.fixture
def desk(keeper: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    stop_clock(monkeypatch)
    return sign_in(keeper)


@pytest.fixture
def indexed() -> Iterator[None]:
    with shelf() as things:
        fill(things)
        writing.rebuild(PUBLIC)
        yield


def save(keeper: Any, *said: str, **more: Any) -> SynonymGroup:
    given: dict[str, Any] = {"one_way": False, "now": moment(), **more}
    return synonyms.group_save(words=said, member=member(keeper), **given)


def texts(group: SynonymGroup) -> list[str]:
    return list(group.words.order_by("place").values_list("text", flat=True))


def test_a_group_is_added_and_changed_with_facts(keeper: Any, city: City) -> None:
    group = save(keeper, "公积金", " 住房公积金 ", "", note="热线常问")
    assert texts(group) == ["公积金", "住房公积金"]
    save(keeper, "公积金", "住房公积金", "公积金账户", group_id=group.pk, one_way=True)
    found = facts.trail("synonym_group", group.pk)
    assert [fact.action for fact in found] == [synonyms.ADDED, synonyms.CHANGED]
    assert found[0].unit_id == city.office.pk
    assert found[1].details["before"]["words"] == ["公积金", "住房公积金"]
    assert found[1].details["after"]["one_way"] is True
    assert texts(group) == ["公积金", "住房公积金", "公积金账户"]


def test_what_is_unchanged_writes_nothing(keeper: Any) -> None:
    group = save(keeper, "公积金", "住房公积金")
    save(keeper, "公积金", "住房公积金", group_id=group.pk, now=moment(11))
    assert len(facts.trail("synonym_group", group.pk)) == 1
    group.refresh_from_db()
    assert group.changed_at == moment()


def test_a_word_stands_in_one_group(keeper: Any) -> None:
    save(keeper, "公积金", "住房公积金")
    with pytest.raises(InvalidInput, match="已经在“公积金”这一组里"):
        save(keeper, "住房公積金", "房贷")
    assert SynonymGroup.objects.count() == 1


def test_a_word_of_a_group_that_is_off_is_still_taken(keeper: Any) -> None:
    group = save(keeper, "公积金", "住房公积金")
    synonyms.group_switch(group_id=group.pk, active=False, member=member(keeper), now=moment())
    with pytest.raises(InvalidInput, match="已停用"):
        save(keeper, "公积金", "房贷")


def test_every_wrong_word_is_named(keeper: Any) -> None:
    with pytest.raises(InvalidInput) as wrong:
        save(keeper, "金", "公积金", "公积金")
    assert len(wrong.value.fields["words"]) == 2


@pytest.mark.parametrize("role", [r for r in Role.values if r != "supervisor"])
def test_only_the_citys_office_keeps_synonyms(city: City, role: str) -> None:
    for person in (user_with(role, city.office), user_with("supervisor", city.district_1)):
        with pytest.raises(PermissionRefused, match="市级政务公开主管"):
            save(person, "公积金", "住房公积金")
        with pytest.raises(PermissionRefused):
            synonyms.group_switch(group_id=1, active=False, member=member(person), now=moment())


def test_switching_is_a_fact_once(keeper: Any) -> None:
    group = save(keeper, "公积金", "住房公积金")
    for _ in range(2):
        synonyms.group_switch(group_id=group.pk, active=False, member=member(keeper), now=moment())
    assert [f.action for f in facts.trail("synonym_group", group.pk)] == [
        synonyms.ADDED,
        synonyms.SWITCHED,
    ]
    assert len(vocabulary.synonyms()) == 0 or "公积金" not in vocabulary.synonyms().words_for(
        ["公积金"]
    )


def test_what_is_not_there_is_missing(keeper: Any) -> None:
    with pytest.raises(NotVisible):
        save(keeper, "公积金", "住房公积金", group_id=77)
    with pytest.raises(NotVisible):
        synonyms.group_switch(group_id=77, active=True, member=member(keeper), now=moment())


def load(path: Path | None = None) -> int:
    more = {"path": path} if path else {}
    return synonyms.load_synonyms(now=moment(), actor=ROBOT, **more)


def test_the_platforms_list_is_loaded_whole_and_again() -> None:
    entries = json.loads(synonyms.REFERENCE.read_text(encoding="utf-8"))
    assert len(entries) > 100
    assert load() == len(entries) == SynonymGroup.objects.count()
    facts_before = len(facts.trail("search", synonyms.REFERENCE.name))
    assert load() == len(entries)
    assert len(facts.trail("search", synonyms.REFERENCE.name)) == facts_before == 1
    assert SynonymWord.objects.count() == sum(len(e["words"]) for e in entries)


def test_loading_leaves_what_staff_did(keeper: Any, tmp_path: Path) -> None:
    first = tmp_path / "synonyms.json"
    first.write_text('[{"words": ["公积金", "住房公积金"]}, {"words": ["社保", "社会保险"]}]')
    load(first)
    own = save(keeper, "医保", "医疗保险")
    changed = SynonymGroup.objects.get(key="社保")
    save(keeper, "社保", "社会保险", "五险", group_id=changed.pk)
    first.write_text(
        '[{"words": ["公积金", "住房公积金", "房积金"]}, {"words": ["社保", "保险"]},'
        ' {"words": ["基本医保", "医保"]}, {"words": ["低保", "最低生活保障"], "one_way": true}]'
    )
    assert load(first) == 2
    assert texts(SynonymGroup.objects.get(key="公积金")) == ["公积金", "住房公积金", "房积金"]
    assert texts(changed) == ["社保", "社会保险", "五险"]
    assert texts(own) == ["医保", "医疗保险"]
    assert SynonymGroup.objects.get(key="低保").one_way


def test_names_of_units_in_time_are_synonyms(city: City) -> None:
    new = UnitFactory(short_name="市卫健委", full_name="长沙市卫生健康委员会")
    UnitFactory(
        short_name="市卫计委", full_name="长沙市卫生和计划生育委员会", ended=True, successor=new
    )
    UnitAlias.objects.create(unit=new, name="卫健部门")
    found = set(vocabulary.synonyms().words_for(["市卫计委"]))
    assert found == {"长沙市卫生和计划生育委员会", "市卫健委", "长沙市卫生健康委员会", "卫健部门"}


def test_names_that_many_bear_and_names_of_places_are_left_out(city: City) -> None:
    for number in range(vocabulary.SHARED + 1):
        unit = UnitFactory(full_name=f"第{number}区市场监管所")
        UnitAlias.objects.create(unit=unit, name="市场监管所")
        UnitAlias.objects.create(unit=unit, name=f"第{number}区")
    known = vocabulary.synonyms()
    assert known.words_for(["市场监管所"]) == ()
    assert known.words_for(["第1区"]) == ()


def test_apps_register_words_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "_SOURCES", {})
    vocabulary.register_words("test", lambda: [Group(("湘江新区", "湖南湘江新区"))])
    assert vocabulary.synonyms().words_for(["湘江新区"]) == ("湖南湘江新区",)
    assert ("湘江新区", 2.0) in vocabulary.known_words()


def found(text: str) -> list[int]:
    asked = asking.ask_of(parse(text), vocabulary.synonyms())
    rows = finding.find(PUBLIC, asked, today=DAY).rows
    return [row.stored.record[1] for row in rows if row.strict]


@pytest.mark.usefixtures("indexed")
def test_a_synonym_finds_what_the_word_alone_does_not(keeper: Any) -> None:
    assert found("廉租房 补贴") == []
    save(keeper, "廉租房", "公租房")
    assert found("廉租房 补贴") == [2]


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("长政办发[2022]13", 3),
        ("長政辦發（２０２２）１３號", 3),
        ("“住房公积金” 提取", 1),
        ("请问怎么提取公积金？", 1),
        ("《优化营商环境条例》", 7),
        ("公积金 -废止", 1),
        ("税", 6),
    ],
)
def test_what_was_typed_reaches_the_engine(typed: str, first: int) -> None:
    assert found(typed)[0] == first


@pytest.mark.parametrize(
    ("typed", "said", "keys"),
    [
        ("长政办发[2022]13 细则", ("细则", "长政办发", "2022", "13号"), ("长政办发202213号",)),
        ("2022 13号", ("2022", "13号"), ("202213号",)),
        ("市政府令150号", ("市政府令", "150号"), ("市政府令第150号", "令第150号")),
        ("CSCR—2022—01001", ("cscr—2022—01001",), ("cscr202201001",)),
        ("114301006735800977", ("114301006735800977",), ("114301006735800977",)),
    ],
)
def test_a_number_is_a_key_and_words(
    typed: str, said: tuple[str, ...], keys: tuple[str, ...]
) -> None:
    asked = asking.ask_of(parse(typed))
    assert tuple(word.text for word in asked.words) == said
    assert asked.numbers == keys


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("长政办发〔2022〕13号", "2022 13号"),
        ("长政办发〔2022〕13号", "长政办发(2022)13"),
        ("长沙市人民政府令第150号", "150号令"),
        ("CSCR—2022—01001", "cscr-2022-01001"),
        ("114301006735800977/2022-00001", "114301006735800977/2022-1"),
    ],
)
def test_a_source_enters_what_is_asked_for(stored: str, typed: str) -> None:
    assert set(asking.ask_of(parse(typed)).numbers) & set(asking.index_keys(stored))


@pytest.mark.usefixtures("indexed")
def test_a_number_that_no_record_bears_is_found_where_it_is_mentioned() -> None:
    assert found("2022 13号") == [5]


@pytest.mark.usefixtures("indexed")
def test_corrections_count_with_the_engine() -> None:
    counter = asking.counter(PUBLIC)
    assert counter("公积金") == 2
    assert counter("公鸡金") == counter("") == counter("****") == 0
    assert counter("税") == 1
    known = Vocabulary.build([("住房公积金", 2.0), ("公积金", 3.0), ("优化营商环境", 2.0)])
    assert suggest_correction("公鸡金", known, counter) == "公积金"
    assert suggest_correction("公积金", known, counter) is None


def test_without_an_index_nothing_is_counted(monkeypatch: pytest.MonkeyPatch, keeper: Any) -> None:
    monkeypatch.setattr("gongkai.search.index.searcher", lambda space: None)
    assert asking.counter(PUBLIC)("公积金") == 0
    tried = selectors.trial_of("公积金", today=DAY)
    assert (tried.before, tried.after) == (None, None)


@pytest.mark.usefixtures("indexed")
def test_the_way_of_a_group_at_the_desk(desk: Client) -> None:
    assert "还没有同义词" in words(desk.get(LIST))
    answer = desk.post(f"{LIST}add/", {"words": "廉租房、公租房", "way": "both", "note": "热线"})
    group = SynonymGroup.objects.get()
    assert answer["Location"] == f"{LIST}{group.pk}/"
    said = words(desk.get(f"{LIST}{group.pk}/"))
    assert "廉租房公租房0条1条" in said.replace(" ", "")
    assert "全部记录" in said
    assert desk.get(f"/desk/trail/synonym_group/{group.pk}/").status_code == 200
    said = words(desk.get(LIST, {"try": "廉租房"}))
    assert "只查“廉租房”：0 条；连同义词一起查：1 条，多 1 条" in said
    assert "一起查的还有：公租房" in said
    off = desk.post(f"{LIST}{group.pk}/switch/", {})
    assert off["Location"] == f"{LIST}{group.pk}/"
    group.refresh_from_db()
    assert not group.active
    assert "已停用" in words(desk.get(LIST, {"state": "off"}))
    assert "没有这样的词组" in words(desk.get(LIST, {"state": "on"}))
    desk.post(f"{LIST}{group.pk}/switch/", {"active": "on"})
    group.refresh_from_db()
    assert group.active


def test_a_refused_form_keeps_what_was_typed(desk: Client) -> None:
    answer = desk.post(f"{LIST}add/", {"words": "金\n公积金", "way": "one", "note": "<b>说明</b>"})
    assert answer.status_code == 422
    said = html(answer)
    assert "只有一个字" in said and "金\n公积金" in said.replace("\r", "")
    assert "&lt;b&gt;说明" in said
    assert desk.post(f"{LIST}add/", {}).status_code == 422


def test_the_list_is_searched_and_paged(desk: Client) -> None:
    load()
    assert "住房公积金" in words(desk.get(LIST, {"q": "公積金"}))
    assert "没有这样的词组" in words(desk.get(LIST, {"q": "无人驾驶"}))
    assert "page=2" in html(desk.get(LIST))
    for odd in ("\x00", "%", "_", "公" * 400):
        assert desk.get(LIST, {"q": odd, "try": odd, "state": odd}).status_code == 200


def test_the_desk_costs_few_queries(desk: Client) -> None:
    load()
    few = queries(desk, LIST)
    assert few <= 12
    group = SynonymGroup.objects.get(key="公积金")
    assert queries(desk, f"{LIST}{group.pk}/") <= 12
    assert queries(desk, f"{LIST}?try=公积金") <= few + 5


def test_a_districts_office_reads_only(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch)
    load()
    client = sign_in(user_with(Role.SUPERVISOR, city.district_1))
    assert "新增一组" not in words(client.get(LIST))
    group = SynonymGroup.objects.get(key="公积金")
    assert "只由市级政务公开主管维护" in words(client.get(f"{LIST}{group.pk}/"))
    answer = client.post(f"{LIST}{group.pk}/", {"words": "公积金、房贷", "way": "both"})
    assert refused(answer, 403, "岗位权限")
    assert client.get(f"{LIST}999999/").status_code == 404


@pytest.mark.parametrize("role", [r for r in Role.values if r != "supervisor"])
def test_others_do_not_come_here(city: City, role: str) -> None:
    client = sign_in(user_with(role, city.office))
    assert refused(client.get(LIST), 403, "岗位权限")
