"""Forms of the catalogue desk; every rule is in the services."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from gongkai.catalogue.entries.fields import STATUTORY, fields
from gongkai.catalogue.entries.workbook import MAX_BYTES
from gongkai.organisations.models import Unit

_ADDRESS = re.compile(r"/nr/(\d{1,9})(?:/|$|\?)")


class LinkForm(forms.Form):
    """A public record by its address or number, and the period it is for."""

    record = forms.CharField(
        label="已公开信息的网址或编号",
        max_length=300,
        help_text="粘贴公开页的网址，例如 /nr/12/，或者只填编号 12。",
        error_messages={"required": "请填写网址或编号。"},
    )
    period = forms.CharField(
        label="所属期（选填）",
        max_length=8,
        required=False,
        help_text="按季度、按月公开的事项可以指明，例如 2022Q3、2022-07；不填自动判断。",
    )

    def clean_record(self) -> int:
        """The number of the record."""
        text = self.cleaned_data["record"].strip()
        match = _ADDRESS.search(text)
        number = match[1] if match else text
        if not number.isascii() or not number.isdigit() or len(number) > 9:
            raise forms.ValidationError("没有认出编号。请粘贴公开页的网址，或者只填数字编号。")
        return int(number)


class AbsenceForm(forms.Form):
    """无此事项 for a period, with the reason."""

    period = forms.CharField(
        label="期间",
        max_length=8,
        help_text="全年写 2022，季度写 2022Q3，月份写 2022-07。",
        error_messages={"required": "请填写期间，例如 2022 或 2022Q3。"},
    )
    reason = forms.CharField(
        label="理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="为什么这段时间没有这类信息。批准人会看到，并且留存备查。",
        error_messages={"required": "请写明为什么没有这类信息。"},
    )


class RemarkForm(forms.Form):
    """Why a request is not agreed to."""

    remark = forms.CharField(label="不批准的理由", max_length=300, required=False)


class UnitsForm(forms.Form):
    """The units that answer for an entry, by name."""

    names = forms.CharField(
        label="公开主体",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="填写单位的规范简称或全称，用顿号隔开。去掉的单位从今天起不再负责，历史保留。",
        error_messages={"required": "请至少填写一个单位。"},
    )


class TableForm(forms.Form):
    """A catalogue table; the government and the field are asked for only where needed."""

    file = forms.FileField(
        label="目录表格",
        help_text=f".xlsx，不超过 {MAX_BYTES // 1024 // 1024} MB。一个工作表一个领域，"
        "工作表名写领域名称。旧版 .xls 请先另存为 .xlsx。",
        error_messages={
            "required": "请选择文件。",
            "empty": "这个文件是空的，请检查是否选错了文件。",
            "missing": "没有收到文件，请重新选择。",
            "invalid": "没有收到文件，请重新选择。",
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )
    owner = forms.ModelChoiceField(
        label="编制政府",
        queryset=Unit.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": "请选择您主管的政府。", "required": "请选择政府。"},
    )
    only = forms.ChoiceField(
        label="所属领域（选填）",
        required=False,
        help_text="只有一个工作表、而且名称里看不出领域时才要选。",
        error_messages={"invalid_choice": "请选择列表里的领域。"},
    )

    def __init__(self, *args: Any, owners: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = owners
        field: Any = self.fields["owner"]
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in owners])
        if len(owners) < 2:
            del self.fields["owner"]
        only: Any = self.fields["only"]
        only.choices = [
            ("", "由表格名称判断"),
            (STATUTORY, "法定主动公开内容"),
            *((f.key, f.name) for f in fields().values()),
        ]

    @property
    def owner_chosen(self) -> Unit:
        """The chosen government, or the only one; after ``is_valid()``."""
        chosen: Unit = self.cleaned_data.get("owner") or self.owners[0]
        return chosen

    def clean_file(self) -> Any:
        """Refuse what is too large before reading it."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(
                f"文件超过 {MAX_BYTES // 1024 // 1024} MB。请删去图片，或者按领域拆成几个文件。"
            )
        return upload
