"""The fifteen ways other governments write the same thing, in texts of our own.

Numbers in the test names are the groups of the domain notes on the ledger (10.3).
"""

from gongkai.core.documents import read_document
from gongkai.ledger.parsing import ParsedPlan, parse_work_points
from gongkai.ledger.tests.parsing_helpers import (
    REGISTER,
    check_invariants,
    docx_table,
    page_pdf,
    parse,
)


def codes(plan: ParsedPlan) -> set[str]:
    return {problem.code for problem in plan.problems}


def parse_bytes(data: bytes, name: str) -> ParsedPlan:
    document = read_document(data, name)
    plan = parse_work_points(document)
    check_invariants(document, plan)
    return plan


def parse_html(body: str) -> ParsedPlan:
    page = f"<!DOCTYPE html><html><head><title>x</title></head><body>{body}</body></html>"
    return parse_bytes(page.encode(), "分工表.html")


# -- 1 --------------------------------------------------------------------------------------------
DEFAULT = """关于印发《某省2022年政务公开工作要点》的通知
某政办发〔2022〕9号
各市州、县市区人民政府，省政府各厅委：
某省2022年政务公开工作要点
一、突出重点领域
（一）公开市场规则。公布市场准入规则，方便企业查询。（省发展改革委牵头，省商务厅、省市场监管局按职责分工负责。各市州、县市区人民政府均为责任单位，下同）
（二）公开税费优惠。发布税费优惠清单。（省财政厅、省税务局牵头，省工业和信息化厅按职责分工负责）
二、做好保障
（三）建设公开队伍。组织业务轮训。（省政府办公厅牵头）
"""


def test_1_a_sentence_in_one_bracket_makes_all_localities_responsible_from_there_on() -> None:
    plan = parse(DEFAULT)
    assert plan.default_responsible == ["各市州、县市区人民政府"]
    assert plan.items[0].lead == ["省发展改革委"]
    assert plan.items[0].responsible == ["省商务厅", "省市场监管局", "各市州、县市区人民政府"]
    for item in plan.items:
        assert item.responsible[-1:] == plan.default_responsible
        assert item.inherited == plan.default_responsible
    assert plan.items[2].lead == ["省政府办公厅"]
    assert "default_responsible" in codes(plan)


def test_1_a_default_after_the_bracket_starts_at_its_own_point() -> None:
    plan = parse(
        "某市2022年政务公开工作要点\n"
        "（一）公开目录。公布目录。（市财政局负责）\n"
        "（二）公开预算。公布预算。（市财政局负责）各县市区人民政府均为以下任务的责任单位。\n"
        "（三）公开决算。公布决算。（市财政局负责）\n"
    )
    assert [item.inherited for item in plan.items] == [
        [],
        ["各县市区人民政府"],
        ["各县市区人民政府"],
    ]
    assert plan.items[1].text == "公布预算。"


# -- 2 --------------------------------------------------------------------------------------------
def test_2_a_new_area_heads_the_addressees_and_numbers_restart_in_each_section() -> None:
    plan = parse(
        "关于印发《长沙市2023年政务公开工作要点》的通知\n"
        "长政务公开办发〔2023〕2号\n"
        "湖南湘江新区管委会，市直各单位，各区县（市）人民政府、园区管委会：\n"
        "现将要点发给你们。\n"
        "长沙市2023年政务公开工作要点\n"
        "一、公开重点信息\n"
        "（一）公开项目。发布项目清单。（市发展改革委牵头，各区县（市）人民政府负责）\n"
        "（二）公开资金。公布资金去向。（市财政局牵头，各区县（市）人民政府负责）\n"
        "二、夯实基础\n"
        "（一）建好专栏。更新专栏栏目。（市数据资源局牵头，各区县（市）人民政府负责）\n"
    )
    assert plan.addressees[0] == "湖南湘江新区管委会"
    assert plan.reference_addressees == ["湖南湘江新区管委会", "园区管委会"]
    assert (plan.year, plan.doc_no) == (2023, "长政务公开办发〔2023〕2号")
    assert plan.numbering == "per_section"
    assert [item.no for item in plan.items] == [1, 2, 3]
    assert [item.label for item in plan.items] == ["（一）", "（二）", "（一）"]
    assert [item.section_no for item in plan.items] == [1, 1, 2]


# -- 3 --------------------------------------------------------------------------------------------
FOUR_COLUMNS = """
<h1>某市2022年政务公开工作任务分工</h1>
<table>
<tr><th>工作任务</th><th>具体措施</th><th>责任单位</th><th>完成时限</th></tr>
<tr><td rowspan="2">一、公开涉企信息</td>
    <td>1.编制涉企政策清单，11月底前在门户网站集中发布。</td>
    <td>市工业和信息化局牵头，市商务局、市税务局按职能分工落实</td><td>2022年底前</td></tr>
<tr><td>2.公开办税指引，推送优惠政策。</td>
    <td>市税务局牵头，各县（区）人民政府按职能分工落实</td><td>2022年底前</td></tr>
<tr><td>二、公开民生信息</td><td>3.公布就业服务目录。</td>
    <td>市人力资源社会保障局牵头，市教育局按职能分工落实</td><td>2022年9月</td></tr>
</table>
"""


def test_3_four_column_table_with_leads_inside_the_cell_and_an_earlier_date_in_the_measure() -> (
    None
):
    plan = parse_html(FOUR_COLUMNS)
    first, second, third = plan.items
    assert [item.no for item in plan.items] == [1, 2, 3]
    assert plan.numbering == "table"
    assert (first.section, second.section) == ("公开涉企信息", "公开涉企信息")
    assert first.lead == ["市工业和信息化局"]
    assert first.responsible == ["市商务局", "市税务局"]
    assert second.responsible == ["各县（区）人民政府"]
    assert [d.date for d in first.deadlines] == ["2022-11-30", "2022-12-31"]
    assert first.deadlines[0].precision == "month"
    (task,) = first.tasks
    assert task.deadline is not None
    assert task.deadline.date == "2022-11-30", "the date in the measure is nearer than the column"
    assert second.tasks[0].deadline is not None
    assert second.tasks[0].deadline.date == "2022-12-31"
    assert third.deadlines[0].date == "2022-09-30"
    assert third.title == "公开民生信息"


# -- 4 --------------------------------------------------------------------------------------------
def test_4_docx_table_with_merged_cells_ongoing_duties_and_lead_with_counties_in_one_cell() -> None:
    rows = [
        ["序号", "重点任务", "工作内容", "责任单位", "时限要求"],
        [
            "1",
            "推进决策公开",
            "公布重大决策事项目录。",
            "市司法局牵头，各县市区政府",
            "2022年6月底前",
        ],
        ["2", "", "发布会议议定事项。", "", "持续推进"],
        ["3", "推进执行公开", "公开重点任务进展。", "市政府督查室", "每季度"],
    ]
    plan = parse_bytes(docx_table(rows, [(1, 1, 2, 1), (1, 3, 2, 3)]), "清单.docx")
    first, second, third = plan.items
    assert [item.no for item in plan.items] == [1, 2, 3]
    assert first.section == second.section == "推进决策公开"
    for item in (first, second):
        assert item.lead == ["市司法局"]
        assert item.responsible == ["各县市区政府"]
    assert not any(issue.code == "inherited_cell" for issue in second.issues)
    assert second.ongoing
    assert (second.deadlines[0].raw, second.deadlines[0].recurs) == ("持续推进", "ongoing")
    assert second.deadlines[0].date is None
    assert (third.responsible, third.deadlines[0].recurs) == (["市政府督查室"], "quarterly")


# -- 5 --------------------------------------------------------------------------------------------
LEAD_COLUMNS = """
<p>某区2021年政务公开工作任务分解表</p>
<table>
<tr><td>序号</td><td>工作任务</td><td>牵头单位</td><td>责任单位</td></tr>
<tr><td>1</td><td>公开教育招生信息。</td><td rowspan="2">区教育局</td><td>各镇（街道）</td></tr>
<tr><td>2</td><td>公开学区划分信息。</td><td>区教育局、各镇（街道）</td></tr>
<tr><td>3</td><td>公开食品安全抽检信息。</td><td>区市场监管局</td><td>区卫生健康局</td></tr>
<tr><td>4</td><td>公布抽检不合格产品。</td><td></td><td></td></tr>
</table>
"""


def test_5_lead_and_responsible_columns_with_rowspan_and_rows_left_empty() -> None:
    plan = parse_html(LEAD_COLUMNS)
    assert [item.lead for item in plan.items] == [
        ["区教育局"],
        ["区教育局"],
        ["区市场监管局"],
        ["区市场监管局"],
    ]
    assert plan.items[1].responsible == ["各镇（街道）"]
    assert plan.items[3].responsible == ["区卫生健康局"]
    assert [issue.code for issue in plan.items[3].issues] == ["inherited_cell", "inherited_cell"]
    assert plan.items[3].confidence < plan.items[2].confidence
    assert plan.items[1].issues == []


# -- 6 --------------------------------------------------------------------------------------------
def test_6_three_labelled_lines_per_point_with_a_deadline_that_goes_on() -> None:
    plan = parse(
        "某市政务公开任务分工方案\n某政办函〔2018〕3号\n"
        "1.完善公开目录。编制并发布主动公开目录。\n"
        "牵头单位：市政府办公厅\n责任单位：市各委办局、各区政府\n完成时限：2018年底前完成并持续落实\n"
        "2.开展政策解读。发布解读材料。\n"
        "牵头单位：市政府新闻办\n完成时限：2018年6月\n"
    )
    first, second = plan.items
    assert first.lead == ["市政府办公厅"]
    assert first.responsible == ["市各委办局", "各区政府"]
    (deadline,) = first.deadlines
    assert (deadline.date, deadline.precision, deadline.ongoing) == ("2018-12-31", "year", True)
    assert first.ongoing
    assert first.tasks[0].deadline == deadline, "the deadline of the point applies to its task"
    assert (second.lead, second.responsible) == (["市政府新闻办"], [])
    assert (second.deadlines[0].date, second.deadlines[0].precision) == ("2018-06-30", "month")
    assert first.text == "编制并发布主动公开目录。"


# -- 7 --------------------------------------------------------------------------------------------
def test_7_month_precision_inside_the_bracket_and_arabic_points_under_groups() -> None:
    plan = parse(
        "某区2022年政务公开工作要点\n一、公开重点\n（一）公开优化营商环境信息\n"
        "1.公布办事指南。梳理并公布高频事项。（区政务服务局负责落实，完成时限：2022年10月）\n"
        "2.公开政策兑现情况。（区发展改革委、区投资促进局负责落实，完成时限：2022年12月）\n"
        "（二）公开城市更新信息\n"
        "1.公开拆改项目。发布项目进展。（区住房城市建设委牵头，全区各部门、各街道负责落实）\n"
    )
    assert [item.path[-1] for item in plan.items] == [
        "（一）公开优化营商环境信息",
        "（一）公开优化营商环境信息",
        "（二）公开城市更新信息",
    ]
    assert plan.items[0].section == "公开重点"
    (deadline,) = plan.items[0].deadlines
    assert (deadline.date, deadline.precision) == ("2022-10-31", "month")
    assert plan.items[0].responsible == ["区政务服务局"]
    assert plan.items[1].responsible == ["区发展改革委", "区投资促进局"]
    assert plan.items[2].lead == ["区住房城市建设委"]
    assert plan.items[2].responsible == ["全区各部门", "各街道"]


# -- 8 --------------------------------------------------------------------------------------------
def test_8_role_word_in_front_open_list_and_group_membership() -> None:
    plan = parse(
        "某区2022年政务公开工作要点\n"
        "（一）办好主题活动。组织政府开放日。（责任单位：区政府办、区行政审批局等区政务公开领导小组成员单位，各乡、街办、管理处）\n"
        "（二）公布服务热线。公布热线号码。（责任单位：区信访局）\n"
    )
    first, second = plan.items
    assert first.responsible == [
        "区政府办",
        "区行政审批局",
        "区政务公开领导小组成员单位",
        "各乡、街办、管理处",
    ]
    assert first.open_list
    assert "open_list" in [issue.code for issue in first.issues]
    assert first.confidence < second.confidence == 1.0
    assert first.to_be_named == ["区政务公开领导小组成员单位"]


# -- 9 --------------------------------------------------------------------------------------------
def test_9_three_column_plan_with_separate_leads_and_units_outside_the_city() -> None:
    rows = [
        ["目标任务", "主要内容", "责任单位"],
        [
            "推进金融信息公开",
            "公开融资服务信息。",
            "人民银行某市中心支行、某市银保监分局分别牵头落实",
        ],
        ["推进税收信息公开", "发布办税指南。", "市税务局牵头，市财政局配合"],
    ]
    plan = parse_bytes(docx_table(rows, []), "方案.docx")
    assert plan.items[0].title == "推进金融信息公开"
    assert plan.items[0].lead == ["人民银行某市中心支行", "某市银保监分局"]
    assert plan.items[1].lead == ["市税务局"]
    assert plan.items[1].responsible == ["市财政局"]
    assert [duty.word for duty in plan.items[1].duties] == ["牵头", "配合"]


# -- 10 -------------------------------------------------------------------------------------------
def test_10_one_bracket_with_time_lead_units_and_an_alias_declared_in_the_text() -> None:
    plan = parse(
        "某市2022年政务公开工作要点\n"
        "（一）规范专栏。统一专栏栏目。（责任时限：2022年8月底前；牵头单位：市政府办公室；责任单位：市直各部门，甲县、乙县、丙区人民政府（以下统称各县（区）政府））\n"
        "（二）公布清单。发布清单。（责任时限：2022年9月底前；牵头单位：市司法局；责任单位：各县（区）政府）\n"
    )
    first, second = plan.items
    assert first.lead == ["市政府办公室"]
    assert first.responsible == ["市直各部门", "甲县", "乙县", "丙区人民政府"]
    assert [d.date for d in first.deadlines] == ["2022-08-31"]
    assert plan.aliases == {"各县（区）政府": ["甲县", "乙县", "丙区人民政府"]}
    assert second.responsible == ["各县（区）政府"]
    assert (second.lead, second.deadlines[0].date) == (["市司法局"], "2022-09-30")


def test_10_a_declared_alias_leads_to_the_units_it_stands_for() -> None:
    text = (
        "某市2022年政务公开工作要点\n"
        "（一）公布甲。公布甲。（责任单位：市发展和改革委员会（以下简称发改部门））\n"
        "（二）公布乙。公布乙。（责任单位：发改部门）\n"
    )
    plan = parse(text, units=REGISTER)
    assert plan.aliases == {"发改部门": ["市发展和改革委员会"]}
    assert plan.items[1].responsible == ["发改部门"]
    assert plan.items[1].responsible_units == ["市发展改革委"]


# -- 11 -------------------------------------------------------------------------------------------
def test_11_national_bodies_in_the_bracket() -> None:
    plan = parse(
        "关于全面推进政务公开工作的实施细则\n"
        "一、推进决策公开\n"
        "（一）公布决策事项目录。编制目录并向社会公布。（国务院办公厅牵头，国家发展改革委、司法部、中国人民银行等部门和单位按职责分工负责）\n"
    )
    (item,) = plan.items
    assert item.lead == ["国务院办公厅"]
    assert item.responsible == ["国家发展改革委", "司法部", "中国人民银行"]
    assert item.open_list


def test_11_pinyin_inserted_after_characters_is_removed_and_reported() -> None:
    noisy = (
        "某市2022年政zheng务wu公gong开kai工gong作zuo要点\n"
        "（一）公gōng布bù补bǔ贴tiē目录。公gong布bu目录，使用H5和APP推送。（市财cai政zheng局ju牵头，市农业农村局负责）\n"
    )
    plan = parse(noisy)
    (item,) = plan.items
    assert plan.title == "某市2022年政务公开工作要点"
    assert item.title == "公布补贴目录"
    assert item.text == "公布目录，使用H5和APP推送。"
    assert item.lead == ["市财政局"]
    assert {edit.kind for edit in item.edits} == {"pinyin"}
    assert "gong" in item.raw
    assert "pinyin_removed" in codes(plan)
    assert item.confidence < 1.0


# -- 12 -------------------------------------------------------------------------------------------
def test_12_arabic_numbers_running_through_all_sections_are_kept() -> None:
    plan = parse(
        "某省2022年政务公开工作要点\n一、公开重点\n"
        "1.公开规划。发布规划文本。（省发展改革委负责）\n2.公开预算。公布预算。（省财政厅负责）\n"
        "二、夯实基础\n3.规范专栏。清理栏目。（省政府办公厅负责）\n"
        "三、做好保障\n4.组织培训。举办培训班。（省政府办公厅负责）\n"
    )
    assert plan.numbering == "continuous"
    assert [(item.no, item.section_no) for item in plan.items] == [(1, 1), (2, 1), (3, 2), (4, 3)]
    assert not codes(plan)


# -- 13 -------------------------------------------------------------------------------------------
def test_13_notice_with_the_table_in_a_pdf() -> None:
    plan = parse_bytes(
        page_pdf(
            "<p class='title'>某县2019年政务公开任务分解表</p>"
            "<p>现将任务分解表发给你们，请认真组织实施，按时限完成各项工作任务。</p>"
            "<table><tr><th>序号</th><th>工作任务</th><th>责任单位</th><th>完成时限</th></tr>"
            "<tr><td>1</td><td>编制公开事项标准目录，并在县政府门户网站和各乡镇政务服务中心同步公布。</td>"
            "<td>县政务服务中心牵头，各乡镇、街道办事处配合</td><td>年底前</td></tr>"
            "<tr><td>2</td><td>公布扶贫资金使用情况。</td><td rowspan='2'>县扶贫办、县财政局</td>"
            "<td>6月底前</td></tr><tr><td>3</td><td>公布扶贫项目。</td><td>长期坚持</td></tr></table>"
        ),
        "分解表.pdf",
    )
    assert plan.title == "某县2019年政务公开任务分解表"
    assert [item.no for item in plan.items] == [1, 2, 3]
    assert plan.items[0].lead == ["县政务服务中心"]
    assert plan.items[0].responsible == ["各乡镇、街道办事处"]
    assert [item.deadlines[0].date for item in plan.items] == ["2019-12-31", "2019-06-30", None]
    assert plan.items[1].responsible == plan.items[2].responsible == ["县扶贫办", "县财政局"]
    assert plan.items[2].ongoing


def test_13_offices_within_one_bureau_and_year_end_without_a_year() -> None:
    plan = parse(
        "某市信访局2022年政务公开工作要点\n"
        "（一）公开机构信息。更新机构职能。（责任科室：办公室）\n"
        "（二）公开办理结果。年底前公布办理统计。（责任科室：办信科、接访科）\n"
    )
    assert plan.items[0].responsible == ["办公室"]
    assert plan.items[1].responsible == ["办信科", "接访科"]
    (deadline,) = plan.items[1].deadlines
    assert (deadline.date, deadline.precision, deadline.raw) == ("2022-12-31", "year", "年底前")


def test_13_the_year_may_be_given_when_the_document_has_none() -> None:
    text = "政务公开工作要点\n（一）公布清单。年底前公布清单。（责任科室：办公室）\n"
    without = parse(text)
    assert without.items[0].deadlines[0].date is None
    assert {"no_year", "bad_date"} <= codes(without)
    assert parse(text, year=2021).items[0].deadlines[0].date == "2021-12-31"


# -- 14 -------------------------------------------------------------------------------------------
PROSE = """某区2017年政务公开工作要点
一、推进重点领域公开
公开征地补偿标准，及时更新补偿方案。同步公布征地进度，方便群众查询。
二、推进平台建设
改版门户网站，增设公开栏目，提高检索效率。
三、推进制度建设
健全考核制度，每半年通报一次公开情况。
"""


def test_14_prose_without_units_gives_points_for_assignment_by_hand() -> None:
    plan = parse(PROSE)
    assert [item.title for item in plan.items] == [
        "推进重点领域公开",
        "推进平台建设",
        "推进制度建设",
    ]
    assert "no_units" in codes(plan)
    for item in plan.items:
        assert item.confidence <= 0.5
        assert not (item.lead or item.responsible or item.role)
        assert "no_units" in [issue.code for issue in item.issues]
    assert plan.items[2].deadlines[0].recurs == "half_yearly"


def test_14_prose_with_deeper_arabic_items_takes_the_deepest_points() -> None:
    plan = parse(
        "某区2023年政务公开工作要点\n一、公开重点\n（一）公开民生信息\n"
        "1.公开就业信息。发布岗位信息。\n2.公开住房信息。公布房源。\n（二）公开财政信息\n"
        "1.公开预算。公布预算。\n"
    )
    assert [item.title for item in plan.items] == ["公开就业信息", "公开住房信息", "公开预算"]
    assert all(item.confidence <= 0.5 for item in plan.items)
    assert "no_units" in codes(plan)


def test_14_a_plain_letter_has_no_points_and_says_so() -> None:
    plan = parse(
        "某单位的来信\n各位同事：\n本周五下午召开例会，请准时参加，并带上各自的工作材料。\n谢谢大家。"
    )
    assert plan.items == []
    assert "no_points" in codes(plan)
    message = next(p.message for p in plan.problems if p.code == "no_points")
    assert "手工录入" in message


# -- 15 -------------------------------------------------------------------------------------------
def test_15_government_work_report_split_ignores_the_names_of_leaders() -> None:
    rows = [
        ["目标任务", "责任领导", "牵头单位", "责任单位"],
        ["新建公园三处并公布名单", "甲某某", "市园林局", "市财政局\n市自然资源规划局"],
        ["改造老旧小区并公示方案", "乙某某", "市住房和城乡建设局", "各区县（市）政府"],
    ]
    plan = parse_bytes(docx_table(rows, []), "分解.docx")
    assert plan.items[0].lead == ["市园林局"]
    assert plan.items[0].responsible == ["市财政局", "市自然资源规划局"]
    assert plan.items[1].lead == ["市住房和城乡建设局"]
    assert "person_column_ignored" in codes(plan)
    for item in plan.items:
        assert "某某" not in " ".join([*item.lead, *item.responsible, item.title, item.text])


def test_15_inverted_split_with_the_lead_in_the_first_column_over_many_rows() -> None:
    plan = parse_html(
        "<p>某市工作报告任务分解</p><table>"
        "<tr><th>牵头单位</th><th>目标任务</th><th>责任单位</th></tr>"
        "<tr><td rowspan='3'>市发展改革委</td><td>公布重大项目清单。</td><td>市财政局</td></tr>"
        "<tr><td>公布投资计划。</td><td>市统计局</td></tr>"
        "<tr><td>公布价格监测信息。</td><td>市商务局</td></tr>"
        "<tr><td>市教育局</td><td>公布招生计划。</td><td>各区县（市）政府</td></tr></table>"
    )
    assert [item.lead for item in plan.items] == [["市发展改革委"]] * 3 + [["市教育局"]]
    assert [item.responsible for item in plan.items] == [
        ["市财政局"],
        ["市统计局"],
        ["市商务局"],
        ["各区县（市）政府"],
    ]
    assert [item.no for item in plan.items] == [1, 2, 3, 4]
