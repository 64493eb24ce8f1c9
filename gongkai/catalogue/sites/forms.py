"""Forms of sites and topics. They shape input; every rule is in the services."""

from typing import Any

from django import forms

from gongkai.catalogue.sites import rules


class ChangeForm(forms.Form):
    """One step in the life of a site; only what its state allows is offered."""

    event = forms.ChoiceField(label="办理事项", error_messages={"required": "请选择办理事项。"})
    note = forms.CharField(
        label="原因和安排",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="公众会看到，例如：10 月 22 日 0 时至 6 时升级服务器，期间可能打不开。",
    )
    until = forms.DateField(
        label="预计结束",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请填写有效的日期，例如 2022-10-22。"},
    )
    notice_url = forms.CharField(
        label="公告地址",
        max_length=300,
        required=False,
        help_text="已经发布的公告页面，以 / 或者 https:// 开头。",
    )

    def __init__(self, data: Any = None, *, state: str) -> None:
        super().__init__(data)
        field: Any = self.fields["event"]
        steps = rules.events_of(state)
        field.choices = [("", "（请选择）"), *((t.event.value, t.event.label) for t in steps)]


class CloseForm(forms.Form):
    """Archive a topic."""

    note = forms.CharField(
        label="为什么归档",
        max_length=200,
        help_text="公众会看到，例如：活动已经结束，成果见总结报告。",
        error_messages={"required": "请写明为什么归档，公众会看到。"},
    )
