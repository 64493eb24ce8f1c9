"""Forms of the accounts room."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class LoginForm(AuthenticationForm):
    """Name and password. The answer never says which of the two was wrong."""

    error_messages = {
        "invalid_login": "登录名或密码不正确。请检查大小写和输入法；"
        "连续输错 5 次，这个账号在本机将锁定 30 分钟。",
        "inactive": "登录名或密码不正确。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, password = self.fields["username"], self.fields["password"]
        name.label, password.label = "登录名", "密码"
        name.error_messages["required"] = "请填写登录名。"
        password.error_messages["required"] = "请填写密码。"
        name.widget.attrs.update(autocomplete="username", autocapitalize="none")
        password.widget = forms.PasswordInput(
            attrs={"autocomplete": "current-password"}, render_value=False
        )
