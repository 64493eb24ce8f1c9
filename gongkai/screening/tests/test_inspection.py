import subprocess
import sys
from datetime import date

from gongkai.core.codes import resident_id_check_character
from gongkai.screening.files import FileInput
from gongkai.screening.findings import Severity
from gongkai.screening.inspection import inspect
from gongkai.screening.tests import builders
from gongkai.screening.tests.builders import MOBILE, PERSON


def test_texts_and_files_make_one_report_with_the_blocking_findings_first() -> None:
    report = inspect(
        {"title": "关于发放补贴的公示", "body": f"车牌湘A12345\n身份证{PERSON}"},
        [FileInput("名单.docx", builders.docx(f"电话{MOBILE}"))],
        labels={"body": "正文"},
    )
    assert report.blocking
    assert [f.code for f in report.findings] == ["resident_id", "mobile", "plate"]
    assert [f.where for f in report.findings] == [
        "“正文”第2行",
        "附件《名单.docx》正文",
        "“正文”第1行",
    ]
    assert [f.field for f in report.findings] == ["body", "attachments", "body"]


def test_nothing_to_find_does_not_block() -> None:
    report = inspect({"body": "咨询电话0731-88665432。"}, [FileInput("a.png", builders.png())])
    assert report.findings == ()
    assert not report.blocking


def test_doubts_alone_do_not_block() -> None:
    report = inspect({"body": "编码430199199001011230号"})
    assert [f.severity for f in report.findings] == [Severity.WARN]
    assert not report.blocking


def test_office_numbers_and_the_day_of_inspection_reach_every_check() -> None:
    first = "43019920990101123"
    future = first + resident_id_check_character(first)
    files = [FileInput("a.docx", builders.docx(f"手机{MOBILE}", future))]
    texts = {"body": f"手机{MOBILE}，号{future}"}
    assert len(inspect(texts, files).findings) == 4
    report = inspect(texts, files, allow_phones=[MOBILE], not_after=date(2022, 10, 18))
    assert report.findings == ()


def test_a_report_never_holds_a_number() -> None:
    report = inspect({"body": PERSON}, [FileInput(f"{PERSON}.docx", builders.docx(PERSON))])
    assert len(report.findings) == 3
    assert PERSON not in repr(report)


def test_screening_and_the_pure_core_run_without_django() -> None:
    modules = (
        "gongkai.screening.inspection, gongkai.core.workdays, gongkai.core.diff, "
        "gongkai.core.pairs, gongkai.core.numerals"
    )
    program = f"import sys, {modules}; assert 'django' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
