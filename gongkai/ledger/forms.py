"""Forms of the ledger desk; every rule is in the services."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet

from gongkai.core.clock import day_of
from gongkai.ledger.enums import EvidenceKind, Light, UnitRole
from gongkai.organisations.enums import UnitKind
from gongkai.organisations.models import Unit
from gongkai.publishing.models import Item

READABLE = (".txt", ".md", ".docx", ".pdf", ".html", ".htm")
PROGRAMS = frozenset({"exe", "com", "bat", "cmd", "ps1", "sh", "js", "vbs", "msi", "dll", "scr"})


class ImportForm(forms.Form):
    """A document of work points; the office is asked for only when there are several."""

    file = forms.FileField(
        label="工作要点文件",
        help_text="txt、md、docx、pdf 或 html，不超过 20 MB。扫描件请先做文字识别。",
        error_messages={
            "required": "请选择文件。",
            "empty": "这个文件是空的。请检查是否选错了文件，或重新取得文件后再上传。",
            "missing": "没有收到文件，请重新选择。",
            "invalid": "没有收到文件，请重新选择。",
        },
        widget=forms.FileInput(attrs={"accept": ",".join(READABLE)}),
    )
    office = forms.ModelChoiceField(
        label="读入哪个部门的台账",
        queryset=Unit.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": "请选择您主管的部门。", "required": "请选择部门。"},
    )

    def __init__(self, *args: Any, offices: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = offices
        if len(offices) < 2:
            del self.fields["office"]
            return
        field: Any = self.fields["office"]
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in offices])

    @property
    def office_chosen(self) -> Unit:
        """The chosen office, or the only one; after ``is_valid()``."""
        chosen: Unit = self.cleaned_data.get("office") or self.offices[0]
        return chosen

    def clean_file(self) -> Any:
        """Refuse before reading what is too large or promises a type that cannot be read."""
        upload = self.cleaned_data["file"]
        if upload.size > settings.UPLOAD_LIMIT:
            limit = settings.UPLOAD_LIMIT // 1024 // 1024
            raise forms.ValidationError(f"文件超过 {limit} MB，请去掉图片后重新上传。")
        dot, extension = upload.name.rpartition(".")[1:]
        if dot and extension.lower() in PROGRAMS:
            raise forms.ValidationError(
                f"不能读入 .{extension.lower()} 文件。请上传工作要点的 docx、pdf、html、md 或 txt。"
            )
        return upload


def _names(text: str) -> list[str]:
    for mark in ("，", ",", "；", ";", "\n"):
        text = text.replace(mark, "、")
    return [name.strip() for name in text.split("、") if name.strip()]


class PointForm(forms.Form):
    """What a person may put right in one point that the parser read.

    Made with ``item``, the point as it stands now; :meth:`changes` holds only what differs.
    """

    title = forms.CharField(
        label="标题", max_length=200, error_messages={"required": "请填写这一项的标题。"}
    )
    lead = forms.CharField(
        label="牵头单位", required=False, help_text="多个单位用顿号隔开；没有就留空。"
    )
    responsible = forms.CharField(
        label="责任单位", required=False, help_text="多个单位用顿号隔开；没有就留空。"
    )
    tasks = forms.CharField(
        label="任务和期限",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="一行一件任务；有期限的，在行末加“| 2022-12-31”。",
        error_messages={"required": "请至少写一件任务。"},
    )

    def __init__(self, data: Any = None, *, item: Mapping[str, Any]) -> None:
        self.item = item
        super().__init__(data, initial=self._initial(), prefix=f"p{item['no']}")

    def _initial(self) -> dict[str, str]:
        lines = []
        for task in self.item["tasks"]:
            day = _day(task)
            lines.append(f"{task['text']} | {day}" if day else task["text"])
        return {
            "title": self.item["title"],
            "lead": "、".join(self.item["lead"]),
            "responsible": "、".join(self.item["responsible"]),
            "tasks": "\n".join(lines),
        }

    def _values(self, source: Mapping[str, str]) -> dict[str, Any]:
        recurs = {task["text"]: _recurs(task) for task in self.item["tasks"]}
        tasks = []
        for line in source["tasks"].splitlines():
            text, _, deadline = line.partition("|")
            if not text.strip() and not deadline.strip():
                continue
            task = {"text": text.strip(), "deadline": deadline.strip() or None}
            if recurs.get(task["text"] or ""):
                # How often is not on the form: a task that kept its words keeps its rhythm.
                task["recurs"] = recurs[task["text"] or ""]
            tasks.append(task)
        return {
            "title": source["title"].strip(),
            "lead": _names(source["lead"]),
            "responsible": _names(source["responsible"]),
            "tasks": tasks,
        }

    def changes(self) -> dict[str, Any]:
        """What differs from the point as it stands, as the planning service takes it."""
        before = self._values(self._initial())
        after = self._values(self.cleaned_data)
        return {name: value for name, value in after.items() if value != before[name]}


def _day(task: Mapping[str, Any]) -> str:
    deadline = task.get("deadline")
    return str((deadline.get("date") if isinstance(deadline, Mapping) else deadline) or "")


def _recurs(task: Mapping[str, Any]) -> str:
    deadline = task.get("deadline")
    inner = deadline.get("recurs") if isinstance(deadline, Mapping) else ""
    return str(task.get("recurs") or inner or "")


class EvidenceForm(forms.Form):
    """One piece of evidence: a published item, an address or a file.

    Any public item of the unit (``items``) is accepted; ``offered`` are those to choose from.
    """

    kind = forms.ChoiceField(
        label="凭据种类",
        choices=EvidenceKind.choices,
        widget=forms.RadioSelect,
        initial=EvidenceKind.ITEM,
        error_messages={"required": "请选择凭据种类。"},
    )
    item = forms.ModelChoiceField(
        label="选一条已公开的信息",
        queryset=Item.objects.none(),
        required=False,
        empty_label="（请选择）",
        error_messages={"invalid_choice": "没有找到本单位的这条公开信息，请重新选择。"},
    )
    url = forms.CharField(
        label="网址",
        required=False,
        max_length=500,
        help_text="政府网站（.gov.cn）上的页面。",
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )
    title = forms.CharField(label="网页标题", required=False, max_length=300)
    file = forms.FileField(
        label="文件",
        required=False,
        help_text="例如培训签到表、窗口照片；不超过 20 MB。",
        error_messages={"empty": "这个文件是空的，请重新选择。"},
        widget=forms.FileInput,
    )
    note = forms.CharField(label="说明", required=False, max_length=500)

    def __init__(
        self, *args: Any, items: QuerySet[Item], offered: Sequence[Item], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["item"]
        field.queryset = items
        field.widget.choices = [
            ("", field.empty_label),
            *((item.pk, f"{day_of(item.published_at)} {item.title}") for item in offered
              if item.published_at),
        ]  # fmt: skip

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        upload = self.cleaned_data["file"]
        if upload and upload.size > settings.UPLOAD_LIMIT:
            limit = settings.UPLOAD_LIMIT // 1024 // 1024
            raise forms.ValidationError(f"文件超过 {limit} MB，请压缩后重新上传。")
        return upload

    def clean(self) -> dict[str, Any]:
        """What the chosen kind needs."""
        data = super().clean() or self.cleaned_data
        kind = data.get("kind")
        if kind == EvidenceKind.ITEM and not data.get("item") and "item" not in self.errors:
            self.add_error("item", "请选择一条已公开的信息。")
        if kind == EvidenceKind.FILE and not data.get("file") and "file" not in self.errors:
            self.add_error("file", "请选择文件。")
        return data


class ReasonForm(forms.Form):
    """One act that needs nothing but its reason."""

    reason = forms.CharField(
        label="理由", max_length=300, error_messages={"required": "请写明理由，对方会看到。"}
    )


class OverrideForm(ReasonForm):
    """Set a light by hand."""

    light = forms.ChoiceField(
        label="灯",
        choices=[("", "（请选择）"), *Light.choices],
        error_messages={"required": "请选择灯色。"},
    )
    field_order = ["light", "reason"]


class AssignForm(forms.Form):
    """Name a unit for a task; ``taken`` are the units that answer for it already."""

    unit = forms.ModelChoiceField(
        label="单位",
        queryset=Unit.objects.filter(valid_to=None),
        empty_label="（请选择）",
        error_messages={
            "required": "请选择单位。",
            "invalid_choice": "没有这个单位，请重新选择。",
        },
    )
    role = forms.ChoiceField(
        label="责任", choices=UnitRole.choices, initial=UnitRole.RESPONSIBLE,
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, data: Any = None, *, taken: Iterable[int] = ()) -> None:
        super().__init__(data)
        field: Any = self.fields["unit"]
        free = field.queryset.exclude(pk__in=list(taken)).exclude(kind=UnitKind.VILLAGE)
        field.widget.choices = [
            ("", field.empty_label),
            *(
                (label, [(unit.pk, unit.short_name) for unit in members])
                for label, members in groupby(free, key=lambda unit: unit.get_kind_display())
            ),
        ]
