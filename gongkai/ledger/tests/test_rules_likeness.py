"""Which point continues which, and which city point a district's point carries out."""

from hypothesis import given
from hypothesis import strategies as st

from gongkai.ledger.rules_likeness import Text, likeness, match_points, propose_references

TAX = Text(1, "公开税费信息", "发布新出台的减税降费政策，建立优惠政策清单并公开。", "a")
WORK = Text(2, "公开投资信息", "公布十大基础设施项目和重大项目的建设进展、投资力度。", "b")
TRAIN = Text(3, "抓好业务培训", "每年组织一次以上集中培训，开展日常指导和现场授课。", "c")
OLD = {10: TAX, 20: WORK, 30: TRAIN}


def moved(point: Text, number: int, text: str = "", digest: str = "x") -> Text:
    return Text(number, point.title, text or point.text, point.digest if not text else digest)


def test_equal_texts_are_found_under_any_number() -> None:
    new = [moved(WORK, 1), moved(TAX, 2), moved(TRAIN, 3)]
    assert match_points(OLD, new) == [20, 10, 30]


def test_two_swapped_and_one_put_in_between() -> None:
    fresh = Text(2, "建设政务公开窗口", "在政务服务大厅开设窗口，提供查阅和申请服务。", "d")
    assert match_points(OLD, [moved(WORK, 1), fresh, moved(TAX, 3), moved(TRAIN, 4)]) == [
        20, None, 10, 30,
    ]  # fmt: skip


def test_a_reworded_point_that_moved_is_recognised_by_likeness() -> None:
    new = [
        Text(7, "公开税费信息", "及时发布新出台的减税降费政策，建立优惠政策清单并按季公开。", "z")
    ]
    assert match_points(OLD, new) == [10]


def test_another_point_under_the_same_number_is_new() -> None:
    new = [Text(1, "办好村务公开栏", "以村为单位张贴补贴发放名单，留存照片备查。", "z")]
    assert match_points(OLD, new) == [None]


def test_of_two_equal_texts_the_one_with_the_same_number_is_taken() -> None:
    twice = {1: Text(1, "甲", "同样的话", "s"), 2: Text(2, "甲", "同样的话", "s")}
    assert match_points(twice, [Text(2, "甲", "同样的话", "s"), Text(1, "甲", "同样的话", "s")]) == [
        2, 1,
    ]  # fmt: skip


def test_no_points_match_nothing() -> None:
    assert match_points({}, [TAX]) == [None]
    assert match_points(OLD, []) == []


TEXTS = st.builds(
    Text,
    st.integers(1, 9),
    st.text("公开信息政策培训税", min_size=1, max_size=6),
    st.text("公开信息政策培训税费项目窗口", max_size=30),
    st.sampled_from(["", "p", "q", "r"]),
)


@given(st.lists(TEXTS, max_size=6), st.lists(TEXTS, max_size=6))
def test_each_old_point_is_used_at_most_once(old: list[Text], new: list[Text]) -> None:
    found = match_points(dict(enumerate(old)), new)
    used = [key for key in found if key is not None]
    assert len(found) == len(new) and len(used) == len(set(used))
    assert set(used) <= set(range(len(old)))


@given(TEXTS, TEXTS)
def test_likeness_is_symmetric_and_between_nought_and_one(a: Text, b: Text) -> None:
    assert 0 <= likeness(a, b) <= 1
    assert likeness(a, b) == likeness(b, a)
    if a.title and len(a.title) > 1:
        assert likeness(a, a) == 1


CITY = [
    Text(6, "加强民生领域信息公开", "着力公开高校毕业生就业、返乡创业、职业技能培训等方面信息。"),
    Text(
        12, "务实推进基层政务公开", "建设政务公开窗口，公布惠民惠农补贴政策目录清单，实行七公开。"
    ),
    Text(16, "加强业务指导", "建立学习培训制度，每年组织1次以上政务公开集中培训。"),
]


def test_a_district_point_is_proposed_for_the_city_point_it_carries_out() -> None:
    own = [
        Text(1, "公布惠民惠农补贴清单", "公布全区惠民惠农财政补贴政策清单。"),
        Text(3, "公开就业帮扶信息", "每季度公布就业帮扶、技能培训和返乡创业扶持情况。"),
    ]
    assert [(p.number, p.above) for p in propose_references(own, CITY)] == [(1, 12), (3, 6)]
    assert all(0 < p.percent <= 100 for p in propose_references(own, CITY))


def test_an_unrelated_point_gets_no_proposal() -> None:
    own = [Text(1, "整治违法停车", "对主干道乱停乱放的车辆开展巡查。")]
    assert propose_references(own, CITY) == []
    assert propose_references(own, []) == [] == propose_references([], CITY)
