"""Check that documents, interpretations and Q&A point at each other; record what is broken."""

from typing import Any

from django.core.management.base import BaseCommand

from gongkai.core.clock import now
from gongkai.publishing.integrity import check_links


class Command(BaseCommand):
    help = "检查文件、解读和问答的双向关联，结果记入办理记录"

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each broken link; the exit code says whether there is any."""
        found = check_links(now=now())
        for broken in found:
            self.stdout.write(f"编号 {broken.item_id}：{broken.text}")
        self.stdout.write(f"查出 {len(found)} 处。" if found else "关联都完好。")
        if found:
            raise SystemExit(1)
