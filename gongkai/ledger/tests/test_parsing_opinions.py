"""方案, 意见 and 措施: every paragraph or sentence that ends in a unit bracket is a point."""

import pytest

from gongkai.ledger.parsing import ParsedPlan
from gongkai.ledger.tests.parsing_helpers import DIVISIONS, REGISTER, parse


def codes(plan: ParsedPlan) -> set[str]:
    return {problem.code for problem in plan.problems}


def test_every_bracketed_sentence_of_an_opinion_is_a_point_with_its_own_units() -> None:
    plan = parse(
        "某省关于支持企业创新的若干措施\n一、强化主体\n"
        "（一）扶持龙头企业。对龙头企业给予补助。（责任单位：省工业和信息化厅）培育科技企业，遴选一批领军企业。（责任单位：省科技厅、省财政厅）\n"
        "（二）扩大融资。推广信用贷款。（省地方金融监管局牵头，人民银行负责）\n"
    )
    assert [(item.label, item.part) for item in plan.items] == [
        ("（一）", 1),
        ("（一）", 2),
        ("（二）", 1),
    ]
    assert [item.no for item in plan.items] == [1, 2, 3]
    assert plan.items[1].responsible == ["省科技厅", "省财政厅"]
    assert plan.items[1].text == "培育科技企业，遴选一批领军企业。"
    assert plan.items[0].title == plan.items[1].title == "扶持龙头企业"


def test_units_after_the_last_sub_point_belong_to_the_whole_point() -> None:
    plan = parse(
        "某省科普工作方案\n一、重点任务\n（一）提升科学素质。\n1.建设场馆。改造科技馆。\n"
        "2.开展活动。组织科普日活动。\n（省科协、省教育厅牵头，省妇联等部门配合）\n"
        "（二）培养人才。\n1.建立队伍。组建讲师团。\n2.完善机制。健全激励机制。\n（省委组织部牵头）\n"
    )
    assert [item.label for item in plan.items] == ["（一）", "（二）"]
    assert plan.items[0].lead == ["省科协", "省教育厅"]
    assert plan.items[0].responsible == ["省妇联"]
    assert len(plan.items[0].tasks) >= 2
    assert "shared_bracket" in [issue.code for issue in plan.items[0].issues]


@pytest.mark.parametrize(
    "sentence",
    ["排在第一位的部门为牵头部门，下同", "列首位的为牵头单位，下同", "排名第一为牵头单位"],
)
def test_the_unit_named_first_leads_where_the_document_says_so(sentence: str) -> None:
    plan = parse(
        "某市2022年工作方案\n"
        f"（一）公布甲。公布甲。（市教育局、市财政局负责，{sentence}）\n"
        "（二）公布乙。公布乙。（市民政局、市体育局负责）\n"
    )
    assert [(item.lead, item.responsible) for item in plan.items] == [
        (["市教育局"], ["市财政局"]),
        (["市民政局"], ["市体育局"]),
    ]
    assert "first_leads" in codes(plan)


def test_units_that_are_named_once_and_not_listed_again() -> None:
    plan = parse(
        "某省2022年工作措施\n"
        "（一）公布甲。公布甲。（省科技厅负责。以下均需各市县政府、高新区管委会落实，不再列出）\n"
        "（二）公布乙。公布乙。（省财政厅负责）\n"
    )
    assert plan.default_responsible == ["各市县政府", "高新区管委会"]
    assert plan.items[1].responsible == ["省财政厅", "各市县政府", "高新区管委会"]


def test_register_expands_collectives_written_in_other_ways() -> None:
    plan = parse(
        "某市2022年要点\n（一）公布甲。公布甲。（市发改委、市文化旅游广电局牵头，各区县(市)、市外事办负责）\n",
        units=REGISTER,
    )
    (item,) = plan.items
    assert item.lead == ["市发改委", "市文化旅游广电局"]
    assert item.lead_units == ["市发展改革委", "市文旅广电局"]
    assert tuple(item.responsible_units) == DIVISIONS
    assert item.unknown_units == ["市外事办"]
    assert "unknown_unit" in [issue.code for issue in item.issues]
