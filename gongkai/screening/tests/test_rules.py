import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.screening.findings import Finding, Report, Severity, capped, report_of
from gongkai.screening.rules import (
    Mark,
    TextOptions,
    register_text_check,
    scan_text,
    text_check_names,
)
from gongkai.screening.tests.builders import CARD, MOBILE, OTHER_PERSON, PERSON, USCC, person_number


def _only(text: str, options: TextOptions | None = None) -> Finding:
    findings = scan_text(text, options or TextOptions())
    assert len(findings) == 1, findings
    return findings[0]


@pytest.mark.parametrize(
    ("text", "code", "severity"),
    [
        (f"身份证{PERSON}", "resident_id", Severity.BLOCK),
        ("身份证430199199001011230", "resident_id", Severity.BLOCK),
        ("身份证43019919900101****", "resident_id", Severity.BLOCK),
        ("编码430199199001011230号", "resident_id_doubt", Severity.WARN),
        ("编码43O199199OO1O11237号", "resident_id_doubt", Severity.WARN),
        (f"手机{MOBILE}", "mobile", Severity.BLOCK),
        ("138 0013 8000", "mobile_doubt", Severity.WARN),
        ("l38OO138000", "mobile_doubt", Severity.WARN),
        (f"卡号{CARD}", "bank_card", Severity.BLOCK),
        ("账号6222020000000008", "bank_card_doubt", Severity.WARN),
        ("4111111111111111", "bank_card_doubt", Severity.WARN),
        ("车牌湘A12345", "plate", Severity.WARN),
        ("湘A·D12345", "plate", Severity.WARN),
    ],
)
def test_article_15_personal_numbers_are_found(text: str, code: str, severity: Severity) -> None:
    finding = _only(text)
    assert (finding.code, finding.severity) == (code, severity)
    assert finding.message.endswith("。")
    assert finding.remedy.endswith("。")


@pytest.mark.parametrize(
    "text",
    [
        f"统一社会信用代码：{USCC}",
        f"索引号：{USCC}/2022-00001",
        "项目代码：2210-430100-04-01-123456",
        "长政办发〔2022〕13号",
        "咨询电话：0731-88665432",
        "苏州A股指数12345",
        "粤ABCDEF",
        "身份证、户口簿原件",
        "",
    ],
)
def test_public_numbers_are_not_findings(text: str) -> None:
    assert scan_text(text) == []


def test_published_office_numbers_pass() -> None:
    options = TextOptions(allow_phones=frozenset({"138-0013-8000"}))
    assert scan_text(f"值班手机{MOBILE}", options) == []


def test_the_disguise_is_told() -> None:
    assert "夹有空格" in _only("身份证430199 19900101 1237").message
    assert "使用中文数字" in _only("四三零一九九一九九零零一零一一二三七").message


def test_findings_name_field_and_line_and_span() -> None:
    text = f"第一行\n联系人张三，手机{MOBILE}。"
    findings = scan_text(text, field="body", where="“正文”")
    assert len(findings) == 1
    finding = findings[0]
    assert (finding.field, finding.where) == ("body", "“正文”第2行")
    assert text[finding.start : finding.end] == MOBILE
    assert finding.sentence.startswith("“正文”第2行：出现手机号码。请删去")


def test_lines_are_counted_for_every_finding() -> None:
    text = "\n".join(f"手机{MOBILE}" if n % 3 == 0 else "无" for n in range(12))
    assert [f.where for f in scan_text(text)] == [f"第{n}行" for n in (1, 4, 7, 10)]


def test_a_single_line_needs_no_line_number() -> None:
    assert _only(f"手机{MOBILE}").where == ""


def test_the_excerpt_shows_the_surroundings_but_no_number() -> None:
    text = f"张三，身份证号{PERSON}，手机{MOBILE}，卡号{CARD}，湘A12345。"
    excerpts = [f.excerpt_masked for f in scan_text(text)]
    assert excerpts[0] == f"张三，身份证号{'*' * 18}，手机138****8000"
    for excerpt in excerpts:
        for secret in (PERSON, MOBILE, CARD, "12345"):
            assert secret not in excerpt


def test_an_excerpt_cut_in_the_middle_of_another_number_shows_none_of_it() -> None:
    text = f"{PERSON}甲{OTHER_PERSON}"
    for finding in scan_text(text):
        assert "1990" not in finding.excerpt_masked
        assert "1988" not in finding.excerpt_masked


@given(
    st.lists(
        st.one_of(
            st.integers(0, 999).map(person_number),
            st.integers(10_000_000, 99_999_999).map(lambda n: f"138{n}"),
            st.text(alphabet="甲乙丙：，。 \n-\u200b", max_size=8),
        ),
        max_size=8,
    )
)
@settings(max_examples=200, deadline=None)
def test_no_finding_ever_holds_a_number_it_found(pieces: list[str]) -> None:
    text = "，".join(pieces)
    for finding in scan_text(text):
        shown = repr(finding)
        for piece in pieces:
            if len(piece) >= 11 and piece.isalnum():
                assert piece not in shown
        assert finding.start is not None
        assert finding.end is not None
        assert 0 <= finding.start < finding.end <= len(text)


def test_checks_can_be_limited() -> None:
    text = f"{PERSON}，湘A12345"
    assert [f.code for f in scan_text(text, checks=["plates"])] == ["plate"]
    assert scan_text(text, checks=[]) == []


def test_checks_are_registered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongkai.screening.rules._CHECKS", {})

    @register_text_check("wording")
    def wording(text: str, options: TextOptions) -> list[Mark]:
        at = text.find("领导小姐")
        remedy = "请改为“领导小组”。"
        found = Mark("wording", Severity.BLOCK, at, at + 4, "用词有误。", remedy)
        return [found] if at >= 0 else []

    assert text_check_names() == ("wording",)
    finding = _only("成立领导小姐和办公室")
    assert (finding.code, finding.excerpt_masked) == ("wording", "成立领导小姐和办公室")
    with pytest.raises(ValueError, match="wording"):
        register_text_check("wording")(wording)


def test_a_heading_tells_what_a_column_holds() -> None:
    number = "430199199001011230"
    assert _only(number, TextOptions(header="身份证号码")).severity is Severity.BLOCK
    assert _only(number, TextOptions(header="备注")).severity is Severity.WARN


# --- findings -----------------------------------------------------------------------------------


def _finding(code: str, severity: Severity) -> Finding:
    return Finding(code, severity, "body", "第1行", "甲", "有问题。", "请改。", 1, 2)


def test_a_report_blocks_when_any_finding_does_and_lists_those_first() -> None:
    warn, block = _finding("a", Severity.WARN), _finding("b", Severity.BLOCK)
    report = report_of([warn, block])
    assert report.blocking
    assert [f.code for f in report.findings] == ["b", "a"]
    assert report.of(Severity.WARN) == (warn,)
    assert not report_of([warn]).blocking
    assert report_of([]) == Report(())


def test_thousands_of_findings_become_the_first_ones_and_a_count() -> None:
    many = [_finding("a", Severity.BLOCK)] * 120 + [_finding("b", Severity.WARN)]
    listed = list(capped(many, 50, "附件《名单》"))
    assert len(listed) == 52
    assert listed[-1].message == "同类问题共120处，已列出前50处，其余未逐条列出。"
    assert (listed[-1].severity, listed[-1].where) == (Severity.BLOCK, "附件《名单》")
    assert list(capped(many[:50], 50, "")) == many[:50]
