"""`gongkai rotate_keys`: personal data under the newest key; may be stopped and begun again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gongkai.core import rotation
from gongkai.core.clock import now
from gongkai.core.encryption import current_version, keys, new_key


class Command(BaseCommand):
    """Exit code 1 when a value could not be read with any key there is."""

    help = "把加密的个人信息换成最新一版密钥；可以随时中断，再次运行接着做"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="只看各版密钥下各有多少，不改动")
        parser.add_argument("--new-key", action="store_true", help="生成一把新密钥，只打印，不保存")
        parser.add_argument("--batch", type=int, default=rotation.BATCH, help="一次处理多少个")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            self.stdout.write(new_key(current_version() + 1))
            return
        if options["check"]:
            return self._check()
        done, failed = rotation.rotate(now=now(), say=self._say, batch=max(1, options["batch"]))
        self.stdout.write(f"换成第 {current_version()} 版密钥：{done} 个")
        if failed:
            raise CommandError(f"有 {failed} 个读不出来：缺少它们的密钥，或者内容被改动。")
        return None

    def _say(self, label: str, done: int, whole: int) -> None:
        self.stdout.write(f"{label} {done}/{whole}")
        self.stdout.flush()

    def _check(self) -> None:
        known = keys()
        for label, versions in rotation.counts().items():
            for version, n in sorted(versions.items(), reverse=True):
                mark = "" if version in known else "（缺少密钥）"
                self.stdout.write(f"{label}  第 {version} 版{mark}  {n} 个")
        self.stdout.write(f"现在用第 {current_version()} 版")
