"""Recordings through the life of an item: released, corrected, withdrawn; who may hear them."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongkai.core import outbox
from gongkai.core.models import Blob, OutboxMessage
from gongkai.organisations.access import system_member
from gongkai.portal.tests import town as towns
from gongkai.portal.tests.town import Town, moment
from gongkai.publishing import purging
from gongkai.publishing.models import Item
from gongkai.speech import services
from gongkai.speech.checks import speech_command
from gongkai.speech.models import Recording
from gongkai.speech.selectors import public_recording, without_recording
from gongkai.speech.tests.test_rules import sound

pytestmark = pytest.mark.django_db


@pytest.fixture
def voice(settings: Any, tmp_path: Path) -> list[str]:
    """A command that says the same to everything."""
    path = tmp_path / "sound.wav"
    path.write_bytes(sound(2))
    settings.SPEECH_COMMAND = ["cat", str(path)]
    return list(settings.SPEECH_COMMAND)


@pytest.fixture
def town(settings: Any) -> Town:
    settings.DEMO_DATE = towns.DAY
    return towns.build()


def work(hour: int = 20) -> None:
    """Let the worker run until nothing is left for it."""
    for minute in range(4):
        outbox.run(now=moment(hour, minute))


def recording_url(item: Item) -> str:
    found = public_recording(Item.objects.get(pk=item.pk))
    return found.url if found else ""


def test_a_release_gets_a_recording_that_everybody_may_hear(town: Town, voice: list[str]) -> None:
    item = town.public()
    assert recording_url(item) == ""
    work()
    url = recording_url(item)
    answer = Client().get(url)
    assert answer.status_code == 200 and answer["Content-Type"] == "audio/wav"
    assert answer["Cache-Control"] == "public, max-age=5"
    assert b"".join(answer.streaming_content)[:4] == b"RIFF"
    assert f'src="{url}"' in Client().get(f"/nr/{item.pk}/").content.decode()


def test_it_is_made_once_per_version(town: Town, voice: list[str]) -> None:
    item = town.public()
    work()
    before = Recording.objects.get()
    again = services.recording_make(item_id=item.pk, version=1, now=moment(21))
    assert again == before and Recording.objects.count() == 1
    assert OutboxMessage.objects.filter(kind=services.MAKE).count() == 1


def test_a_correction_replaces_it(town: Town, voice: list[str]) -> None:
    item = town.public()
    work(13)
    old = recording_url(item)
    town.correct(item, body="<p>改过。</p>")
    assert recording_url(item) == ""  # never a recording of the text before
    assert Client().get(old).status_code == 404
    work()
    assert Recording.objects.get().version == 2 and recording_url(item)


def test_a_withdrawn_item_cannot_be_heard(town: Town, voice: list[str]) -> None:
    item = town.public()
    work(13)
    url = recording_url(item)
    town.withdraw(item)
    assert Client().get(url).status_code == 404  # at once, before the worker comes
    work()
    assert Recording.objects.count() == 0
    assert Client().get(url).status_code == 404


def test_what_was_withdrawn_while_it_was_read_is_not_kept(
    town: Town, voice: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    item = town.public()
    real = services.engine.speak

    def slow(text: str, **more: Any) -> Any:
        town.withdraw(item)
        return real(text, **more)

    monkeypatch.setattr(services.engine, "speak", slow)
    assert services.recording_make(item_id=item.pk, version=1, now=moment(16)) is None
    assert Recording.objects.count() == 0


def test_drafts_and_hidden_items_are_never_read(town: Town, voice: list[str]) -> None:
    draft = town.draft()
    assert services.recording_make(item_id=draft.pk, version=0, now=moment(16)) is None
    work()
    assert Recording.objects.count() == 0


def test_without_a_command_nothing_is_asked_or_shown(
    town: Town, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    item = town.public()
    work()
    assert not OutboxMessage.objects.filter(kind=services.MAKE).exists()
    with django_assert_num_queries(0):
        assert public_recording(item) is None


def test_a_failing_command_is_tried_again_and_harms_nothing(
    town: Town, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SPEECH_COMMAND = ["false"]
    item = town.public()
    work()
    row = OutboxMessage.objects.get(kind=services.MAKE)
    assert row.done_at is None and "以 1 结束" in row.error
    assert Client().get(f"/nr/{item.pk}/").status_code == 200


@pytest.mark.parametrize("record", ["0", "x", "9" * 30, "-1", "１"])
@pytest.mark.parametrize("sha", ["a" * 16, "a"])
def test_guessed_addresses_give_nothing(town: Town, record: str, sha: str) -> None:
    assert Client().get(f"/files/speech/{record}/{sha}/langdu.wav").status_code == 404


def test_the_command_makes_what_is_missing(
    town: Town, voice: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    town.fill(3)
    call_command("make_recordings", "--now", "--limit", "2")
    assert "做好 2 条，还有 1 条没有录音。" in capsys.readouterr().out
    call_command("make_recordings")
    work()
    assert Recording.objects.count() == 3 and not without_recording().exists()


def test_the_command_needs_a_voice(town: Town, settings: Any) -> None:
    settings.SPEECH_COMMAND = []
    with pytest.raises(CommandError, match="GONGKAI_SPEECH_COMMAND"):
        call_command("make_recordings")


def test_a_program_that_is_not_there_is_reported_at_the_start(settings: Any) -> None:
    settings.SPEECH_COMMAND = ["/nonexistent/voice"]
    [error] = speech_command(None)
    assert error.id == "speech.E001"
    settings.SPEECH_COMMAND = ["cat"]
    assert speech_command(None) == []


def test_no_command_of_a_broken_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from gongkai.settings.environment import read

    monkeypatch.setenv("GONGKAI_SPEECH_COMMAND", "espeak-ng 'x")
    with pytest.raises(ImproperlyConfigured, match="GONGKAI_SPEECH_COMMAND"):
        read(default_secret="x" * 60)
    monkeypatch.setenv("GONGKAI_SPEECH_COMMAND", "voice --say 'two words'")
    assert read(default_secret="x" * 60).speech_command == ["voice", "--say", "two words"]


def test_what_is_deleted_for_good_is_deleted_as_sound_too(town: Town, voice: list[str]) -> None:
    item = town.public(body="<p>场所和时段，期满删除。</p>")
    work()
    file = Recording.objects.get(item=item).blob_id
    purging.item_purge(item_id=item.pk, reason="期满", member=system_member("tick"), now=moment(21))
    assert not Recording.objects.filter(item=item).exists()
    outbox.run(now=moment(22))
    assert not Blob.objects.filter(pk=file).exists()
