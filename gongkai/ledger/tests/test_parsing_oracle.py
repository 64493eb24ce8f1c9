"""The city's document, and our paraphrase of it, must parse exactly to the expected points."""

import time

import pytest

from gongkai.core.documents import SourceDocument, read_document
from gongkai.ledger.parsing import ParsedPlan, apply_edits, parse_work_points, to_json_dict
from gongkai.ledger.tests.parsing_helpers import (
    DIVISIONS,
    PARAPHRASE,
    REGISTER,
    as_docx,
    as_pdf,
    check_invariants,
    load,
    seed_file,
)

COLLECTIVE = ["市直相关单位", "各区县（市）人民政府"]
ROLE = "公共企事业单位相应行政主管部门"
LEADS: dict[int, list[str]] = {
    1: [],
    2: ["市发展改革委", "市司法局", "市商务局", "市市场监督管理局"],
    3: ["市发展改革委", "市财政局", "市税务局"],
    4: ["市发展改革委"],
    5: ["市卫生健康委", "市委宣传部"],
    6: [],
    7: ["市农业农村局"],
    8: [],
    9: ["市司法局", "市发展改革委", "市数据资源局"],
    10: ["市行政审批服务局", "市数据资源局"],
    11: ["市政府办公厅", "市行政审批服务局", "市数据资源局"],
    12: ["市行政审批服务局", "市财政局", "市数据资源局"],
    13: ["市数据资源局"],
    14: ["市行政审批服务局"],
    15: ["市行政审批服务局"],
    16: ["市行政审批服务局"],
    17: ["市行政审批服务局"],
}
SECTION_OF = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]


@pytest.fixture(params=["seed", "paraphrase"])
def source(request: pytest.FixtureRequest) -> SourceDocument:
    return load(seed_file() if request.param == "seed" else PARAPHRASE)


@pytest.fixture(params=["as it is", "docx", "pdf"])
def document(request: pytest.FixtureRequest, source: SourceDocument) -> SourceDocument:
    if request.param == "docx":
        return read_document(as_docx(source), "要点.docx")
    if request.param == "pdf":
        return read_document(as_pdf(source), "要点.pdf")
    return source


def assert_oracle(plan: ParsedPlan) -> None:
    data = to_json_dict(plan)
    assert list(data)[:5] == ["title", "doc_no", "year", "problems", "items"]
    assert data["title"] == "长沙市2022年政务公开工作要点"
    assert data["doc_no"] == "长政务公开办发〔2022〕1号"
    assert data["year"] == 2022
    assert data["issued_on"] == "2022-05-10"
    assert data["issuer"] == "长沙市政务公开政务服务工作领导小组办公室"
    assert data["addressees"] == ["市直各单位", "各区县（市）人民政府", "园区管委会"]
    assert data["reference_addressees"] == ["园区管委会"]
    assert len(data["sections"]) == 5
    assert data["numbering"] == "continuous"
    items = data["items"]
    assert [item["no"] for item in items] == list(range(1, 18))
    assert [item["section_no"] for item in items] == SECTION_OF
    assert {item["no"]: item["lead"] for item in items} == LEADS
    for item in items:
        assert item["responsible"] == ([] if item["no"] == 8 else COLLECTIVE)
        assert item["role"] == (ROLE if item["no"] == 8 else None)
        assert item["open_list"] is False
        assert "牵头" not in item["text"] or item["no"] == 15
        assert not item["text"].endswith(("负责", "负责）"))


def assert_deadlines(plan: ParsedPlan) -> None:
    by_no = {item.no: item for item in plan.items}
    assert {no for no, item in by_no.items() if item.deadlines} == {9, 13, 16}
    for no, words in ((9, "规范性文件"), (13, "适老化与无障碍改造")):
        (deadline,) = by_no[no].deadlines
        assert (deadline.date, deadline.precision) == ("2022-12-31", "year")
        assert deadline.recurs is None
        dated = [task for task in by_no[no].tasks if task.deadline is not None]
        assert len(dated) == 1
        assert words in dated[0].text
        assert dated[0].deadline == deadline
    assert not any("规章库" in t.text and t.deadline for t in by_no[9].tasks)
    assert not any("常务会议" in t.text and t.deadline for t in by_no[9].tasks)
    (yearly,) = by_no[16].deadlines
    assert (yearly.recurs, yearly.times, yearly.date) == ("yearly", 1, None)
    assert [t.text for t in by_no[16].tasks if t.deadline] == [
        t.text for t in by_no[16].tasks if "每年" in t.text
    ]


def test_section_10_2_is_met_for_text_docx_and_pdf(document: SourceDocument) -> None:
    plan = parse_work_points(document)
    check_invariants(document, plan)
    assert_oracle(plan)
    assert_deadlines(plan)


def test_register_expands_the_nine_divisions_and_leaves_市直相关单位_to_the_office(
    source: SourceDocument,
) -> None:
    plan = parse_work_points(source, units=REGISTER)
    assert_oracle(plan)
    for item in plan.items:
        if item.no == 8:
            assert (item.lead_units, item.responsible_units, item.to_be_named) == ([], [], [])
            continue
        assert item.lead_units == LEADS[item.no]
        assert tuple(item.responsible_units) == DIVISIONS
        assert item.to_be_named == ["市直相关单位"]
        assert item.unknown_units == []


def test_paraphrase_is_without_noise() -> None:
    plan = parse_work_points(load(PARAPHRASE))
    assert plan.problems == []
    assert [item.no for item in plan.items if item.edits] == []
    doubtful = {item.no: [issue.code for issue in item.issues] for item in plan.items}
    assert {no: codes for no, codes in doubtful.items() if codes} == {8: ["abstract_role"]}
    assert all(item.confidence == 1.0 for item in plan.items if item.no != 8)
    assert plan.items[8].deadlines[0].raw == "2022年年底前"
    assert plan.items[12].deadlines[0].raw == "2022年底前"


@pytest.mark.parametrize(
    ("no", "words"),
    [
        (1, "“强省会”专栏 三大支撑八项重点 市场主体倍增工程 万千百 金芙蓉 “五好”园区"),
        (2, "双随机、一公开 市场准入负面清单 外商投资 行政执法公示 反垄断 典型案例"),
        (3, "组合式减税降费 智能推送 12366 重大税收违法失信案件 联合惩戒"),
        (4, "十大基础设施项目 十大产业项目 十大技术攻关项目 反映投资审批问题"),
        (5, "联防联控 疫情防控政策措施平台 流调 隐私 谣言"),
        (6, "十大民生实事 一老一小 职业技能培训 失业保险基金 农民工工资"),
        (7, "乡村建设行动 补助资金 巩固拓展脱贫攻坚成果"),
        (8, "供水、供气、供热 公共企事业单位信息公开制度"),
        (9, "长沙市政府规章库 规范性文件 政府常务会议 政府全会 十四五 下载版式"),
        (10, "H5 在线访谈 政策问答平台 智能机器人 政策问答库 高频"),
        (11, "政务公开主题日 面对面 人大代表 问卷调查"),
        (12, "两在线 七公开 村（居）务公开栏 政策目录清单 政务公开窗口"),
        (13, "第一平台 集约化 矩阵 适老化 无障碍"),
        (14, "政府信息公开条例 保密审查 年度报告"),
        (15, "工作台账 责任单位"),
        (16, "点对点 线上答疑 集中培训"),
        (17, "湖南省政务公开评估规范 第三方评估"),
    ],
)
def test_paraphrase_keeps_every_named_place(no: int, words: str) -> None:
    item = next(item for item in parse_work_points(load(PARAPHRASE)).items if item.no == no)
    for word in words.split():
        assert word in item.clean, word
    assert len(item.clean) >= 120


def test_paraphrase_shares_no_sentence_with_the_source() -> None:
    source = parse_work_points(load(seed_file()))
    ours = parse_work_points(load(PARAPHRASE))
    theirs = {task.text.strip("。；") for item in source.items for task in item.tasks}
    assert not theirs & {task.text.strip("。；") for item in ours.items for task in item.tasks}


# -- the noise of the real document ---------------------------------------------------------------
def test_seed_noise_is_survived_and_recorded() -> None:
    document = load(seed_file())
    plan = parse_work_points(document)
    by_no = {item.no: item for item in plan.items}
    kinds = {no: [(e.kind, e.before, e.after) for e in item.edits] for no, item in by_no.items()}
    assert ("traditional", "場", "场") in kinds[2]
    assert "市场准入负面清单" in by_no[2].text
    assert "場" in by_no[2].raw
    assert ("duplicate_fragment", "务", "") in kinds[15]
    assert by_no[15].text.endswith("确保高质量完成各项工作任务。")
    assert "duplicate_fragment" in [issue.code for issue in by_no[15].issues]
    for no in (10, 12):
        assert any(kind == "join" for kind, _, _ in kinds[no])
        assert "市行政审批服务局" in by_no[no].bracket
    assert "落实“双随机、一公开”" in by_no[2].text
    assert by_no[9].deadlines[0].raw == "2022 年年底前"
    assert by_no[13].deadlines[0].raw == "2022年底前"
    assert "优化12366纳税" in by_no[3].text


def test_seed_missing_character_is_reported_but_not_invented() -> None:
    plan = parse_work_points(load(seed_file()))
    third = plan.items[2]
    assert "组式减税降费" in third.text
    assert "组合式" not in third.text
    assert [issue.code for issue in third.issues] == ["missing_character"]
    assert third.confidence < 1.0
    assert any(problem.code == "missing_character" for problem in plan.problems)


def test_seed_stray_line_and_tail_belong_to_no_point() -> None:
    plan = parse_work_points(load(seed_file()))
    assert [p.code for p in plan.problems if "办公室" in p.message] == ["stray_line"]
    for item in plan.items:
        for foreign in ("信息公开属性", "印发", "---", "\n", "##"):
            assert foreign not in item.clean
    doubtful = [item.no for item in plan.items if item.confidence < 1.0]
    assert doubtful == [3, 8, 15]


def test_a_point_parses_in_well_under_fifty_milliseconds_per_document(
    source: SourceDocument,
) -> None:
    parse_work_points(source)
    best = min(_timed(source) for _ in range(7))
    assert best < 0.05


def _timed(source: SourceDocument) -> float:
    began = time.perf_counter()
    parse_work_points(source)
    return time.perf_counter() - began


def test_clean_text_can_be_rebuilt_from_raw_text_and_edits(source: SourceDocument) -> None:
    for item in parse_work_points(source).items:
        assert apply_edits(item.raw, item.edits) == item.clean
        assert source.text[slice(*item.span)] == item.raw


# -- other shapes of the same document ------------------------------------------------------------
@pytest.mark.parametrize("width", [18, 22, 28, 35, 50])
@pytest.mark.parametrize("indent", ["　　", "  "])
def test_a_text_file_broken_at_a_fixed_width_parses_alike(
    source: SourceDocument, width: int, indent: str
) -> None:
    lines = []
    for paragraph in source.paragraphs:
        text = indent + paragraph.text
        lines += [text[i : i + width] for i in range(0, len(text), width)]
    document = read_document("\n".join(lines).encode("gb18030"), "要点.txt")
    plan = parse_work_points(document)
    check_invariants(document, plan)
    assert_oracle(plan)
    assert_deadlines(plan)


@pytest.mark.parametrize(
    ("before", "between", "after"),
    [("<p>&nbsp;&nbsp;", "</p><p>", "</p>"), ("<div>", "<br>　　", "</div>"), ("", "　　", "")],
)
def test_a_saved_web_page_parses_alike(
    source: SourceDocument, before: str, between: str, after: str
) -> None:
    body = before + between.join(paragraph.text for paragraph in source.paragraphs) + after
    page = f"<!DOCTYPE html><html><body>{body}</body></html>" if before else body
    document = read_document(page.encode(), "要点.html" if before else "要点.txt")
    plan = parse_work_points(document)
    check_invariants(document, plan)
    assert_oracle(plan)
    assert_deadlines(plan)
