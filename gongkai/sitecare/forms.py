"""Forms of error reports. They shape input; every rule is in the services."""

from django import forms

from gongkai.sitecare import rules
from gongkai.sitecare.enums import ErrorKind, Outcome


class ReportForm(forms.Form):
    """What a reader found wrong. ``website`` is a trap for programs: people never see it."""

    page = forms.CharField(
        label="页面地址",
        max_length=rules.PAGE_LENGTH,
        error_messages={"required": "请填写页面地址，以 / 开头，例如 /nr/12/。"},
    )
    kind = forms.ChoiceField(
        label="哪一类错误",
        choices=[("", "（请选择）"), *ErrorKind.choices],
        error_messages={"required": "请选择是哪一类错误。"},
    )
    quote = forms.CharField(
        label="页面上的原文",
        max_length=rules.QUOTE_LENGTH,
        required=False,
        help_text="可以不填。在页面上选中文字再点“找错”，会自动带过来。",
    )
    text = forms.CharField(
        label="错在哪里，应当是什么",
        max_length=rules.TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="请不要写姓名、电话和身份证号，写了也会被遮掉。",
        error_messages={"required": "请写明错在哪里，至少五个字。"},
    )
    website = forms.CharField(
        label="这一栏请留空",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean_website(self) -> str:
        if self.cleaned_data.get("website"):
            raise forms.ValidationError("“这一栏请留空”不用填，请清空以后再提交。")
        return ""


class HandleForm(forms.Form):
    """The office's answer."""

    outcome = forms.ChoiceField(
        label="处理结果",
        choices=[("", "（请选择）"), *Outcome.choices],
        error_messages={"required": "请选择处理结果。"},
    )
    answer = forms.CharField(
        label="答复",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="读者凭回执号可以看到。",
        error_messages={"required": "请写明怎样处理的，读者凭回执号可以看到。"},
    )
