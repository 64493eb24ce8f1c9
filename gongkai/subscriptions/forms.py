"""Forms of subscriptions. They shape input; every rule is in the services."""

from django import forms

from gongkai.subscriptions.enums import Frequency


class AddressField(forms.CharField):
    """An e-mail address as it is typed; whether it is one is for the service to say."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"})

    def __init__(self) -> None:
        super().__init__(
            label="邮箱", max_length=120, error_messages={"required": "请填写邮箱地址。"}
        )


class TrapForm(forms.Form):
    """``website`` is a trap for programs: people never see it."""

    website = forms.CharField(
        label="这一栏请留空",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean_website(self) -> str:
        if self.cleaned_data.get("website"):
            raise forms.ValidationError("“这一栏请留空”不用填，请清空以后再提交。")
        return ""


class SubscribeForm(TrapForm):
    """Where to, and how often."""

    address = AddressField()
    frequency = forms.ChoiceField(
        label="多久发一次",
        choices=Frequency.choices,
        initial=Frequency.DAILY,
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选择多久发一次。",
            "invalid_choice": "请选择多久发一次。",
        },
    )
    field_order = ["address", "frequency", "website"]


class AddressForm(TrapForm):
    """Whose subscriptions to manage."""

    address = AddressField()
    field_order = ["address", "website"]
