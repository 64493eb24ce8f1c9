"""Rules of deposits on plain values."""

import hashlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.deposits import rules
from gongkai.deposits.policy import policy

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
TODAY = date(2022, 10, 18)


@given(DAYS)
def test_a_month_ends_the_day_before_the_next_begins(day: date) -> None:
    first = rules.month_of(day)
    last = rules.month_end(first)
    assert first <= day <= last and first.day == 1
    assert (last + timedelta(1)).day == 1 and last.month == first.month


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (date(2022, 9, 1), None),
        (date(2022, 7, 1), None),
        (date(2022, 6, 1), "2022 年 7 月起"),
        (date(2022, 10, 1), "还没有结束"),
        (date(2022, 11, 1), "还没有结束"),
        (date(2022, 9, 2), "当月 1 日"),
    ],
)
def test_only_a_month_that_is_over_and_agreed_is_put_together(
    period: date, words: str | None
) -> None:
    problem = rules.period_problem(period, since=date(2022, 7, 15), today=TODAY)
    assert problem is None if words is None else problem is not None and words in problem


def test_on_the_last_day_the_month_is_not_over_and_the_next_day_it_is() -> None:
    period = date(2022, 9, 1)
    assert rules.period_problem(period, since=period, today=date(2022, 9, 30))
    assert rules.period_problem(period, since=period, today=date(2022, 10, 1)) is None


@pytest.mark.parametrize(
    ("count", "sent", "received", "state"),
    [
        (3, False, False, "pending"),
        (0, False, False, "empty"),
        (3, True, False, "sent"),
        (3, True, True, "received"),
        (0, True, False, "sent"),
    ],
)
def test_the_state_is_computed(count: int, sent: bool, received: bool, state: str) -> None:
    assert rules.state_of(count=count, sent=sent, received=received) == state


ROWS = st.lists(st.tuples(st.text("0123456789-", max_size=12), st.integers(1, 9), st.text()))


@given(ROWS)
def test_the_manifest_digest_is_of_the_lines_in_order(rows: list[tuple[str, int, str]]) -> None:
    lines = "".join(f"{index}\t{number}\t{digest}\n" for index, number, digest in rows)
    assert rules.manifest_digest(rows) == hashlib.sha256(lines.encode()).hexdigest()


def test_leaving_a_version_out_or_changing_it_changes_the_manifest() -> None:
    rows = [("a", 1, "x"), ("b", 1, "y")]
    whole = rules.manifest_digest(rows)
    assert rules.manifest_digest(rows[:1]) != whole
    assert rules.manifest_digest([rows[0], ("b", 2, "y")]) != whole
    assert rules.manifest_digest([rows[0], ("b", 1, "z")]) != whole
    assert rules.manifest_digest(rows[::-1]) != whole


@pytest.mark.parametrize(("count", "volumes"), [(0, 1), (1, 1), (2000, 1), (2001, 2), (10_000, 5)])
def test_big_batches_come_in_volumes(count: int, volumes: int) -> None:
    assert rules.volumes(count) == volumes


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("补助名单.xlsx", "补助名单.xlsx"),
        ("../../etc/passwd", "etc_passwd"),
        ("C:\\dir\\a b.docx", "C__dir_a_b.docx"),
        ("a\x00\n.pdf", "a.pdf"),
        ("无扩展名", "无扩展名"),
        ("第1.2节", "第1.2节"),
        ("", "file"),
        ("...", "file"),
        ("con.txt", "_con.txt"),
        ("附件（1）.PDF", "附件（1）.PDF"),
    ],
)
def test_names_inside_the_package_are_safe_everywhere(name: str, safe: str) -> None:
    assert rules.safe_name(name) == safe


@given(st.text(max_size=300))
def test_no_name_leaves_its_folder(name: str) -> None:
    safe = rules.safe_name(name)
    assert safe and not set(safe) & set('/\\:*?"<>|\0\n')
    assert len(safe) <= 89 and safe not in (".", "..") and not safe.startswith(".")


def test_two_versions_never_share_a_folder() -> None:
    names = {rules.folder_name("430100-2022-00001", i, n) for i in (1, 2) for n in (1, 2)}
    assert len(names) == 4


def test_the_period_is_data_and_marked_as_not_confirmed() -> None:
    """条例第二十五条 says 及时 and no number."""
    assert policy().dispatch_workdays == 20
    assert policy().unconfirmed and "第二十五条" in policy().basis
