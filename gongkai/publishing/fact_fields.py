"""Form fields for the facts of a kind, one for every type a kind's description may name."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from gongkai.organisations.access import Member
from gongkai.publishing.fields import ItemRefsField
from gongkai.publishing.rules_facts import lines_of, number_of

BLANK = ("", "请选择")
SPARE_ROWS = 3
MOST_ROWS = 2000
WIDE_COLUMNS = 3  # more than fit side by side beside the state of the draft


class DateField(forms.DateField):
    """A day, typed or picked."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(
            required=False,
            widget=widget,
            error_messages={"invalid": "请填写真实的日期，例如 2022-10-18。"},
            **kwargs,
        )


class NumberField(forms.CharField):
    """A number; commas in thousands are accepted, whole numbers stay whole."""

    def clean(self, value: Any) -> int | float | str:
        """The number; empty text for none."""
        text = str(super().clean(value)).strip()
        if not text:
            return ""
        number = number_of(text)
        if number is None:
            raise ValidationError(f"{self.label}应为数字，单位不用写。")
        return int(number) if number == int(number) else number


class LinesField(forms.CharField):
    """One entry a line; the value is a list."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        """A list as lines; what was typed stays as typed."""
        return "\n".join(lines_of(value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """The lines that hold something."""
        return lines_of(super().clean(value))


class RowsWidget(forms.Widget):
    """A small table to write in: the rows there are, spare ones below, and a box into which rows
    of a spreadsheet can be pasted. Works without scripts: saving brings new spare rows."""

    template_name = "publishing/admin/rows_widget.html"

    def __init__(
        self,
        columns: Sequence[Mapping[str, Any]],
        options: Mapping[str, Sequence[tuple[str, str]]] | None = None,
        attrs: Any = None,
    ) -> None:
        super().__init__(attrs)
        self.columns = list(columns)
        # Column → what can be chosen in it, for columns of choices and of attached files.
        self.options = dict(options or {})

    def _chosen(self, name: str, text: str) -> str:
        """A pasted cell may say the words of a choice or the name of a file."""
        for key, label in self.options.get(name, ()):
            if text in (label, label.rpartition("（")[2].rstrip("）")):
                return key
        return text

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The rows as typed, with what was pasted added below; None when it was not on the page."""
        count = str(data.get(f"{name}-rows", ""))
        if not count.isdigit():
            return None
        rows = []
        for number in range(min(int(count), MOST_ROWS)):
            row = {
                column["name"]: str(data.get(f"{name}-{number}-{column['name']}", "")).strip()
                for column in self.columns
            }
            rows.append(row)
        for line in str(data.get(f"{name}-paste", "")).splitlines()[:MOST_ROWS]:
            cells = [cell.strip() for cell in line.split("\t")]
            if any(cells):
                names = (column["name"] for column in self.columns)
                pasted = zip(names, cells, strict=False)
                rows.append({name: self._chosen(name, cell) for name, cell in pasted})
        return [{k: v for k, v in row.items() if v} for row in rows if any(row.values())]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Cells by row, the spare rows included."""
        context = super().get_context(name, value, attrs)
        rows = [row for row in value or [] if isinstance(row, Mapping)]
        rows += [{} for _ in range(SPARE_ROWS)]
        context["widget"]["columns"] = self.columns
        context["widget"]["stacked"] = len(self.columns) > WIDE_COLUMNS
        context["widget"]["described_by"] = context["widget"]["attrs"].get("aria-describedby", "")
        context["widget"]["count"] = len(rows)
        context["widget"]["rows"] = [
            [
                {
                    "name": f"{name}-{number}-{column['name']}",
                    "label": f"第 {number + 1} 行，{column['label']}",
                    "head": column["label"],
                    "long": column["type"] == "longtext",
                    "type": "date" if column["type"] == "date" else "text",
                    "value": row.get(column["name"], ""),
                    "options": self.options.get(column["name"]),
                }
                for column in self.columns
            ]
            for number, row in enumerate(rows)
        ]
        return context

    def id_for_label(self, id_: str) -> str:
        """The first cell stands for the table."""
        return f"{id_}_0" if id_ else id_


class RowsField(forms.Field):
    """Rows of a small table; the value is a list of objects, None when it was not on the page."""

    def __init__(
        self,
        *,
        columns: Sequence[Mapping[str, Any]],
        attachments: Sequence[Mapping[str, Any]] = (),
        **kwargs: Any,
    ) -> None:
        options = {
            str(column["name"]): _fitting(column, attachments)
            if column["type"] == "file"
            else [(str(key), str(label)) for key, label in column.get("choices") or []]
            for column in columns
            if column["type"] in ("file", "choice")
        }
        super().__init__(required=False, widget=RowsWidget(columns, options), **kwargs)

    def clean(self, value: Any) -> Any:
        """The rows as they are; what a row lacks is said before submission."""
        return value


def _fitting(
    entry: Mapping[str, Any], attachments: Sequence[Mapping[str, Any]]
) -> list[tuple[str, str]]:
    """The attachments that a field for a file may name, as choices."""
    wanted = {str(f).lower() for f in entry.get("formats") or ()}
    return [
        (a["sha256"], f"{a.get('title') or a['filename']}（{a['filename']}）")
        for a in attachments
        if not wanted or a["filename"].rpartition(".")[2].lower() in wanted
    ]


def fact_field(
    entry: Mapping[str, Any], *, member: Member, attachments: Sequence[Mapping[str, Any]]
) -> forms.Field:
    """The form field for one entry of a kind's schema."""
    label = str(entry["label"])
    if entry.get("suffix"):
        label = f"{label}（{entry['suffix']}）"
    help_text = str(entry.get("help") or "")
    if entry.get("example"):
        help_text = help_text or f"例如：{entry['example']}"
    common: dict[str, Any] = {"label": label, "help_text": help_text}
    match entry["type"]:
        case "items":
            common["help_text"] = (
                f"{help_text}一行一个：粘贴文件的网址，或者填写发文字号、编号、完整标题。"
            )
            return ItemRefsField(member=member, widget=forms.Textarea(attrs={"rows": 3}), **common)
        case "choice":
            choices = [BLANK, *((str(k), str(v)) for k, v in entry.get("choices") or [])]
            return forms.ChoiceField(required=False, choices=choices, **common)
        case "boolean":
            return forms.BooleanField(required=False, **common)
        case "date":
            return DateField(**common)
        case "number":
            widget = forms.TextInput(attrs={"inputmode": "decimal"})
            return NumberField(required=False, max_length=40, widget=widget, **common)
        case "longtext":
            return forms.CharField(
                required=False, widget=forms.Textarea(attrs={"rows": 4}), **common
            )
        case "lines":
            return LinesField(required=False, widget=forms.Textarea(attrs={"rows": 5}), **common)
        case "rows":
            columns = entry.get("columns") or []
            return RowsField(columns=columns, attachments=attachments, **common)
        case "file":
            fitting = _fitting(entry, attachments)
            none = ("", "请选择" if fitting else "（附件里还没有合适的文件，请先上传）")
            return forms.ChoiceField(required=False, choices=[none, *fitting], **common)
        case "phone":
            widget = forms.TextInput(attrs={"inputmode": "tel"})
            return forms.CharField(required=False, max_length=80, widget=widget, **common)
        case "url":
            widget = forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"})
            return forms.CharField(required=False, max_length=400, widget=widget, **common)
        case _:
            return forms.CharField(required=False, max_length=300, **common)
