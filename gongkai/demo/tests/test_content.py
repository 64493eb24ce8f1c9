"""The documents of the demonstration city: every file must read like a finished document."""

import csv
import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import chinese_calendar
import pytest

from gongkai.demo.content.loader import ContentItem, attachment_csv, load_items
from gongkai.demo.content.markup import Table

PACKAGE = Path(__file__).parents[2]
ITEMS = load_items(PACKAGE / "demo" / "content" / "items")
BY_SLUG = {item.slug: item for item in ITEMS}
TODAY = date(2022, 10, 18)
FIRST_DAY = date(2022, 5, 1)
DELIBERATELY_LATE = {"ten-projects-q3", "wangcheng-ratoon-rice", "wangcheng-missing-materials"}
GENRES = {
    *("决议", "决定", "命令(令)", "公报", "公告", "通告", "意见", "通知", "通报", "报告"),
    *("请示", "批复", "议案", "函", "纪要", "其他"),
}
SECTIONS = {
    "qiangshenghui": "juece dongtai beizeng wanqianbai jinfurong wuhao",
    "yingshang": "wenjian jiedu dongtai anli",
    "jianshui": "wenjian jiedu fudao",
    "touzi": "guihua wenjian shida suqiu",
    "yiqing": "tongbao dongtai kepu cuoshi liudiao piyao",
    "minsheng": "shishi yilaoyixiao yiliao jiuye shiye",
    "xiangcun": "zhengce bangfu jianshe zijin shehui",
    "gongqi": "gongshui gongqi gongjiao jiaoyu yiliao",
    "juece": "changwu quanhui",
    "hudong": "zhengji fankui fangtan kaifang wenjuan",
    "jiceng": "chuangkou butie",
}
TOPICS = {f"{column}/{leaf}" for column, leaves in SECTIONS.items() for leaf in leaves.split()} | {
    *("guifanxing", "guizhang", "guihua", "jiedu", "pingtai", "zhidu", "peixun")
}
HAN = r"[\u4e00-\u9fff]"
NUMBER = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?|-?\d+(\.\d+)?")


def units() -> dict[str, dict[str, str]]:
    fixture = PACKAGE / "organisations" / "fixtures" / "changsha_2022.csv"
    with fixture.open(encoding="utf-8", newline="") as handle:
        return {row["code"]: row for row in csv.DictReader(handle)}


def themes() -> set[str]:
    lines = (PACKAGE / "catalogue" / "reference" / "themes.txt").read_text(encoding="utf-8")
    pairs = (line.partition("：") for line in lines.splitlines() if line.strip())
    return {f"{top}/{leaf}" for top, _, leaves in pairs for leaf in leaves.split("，")}


UNITS = units()
THEMES = themes()
all_items = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.slug)


def full_text(item: ContentItem) -> str:
    return "\n".join([item.title, item.summary, item.body, *(a.body for a in item.attachments)])


def workdays_after(start: date, end: date) -> int:
    """Working days from the day after ``start`` to ``end`` (条例 art. 26 counts these)."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(chinese_calendar.is_workday(day) for day in days)


# --- one document -----------------------------------------------------------------------------


@all_items
def test_units_theme_genre_and_topics_exist(item: ContentItem) -> None:
    assert {item.unit, *item.joint_units} <= UNITS.keys()
    assert item.theme in THEMES
    assert item.genre in GENRES
    assert set(item.topics) <= TOPICS and item.topics
    assert len(set(item.topics)) == len(item.topics)


@all_items
def test_a_joint_document_names_its_partners_and_only_it_does(item: ContentItem) -> None:
    assert (item.origin == "joint") == bool(item.joint_units)


@all_items
def test_document_number_is_written_with_brackets_and_belongs_to_the_unit(
    item: ContentItem,
) -> None:
    if not item.doc_no:
        return
    match = re.fullmatch(r"([\u4e00-\u9fff]{2,12})〔2022〕([1-9]\d{0,4})号", item.doc_no)
    assert match is not None
    assert match[1] in UNITS[item.unit]["doc_prefixes"].split("|")


@all_items
def test_summary_and_keywords_are_long_enough_to_find_the_document(item: ContentItem) -> None:
    assert 60 <= len(item.summary) <= 120
    assert len(item.keywords) >= 3


@all_items
def test_a_policy_document_is_a_full_document(item: ContentItem) -> None:
    if item.kind == "policy":
        assert len(item.body.replace("\n", "")) >= 500
        level = r"^(?:## )?(?:[一二三四五六七八九十]+、|第[一二三四五六七八九十]+条)"
        levels = re.findall(level, item.body, re.MULTILINE)
        assert len(levels) >= 3


@all_items
def test_chinese_text_uses_chinese_punctuation(item: ContentItem) -> None:
    text = full_text(item)
    assert re.findall(rf"{HAN}[,;!?]{HAN}", text) == []
    assert re.findall(rf"{HAN}[()]|[()]{HAN}", text) == []
    assert re.findall(rf"{HAN}[.:](?:{HAN}|$)", text) == []
    assert re.findall(rf"\[2022\]|（2022）{HAN}*号|\(2022\)", text) == []


@all_items
def test_totals_of_tables_add_up(item: ContentItem) -> None:
    for table in item.tables:
        for row in table.rows:
            if "合计" in row[:2]:
                check_total(table, row)
        if "小计" in table.header:
            check_subtotals(table)


def parse(cell: str) -> Decimal | None:
    return Decimal(cell.replace(",", "")) if NUMBER.fullmatch(cell) else None


def check_total(table: Table, total: tuple[str, ...]) -> None:
    others = [row for row in table.rows if row is not total]
    checked = 0
    for column, cell in enumerate(total):
        if (expected := parse(cell)) is None:
            continue
        values = [parse(row[column]) for row in others]
        assert None not in values, (table.caption, table.header[column])
        assert sum(value for value in values if value is not None) == expected, (
            table.caption,
            table.header[column],
        )
        checked += 1
    assert checked, f"{table.caption}: no column could be added"


def check_subtotals(table: Table) -> None:
    end = next(i for i, name in enumerate(table.header) if name.startswith("小计"))
    for row in table.rows:
        parts = [value for cell in row[1:end] if (value := parse(cell)) is not None]
        assert sum(parts) == parse(row[end]), row


@all_items
def test_percentages_in_completion_tables_follow_from_the_amounts(item: ContentItem) -> None:
    for table in item.tables:
        if table.header[-1] != "完成率":
            continue
        for row in table.rows:
            plan, done = parse(row[-3]), parse(row[-2])
            assert plan and done
            assert row[-1] == f"{float(done / plan * 100):.1f}%", row


@all_items
def test_phones_are_of_the_invented_range_or_public_hotlines(item: ContentItem) -> None:
    phones = re.findall(r"0731-\d+", full_text(item) + item.contact_phone)
    assert phones
    assert all(re.fullmatch(r"0731-8000\d{4}", phone) for phone in phones)
    assert re.fullmatch(r"0731-8000\d{4}", item.contact_phone)


@all_items
def test_only_the_draft_with_a_catch_holds_personal_data(item: ContentItem) -> None:
    text = full_text(item)
    found = [*re.findall(r"(?<!\d)\d{17}[\dX](?!\d)", text), *re.findall(r"1[3-9]\d{9}", text)]
    assert bool(found) == (item.slug == "draft-with-id")


@all_items
def test_html_has_only_the_tags_of_the_format(item: ContentItem) -> None:
    tags = set(re.findall(r"</?([a-z0-9]+)", item.html))
    allowed = {"h2", "h3", "p", "ul", "li", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert tags <= allowed


@all_items
def test_csv_attachments_come_from_a_table(item: ContentItem) -> None:
    for attachment in item.attachments:
        assert attachment.body.strip()
        if attachment.kind == "csv":
            parsed = list(csv.reader(attachment_csv(attachment).splitlines()))
            assert len({len(row) for row in parsed}) == 1 and len(parsed) > 2


# --- time -------------------------------------------------------------------------------------


@all_items
def test_dates_run_forward_and_lie_before_the_demonstration_day(item: ContentItem) -> None:
    assert FIRST_DAY <= item.formed_on <= TODAY
    assert item.published_at is None or item.formed_on <= item.published_at.date()
    if item.effective_on and item.expires_on:
        assert item.effective_on <= item.expires_on


@all_items
def test_released_before_the_demonstration_day_scheduled_after_it(item: ContentItem) -> None:
    if item.state in ("published", "corrected", "withdrawn"):
        assert item.published_at is not None and item.published_at.date() < TODAY
    elif item.state == "scheduled":
        assert item.published_at is not None and item.published_at.date() > TODAY
    else:
        assert item.published_at is None


@all_items
def test_publication_falls_into_office_hours_of_a_working_day(item: ContentItem) -> None:
    if item.published_at is None:
        return
    moment = item.published_at
    assert chinese_calendar.is_workday(moment.date())
    minutes = moment.hour * 60 + moment.minute
    assert 9 * 60 <= minutes <= 12 * 60 or 13 * 60 + 30 <= minutes <= 17 * 60 + 30


@all_items
def test_20_working_days_of_article_26_are_kept_except_by_the_late_ones(item: ContentItem) -> None:
    if item.published_at is None:
        return
    days = workdays_after(item.formed_on, item.published_at.date())
    assert (days > 20) == (item.slug in DELIBERATELY_LATE), days


@all_items
def test_a_lapsed_document_has_expired_and_one_in_force_has_not(item: ContentItem) -> None:
    if item.validity == "lapsed":
        assert item.expires_on is not None and item.expires_on < TODAY
    if item.validity == "in_force" and item.expires_on:
        assert item.expires_on >= TODAY
    if item.validity == "repealed":
        assert "废止" in item.validity_note


def test_weekdays_written_in_texts_are_the_calendar_s() -> None:
    found = 0
    for item in ITEMS:
        pattern = r"(?:(\d{4})年)?(\d+)月(\d+)日（星期(.)）"
        for year, month, day, weekday in re.findall(pattern, item.body):
            moment = date(int(year or 2022), int(month), int(day))
            assert "一二三四五六日"[moment.weekday()] == weekday, (item.slug, moment)
            found += 1
    assert found >= 3


# --- the whole city ---------------------------------------------------------------------------


def test_document_numbers_are_used_once() -> None:
    numbers = [n for i in ITEMS for n in (i.doc_no, i.register_no) if n]
    assert [n for n, count in Counter(numbers).items() if count > 1] == []


def test_titles_and_attachment_names_are_used_once() -> None:
    assert len({i.title for i in ITEMS}) == len(ITEMS)
    names = [a.filename for i in ITEMS for a in i.attachments]
    assert len(set(names)) == len(names)


def test_every_work_point_has_a_published_piece() -> None:
    live = [i for i in ITEMS if i.state in ("published", "corrected")]
    assert {p for i in live for p in i.work_points} == set(range(1, 18))
    assert all(1 <= p <= 17 for i in ITEMS for p in i.work_points)


def test_mix_of_kinds_and_states() -> None:
    kinds = Counter(i.kind for i in ITEMS)
    assert kinds["policy"] == 18 and kinds["interpretation"] == 10
    assert kinds["notice"] >= 8 and kinds["news"] >= 8
    states = Counter(f"{i.state}:{i.review_step}".rstrip(":") for i in ITEMS)
    assert states.pop("published") >= 33
    assert states == {
        "in_review:first": 2,
        "in_review:secrecy": 1,
        **dict.fromkeys(
            ["rejected", "draft", "withdrawn", "corrected", "withheld", "scheduled"], 1
        ),
    }


def test_enough_units_take_part_of_both_districts() -> None:
    assert len({i.unit for i in ITEMS}) >= 12
    parents = {UNITS[i.unit]["code"] for i in ITEMS if UNITS[i.unit]["level"] == "district"}
    for district in ("wangcheng", "liuyang"):
        assert sum(code.startswith(f"{district}_") for code in parents) >= 3


def test_interpretations_explain_a_policy_that_is_out_and_follow_it_within_3_working_days() -> None:
    for item in ITEMS:
        if item.kind != "interpretation":
            assert not item.interprets
            continue
        policy = BY_SLUG[item.interprets]
        assert policy.kind == "policy" and policy.state in ("published", "corrected")
        if item.published_at:
            assert policy.published_at is not None and item.published_at > policy.published_at
            assert workdays_after(policy.published_at.date(), item.published_at.date()) <= 3


def test_numbers_quoted_in_a_text_use_the_prefix_of_a_registered_unit() -> None:
    prefixes = {p for row in UNITS.values() for p in row["doc_prefixes"].split("|") if p}
    found = 0
    for item in ITEMS:
        text = full_text(item) + item.validity_note
        for words, _ in re.findall(r"([\u4e00-\u9fff]+)〔(20\d\d)〕[1-9]\d*号", text):
            assert any(words.endswith(prefix) for prefix in prefixes), (item.slug, words)
            found += 1
    assert found >= 10


def test_draft_with_id_holds_a_number_that_passes_gb_11643() -> None:
    number = re.search(r"(?<!\d)\d{17}[\dX]", BY_SLUG["draft-with-id"].body)
    assert number is not None
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(int(c) * w for c, w in zip(number[0], weights, strict=False))
    assert "10X98765432"[total % 11] == number[0][17]


def test_the_corrected_document_shows_its_mistake_only_in_the_first_version() -> None:
    item = next(i for i in ITEMS if i.state == "corrected")
    assert item.correction is not None and item.published_at is not None
    assert item.correction.at > item.published_at
    assert item.correction.old in item.original_body
    assert item.correction.old not in item.body
    assert item.original_body != item.body


def test_the_withdrawn_document_names_reason_and_moment() -> None:
    item = next(i for i in ITEMS if i.state == "withdrawn")
    assert item.withdrawn_at is not None and item.published_at is not None
    assert item.withdrawn_at > item.published_at and len(item.withdraw_reason) > 20


def test_unemployment_fund_balance_carries_forward() -> None:
    """社会保险法 art. 70: opening balance + income - spending = closing balance."""
    text = BY_SLUG["unemployment-fund-q2"].body.replace(",", "")
    found = re.search(
        r"期初结存(\d+)万元，本季度基金收入(\d+)万元，支出(\d+)万元，期末结存(\d+)万元", text
    )
    assert found is not None
    opening, income, spending, closing = map(int, found.groups())
    assert opening + income - spending == closing
