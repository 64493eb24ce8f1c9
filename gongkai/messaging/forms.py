"""Forms of the settings page."""

from typing import Any

from django import forms

from gongkai.messaging.enums import Channel
from gongkai.messaging.registry import NoticeKind
from gongkai.messaging.selectors import Choice, MailState

HOURS = [(hour, f"{hour} 点") for hour in range(7, 20)]


class AddressForm(forms.Form):
    """The person's own address; typed anew each time, because screens never show it whole."""

    address = forms.CharField(
        label="工作邮箱",
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"required": "请填写邮箱地址。"},
        help_text="只用来给您发提醒，页面上不完整显示，别人看不到。请填单位邮箱。",
    )


class CodeForm(forms.Form):
    """The six digits that were mailed."""

    code = forms.CharField(
        label="验证码",
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": "请填写邮件里的 6 位数字。"},
        help_text="邮件里的 6 位数字，24 小时内有效。",
    )


class SettingsForm(forms.Form):
    """Which notices come by mail, when the digest comes, and whether mail is paused."""

    mail_off = forms.BooleanField(
        label="暂停全部邮件", required=False, help_text="站内消息照常收到。"
    )
    digest_hour = forms.TypedChoiceField(
        label="每日汇总时间",
        choices=HOURS,
        coerce=int,
        help_text="每个工作日一封，没有未读消息和到期事项的日子不发。",
    )

    def __init__(self, data: Any = None, *, choices: list[Choice], state: MailState) -> None:
        initial: dict[str, Any] = {"mail_off": state.off, "digest_hour": state.digest_hour}
        initial |= {field_name(choice.kind): choice.channel for choice in choices}
        super().__init__(data, initial=initial)
        self.kinds = [choice.kind for choice in choices]
        for kind in self.kinds:
            self.fields[field_name(kind)] = forms.ChoiceField(
                label=kind.label,
                choices=[(c.value, c.label) for c in Channel if kind.mail or c != Channel.AT_ONCE],
                widget=forms.RadioSelect,
                error_messages={
                    "required": f"“{kind.label}”请选择一种方式。",
                    "invalid_choice": f"“{kind.label}”请选择一种方式。",
                },
            )

    def channels(self) -> dict[str, str]:
        """The chosen channel of every kind."""
        return {kind.key: self.cleaned_data[field_name(kind)] for kind in self.kinds}


def field_name(kind: NoticeKind) -> str:
    """The name of a kind's radio buttons."""
    return f"kind-{kind.key.replace('.', '-')}"
