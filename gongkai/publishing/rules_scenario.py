"""A scenario: questions with choices, each leading to another question or to an outcome.

One row of the editor's table is one choice: ``step`` (number of the question), ``question`` (in
the first row of a question), ``choice``, and either ``next`` (number of the question that comes
then) or ``outcome`` (what holds then). Questions may be reached by several ways; nobody is sent
round in a circle. Plain values only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

MAX_CASES: Final = 60
"""Ways through a scenario that a page can still show as text."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer and where it leads: ``next`` names a question, else ``outcome`` says the end."""

    text: str
    next: str = ""
    outcome: tuple[str, ...] = ()


@dataclass(slots=True)
class Question:
    """One question with its answers in order."""

    key: str
    text: str
    choices: list[Choice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a reader stands: the answers given, then the question to answer or the outcome."""

    answered: tuple[tuple[Question, Choice], ...]
    question: Question | None
    outcome: tuple[str, ...]
    path: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One way through: the answers in order and what holds then."""

    answers: tuple[tuple[str, str], ...]
    outcome: tuple[str, ...]
    path: tuple[int, ...]


def _key(value: Any) -> str:
    text = str(value if value is not None else "").strip()
    return text[:-2] if text.endswith(".0") else text


def _lines(value: Any) -> tuple[str, ...]:
    return tuple(line.strip() for line in str(value or "").splitlines() if line.strip())


def questions_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, Question]:
    """The questions by number, in the order of the table."""
    found: dict[str, Question] = {}
    for row in rows:
        key = _key(row.get("step"))
        question = found.setdefault(key, Question(key, ""))
        question.text = question.text or str(row.get("question") or "").strip()
        question.choices.append(
            Choice(
                str(row.get("choice") or "").strip(),
                _key(row.get("next")),
                _lines(row.get("outcome")),
            )
        )
    return found


def scenario_problems(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What keeps a reader from getting through, in Chinese; empty for a good scenario."""
    questions = questions_of(rows)
    found = []
    for question in questions.values():
        name = f"第 {question.key} 问"
        if not question.text:
            found.append(f"{name}没有写问题，请在它的第一行填写。")
        if len(question.choices) < 2:
            found.append(f"{name}只有一个选项，请至少写两个。")
        seen = set()
        for choice in question.choices:
            if choice.text in seen:
                found.append(f"{name}有两个相同的选项“{choice.text}”。")
            seen.add(choice.text)
            if bool(choice.next) == bool(choice.outcome):
                found.append(f"{name}的“{choice.text}”：请在“接着问”和“那么”里填写一项，只填一项。")
            elif choice.next and choice.next not in questions:
                found.append(f"{name}的“{choice.text}”接着第 {choice.next} 问，表里没有这一问。")
    if found:
        return found
    circle = _circle(questions)
    if circle:
        return [f"第 {circle} 问绕了一圈又回到自己，读者走不出来，请检查“接着问”。"]
    lost = [key for key in questions if key not in _reached(questions)]
    if lost:
        return [f"第 {'、'.join(lost)} 问没有选项通向它，请检查“接着问”，或者删除。"]
    count = _count(questions)
    if count > MAX_CASES:
        return [f"一共有 {count} 种情形，超过 {MAX_CASES} 种的请分成几篇。"]
    return []


def _reached(questions: Mapping[str, Question]) -> set[str]:
    first = next(iter(questions), "")
    seen, todo = {first}, [first]
    while todo:
        for choice in questions[todo.pop()].choices:
            if choice.next and choice.next not in seen:
                seen.add(choice.next)
                todo.append(choice.next)
    return seen


def _circle(questions: Mapping[str, Question]) -> str:
    """The number of a question that leads back to itself; empty when there is none."""
    done: set[str] = set()
    for start in questions:
        stack: list[tuple[str, int]] = [(start, 0)]
        above = {start}
        while stack:
            key, position = stack.pop()
            targets = [] if key in done else [c.next for c in questions[key].choices if c.next]
            if position == len(targets):
                done.add(key)
                above.discard(key)
                continue
            stack.append((key, position + 1))
            target = targets[position]
            if target in above:
                return target
            if target not in done:
                above.add(target)
                stack.append((target, 0))
    return ""


def _count(questions: Mapping[str, Question]) -> int:
    """Ways through, counted without walking each of them."""
    known: dict[str, int] = {}

    def ways(key: str) -> int:
        if key not in known:
            known[key] = sum(ways(c.next) if c.next else 1 for c in questions[key].choices)
        return known[key]

    return ways(next(iter(questions))) if questions else 0


def walk(rows: Sequence[Mapping[str, Any]], path: Iterable[int]) -> Walk:
    """Follow answers (numbers of choices from 1). What cannot be followed is left off, so that
    every address leads somewhere."""
    questions = questions_of(rows)
    question = next(iter(questions.values()), None)
    answered: list[tuple[Question, Choice]] = []
    taken: list[int] = []
    for number in path:
        if question is None or not 1 <= number <= len(question.choices):
            break
        choice = question.choices[number - 1]
        answered.append((question, choice))
        taken.append(number)
        if not choice.next:
            return Walk(tuple(answered), None, choice.outcome, tuple(taken))
        question = questions.get(choice.next)
        if len(taken) > len(questions):
            break
    return Walk(tuple(answered), question, (), tuple(taken))


def cases_of(rows: Sequence[Mapping[str, Any]]) -> list[Case]:
    """Every way through as text, in the order of the choices; at most MAX_CASES of them."""
    questions = questions_of(rows)
    found: list[Case] = []

    def go(key: str, answers: tuple[tuple[str, str], ...], path: tuple[int, ...]) -> None:
        question = questions.get(key)
        if question is None or len(path) > len(questions):
            return
        for number, choice in enumerate(question.choices, 1):
            if len(found) >= MAX_CASES:
                return
            more = (*answers, (question.text, choice.text))
            if choice.next:
                go(choice.next, more, (*path, number))
            else:
                found.append(Case(more, choice.outcome, (*path, number)))

    if questions:
        go(next(iter(questions)), (), ())
    return found
