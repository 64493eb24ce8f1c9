"""`gongkai make_recordings`: ask for recordings of what was public before the command was set."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from gongkai.core.clock import now
from gongkai.speech import services
from gongkai.speech.rules import SpeechError
from gongkai.speech.selectors import without_recording


class Command(BaseCommand):
    """Queues them for the worker, or makes them at once with ``--now``."""

    help = "为还没有朗读录音的公开信息制作录音，最新的先做"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=200, help="最多多少条（默认 200）")
        parser.add_argument("--now", action="store_true", help="现在就做，不交给后台")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SPEECH_COMMAND:
            raise CommandError("没有设置 GONGKAI_SPEECH_COMMAND，不能制作录音。")
        items = list(without_recording()[: max(0, options["limit"])])
        moment, made = now(), 0
        for item in items:
            if not options["now"]:
                with transaction.atomic():
                    services.recording_ask(item_id=item.pk, version=item.version, now=moment)
                continue
            try:
                services.recording_make(item_id=item.pk, version=item.version, now=moment)
                made += 1
            except SpeechError as error:
                self.stderr.write(f"信息 {item.pk}：{error}")
        words = f"做好 {made} 条" if options["now"] else f"已交给后台 {len(items)} 条"
        self.stdout.write(f"{words}，还有 {without_recording().count()} 条没有录音。")
