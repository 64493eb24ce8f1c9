"""`gongkai redirect_map`: every old address and what answers it now."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from gongkai.legacy.selectors import redirects_csv, redirects_nginx


class Command(BaseCommand):
    """For the server of the old domain, or for a person."""

    help = "导出旧网址对照表：redirect_map [--format csv|nginx]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["csv", "nginx"], default="csv")

    def handle(self, *args: Any, **options: Any) -> None:
        nginx = options["format"] == "nginx"
        lines = redirects_nginx(settings.BASE_URL) if nginx else redirects_csv()
        for line in lines:
            self.stdout.write(line, ending="")
