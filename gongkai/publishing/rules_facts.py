"""What is wrong with the facts of one kind, told by the labels of its fields. Plain values only."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from gongkai.publishing.rules_scenario import scenario_problems

PHONE: Final = re.compile(r"^[0-9０-９()（）+\-—－–、,，;；/ 转至（）]{5,60}[^0-9]{0,12}$")
URL: Final = re.compile(r"^https?://[^\s<>\"']{3,400}$")
EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})
MAX_TEXT: Final = {"text": 300, "longtext": 60_000, "phone": 80}
MAX_ROWS: Final = 2000

Found = list[tuple[str, str]]

# What a field's ``check`` may name: a look at its whole value, which returns sentences.
CHECKS: Final = {"scenario": scenario_problems}


def is_date(value: Any) -> bool:
    """Whether the value is a day, or text that says one (YYYY-MM-DD)."""
    if isinstance(value, date):
        return True
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def number_of(value: Any) -> float | None:
    """The number a value says; None for anything else (true and false are no numbers)."""
    if isinstance(value, bool):
        return None
    try:
        number = float(str(value).replace(",", "").replace("，", "").strip())
    except ValueError:
        return None
    return number if number == number and abs(number) != float("inf") else None


def lines_of(value: Any) -> list[str]:
    """A value of type ``lines`` as its lines; text is cut at its line ends."""
    parts = value if isinstance(value, list) else str(value or "").splitlines()
    return [part for part in (str(p).strip() for p in parts) if part]


def applies(field: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether a field means anything beside the other values: its ``when`` names fields (of the
    facts, or of the same row) and the values they must have. Without ``when`` it always does."""
    return all(values.get(name) in wanted for name, wanted in (field.get("when") or {}).items())


def needed_fields(schema: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]) -> list[str]:
    """The common fields (正文 and such) that the choices made among the facts call for."""
    found: list[str] = []
    for field in schema:
        value = facts.get(field["name"])
        if field.get("requires") and isinstance(value, str):
            found += field["requires"].get(value, [])
    return list(dict.fromkeys(found))


def facts_problems(
    schema: Sequence[Mapping[str, Any]],
    facts: Mapping[str, Any],
    *,
    files: Mapping[str, str] | None = None,
) -> Found:
    """(field, what is wrong) for every fault; unknown names are a fault too, and so is a value
    in a field that does not apply.

    ``files`` maps the digests of the attachments to their file names; None leaves out the
    question whether a chosen file is among them.
    """
    known = {field["name"]: field for field in schema}
    found: Found = [
        ("facts", f"这类信息没有“{name}”这一项，请删除。") for name in facts if name not in known
    ]
    for name, field in known.items():
        value = facts.get(name)
        if not applies(field, facts):
            # A box nobody ticked says nothing.
            if value not in EMPTY and value is not False:
                found.append((f"facts.{name}", f"{when_words(field, known)}，请清空。"))
            continue
        if value in EMPTY:
            if field.get("required"):
                found.append((f"facts.{name}", f"请{_act(field)}“{field['label']}”。"))
            continue
        found += [(f"facts.{name}", text) for text in _value_problems(field, value, files)]
    return found + _one_of_problems(schema, facts)


def when_words(field: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> str:
    """When a field is to be filled in, in words: “字幕”只在“解读形式”为“视频解读”时填写."""
    parts = []
    for name, wanted in (field.get("when") or {}).items():
        labels = {key: label for key, label in known[name].get("choices") or []}
        words = "、".join(f"“{labels.get(value, '是' if value else '否')}”" for value in wanted)
        parts.append(f"“{known[name]['label']}”为{words}")
    return f"“{field['label']}”只在{'，并且'.join(parts)}时填写"


def _act(field: Mapping[str, Any]) -> str:
    return "选择" if field["type"] in ("choice", "file") else "填写"


def _one_of_problems(schema: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]) -> Found:
    """Fields that share a ``one_of`` name: at least one of those that apply holds something.
    An unticked box holds nothing."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for field in schema:
        if field.get("one_of") and applies(field, facts):
            groups.setdefault(str(field["one_of"]), []).append(field)
    return [
        (
            f"facts.{fields[0]['name']}",
            f"请{'，或者'.join(_one_act(field) for field in fields)}，至少有一样。",
        )
        for fields in groups.values()
        if all(facts.get(f["name"]) in EMPTY or facts[f["name"]] is False for f in fields)
    ]


def _one_act(field: Mapping[str, Any]) -> str:
    return f"{'勾选' if field['type'] == 'boolean' else _act(field)}“{field['label']}”"


def _value_problems(
    field: Mapping[str, Any], value: Any, files: Mapping[str, str] | None
) -> list[str]:
    label, type_ = str(field["label"]), field["type"]
    choices = field.get("choices")
    if choices and value not in [choice[0] for choice in choices]:
        return [f"“{label}”的取值不在可选范围内。"]
    if type_ == "rows":
        found = _rows_problems(field, value, files)
        check = CHECKS.get(str(field.get("check")))
        return found if found or check is None else check(value)
    if type_ == "items":
        good = isinstance(value, list) and all(
            isinstance(part, int) and not isinstance(part, bool) for part in value
        )
        return [] if good else [f"“{label}”应为已有信息的编号列表。"]
    if type_ == "boolean":
        return [] if isinstance(value, bool) else [f"“{label}”只能是“是”或“否”。"]
    if type_ == "lines":
        good = isinstance(value, (str, list)) and all(
            isinstance(part, str) for part in (value if isinstance(value, list) else [value])
        )
        return [] if good else [f"“{label}”应为文字，一行一条。"]
    if type_ == "file" and files is not None:
        return _file_problems(field, value, files)
    return _scalar_problems(field, value)


def _scalar_problems(field: Mapping[str, Any], value: Any) -> list[str]:
    label, type_ = str(field["label"]), field["type"]
    if type_ == "date":
        good = is_date(value)
        return [] if good else [f"“{label}”不是有效日期，请写成 2022-10-18 这样的形式。"]
    if type_ == "number":
        if number_of(value) is None:
            return [f"“{label}”应为数字，现在是“{_short(value)}”；单位不用写。"]
        return []
    if not isinstance(value, str):
        return [f"“{label}”应为文字。"]
    limit = MAX_TEXT.get(type_, MAX_TEXT["text"])
    if len(value) > limit:
        return [f"“{label}”不能超过 {limit} 个字，现在是 {len(value)} 个，请精简。"]
    if type_ == "phone" and not PHONE.match(value):
        return [f"“{label}”不像电话号码，请写成 0731-88660001 这样的形式。"]
    if type_ == "url" and not URL.match(value):
        return [f"“{label}”应为以 http:// 或 https:// 开头的完整网址。"]
    return []


def _file_problems(field: Mapping[str, Any], value: Any, files: Mapping[str, str]) -> list[str]:
    label = str(field["label"])
    if value not in files:
        return [f"“{label}”选的文件不在附件里了，请重新上传并选择。"]
    formats = [str(f).lower() for f in field.get("formats") or ()]
    if formats and files[value].rpartition(".")[2].lower() not in formats:
        return [f"“{label}”应为 {'、'.join(formats)} 文件。"]
    return []


def _rows_problems(
    field: Mapping[str, Any], value: Any, files: Mapping[str, str] | None
) -> list[str]:
    label = str(field["label"])
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        return [f"“{label}”应为表格。"]
    if len(value) > MAX_ROWS:
        return [f"“{label}”有 {len(value)} 行，超过 {MAX_ROWS} 行的请改作附件。"]
    columns = {column["name"]: column for column in field.get("columns") or []}
    found = []
    for number, row in enumerate(value, 1):
        for name in row:
            if name not in columns:
                found.append(f"“{label}”第 {number} 行没有“{name}”这一列，请删除。")
        for name, column in columns.items():
            cell = row.get(name)
            if not applies(column, row):
                if cell not in EMPTY:
                    found.append(
                        f"“{label}”第 {number} 行：{when_words(column, columns)}，请清空。"
                    )
                continue
            if cell in EMPTY:
                if column.get("required"):
                    found.append(f"“{label}”第 {number} 行缺少“{column['label']}”。")
                continue
            found += [
                f"“{label}”第 {number} 行：{text}" for text in _value_problems(column, cell, files)
            ]
    return found


def pattern_warnings(
    schema: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    """(field, label, hint) of texts that do not look as such texts usually do. A warning only:
    a pattern may be unconfirmed, and numbers of other places differ."""
    found = []
    for field in schema:
        value = facts.get(field["name"])
        pattern = field.get("pattern")
        if pattern and isinstance(value, str) and value and not re.match(pattern, value):
            example = field.get("example")
            hint = f"一般写作“{example}”" if example else "与常见写法不同"
            found.append((f"facts.{field['name']}", str(field["label"]), hint))
    return found


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 20 else f"{text[:19]}…"
