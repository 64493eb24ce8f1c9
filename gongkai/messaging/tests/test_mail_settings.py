"""The mail server comes from the environment, and a wrong address of it is named, not shown."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from gongkai.settings.environment import Environment, read


def read_with(monkeypatch: pytest.MonkeyPatch, url: str | None) -> Environment:
    if url is None:
        monkeypatch.delenv("GONGKAI_EMAIL_URL", raising=False)
    else:
        monkeypatch.setenv("GONGKAI_EMAIL_URL", url)
    return read(default_secret="s" * 50)


def test_without_an_address_mail_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_with(monkeypatch, None).email == {}
    assert read_with(monkeypatch, "").email == {}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp+tls://zwgk:p%40ss%2Fw@smtp.example.cn:587",
         {"EMAIL_HOST": "smtp.example.cn", "EMAIL_PORT": 587, "EMAIL_HOST_USER": "zwgk",
          "EMAIL_HOST_PASSWORD": "p@ss/w", "EMAIL_USE_TLS": True}),
        ("smtp+ssl://zwgk:pass@smtp.example.cn:465", {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True}),
        ("smtp://relay.example.cn:25", {"EMAIL_HOST": "relay.example.cn", "EMAIL_PORT": 25}),
        ("consolemail://",
         {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}),
        ("filemail:///var/lib/gongkai/mail", {"EMAIL_FILE_PATH": "/var/lib/gongkai/mail"}),
    ],
)  # fmt: skip
def test_an_address_is_read(
    monkeypatch: pytest.MonkeyPatch, url: str, expected: dict[str, object]
) -> None:
    email = read_with(monkeypatch, url).email
    assert {key: email.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    "url", ["smtp.example.cn", "http://u:geheim@h", "smtp+tls://", "pigeon://u:geheim@h", "smtp://"]
)
def test_what_is_no_address_of_a_mail_server_stops_the_start_without_showing_the_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match="GONGKAI_EMAIL_URL") as caught:
        read_with(monkeypatch, url)
    assert "geheim" not in str(caught.value)
