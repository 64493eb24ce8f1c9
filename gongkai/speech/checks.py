"""A speech command that cannot be run is found when the site starts, not by a reader."""

import shutil
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def speech_command(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The first word of GONGKAI_SPEECH_COMMAND must be a program."""
    command = settings.SPEECH_COMMAND
    if command and shutil.which(command[0]) is None:
        return [
            Error(
                f"GONGKAI_SPEECH_COMMAND 里的程序 {command[0]} 不存在或不能执行",
                hint="安装它，或者清空这个变量：不制作录音，其他功能照常。",
                id="speech.E001",
            )
        ]
    return []
