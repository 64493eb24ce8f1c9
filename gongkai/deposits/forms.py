"""Forms of deposits. They shape input; every rule is in the services."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from gongkai.deposits.enums import PlaceKind, TargetKind
from gongkai.organisations.models import Unit


class MonthField(forms.DateField):
    """A month such as 2022-09; gives its first day."""

    widget = forms.TextInput(attrs={"type": "month"})
    default_error_messages = {
        "required": "请选择月份。",
        "invalid": "请填写有效的月份，例如 2022-09。",
    }

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str) and len(value.strip()) == 7:
            value = f"{value.strip()}-01"
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value


class OwnerForm(forms.Form):
    """What belongs to one of the offices that the person looks after."""

    owner = forms.ModelChoiceField(
        label="登记单位",
        queryset=Unit.objects.none(),
        empty_label="（请选择）",
        error_messages={"required": "请选择单位。", "invalid_choice": "这个单位不归您办理。"},
    )

    def __init__(self, data: Any = None, *, owners: QuerySet[Unit], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["owner"]
        field.queryset = owners


class TargetForm(OwnerForm):
    """An archive or library."""

    kind = forms.ChoiceField(
        label="类别",
        choices=[("", "（请选择）"), *TargetKind.choices],
        error_messages={"required": "请选择类别。"},
    )
    name = forms.CharField(
        label="名称", max_length=80, error_messages={"required": "请填写接收单位的名称。"}
    )
    contact = forms.CharField(label="接收部门和电话", max_length=120, required=False)
    since = MonthField(
        label="从哪个月起移送", help_text="从这个月起公开的每一版，都会归集给它，一版一次。"
    )


class DispatchForm(forms.Form):
    """Hand a batch over; the digest ties it to the package that was fetched."""

    manifest = forms.CharField(widget=forms.HiddenInput)
    method = forms.CharField(
        label="怎样移送的",
        max_length=120,
        help_text="例如：光盘一张，专人送达。",
        error_messages={"required": "请写明怎样移送的，例如：光盘一张，专人送达。"},
    )


class ReceiptForm(forms.Form):
    """The target's receipt."""

    receipt_no = forms.CharField(
        label="回执编号", max_length=60, error_messages={"required": "请填写回执编号。"}
    )
    receipt_on = forms.DateField(
        label="回执日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "请填写回执日期。",
            "invalid": "请填写有效的日期，例如 2022-10-08。",
        },
    )
    receiver = forms.CharField(
        label="接收人或接收部门",
        max_length=60,
        error_messages={"required": "请填写接收人或接收部门。"},
    )
    receipt_file = forms.FileField(
        label="回执文件",
        help_text="PDF、Word（.docx）或图片（PNG、JPEG），不超过 20 MB。",
        error_messages={
            "required": "请选择回执的扫描件或文件。",
            "empty": "这个文件是空的，请重新选择。",
        },
    )


class RecallForm(forms.Form):
    """How the target was told."""

    note = forms.CharField(
        label="怎样通知的",
        max_length=300,
        error_messages={"required": "请写明怎样通知的、对方谁接收。"},
    )


class PlaceForm(OwnerForm):
    """A reading place."""

    kind = forms.ChoiceField(
        label="类别",
        choices=[("", "（请选择）"), *PlaceKind.choices],
        error_messages={"required": "请选择查阅场所的类别。"},
    )
    name = forms.CharField(label="名称", max_length=80, error_messages={"required": "请填写名称。"})
    address = forms.CharField(
        label="地址",
        max_length=160,
        help_text="写到楼层和窗口，例如：某某路 1 号市档案馆一楼查阅大厅。",
        error_messages={"required": "请填写地址。"},
    )
    hours = forms.CharField(
        label="开放时间", max_length=160, error_messages={"required": "请填写开放时间。"}
    )
    phone = forms.CharField(label="电话", max_length=60, required=False)
    offers = forms.CharField(
        label="能办什么",
        max_length=200,
        required=False,
        help_text="例如：查阅政府公报和主动公开的文件，提供打印、复印，协助网上申请。",
    )
    order = forms.IntegerField(label="排序", min_value=0, max_value=999, initial=0, required=False)
